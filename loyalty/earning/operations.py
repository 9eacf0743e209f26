"""The one way in: everything that a member does is recorded here, whatever door it came through.

Each verb is one transaction. `at` is the moment of recording (what is later lies in the future); `occurred_at` of the
activity is when it happened; `by` is the user who did it, or None for the system. An activity is named by its source
and external id: a retry with the same content changes nothing and gets the first answer.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from loyalty.earning import paying
from loyalty.earning.basket import Line
from loyalty.earning.inputs import ActivityInput, ActivityRefused, Recorded, Refused
from loyalty.earning.intake import own_fault
from loyalty.earning.models import Decision, Kind
from loyalty.earning.newcomers import resolve
from loyalty.earning.recording import Recording
from loyalty.events.operations import emit
from loyalty.lib.deadlocks import again_after_deadlock
from loyalty.programs.models import Program
from members.models import Consent, Enrolment, Member
from members.operations import enrol, give_consent
from members.references import MemberRef

__all__ = [
    "ActivityInput",
    "ActivityRefused",
    "Line",
    "MemberRef",
    "Recorded",
    "Refused",
    "calculate",
    "enrol_member",
    "exchange",
    "record_activities",
    "record_activity",
    "record_consent",
    "refund_activity",
]

Answer = Recorded | Refused
T = TypeVar("T")


def record_activities(
    *,
    program,
    source: str,
    activities: Sequence[ActivityInput],
    at: datetime,
    by=None,
    history: bool = False,
    enrol: bool = False,
) -> list[Answer]:
    """Record a batch; each activity gets its answer in its place, and a refused one leaves no trace.

    A `history` is exempt from the maximum age, its stores may have closed since, and no event comes of it. With
    `enrol`, who is unknown to the source is enrolled at the moment of the first activity.
    """

    def work() -> list[Answer]:
        faults = [own_fault(activity, program=program, at=at, history=history) for activity in activities]
        members = resolve(
            program=program,
            source=source,
            activities=activities,
            faults=faults,
            at=at,
            by=by,
            enrol=enrol,
            history=history,
        )
        recording = Recording(program=program, source=source, at=at, by=by, history=history)
        sound = [each for each, member in zip(activities, members.found, strict=True) if isinstance(member, int)]
        if history or not paying.are_concerned(program=program, source=source, activities=sound):
            answers = recording.record([*members.sign_ups, *activities], [*members.newcomers, *members.found])
            return answers[len(members.sign_ups) :]
        if members.sign_ups:
            recording.record(members.sign_ups, members.newcomers)
        return _one_by_one(program, source, activities, members.found, at, by)

    answers = _again_after_a_race(work)
    return answers if history else _with_first_answers(answers)


def record_activity(*, program, source: str, activity: ActivityInput, at: datetime, by=None) -> Recorded:
    """Record one activity. Raises ActivityRefused."""
    return _only(record_activities(program=program, source=source, activities=[activity], at=at, by=by))


def calculate(*, program, source: str, activity: ActivityInput, at: datetime, by=None) -> Recorded:
    """What `record_activity` would answer, save what chance decides: that may be won. Writes nothing; the activity's id
    is 0. Raises ActivityRefused."""

    def work() -> list[Answer]:
        fault = own_fault(activity, program=program, at=at, history=False)
        members = resolve(program=program, source=source, activities=[activity], faults=[fault], at=at, by=by)
        answers = _one_by_one(program, source, [activity], members.found, at, by, is_dry=True)
        transaction.set_rollback(True)
        return answers

    answer = _only(_with_first_answers(_again_after_a_race(work)))
    return answer if answer.duplicate else replace(answer, activity_id=0)


def refund_activity(
    *,
    program,
    source: str,
    external_id: str,
    refunds: str,
    member: MemberRef,
    at: datetime,
    amount: int | None = None,
    occurred_at: datetime | None = None,
    store: str = "",
    by=None,
) -> Recorded:
    """Refund a purchase of the same source: `amount` of it, or the rest. Takes points by the stored decision."""
    activity = ActivityInput(
        external_id=external_id,
        member=member,
        kind=Kind.REFUND.value,
        occurred_at=occurred_at or at,
        amount=amount,
        store=store,
        refunds=refunds,
    )
    return record_activity(program=program, source=source, activity=activity, at=at, by=by)


def exchange(
    *, program, source: str, refund: ActivityInput, purchase: ActivityInput, at: datetime, by=None
) -> tuple[Recorded, Recorded]:
    """Goods come back and others go out in one confirmation: both are recorded, or neither."""
    with transaction.atomic():
        answers = record_activities(program=program, source=source, activities=[refund, purchase], at=at, by=by)
        return _only(answers[:1]), _only(answers[1:])


@transaction.atomic
def enrol_member(
    *,
    program,
    at: datetime,
    by=None,
    member: Member | None = None,
    channel: str = "",
    store=None,
    source: str = "enrolment",
    external_id: str = "",
    consents: Iterable[str] = (),
    referral: str = "",
    **personal: Any,
) -> Enrolment:
    """Enrol somebody and record the sign-up and the consents, which may earn. Who is enrolled already stays as before.

    `referral` is the code of whoever sent them.
    """
    consents = list(consents)
    enrolment = enrol(
        program=program,
        at=at,
        by=by,
        member=member,
        channel=channel,
        store=store,
        source=source,
        external_id=external_id,
        consents=consents,
        **personal,
    )
    signed_up = ActivityInput(
        external_id=f"sign-up:{enrolment.pk}",
        member=MemberRef("id", str(enrolment.member_id)),
        kind=Kind.SIGN_UP.value,
        occurred_at=enrolment.enrolled_at,
        channel=enrolment.channel,
        store=enrolment.store.code if enrolment.store else "",
        referral=referral,
    )

    (answer,) = _record_own(program, "enrolment", [signed_up], enrolment.member_id, at, by)
    if isinstance(answer, Recorded) and not answer.duplicate:
        emit(
            kind="member.enrolled",
            program_code=program.code,
            member_id=enrolment.member_id,
            occurred_at=enrolment.enrolled_at,
            recorded_at=at,
            payload={"enrolment": enrolment.pk, "channel": channel},
        )
    _record_consents(program, enrolment.member_id, consents, at, by)
    enrolment.refresh_from_db()
    return enrolment


@transaction.atomic
def record_consent(*, member: Member, channel: str, source: str, at: datetime, by=None, wording: str = "") -> Consent:
    """The member says yes to a channel (`source` is where, `wording` what was shown), which may earn.

    In each program the first yes to a channel is an activity of the kind `consent` with this channel: whoever says no
    and yes again earns once.
    """
    consent = give_consent(member=member, channel=channel, source=source, at=at, by=by, wording=wording)
    joined = {"enrolments__member": member, "enrolments__status": Enrolment.Status.ACTIVE}
    for program in Program.objects.filter(**joined).order_by("pk"):
        _record_consents(program, member.pk, [channel], at, by)
    return consent


def _record_consents(program, member_id: int, channels: Sequence[str], at: datetime, by) -> None:
    """A channel that was agreed to before is refused for its other moment, and that is all there is to it."""
    consents = [
        ActivityInput(
            external_id=f"{member_id}:{channel}",
            member=MemberRef("id", str(member_id)),
            kind=Kind.CONSENT.value,
            occurred_at=at,
            channel=channel,
        )
        for channel in channels
    ]
    if consents:
        _record_own(program, "consent", consents, member_id, at, by)


def _record_own(
    program, source: str, activities: list[ActivityInput], member_id: int, at: datetime, by
) -> list[Answer]:
    """Activities of one member that this room makes itself."""

    def work() -> list[Answer]:
        return Recording(program=program, source=source, at=at, by=by).record(activities, [member_id] * len(activities))

    return _again_after_a_race(work)


def _one_by_one(
    program, source: str, activities, members: Sequence[int | Refused], at: datetime, by, *, is_dry: bool = False
) -> list[Answer]:
    """Each activity with what pays it, or what its refund returns; of a refused one nothing is left."""
    answers: list[Answer] = []
    for activity, member_id in zip(activities, members, strict=True):
        if isinstance(member_id, Refused):
            answers.append(member_id)
            continue
        try:
            with transaction.atomic():
                paid = paying.settle(
                    program=program, source=source, activity=activity, member_id=member_id, at=at, by=by
                )
                recording = Recording(program=program, source=source, at=at, by=by, is_dry=is_dry)
                recorded = recording.record([paid], [member_id])
                answers.append(_only(recorded))
        except ActivityRefused as refusal:
            answers.append(Refused(refusal.code, refusal.field, refusal.message))
    return answers


def _again_after_a_race(work: Callable[[], T]) -> T:
    """Another process recorded the same activity between our look and our write: look again, once it is there.

    So too where two members' activities pay each other's referrer, and the database ended one of them.
    """

    def whole() -> T:
        with transaction.atomic():
            return work()

    try:
        return again_after_deadlock(whole)
    except IntegrityError:
        return again_after_deadlock(whole)


def _with_first_answers(answers: list[Answer]) -> list[Answer]:
    """A duplicate of an earlier batch gets what the first call got."""
    earlier = {
        answer.activity_id: answer
        for answer in answers
        if isinstance(answer, Recorded) and answer.duplicate and answer.activity_id
    }
    if earlier:
        decisions = Decision.objects.filter(activity__in=earlier)
        for activity_id, granted, also, outcomes in decisions.values_list("activity", "granted", "also", "outcomes"):
            answer = earlier[activity_id]
            answer.granted, answer.also, answer.outcomes = granted, also, outcomes
    return answers


def _only(answers: Sequence[Answer]) -> Recorded:
    answer = answers[0]
    if isinstance(answer, Refused):
        raise ActivityRefused(answer)
    return answer
