"""Households: founded and named in a form; invitations, leaving and the head by verbs about a member's place."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.lib.admin import (
    ExportMixin,
    HistoryAdmin,
    MemberSearchMixin,
    NoDeleteMixin,
    StoreScopedMixin,
    VerbMixin,
    ViewOnlyAdmin,
    ViewOnlyInline,
    has_row,
)
from members import operations
from members.forms import ConfirmForm, HandOverForm, HouseholdForm
from members.models import Household, HouseholdMember, Member

STATE_COLOURS = {"invited": "info", "current": "success", "declined": "warning", "left": ""}
REFUSALS = (operations.HouseholdRefused, ValidationError)
State = HouseholdMember.State


class PlaceInline(ViewOnlyInline):
    model = HouseholdMember
    fields = ["member", "state", "is_head", "invited_at", "joined_at", "left_at"]
    ordering = ["-is_head", "pk"]


@admin.register(Household)
class HouseholdAdmin(StoreScopedMixin, VerbMixin, NoDeleteMixin, HistoryAdmin):
    store_lookup = "places__member__enrolments__store"
    form = HouseholdForm
    list_display = ["name", "program", "kind", "shown_head", "pools", "created_at", "closed_at"]
    list_filter = ["program", "kind", "pools"]
    list_select_related = ["program"]
    sortable_by = []
    search_fields = ["name"]
    search_help_text = _("The household’s name, or name, number, card, e-mail or phone of a member.")
    readonly_fields = ["created_at", "closed_at"]
    inlines = [PlaceInline]
    actions_detail = ["invite"]

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return [(None, {"fields": ["program", "kind", "name", "head", "pools"]})]
        return [(None, {"fields": ["program", "kind", "name", "pools", "created_at", "closed_at"]})]

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), "program", "kind"] if obj else []

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("places__member")

    def get_search_results(self, request, queryset, search_term):
        found, _duplicates = super().get_search_results(request, queryset, search_term)
        if not search_term.strip():
            return queryset, False
        members = Member.objects.search(search_term).order_by().values("pk")[:1000]
        places = HouseholdMember.objects.filter(member__in=list(members.values_list("pk", flat=True)))
        return queryset.filter(pk__in=found.values("pk")) | queryset.filter(pk__in=places.values("household")), False

    def save_model(self, request, obj, form, change):
        terms = {"name": obj.name, "pools": obj.pools, "at": timezone.now(), "by": request.user}
        if change:
            saved = operations.change_household(household=obj, **terms)
        else:
            head = form.cleaned_data["head"]
            saved = operations.found_household(program=obj.program, kind=obj.kind, head=head, **terms)
        obj.__dict__.update(saved.__dict__)

    @display(description=_("head"))
    def shown_head(self, household):
        heads = [place.member for place in household.places.all() if place.is_head and place.state == State.CURRENT]
        return heads[0] if heads else "–"

    def has_invite_permission(self, request, object_id=None):
        open_ones = Household.objects.filter(closed_at__isnull=True)
        return request.user.has_perm("members.change_household") and has_row(open_ones, object_id)

    @action(description=_("Invite a member"), permissions=["invite"], icon="person_add")
    def invite(self, request, object_id):
        def perform(household, data):
            place = operations.invite_to_household(
                household=household, member=data["member"], at=timezone.now(), by=request.user
            )
            return gettext("%(member)s is invited.") % {"member": place.member}

        return self.act(
            request,
            object_id,
            title=_("Invite a member to the household"),
            form_class=HandOverForm,
            perform=perform,
            refusals=REFUSALS,
        )


@admin.register(HouseholdMember)
class HouseholdMemberAdmin(StoreScopedMixin, VerbMixin, MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    store_lookup = "member__enrolments__store"
    list_display = ["member", "household", "program", "shown_state", "is_head", "joined_at", "left_at"]
    list_filter = ["program", "state"]
    list_select_related = ["member", "household", "program"]
    sortable_by = []
    search_help_text = _("Name, number, card, e-mail or phone of the member.")
    fields = ["household", "program", "member", "state", "is_head", "invited_at", "joined_at", "left_at", "by"]
    actions_detail = ["accept", "decline", "make_head", "leave"]
    export_fields = ["household__name", "program__code", "member__number", "state", "is_head", "invited_at"]
    export_fields += ["joined_at", "left_at"]

    @display(description=_("state"), label=STATE_COLOURS)
    def shown_state(self, place):
        return place.state, place.get_state_display()

    def _in_state(self, request, object_id, **state):
        places = HouseholdMember.objects.filter(**state)
        return request.user.has_perm("members.change_householdmember") and has_row(places, object_id)

    def has_invited_permission(self, request, object_id=None):
        return self._in_state(request, object_id, state=State.INVITED)

    def has_current_permission(self, request, object_id=None):
        return self._in_state(request, object_id, state=State.CURRENT)

    def has_no_head_permission(self, request, object_id=None):
        return self._in_state(request, object_id, state=State.CURRENT, is_head=False)

    @action(description=_("The member accepts"), permissions=["invited"], icon="check_circle")
    def accept(self, request, object_id):
        return self._act(
            request,
            object_id,
            _("The member accepts the invitation"),
            lambda place, **who: operations.accept_invitation(invitation=place, **who),
            gettext("%(member)s is in the household."),
        )

    @action(description=_("The member declines"), permissions=["invited"], icon="cancel")
    def decline(self, request, object_id):
        return self._act(
            request,
            object_id,
            _("The member declines the invitation"),
            lambda place, **who: operations.decline_invitation(invitation=place, **who),
            gettext("The invitation of %(member)s is over."),
        )

    @action(description=_("Make head"), url_path="make-head", permissions=["no_head"], icon="star")
    def make_head(self, request, object_id):
        return self._act(
            request,
            object_id,
            _("Make this member the head of the household"),
            lambda place, **who: operations.make_head(place=place, **who),
            gettext("%(member)s is the head of the household."),
        )

    @action(description=_("Leave the household"), permissions=["current"], icon="logout")
    def leave(self, request, object_id):
        return self._act(
            request,
            object_id,
            _("The member leaves the household"),
            lambda place, **who: operations.leave_household(place=place, **who),
            gettext("%(member)s has left the household."),
        )

    def _act(self, request, object_id, title, verb, told):
        def perform(place, data):
            verb(place, at=timezone.now(), by=request.user)
            return told % {"member": place.member}

        return self.act(request, object_id, title=title, form_class=ConfirmForm, perform=perform, refusals=REFUSALS)
