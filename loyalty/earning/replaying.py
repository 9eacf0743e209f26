"""A program that gets tiers later: what its members did before counts after all.

The activities are read as they were recorded, with the points that were granted then, and the tiers are told of them as
of a load of the past: members rise and come down as they would have, each time in a tier names the activity that led to
it, and no reward comes of it. What counts already is passed over, so that a second run changes nothing.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from loyalty.earning.basket import Basket, Line
from loyalty.earning.models import Activity, Kind
from loyalty.earning.rules import Policy, compile_policy
from loyalty.jobs import operations as jobs
from loyalty.jobs.models import Job
from loyalty.jobs.registry import JobKind
from loyalty.jobs.run import Run
from loyalty.ledger.operations import Batch
from loyalty.programs.kinds import Happened, Refunded
from loyalty.programs.models import Program
from loyalty.tiers.models import Qualification
from loyalty.tiers.operations import qualify
from members.models import Member
from members.queries import member_range

NAME = "replay_tiers"
CHUNK = 500  # members, with all that they ever did


def start(*, program: Program, at: datetime, by=None) -> Job:
    """Ask for the job; asked for again later it is another one."""
    moment = at.isoformat()
    return jobs.start(name=NAME, scope=program.code, period=moment, by=by, at=at, params={"at": moment})


@transaction.atomic
def replay_tiers(*, program: Program, at: datetime, first_member: int, last_member: int, by=None) -> int:
    """Count what the members in the range, both ends included, did and what does not count yet. Returns how much."""
    persons = Q(member__merged_into__isnull=True, member__id__range=(first_member, last_member))
    persons |= Q(member__merged_into__id__range=(first_member, last_member))
    mine = Activity.objects.filter(persons, program=program).exclude(member__status=Member.Status.ERASED)
    Batch(program=program, member_ids={_person(each) for each in mine.select_related("member")})  # holds their accounts
    uncounted = mine.exclude(Exists(Qualification.objects.filter(activity_id=OuterRef("pk"))))
    happened = _happened(program, uncounted)
    qualify(program=program, happened=happened, at=at, by=by)
    return len(happened)


def _person(activity: Activity) -> int:
    return activity.member.merged_into_id or activity.member_id


def _happened(program: Program, activities: QuerySet[Activity]) -> list[Happened]:
    rows = activities.select_related("member", "store", "decision", "refunds").prefetch_related("lines")
    found, policy = list(rows.order_by("pk")), compile_policy(program)
    refunded = _refunded(found)
    return [
        Happened(
            activity_id=each.pk,
            source=each.source,
            external_id=each.external_id,
            member_id=_person(each),
            kind=each.kind,
            occurred_at=each.occurred_at,
            local=each.occurred_at.astimezone(each.store.tzinfo if each.store else program.tzinfo),
            amount=each.amount,
            counted=_counted(each, policy, program),
            points=each.decision.granted if hasattr(each, "decision") else 0,
            refund_of=refunded.get(each.pk),
            is_history=True,
        )
        for each in found
    ]


def _counted(activity: Activity, policy: Policy, program: Program) -> int:
    """What of a purchase the program rewards, as when it was recorded."""
    if activity.kind == Kind.REFUND:
        return 0
    lines = [Line(each.sku, each.category, each.quantity, each.unit_price) for each in activity.lines.all()]
    tenders = tuple((paid["tender"], paid["amount"]) for paid in activity.paid_with)
    net = program.earn_on == Program.EarnOn.NET
    return int(Basket(activity.amount, tuple(lines), tenders, policy.excluded, net).money())


def _refunded(activities: Sequence[Activity]) -> dict[int, Refunded]:
    """The purchase behind each refund, with what its refunds came to by then."""
    purchases = {each.refunds for each in activities if each.refunds}
    so_far: dict[int, int] = defaultdict(int)
    found = {}
    for refund in Activity.objects.filter(refunds__in=purchases).order_by("pk").select_related("refunds"):
        purchase = refund.refunds
        if purchase is None:
            continue
        so_far[purchase.pk] += refund.amount
        found[refund.pk] = Refunded(
            activity_id=purchase.pk,
            occurred_at=purchase.occurred_at,
            amount=purchase.amount,
            refunded=so_far[purchase.pk],
        )
    return found


def _work(run: Run) -> None:
    program, at = Program.objects.get(code=run.scope), datetime.fromisoformat(run.params["at"])
    for first, last in run.chunks(*member_range(program=program), size=CHUNK):
        with transaction.atomic():
            counted = replay_tiers(program=program, at=at, first_member=first, last_member=last)
            run.advance(cursor=last, activities=counted)


JOB = JobKind(
    name=NAME,
    title=_("Count for the tiers what members did before"),
    work=_work,
    permission="tiers.change_tierprogram",
    labels={"activities": _("activities counted")},
)
