"""Households: founded by a head, joined by invitation, left again. Points stay on everybody's own account.

Each verb locks the household's row, and so does a redemption that draws from it (`lock_pool`): who is in and who is
out is settled when points move.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from loyalty.lib.saving import save_checked
from loyalty.programs.models import Program
from members.models import Enrolment, Household, HouseholdMember, Member
from members.queries import givers, household_of

MOST_MEMBERS = 100  # a redemption locks the accounts of all of them

State = HouseholdMember.State


class HouseholdRefused(Exception):
    """The member or the household is not in the state that the verb needs. `code` says why."""

    def __init__(self, message, code: str):
        super().__init__(message)
        self.code = code


@transaction.atomic
def found_household(
    *, program: Program, name: str, head: Member, at: datetime, by, kind: str = Household.Kind.FAMILY, pools=True
) -> Household:
    """A new household whose first member and head is `head`."""
    check_can_join(program=program, member=head)
    household = Household(program=program, name=name.strip(), kind=kind, pools=pools, created_at=at)
    save_checked(household, by=by, at=at)
    place = _place(household, head, at, by)
    place.state, place.joined_at, place.is_head = State.CURRENT, at, True
    _save(place)
    return household


@transaction.atomic
def change_household(*, household: Household, at: datetime, by, name: str, pools: bool) -> Household:
    household = _locked(household)
    household.name, household.pools = name.strip(), pools
    return save_checked(household, by=by, at=at)


@transaction.atomic
def invite_to_household(*, household: Household, member: Member, at: datetime, by) -> HouseholdMember:
    """Ask a member to join. Who is invited already stays invited."""
    household = _locked(household)
    _check_open(household)
    check_can_join(program=household.program, member=member)
    if invited := household.places.filter(member=member, state=State.INVITED).first():
        return invited
    open_places = household.places.filter(state__in=[State.INVITED, State.CURRENT])
    if open_places.count() >= MOST_MEMBERS:
        sentence = _("A household has at most %(most)d members, invited ones included.")
        raise HouseholdRefused(sentence % {"most": MOST_MEMBERS}, "household_full")
    return _save(_place(household, member, at, by))


@transaction.atomic
def accept_invitation(*, invitation: HouseholdMember, at: datetime, by) -> HouseholdMember:
    """The member is in the household from now on. Twice changes nothing."""
    place = _locked_place(invitation)
    if place.state == State.CURRENT:
        return place
    _check_invited(place)
    _check_open(place.household)
    check_can_join(program=place.program, member=place.member)
    place.state, place.joined_at = State.CURRENT, at
    return _save(place)


@transaction.atomic
def decline_invitation(*, invitation: HouseholdMember, at: datetime, by) -> HouseholdMember:
    """The member says no, or staff take the invitation back."""
    place = _locked_place(invitation)
    if place.state == State.DECLINED:
        return place
    _check_invited(place)
    place.state, place.left_at = State.DECLINED, at
    return _save(place)


@transaction.atomic
def leave_household(*, place: HouseholdMember, at: datetime, by) -> HouseholdMember:
    """The member leaves with the points of their own account. The last one closes the household."""
    place = _locked_place(place)
    if place.state == State.LEFT:
        return place
    if place.state != State.CURRENT:
        raise HouseholdRefused(_("This member is not in the household."), "household_not_in_it")
    others = place.household.places.current().exclude(pk=place.pk)
    if place.is_head and others.exists():
        raise HouseholdRefused(
            _("The head leaves last: make somebody else the head of the household first."), "household_head"
        )
    place.state, place.left_at = State.LEFT, at
    _save(place)
    if place.is_head:
        place.household.closed_at = at
        save_checked(place.household, by=by, at=at)
        invited = place.household.places.filter(state=State.INVITED)
        invited.update(state=State.DECLINED, left_at=at)
    return place


@transaction.atomic
def make_head(*, place: HouseholdMember, at: datetime, by) -> HouseholdMember:
    """Somebody else speaks for the household from now on."""
    place = _locked_place(place)
    if place.state != State.CURRENT:
        raise HouseholdRefused(_("Only a member of the household can be its head."), "household_not_in_it")
    place.household.places.current().update(is_head=False)
    place.is_head = True
    return _save(place)


def lock_pool(*, program: Program, member_id: int, at: datetime) -> list[int]:
    """As `queries.pool_of`, and nobody joins or leaves until the transaction ends. Call it before accounts are locked.

    A household is looked for without a lock first: most members have none, and need no second look.
    """
    household = household_of(program=program, member_id=member_id, at=at)
    if household is None:
        return [member_id]
    household = _locked(household)
    if household_of(program=program, member_id=member_id, at=at) != household:
        return [member_id]  # the member left while the lock was waited for
    return [member_id, *givers(household, member_id, at)]


def _locked(household: Household) -> Household:
    rows = Household.objects.select_related("program").select_for_update(of=("self",))
    return rows.get(pk=household.pk)


def _locked_place(place: HouseholdMember) -> HouseholdMember:
    household = _locked(Household(pk=place.household_id))
    place = HouseholdMember.objects.select_related("member", "program").get(pk=place.pk)
    place.household = household
    return place


def _place(household: Household, member: Member, at: datetime, by) -> HouseholdMember:
    return HouseholdMember(household=household, program=household.program, member=member, invited_at=at, by=by)


def _save(place: HouseholdMember) -> HouseholdMember:
    """Where the place is stands for good; only what becomes of it is written."""
    try:
        with transaction.atomic():
            place.full_clean()
            if place.pk is None:
                place.save()
            else:
                place.save(update_fields=["state", "is_head", "joined_at", "left_at"])
    except (ValidationError, IntegrityError):
        _check_free(place.program, place.member)  # another household was quicker by a moment
        raise
    return place


def _check_open(household: Household) -> None:
    if household.closed_at is not None:
        raise HouseholdRefused(_("This household has ended: found a new one."), "household_closed")


def _check_invited(place: HouseholdMember) -> None:
    if place.state != State.INVITED:
        raise HouseholdRefused(_("There is no open invitation: invite the member again."), "household_not_invited")


def check_can_join(*, program: Program, member: Member) -> None:
    """Raise `HouseholdRefused` unless the member is active in the program and in no household of it."""
    _check_member(program, member)
    _check_free(program, member)


def _check_member(program: Program, member: Member) -> None:
    if member.status != Member.Status.ACTIVE:
        raise HouseholdRefused(_("This member is blocked."), "member_status")
    active = Enrolment.objects.filter(program=program, member=member, status=Enrolment.Status.ACTIVE)
    if not active.exists():
        raise HouseholdRefused(_("This member is not enrolled in the household’s program."), "member_not_enrolled")


def _check_free(program: Program, member: Member) -> None:
    taken = HouseholdMember.objects.current().filter(program=program, member=member).select_related("household").first()
    if taken is not None:
        sentence = _("This member belongs to the household “%(name)s” already and has to leave it first.")
        raise HouseholdRefused(sentence % {"name": taken.household.name}, "household_taken")
