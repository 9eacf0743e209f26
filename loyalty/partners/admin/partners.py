"""Partners, edited by hand; the members whom each knows, to be looked up."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty.lib.admin import ExportMixin, HistoryAdmin, MemberSearchMixin, NoDeleteMixin, ViewOnlyAdmin
from loyalty.partners.models import Partner, PartnerMember


@admin.register(Partner)
class PartnerAdmin(NoDeleteMixin, HistoryAdmin):
    list_display = ["name", "code", "currency", "contact_email", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "code", "contact_email"]
    readonly_fields = ["created_at"]
    fields = ["name", "code", "contact_email", "currency", "language", "is_active"]

    def get_readonly_fields(self, request, obj=None):
        """Others know the partner by its code."""
        return [*super().get_readonly_fields(request, obj), *(["code"] if obj else [])]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)


@admin.register(PartnerMember)
class PartnerMemberAdmin(MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    list_display = ["public_id", "partner", "program", "linked_at"]
    list_filter = ["partner", "program"]
    list_select_related = ["partner", "program"]
    search_help_text = _("Name, number, card, e-mail or phone of the member, or the identifier at the partner.")
    sortable_by = []
    fields = ["public_id", "partner", "program", "member", "linked_at", "by"]
    export_fields = ["partner__code", "program__code", "public_id", "linked_at"]

    def get_search_results(self, request, queryset, search_term):
        """An identifier is found as it is; everything else is a member."""
        if len(term := search_term.strip().replace("-", "")) == 32 and set(term.lower()) <= set("0123456789abcdef"):
            return queryset.filter(public_id=term), False
        return super().get_search_results(request, queryset, search_term)
