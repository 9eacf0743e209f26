"""Every line between partners and programs, to be read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from loyalty.lib.admin import ExportMixin, ViewOnlyAdmin, grouped
from loyalty.lib.money import money_text
from loyalty.partners.models import PartnerLine


@admin.register(PartnerLine)
class PartnerLineAdmin(ExportMixin, ViewOnlyAdmin):
    list_display = ["occurred_at", "partner", "program", "kind", "reference", "shown_points", "rate", "shown_amount"]
    list_filter = ["partner", "program", "kind"]
    list_select_related = ["partner", "program"]
    ordering = ["-pk"]
    sortable_by = []
    search_fields = ["reference"]
    search_help_text = _("The partner’s own reference, whole, or the identifier at the partner.")
    fields = ["partner", "program", "contract", "kind", "reference", "public_id", "shown_points", "rate"]
    fields += ["shown_amount", "shown_prepaid", "undoes", "occurred_at", "recorded_at", "statement", "cause", "by"]
    readonly_fields = ["shown_points", "shown_amount", "shown_prepaid"]
    export_fields = ["occurred_at", "partner__code", "program__code", "kind", "reference", "public_id", "points"]
    export_fields += ["rate", "amount", "prepaid_points"]

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip()
        plain = term.replace("-", "").lower()
        if len(plain) == 32 and set(plain) <= set("0123456789abcdef"):
            return queryset.filter(public_id=plain), False
        return (queryset.filter(reference=term) if term else queryset), False

    @display(description=_("points"))
    def shown_points(self, line):
        return grouped(line.points)

    @display(description=_("amount"))
    def shown_amount(self, line):
        return money_text(line.amount, line.partner.currency)

    @display(description=_("prepaid points"))
    def shown_prepaid(self, line):
        return grouped(line.prepaid_points)
