"""Every amount that the report adds up, to be read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from loyalty.lib.admin import ExportMixin, MemberSearchMixin, ViewOnlyAdmin
from loyalty.lib.money import money_text
from loyalty.referrals.models import ReferralRevenue


@admin.register(ReferralRevenue)
class ReferralRevenueAdmin(MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    list_display = ["occurred_at", "kind", "shown_amount", "member", "source"]
    list_filter = ["program", "kind"]
    list_select_related = ["member", "referrer", "ambassador", "program"]
    search_help_text = _("Name, number, card, e-mail or phone of the friend.")
    date_hierarchy = "month"
    ordering = ["-occurred_at", "-id"]
    sortable_by = []
    fields = ["program", "referral", "source", "member", "kind", "shown_amount", "occurred_at", "month"]
    readonly_fields = ["shown_amount", "source"]
    export_fields = ["id", "program__code", "referrer__number", "ambassador__name", "member__number", "kind", "amount"]
    export_fields += ["occurred_at", "month", "activity_id"]

    @display(description=_("amount"))
    def shown_amount(self, row):
        return money_text(row.amount, row.program.money_currency)

    @display(description=_("brought by"))
    def source(self, row):
        return row.ambassador or row.referrer
