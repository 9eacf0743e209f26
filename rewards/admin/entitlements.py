"""Rewards that members are promised, to be read: who, since when, until when, and when the next one comes."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from loyalty.lib.admin import ExportMixin, MemberSearchMixin, ViewOnlyAdmin
from rewards import sentences
from rewards.models import Entitlement


@admin.register(Entitlement)
class EntitlementAdmin(MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    list_display = ["member", "reward", "every", "starts_at", "ends_at", "next_date"]
    list_filter = ["program", "every"]
    list_select_related = ["member", "reward"]
    search_help_text = _("Name, number, card, e-mail or phone of the member.")
    sortable_by = []
    readonly_fields = ["gift"]
    fieldsets = [
        (None, {"fields": ["member", "program", "reward", "gift", "every"]}),
        (_("Validity"), {"fields": ["starts_at", "ends_at", "next_date"]}),
        (_("Where it came from"), {"fields": ["source", "reference"]}),
    ]
    export_fields = ["id", "program__code", "member__number", "reward__code", "every", "starts_at", "ends_at"]
    export_fields += ["next_date", "source", "reference"]

    @display(description=_("gives"))
    def gift(self, entitlement):
        return sentences.gift(entitlement.reward)
