"""Points that one member gives another, within the limits of the program.

`operations.transfer` moves points and asks nothing; this is the verb for doors.
"""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from loyalty.events.operations import emit
from loyalty.ledger import operations, posting, rules
from loyalty.ledger.book import Cause, LedgerError
from loyalty.ledger.models import Transfer, TransferPolicy
from loyalty.lib.periods import ONE_DAY, Every, local_date, period_end, period_start, start_of_day
from loyalty.lib.saving import save_checked
from loyalty.programs.models import Program
from members.models import Enrolment
from members.queries import household_of, identities

SOURCE = "transfer"


class TransferRefused(LedgerError):
    """The program, or what one of the two is, does not let these points change hands."""

    def __init__(self, refusal: rules.Refusal):
        super().__init__(refusal.message)
        self.code = refusal.code


class Gift(NamedTuple):
    transfer: Transfer
    replayed: bool


@transaction.atomic
def set_transfer_policy(*, program: Program, at: datetime, by=None, **terms: Any) -> TransferPolicy:
    """What members may give each other from now on; `terms` are fields of `TransferPolicy`, others go back to their
    defaults.
    """
    known = TransferPolicy.objects.filter(program=program).first()
    policy = TransferPolicy(pk=known.pk if known else None, program=program, **terms)
    policy._state.adding = known is None
    return save_checked(policy, by=by, at=at)


@transaction.atomic
def transfer(
    *,
    program: Program,
    from_member_id: int,
    to_member_id: int,
    points: int,
    at: datetime,
    by=None,
    source: str,
    external_id: str,
    reason: str = "",
) -> Gift:
    """Give points to another member; they keep their dates. A retry of `source` and `external_id` changes nothing.

    Raises `TransferRefused`, or the ledger's `InvalidPoints` and `InsufficientPoints`: then nothing moves. The limits
    are read with both accounts locked, so that gifts at the same moment count each other.
    """
    if from_member_id == to_member_id:
        raise operations.InvalidPoints(_("Points cannot be transferred to the same member."))
    if points <= 0:
        raise operations.InvalidPoints(_("At least one point is needed."))
    posting.lock(program_id=program.pk, member_ids=[from_member_id, to_member_id])
    if earlier := Transfer.objects.filter(program=program, source=source, external_id=external_id).first():
        return _replay(earlier, from_member_id, to_member_id, points)
    _check_members(program, from_member_id, to_member_id, at)
    _check_policy(program, from_member_id, to_member_id, points, at)
    gift = Transfer.objects.create(
        program=program,
        giver_id=from_member_id,
        member_id=to_member_id,
        points=points,
        source=source,
        external_id=external_id,
        reason=reason,
        transferred_at=at,
        by=by,
    )
    operations.transfer(
        program=program,
        from_member_id=from_member_id,
        to_member_id=to_member_id,
        points=points,
        cause=Cause(SOURCE, str(gift.pk)),
        at=at,
        by=by,
        reason=reason,
    )
    emit(
        kind="points.transferred",
        program_code=program.code,
        member_id=from_member_id,
        occurred_at=at,
        recorded_at=at,
        payload={"transfer": gift.pk, "to": to_member_id, "points": points},
    )
    return Gift(gift, replayed=False)


def _replay(earlier: Transfer, giver_id: int, taker_id: int, points: int) -> Gift:
    if (earlier.giver_id, earlier.member_id, earlier.points) != (giver_id, taker_id, points):
        sentence = _("“%(external_id)s” of %(source)s was used before for something else.")
        named = {"external_id": earlier.external_id, "source": earlier.source}
        raise TransferRefused(rules.Refusal("reference_reused", sentence % named))
    return Gift(earlier, replayed=True)


def _check_members(program: Program, giver_id: int, taker_id: int, at: datetime) -> None:
    active = Enrolment.objects.filter(
        program=program,
        member__in=[giver_id, taker_id],
        status=Enrolment.Status.ACTIVE,
        member__status="active",
    )
    if active.count() < 2:
        sentence = _("Both members must be active in the program: one of them is blocked, gone or not enrolled.")
        raise TransferRefused(rules.Refusal("member_status", sentence))
    if not program.redeems_on(local_date(at, program.tzinfo)):
        sentence = _("The program’s last redemption day is over.")
        raise TransferRefused(rules.Refusal("wound_down", sentence))


def _check_policy(program: Program, giver_id: int, taker_id: int, points: int, at: datetime) -> None:
    policy = TransferPolicy.objects.filter(program=program).first()
    if policy is None:
        return
    refusal = rules.transfer_refusal(
        _terms(policy),
        points,
        given(program=program, member_id=giver_id, at=at),
        same_household=_same_household(program, giver_id, taker_id, at),
    )
    if refusal is not None:
        raise TransferRefused(refusal)


def _terms(policy: TransferPolicy) -> rules.TransferTerms:
    return rules.TransferTerms(
        is_allowed=policy.is_allowed,
        within_household=policy.between == TransferPolicy.Between.HOUSEHOLD,
        minimum=policy.minimum,
        most_per_day=policy.most_per_day,
        most_per_month=policy.most_per_month,
        most_per_year=policy.most_per_year,
    )


def _same_household(program: Program, giver_id: int, taker_id: int, at: datetime) -> bool:
    household = household_of(program=program, member_id=giver_id, at=at)
    return household is not None and household == household_of(program=program, member_id=taker_id, at=at)


def given(*, program: Program, member_id: int, at: datetime) -> rules.Given:
    """What the person has given away in the day, the month and the year of `at`, by the program's calendar."""
    day = local_date(at, program.tzinfo)
    periods = {"day": (day, day + ONE_DAY)}
    for every in (Every.MONTH, Every.YEAR):
        periods[every.value] = (period_start(day, every), period_end(day, every))

    def within(first: date, end: date) -> Q:
        tz = program.tzinfo
        return Q(transferred_at__gte=start_of_day(first, tz), transferred_at__lt=start_of_day(end, tz))

    sums = {name: Sum("points", filter=within(*ends), default=0) for name, ends in periods.items()}
    gifts = Transfer.objects.filter(program=program, giver__in=identities(member_id))
    return rules.Given(**gifts.aggregate(**sums))
