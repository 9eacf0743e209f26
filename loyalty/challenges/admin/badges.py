from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from loyalty.challenges.admin.base import NAMES, DefinitionAdmin
from loyalty.challenges.forms import BadgeForm
from loyalty.challenges.models import Badge, BadgeAward
from loyalty.lib.admin import MemberSearchMixin, ViewOnlyAdmin, grouped
from loyalty.lib.saving import save_checked


@admin.register(Badge)
class BadgeAdmin(DefinitionAdmin):
    form = BadgeForm
    list_display = ["shown_name", "program", "icon"]
    list_select_related = ["program"]
    readonly_fields = ["shown_holders"]
    fieldsets = [(None, {"fields": [*NAMES, "icon"]})]
    shown_fieldsets = [(_("So far"), {"fields": ["shown_holders"]})]

    def save_model(self, request, obj, form, change):
        save_checked(obj, by=request.user, at=timezone.now())

    @display(description=_("members who have it"))
    def shown_holders(self, badge):
        return grouped(badge.awards.filter(revoked_at__isnull=True).count())


@admin.register(BadgeAward)
class BadgeAwardAdmin(MemberSearchMixin, ViewOnlyAdmin):
    list_display = ["member", "badge", "awarded_at", "revoked_at"]
    list_filter = ["badge__program", ("badge", admin.RelatedFieldListFilter)]
    list_select_related = ["member", "badge"]
    search_help_text = _("Name, number, card, e-mail or phone of the member.")
    sortable_by = []
    fields = ["member", "badge", "awarded_at", "revoked_at"]
