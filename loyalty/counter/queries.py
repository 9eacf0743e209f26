"""What may be asked about the counter. Nothing here writes."""

from datetime import datetime

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import F, Q, QuerySet

from loyalty.counter.models import ClerkProfile, Conflict, CounterAction, CounterLimits
from loyalty.lib.periods import local_date
from loyalty.programs.models import Program, Store
from members.models import HouseholdMember, Member


def limits_of(store: Store) -> CounterLimits:
    """The store's own limits, else its program's, else those that a new row begins with."""
    rows = CounterLimits.objects.filter(Q(store=store) | Q(store=None), program=store.program)
    found = rows.order_by(F("store").asc(nulls_last=True)).first()
    return found or CounterLimits(program=store.program)


def given_by_hand(*, clerk, store: Store, journey: str, at: datetime) -> int:
    """What the clerk has given in this way on the store's day, points or stamps."""
    return CounterAction.objects.given_by_hand(clerk=clerk, journey=journey, day=local_date(at, store.tzinfo))


def supervisors_of(store: Store) -> QuerySet:
    """Whoever of the store's staff may confirm what is above a clerk's limit and has a PIN to do it."""
    right = Permission.objects.filter(codename="supervise_counteraction", content_type__app_label="counter")
    entitled = Q(is_superuser=True) | Q(user_permissions__in=right) | Q(groups__permissions__in=right)
    staff = get_user_model().objects.filter(entitled, is_active=True, stores=store)
    return staff.exclude(clerk_profile=None).exclude(clerk_profile__pin_hash="").distinct().order_by("username")


def open_conflicts(user) -> QuerySet[Conflict]:
    """What waits for a manager in the stores that they work in, the oldest first."""
    return Conflict.objects.filter(store__in=user.stores.all(), state=Conflict.State.OPEN)


def own_members(user) -> set[int]:
    """The clerk's own membership: the one that was named, and the one with the user's e-mail."""
    named = ClerkProfile.objects.filter(user=user, member__isnull=False).values_list("member", "member__merged_into")
    own = {number for pair in named for number in pair if number}
    if user.email:
        same = Member.objects.with_email(user.email).values_list("pk", "merged_into")
        own |= {number for pair in same for number in pair if number}
    return own


def is_own(user, *, program: Program, member_id: int, at: datetime) -> bool:
    """Whether the member is the clerk, or of the clerk's household in this program."""
    own = own_members(user)
    if member_id in own:
        return True
    homes = HouseholdMember.objects.in_it(at).filter(program=program)
    mine = homes.filter(member__in=own).values("household")
    return bool(own) and homes.filter(household__in=mine, member=member_id).exists()
