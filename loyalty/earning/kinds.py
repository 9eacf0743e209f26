"""The kinds of program that an activity sets in motion, in the order in which they are told of it.

A kind that a program does not have costs nothing: whether it has one is a part of the statement that reads a batch's
facts (`facts.py`).
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model

from loyalty.challenges import operations as challenges
from loyalty.challenges.models import Challenge, CodeBatch, Draw, InstantWin
from loyalty.earning.basket import Basket
from loyalty.earning.inputs import ActivityInput, Refused
from loyalty.earning.models import Kind
from loyalty.earning.rows import Accepted
from loyalty.earning.values import Policy, Verdict
from loyalty.partners import operations as partners
from loyalty.partners.models import Contract
from loyalty.programs.kinds import Check, Effect, Happened, Limit, Refunded, Refusal, Standing, Standings
from loyalty.programs.models import Program
from loyalty.punchcards.models import PunchCardProgram
from loyalty.punchcards.operations import punch
from loyalty.referrals import operations as referrals
from loyalty.referrals.models import ReferralProgram
from loyalty.subscriptions.models import Subscription
from loyalty.subscriptions.queries import standings as standings_of_plans
from loyalty.tiers.models import TierProgram
from loyalty.tiers.operations import qualify
from loyalty.tiers.queries import standings as standings_in_tiers


@dataclass(frozen=True, kw_only=True)
class KindOfProgram:
    """A program has the kind when `table` (with the column `program_id`) has a row of it.

    `follow(program=, happened=, at=, by=)` is the kind's verb and returns its effects; `standings(program=,
    member_ids=)` are the members' tiers or plans; `check(program=, source=, activities=)`, with each activity beside
    its member, says which of them it does not accept. `foresee`, called like `follow`, answers instead of it where
    nothing may come of the activities, for what chance decides. A kind may lack any of them.
    """

    name: str
    table: type[Model]
    follow: Callable[..., Sequence[Effect]] | None = None
    foresee: Callable[..., Sequence[Effect]] | None = None
    standings: Callable[..., Standings] | None = None
    check: Callable[..., Check] | None = None


KINDS: tuple[KindOfProgram, ...] = (
    KindOfProgram(
        name="codes", table=CodeBatch, follow=challenges.follow_codes, check=challenges.CodeCheck.of_activities
    ),
    KindOfProgram(name="tiers", table=TierProgram, follow=qualify, standings=standings_in_tiers),
    KindOfProgram(name="challenges", table=Challenge, follow=challenges.follow),
    KindOfProgram(name="subscriptions", table=Subscription, standings=standings_of_plans),
    KindOfProgram(name="punchcards", table=PunchCardProgram, follow=punch),
    KindOfProgram(name="draws", table=Draw, follow=challenges.follow_draws),
    KindOfProgram(
        name="instant_wins",
        table=InstantWin,
        follow=challenges.follow_instant_wins,
        foresee=challenges.foresee_instant_wins,
    ),
    KindOfProgram(name="referrals", table=ReferralProgram, follow=referrals.follow),
    KindOfProgram(name="partners", table=Contract, follow=partners.follow, check=partners.ContractCheck.of_activities),
)


def checks(
    program, names: Collection[str], source: str, activities: Sequence[tuple[ActivityInput, int]]
) -> list[Check]:
    """What the kinds know of these activities, each beside its member."""
    return [
        kind.check(program=program, source=source, activities=activities)
        for kind in KINDS
        if kind.name in names and kind.check
    ]


def fault(known: Iterable[Check], activity: ActivityInput, member_id: int) -> Refused | None:
    """Why a kind of program does not accept the activity."""
    refusals = (check.fault(activity, member_id) for check in known)
    refusal = next((refusal for refusal in refusals if refusal), None)
    return Refused(*refusal) if refusal else None


def limit(known: Iterable[Check], activity: ActivityInput, verdict: Verdict) -> Refused | None:
    """Trim what the rules would grant to what the kinds let pass, or say why one of them refuses."""
    for check in known:
        if not isinstance(check, Limit) or verdict.granted <= 0:
            continue
        desired, room = verdict.granted, check.room(activity, verdict.granted)
        if isinstance(room, Refusal):
            return Refused(*room)
        if room < desired:
            verdict.trim(room)
            verdict.outcomes.append(check.outcome(activity, desired, room))
    return None


def standings(program, names: Collection[str], member_ids: Collection[int]) -> dict[str, Standings]:
    """By the name of the kind, for those that the program has and that know of standings."""
    return {
        kind.name: kind.standings(program=program, member_ids=member_ids)
        for kind in KINDS
        if kind.name in names and kind.standings
    }


def standing(known: dict[str, Standings], member_id: int, moment: datetime) -> dict[str, Standing]:
    """What the member was at that moment, by the name of the kind."""
    found = ((name, standings.at(member_id, moment)) for name, standings in known.items())
    return {name: standing for name, standing in found if standing}


def follow(
    program, names: Collection[str], happened: Sequence[Happened], *, at: datetime, by, is_dry: bool = False
) -> Iterable[Effect]:
    """Tell each kind that the program has, and gather what came of it, or would come of it."""
    for kind in KINDS:
        verb = kind.foresee if is_dry and kind.foresee else kind.follow
        if kind.name in names and verb:
            yield from verb(program=program, happened=happened, at=at, by=by)


def happened(item: Accepted, source: str, *, local: datetime, history: bool, policy: Policy) -> Happened:
    """An accepted activity as the kinds see it."""
    activity = item.activity
    return Happened(
        activity_id=item.answer.activity_id,
        source=source,
        external_id=activity.external_id,
        member_id=item.answer.member_id,
        kind=activity.kind,
        occurred_at=activity.occurred_at,
        local=local,
        amount=item.amount,
        counted=_counted(item, policy),
        points=item.answer.granted,
        lines=activity.lines,
        paid_with=activity.tenders,
        store=activity.store,
        channel=activity.channel,
        brand=activity.brand,
        referral=activity.referral,
        code=activity.code,
        refund_of=_refunded(item, activity),
        is_history=history,
    )


def _counted(item: Accepted, policy: Policy) -> int:
    if item.activity.kind == Kind.REFUND:
        return 0
    activity, net = item.activity, policy.earn_on == Program.EarnOn.NET
    return int(Basket(item.amount, activity.lines, activity.tenders, policy.excluded, net).money())


def _refunded(item: Accepted, activity: ActivityInput) -> Refunded | None:
    purchase = item.refunded
    if activity.kind != Kind.REFUND or purchase is None:
        return None
    return Refunded(
        activity_id=purchase.id or 0,
        occurred_at=purchase.occurred_at,
        amount=purchase.amount,
        refunded=item.refunded_so_far,
    )
