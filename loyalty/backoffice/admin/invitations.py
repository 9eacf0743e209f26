"""Invitations, with the verb that two rooms share: an attendance is marked here and recorded as an activity."""

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext
from unfold.decorators import action

from loyalty.backoffice.pages.taking_part import attend
from loyalty.challenges.admin.occasions import InvitationAdmin as OwnInvitationAdmin
from loyalty.challenges.models import Invitation
from loyalty.challenges.operations import InvitationRefused
from loyalty.earning.operations import ActivityRefused
from loyalty.lib.admin import grouped, has_row

admin.site.unregister(Invitation)
TITLE = gettext_lazy("The member is there")


@admin.register(Invitation)
class InvitationAdmin(OwnInvitationAdmin):
    actions_detail = [*OwnInvitationAdmin.actions_detail, "attend"]

    def has_attend_permission(self, request, object_id=None):
        expected = Invitation.objects.filter(occasion__cancelled_at__isnull=True).exclude(
            state=Invitation.State.ATTENDED
        )
        return request.user.has_perm("challenges.change_invitation") and has_row(expected, object_id)

    @action(description=TITLE, url_path="attend", permissions=["attend"], icon="how_to_reg")
    def attend(self, request, object_id):
        def perform(invitation, data):
            granted = attend(invitation=invitation, at=timezone.now(), by=request.user).granted
            if not granted:
                return gettext("The attendance was recorded.")
            text = ngettext(
                "The attendance was recorded: %(points)s point.",
                "The attendance was recorded: %(points)s points.",
                granted,
            )
            return text % {"points": grouped(granted)}

        return self.act(
            request,
            object_id,
            title=TITLE,
            form_class=forms.Form,
            perform=perform,
            refusals=(InvitationRefused, ActivityRefused),
        )
