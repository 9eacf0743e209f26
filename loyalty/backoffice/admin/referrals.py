"""The amounts of referrals, with their report: a page of charts is an upper floor's."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.backoffice.pages import referrals as page
from loyalty.referrals.admin.amounts import ReferralRevenueAdmin as OwnReferralRevenueAdmin
from loyalty.referrals.models import ReferralRevenue

CSV = ("months", "sources")

admin.site.unregister(ReferralRevenue)


@admin.register(ReferralRevenue)
class ReferralRevenueAdmin(OwnReferralRevenueAdmin):
    list_display = [*OwnReferralRevenueAdmin.list_display, "activity"]
    actions_list = ["report"]

    @display(description=_("activity"))
    def activity(self, row):
        if row.activity_id is None:
            return "–"
        address = reverse("admin:earning_activity_change", args=[row.activity_id])
        return format_html('<a class="bo-link" href="{}">{}</a>', address, row.activity_id)

    @action(description=_("Referral report"), url_path="report", permissions=["view"], icon="monitoring")
    def report(self, request):
        """Net revenue by month, by referrer and by ambassador; with `?csv=months` or `sources` the same as a file."""
        what = request.GET.get("csv")
        if what in CSV and page.with_referrals():
            if not self.has_export_permission(request):
                raise PermissionDenied
            headers = {"Content-Disposition": f'attachment; filename="referrals-{what}.csv"'}
            return HttpResponse(page.as_csv(request, what), content_type="text/csv; charset=utf-8", headers=headers)
        context = self.admin_site.each_context(request)
        context |= {"title": _("Referral report"), "opts": self.opts, "may_export": self.has_export_permission(request)}
        return TemplateResponse(request, "backoffice/referrals.html", context | page.context(request))
