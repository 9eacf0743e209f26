"""Who is to be told what. A message is queued once per member, occasion and period, however often this is asked."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from campaigns import queries, rules
from campaigns.models import Message, Occasion
from loyalty.events import operations as events
from loyalty.lib.periods import start_of_day
from loyalty.programs.models import Program
from members.models import Consent, Enrolment, Member
from members.queries import members_with_consent

CONSUMER = "campaigns"
ENROLLED = "member.enrolled"
TOGETHER = 1000


class Queued(NamedTuple):
    queued: int
    skipped: int


@transaction.atomic
def queue_welcomes(*, at: datetime, limit: int = TOGETHER) -> int:
    """Welcome those whose enrolment stands next in the outbox; returns how many events were read.

    An enrolment that is learnt of days later (the worker was away, a demonstration tells of the past) is recorded and
    nobody is written to.
    """
    read = events.read(consumer=CONSUMER, limit=limit)
    enrolled = [event for event in read if event.kind == ENROLLED and event.member_id]
    programs = Program.objects.in_bulk({event.program_code for event in enrolled}, field_name="code")
    languages = dict(
        Member.objects.filter(pk__in=[event.member_id for event in enrolled]).values_list("pk", "language")
    )
    messages = [
        _message(
            programs[event.program_code],
            event.member_id,
            languages[event.member_id],
            Occasion.WELCOME,
            is_past=event.occurred_at < at - rules.LATEST,
            at=at,
        )
        for event in enrolled
        if event.program_code in programs and event.member_id in languages
    ]
    _add(messages)
    if read:
        events.move(consumer=CONSUMER, to=max(event.sequence or 0 for event in read))
    return len(read)


@transaction.atomic
def queue_expiring(
    *, program: Program, day: date, at: datetime, first_member: int, last_member: int, catching_up: bool = False
) -> Queued:
    """Tell the members `first_member … last_member` what they are about to lose, seen from 00:00 of `day`.

    When `catching_up`, the day is past: the messages are recorded as skipped, and no later day makes up for them.
    """
    tz = program.tzinfo
    days_before = queries.days_before(program)
    soon = queries.to_lose(program=program, after=start_of_day(day, tz), before=rules.horizon(day, days_before, tz))
    # Whoever never agreed is no reader: in a shop that asks few, most lots need not be looked at night after night.
    agreed = Consent.objects.filter(
        member__gte=first_member, member__lte=last_member, channel=Consent.Channel.EMAIL, given=True
    ).values("member")
    due = {
        (lot["member_id"], rules.period_of(lot["expires_at"], tz))
        for lots in soon
        for lot in lots.filter(account__member__in=agreed)
    }
    due -= _known(program, {period for _, period in due}, first_member, last_member)
    languages = _reachable(program, {member_id for member_id, _ in due})
    messages = [
        _message(program, member_id, languages[member_id], Occasion.POINTS_EXPIRING, period, is_past=catching_up, at=at)
        for member_id, period in sorted(due)
        if member_id in languages
    ]
    _add(messages)
    return Queued(0, len(messages)) if catching_up else Queued(len(messages), 0)


def _message(
    program: Program, member_id: int, language: str, occasion: str, period: str = "", *, is_past: bool, at: datetime
) -> Message:
    message = Message(
        program=program,
        member_id=member_id,
        occasion=occasion,
        period=period,
        language=language,
        created_at=at,
        due_at=at,
    )
    if is_past:
        message.state, message.reason = Message.State.SKIPPED, Message.Reason.PAST_DAY
    return message


def _add(messages: list[Message]) -> None:
    # Another worker may have queued the same ones meanwhile: theirs stand.
    Message.objects.bulk_create(messages, ignore_conflicts=True, batch_size=TOGETHER)


def _known(program: Program, periods: Iterable[str], first: int, last: int) -> set[tuple[int, str]]:
    messages = Message.objects.filter(
        program=program,
        occasion=Occasion.POINTS_EXPIRING,
        period__in=periods,
        member_id__gte=first,
        member_id__lte=last,
    )
    return set(messages.values_list("member_id", "period"))


def _reachable(program: Program, member_ids: set[int]) -> dict[int, str]:
    """The language of those of the members to whom the program may write an e-mail.

    Whoever agrees to e-mails tomorrow is found tomorrow, therefore the others are not recorded as skipped.
    """
    enrolled = Enrolment.objects.filter(
        program=program,
        status=Enrolment.Status.ACTIVE,
        member_id__in=members_with_consent(member_ids, Consent.Channel.EMAIL),
        member__status=Member.Status.ACTIVE,
    )
    return dict(enrolled.exclude(member__email="").values_list("member_id", "member__language"))
