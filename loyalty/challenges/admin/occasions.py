"""Occasions with their places, and who is invited, comes and came."""

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.challenges import operations
from loyalty.challenges.admin.base import AUDIENCE, NAMES, WHEN, WHO, DefinitionAdmin
from loyalty.challenges.forms import OccasionForm
from loyalty.challenges.models import Invitation, Occasion
from loyalty.lib.admin import (
    ExportMixin,
    MemberSearchMixin,
    StoreScopedMixin,
    VerbMixin,
    ViewOnlyAdmin,
    grouped,
    has_row,
)

STATE_COLOURS = dict.fromkeys(Invitation.State, "")  # one that is missing would be shown by its code
STATE_COLOURS |= {"accepted": "success", "waiting": "warning", "attended": "info", "no_show": "danger"}
ANSWERED = (Invitation.State.INVITED, Invitation.State.DECLINED, Invitation.State.WAITING)


@admin.register(Occasion)
class OccasionAdmin(StoreScopedMixin, DefinitionAdmin):
    form = OccasionForm
    list_display = ["shown_name", "program", "starts_at", "store", "shown_places", "cancelled_at"]
    list_filter = ["program"]
    list_select_related = ["program", "store"]
    ordering = ["-starts_at"]
    autocomplete_fields = ["program", "store"]
    actions_detail = ["invite", "cancel"]
    readonly_fields = ["shown_places", "shown_invited", "cancelled_at"]
    fieldsets = [
        (None, {"fields": NAMES}),
        (WHEN, {"fields": ["starts_at", "ends_at", "store", "place", "places"]}),
        (WHO, {"fields": AUDIENCE}),
    ]
    shown_fieldsets = [(_("So far"), {"fields": ["shown_places", "shown_invited", "cancelled_at"]})]

    def save_model(self, request, obj, form, change):
        if change:
            operations.change_occasion(occasion=obj, at=timezone.now(), by=request.user, **self.changes(form))
        else:
            saved = operations.add_occasion(at=timezone.now(), by=request.user, **self.terms(form))
            obj.__dict__.update(saved.__dict__)

    @display(description=_("places taken"))
    def shown_places(self, occasion):
        if occasion.places is None:
            return grouped(occasion.taken)
        return _("%(count)s of %(goal)s") % {"count": grouped(occasion.taken), "goal": grouped(occasion.places)}

    @display(description=_("invitations"))
    def shown_invited(self, occasion):
        return grouped(occasion.invitations.count())

    def _is_ahead(self, request, object_id):
        ahead = Occasion.objects.filter(cancelled_at__isnull=True, ends_at__gt=timezone.now())
        return request.user.has_perm("challenges.change_occasion") and has_row(ahead, object_id)

    def has_invite_permission(self, request, object_id=None):
        return self._is_ahead(request, object_id)

    def has_cancel_permission(self, request, object_id=None):
        return self._is_ahead(request, object_id)

    @action(
        description=_("Invite all whom it is for"), url_path="invite", permissions=["invite"], icon="forward_to_inbox"
    )
    def invite(self, request, object_id):
        def perform(occasion, data):
            count = operations.invite(occasion=occasion, at=timezone.now(), by=request.user)
            text = ngettext("%(count)d member is invited now.", "%(count)d members are invited now.", count)
            return text % {"count": count}

        return self._confirm(request, object_id, _("Invite all whom it is for"), perform)

    @action(description=_("Cancel this occasion"), url_path="cancel", permissions=["cancel"], icon="event_busy")
    def cancel(self, request, object_id):
        def perform(occasion, data):
            operations.cancel_occasion(occasion=occasion, at=timezone.now(), by=request.user)
            return gettext("The occasion is cancelled.")

        return self._confirm(request, object_id, _("Cancel this occasion"), perform)

    def _confirm(self, request, object_id, title, perform):
        return self.act(
            request,
            object_id,
            title=title,
            form_class=forms.Form,
            perform=perform,
            refusals=operations.InvitationRefused,
        )


@admin.register(Invitation)
class InvitationAdmin(VerbMixin, StoreScopedMixin, MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    store_lookup = "occasion__store"
    list_display = ["occasion", "member", "shown_state", "has_place", "answered_at"]
    list_filter = [("occasion", admin.RelatedFieldListFilter), "state"]
    list_select_related = ["member", "occasion"]
    search_help_text = _("Name, number, card, e-mail or phone of the member.")
    sortable_by = []
    actions_detail = ["accept", "decline"]
    fields = ["occasion", "member", "state", "has_place", "invited_at", "answered_at", "attended_at"]
    export_fields = ["occasion__code", "member__number", "state", "has_place", "invited_at", "answered_at"]

    @display(description=_("state"), label=STATE_COLOURS)
    def shown_state(self, invitation):
        return invitation.state, invitation.get_state_display()

    def _in(self, request, object_id, *states):
        ahead = Invitation.objects.filter(
            state__in=states, occasion__cancelled_at__isnull=True, occasion__ends_at__gt=timezone.now()
        )
        return request.user.has_perm("challenges.change_invitation") and has_row(ahead, object_id)

    def has_accept_permission(self, request, object_id=None):
        return self._in(request, object_id, *ANSWERED)

    def has_decline_permission(self, request, object_id=None):
        return self._in(request, object_id, *ANSWERED, Invitation.State.ACCEPTED)

    @action(description=_("The member comes"), url_path="accept", permissions=["accept"], icon="event_available")
    def accept(self, request, object_id):
        return self._answer(request, object_id, _("The member comes"), operations.accept)

    @action(description=_("The member does not come"), url_path="decline", permissions=["decline"], icon="event_busy")
    def decline(self, request, object_id):
        return self._answer(request, object_id, _("The member does not come"), operations.decline)

    def _answer(self, request, object_id, title, verb):
        def perform(invitation, data):
            answered = verb(
                occasion=invitation.occasion, member_id=invitation.member_id, at=timezone.now(), by=request.user
            )
            return gettext("The invitation is now: %(state)s.") % {"state": answered.get_state_display()}

        return self.act(
            request,
            object_id,
            title=title,
            form_class=forms.Form,
            perform=perform,
            refusals=operations.InvitationRefused,
        )
