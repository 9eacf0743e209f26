"""Partners, with their months: a page of charts is an upper floor's."""

from django.contrib import admin
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from loyalty.backoffice.pages import partner_months as page
from loyalty.partners.admin.partners import PartnerAdmin as OwnPartnerAdmin
from loyalty.partners.models import Partner

admin.site.unregister(Partner)


@admin.register(Partner)
class PartnerAdmin(OwnPartnerAdmin):
    actions_detail = ["months"]

    def has_months_permission(self, request, object_id=None):
        return request.user.has_perms(["partners.view_statement", "partners.view_dispute"])

    @action(description=_("Its months"), url_path="months", permissions=["months"], icon="bar_chart")
    def months(self, request, object_id):
        partner = self.get_object(request, object_id)
        if partner is None:
            raise Http404
        context = self.admin_site.each_context(request)
        context |= {"title": partner.name, "opts": self.opts, "original": partner}
        return TemplateResponse(request, "backoffice/partner_months.html", context | page.context(partner))
