"""Members, with the page that spans the rooms: account, timeline, chart. Lists and forms are the members' own."""

from django.contrib import admin
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from loyalty.backoffice.pages import member as page
from loyalty.earning.operations import record_consent
from loyalty.lib.admin import StoreScopedMixin
from members.admin import MemberAdmin as OwnMemberAdmin
from members.models import Member

admin.site.unregister(Member)


@admin.register(Member)
class MemberAdmin(StoreScopedMixin, OwnMemberAdmin):
    """Staff of a store see the members who enrolled there; whoever else walks in is found at the counter."""

    store_lookup = "enrolments__store"
    actions_detail = ["overview", *OwnMemberAdmin.actions_detail]
    give_consent = staticmethod(record_consent)

    @action(description=_("Account and timeline"), url_path="overview", permissions=["view"], icon="timeline")
    def overview(self, request, object_id):
        member = self.get_object(request, object_id)
        if member is None:
            raise Http404
        context = self.admin_site.each_context(request)
        context |= {"title": _("Account and timeline"), "opts": self.opts, "original": member}
        return TemplateResponse(request, "backoffice/member.html", context | page.context(request, member))
