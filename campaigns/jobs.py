"""What campaigns do in the background: work out segments; tell members at night what they lose; send what is queued."""

from dataclasses import asdict
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns import operations, queries, rules
from campaigns.models import Occasion, Segment
from campaigns.operations.segmenting import JOB
from loyalty.jobs import registry
from loyalty.jobs.registry import Beat, DailyJob, JobKind
from loyalty.jobs.run import Run
from loyalty.ledger.operations import has_lapsing
from loyalty.lib.periods import ONE_DAY, local_date, start_of_day
from loyalty.programs.models import Program
from members.queries import member_range

CHUNK = 20_000


def tell_of_expiry(run: Run) -> None:
    """Queue a chunk of members, send to them, go on. What a killed run left queued, the next one or the clock sends."""
    program = Program.objects.get(code=run.scope)
    for first, last in run.chunks(*member_range(program=program), size=CHUNK):
        with transaction.atomic():
            queued = operations.queue_expiring(
                program=program,
                day=run.day,
                at=run.at,
                first_member=first,
                last_member=last,
                catching_up=run.catching_up,
            )
            run.advance(cursor=last, **queued._asdict())
        is_told = timezone.now() - run.at > ONE_DAY  # a story's night: what it queued goes out by the story's clock
        if queued.queued and not is_told:
            _deliver(run, program)


def _deliver(run: Run, program: Program) -> None:
    while delivered := operations.deliver(at=timezone.now(), program=program, occasion=Occasion.POINTS_EXPIRING):
        counts = asdict(delivered)
        is_connected = counts.pop("is_connected")
        run.note(**{name: run.report.get(name, 0) + count for name, count in counts.items()})
        if not is_connected:
            run.error(_("The mail server does not answer; the e-mails stay queued."))
            return
        run.check()


def has_points_to_lose(program: Program, day: date) -> bool:
    if not queries.is_sent(program, Occasion.POINTS_EXPIRING):
        return False
    tz = program.tzinfo
    horizon = rules.horizon(day, queries.days_before(program), tz)
    return has_lapsing(program=program, after=start_of_day(day, tz), before=horizon)


def place_members(run: Run) -> None:
    program = Program.objects.get(code=run.scope)
    for first, last in run.chunks(*member_range(program=program), size=CHUNK):
        with transaction.atomic():
            changed = operations.place_members(program=program, at=run.at, first_member=first, last_member=last)
            run.advance(cursor=last, changed=changed)
    operations.note_placed(program=program, at=run.at)


def has_segments(program: Program, day: date) -> bool:
    """A past day is over: who belonged then nobody wrote down, and who belongs now the night of today says."""
    is_past = day < local_date(timezone.now(), program.tzinfo)
    return not is_past and Segment.objects.filter(program=program).exists()


def register() -> None:
    placed = {"labels": {"changed": _("members who came or went")}}
    registry.register(
        DailyJob(
            name="segments",
            title=_("Segments"),
            order=45,
            work=place_members,
            has_work=has_segments,
            essential=False,
            **placed,
        )
    )
    registry.register(JobKind(name=JOB, title=_("Segments worked out anew"), work=place_members, **placed))
    registry.register(
        DailyJob(
            name="points_expiring",
            title=_("E-mails about points that expire soon"),
            order=50,
            work=tell_of_expiry,
            has_work=has_points_to_lose,
            essential=False,
            labels={
                "queued": _("queued"),
                "skipped": _("skipped"),
                "sent": _("sent"),
                "failed": _("failed"),
                "postponed": _("to be tried again"),
            },
        )
    )
    registry.schedule(
        Beat(
            name="campaigns.send",
            title=_("Send the e-mails that are queued"),
            task="campaigns.send",
            every=timedelta(minutes=1),
        )
    )
