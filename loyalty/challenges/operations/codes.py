"""Codes to enter: made in the background, handed out once, claimed once.

Whoever enters a code is told the same of an unknown and of a used one. The check comes before the activity is
recorded; the claim, one conditional update, comes with it, and whoever loses it begins again and meets the refusal.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import IntegrityError
from django.db.models import Case, DateTimeField, F, Value, When
from django.utils.translation import gettext as _

from loyalty.challenges.models import CodeAttempts, CodeBatch, CodeUse, EntryCode
from loyalty.challenges.operations import gains
from loyalty.challenges.secrets import digests_of
from loyalty.events.operations import Happening, emit_many
from loyalty.lib import codes
from loyalty.lib.periods import local_date
from loyalty.programs.kinds import Effect, Happened, Kind, Refusal
from loyalty.programs.models import Program

SOURCE = "code"
TOGETHER = 200  # codes that one statement claims
FAILURES_PER_DAY = 10  # wrong codes of one member, against guessing


class ClaimLost(IntegrityError):
    """Somebody else claimed the code between the check and the claim. The transaction begins again."""


class Entry(NamedTuple):
    """A code that a member wants to enter."""

    code: str
    member_id: int
    at: datetime


def check_code(*, program, code: str, member_id: int, at: datetime) -> Refusal | None:
    """Why the member cannot enter this code, or None. What `follow_codes` will claim, if nobody comes first."""
    entry = Entry(code, member_id, at)
    return CodeCheck.of(program=program, entries=[entry]).refusal(entry)


@dataclass(slots=True)
class CodeCheck:
    """What is known of a batch's codes, read once. Call it with the members' accounts locked.

    `refusal` answers for one entry after the other and remembers those that it let pass: a batch cannot enter a code
    twice, nor pass a limit in one go.
    """

    program: Program
    known: dict[str, EntryCode] = field(default_factory=dict)  # by normalised code
    used: Counter = field(default_factory=Counter)  # by member and batch, and by member, batch and day
    failures: Counter = field(default_factory=Counter)  # by member and day
    taken: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, *, program, entries: Sequence[Entry]) -> "CodeCheck":
        check = cls(program)
        if not entries:
            return check
        plain = {codes.normalise(entry.code) for entry in entries}
        check.known = known_codes(program, plain)
        check._count_uses({entry.member_id for entry in entries})
        members, days = {entry.member_id for entry in entries}, {check._day(entry.at) for entry in entries}
        rows = CodeAttempts.objects.filter(program=program, member__in=members, day__in=days)
        for member, day, count in rows.values_list("member_id", "day", "failures"):
            check.failures[member, day] = count
        return check

    @classmethod
    def of_activities(cls, *, program, source: str, activities: Sequence[tuple[Any, int]]) -> "CodeCheck":
        """For the one verb: the codes among these activities, each beside its member."""
        entered = [(activity, member_id) for activity, member_id in activities if activity.kind == Kind.CODE]
        entries = [Entry(activity.code, member_id, activity.occurred_at) for activity, member_id in entered]
        return cls.of(program=program, entries=entries)

    def fault(self, activity: Any, member_id: int) -> Refusal | None:
        if activity.kind != Kind.CODE:
            return None
        return self.refusal(Entry(activity.code, member_id, activity.occurred_at))

    def _count_uses(self, members: Collection[int]) -> None:
        limited = {
            code.batch_id for code in self.known.values() if code.batch.per_member_limit or code.batch.per_day_limit
        }
        if not limited:
            return
        rows = CodeUse.objects.filter(member__in=members, batch__in=limited, undone_at__isnull=True)
        for member, batch, used_at in rows.values_list("member_id", "batch_id", "used_at"):
            self._remember(member, batch, used_at)

    def _remember(self, member_id: int, batch_id: int, at: datetime) -> None:
        self.used[member_id, batch_id] += 1
        self.used[member_id, batch_id, self._day(at)] += 1

    def _day(self, at: datetime) -> date:
        return local_date(at, self.program.tzinfo)

    def refusal(self, entry: Entry) -> Refusal | None:
        day = self._day(entry.at)
        if self.failures[entry.member_id, day] >= FAILURES_PER_DAY:
            return Refusal("too_many_codes", "code", _("Too many wrong codes today: try again tomorrow."))
        plain = codes.normalise(entry.code)
        code = self.known.get(plain)
        if code is None or code.activity_id is not None or code.pk in self.taken or not _counts(code.batch, entry.at):
            if codes.is_valid(plain):  # a slip of the finger has a wrong check symbol, a guess has a right one
                self._fail(entry.member_id, day)
            return Refusal("code_invalid", "code", _("This code is not valid, or it has been used."))
        batch = code.batch
        if batch.per_member_limit and self.used[entry.member_id, batch.pk] >= batch.per_member_limit:
            return Refusal("code_limit", "code", _("You have entered as many of these codes as one member may."))
        if batch.per_day_limit and self.used[entry.member_id, batch.pk, day] >= batch.per_day_limit:
            return Refusal("code_limit_today", "code", _("You have entered as many of these codes as allowed today."))
        self.taken.add(code.pk)
        self._remember(entry.member_id, batch.pk, entry.at)
        return None

    def _fail(self, member_id: int, day: date) -> None:
        self.failures[member_id, day] += 1
        row = {"program": self.program, "member_id": member_id, "day": day}
        CodeAttempts.objects.bulk_create([CodeAttempts(**row)], ignore_conflicts=True)
        CodeAttempts.objects.filter(**row).update(failures=F("failures") + 1)


def _counts(batch: CodeBatch, at: datetime) -> bool:
    """Whether the batch's codes count at that moment."""
    return (
        (batch.stopped_at is None or at < batch.stopped_at)
        and (batch.valid_from is None or batch.valid_from <= at)
        and (batch.valid_to is None or at < batch.valid_to)
    )


def known_codes(program, plain: Iterable[str]) -> dict[str, EntryCode]:
    """The program's codes among these normalised texts."""
    by_digest = {digest: text for text in plain if codes.is_valid(text) for digest in digests_of(text)}
    if not by_digest:
        return {}
    rows = EntryCode.objects.filter(digest__in=by_digest, batch__program=program).select_related("batch__reward")
    return {by_digest[row.digest]: row for row in rows}


def follow_codes(*, program, happened: Sequence[Happened], at: datetime, by=None) -> list[Effect]:
    """Claim the codes that were entered and give what they are worth; a refund takes it back and frees the code."""
    entered = [each for each in happened if each.kind == Kind.CODE and each.code and not each.is_history]
    refunds = [each for each in happened if each.refund_of and each.refund_of.is_whole]
    effects = _claim(program, entered, at, by) if entered else []
    return [*effects, *_free(program, refunds, at, by)] if refunds else effects


def _claim(program, entered: Sequence[Happened], at: datetime, by) -> list[Effect]:
    plain = {each.activity_id: codes.normalise(each.code) for each in entered}
    known = known_codes(program, plain.values())
    claims = [(known[text], each) for each in entered if (text := plain[each.activity_id]) in known]
    if len(claims) < len(entered) or not claim(claims):
        raise ClaimLost("a code was claimed by another activity")
    wins: list[tuple[Happened, EntryCode, CodeUse, gains.Gain]] = []
    for code, each in claims:
        batch = code.batch
        gain = gains.Gain(
            member_id=each.member_id,
            reference=f"{code.pk}:{each.activity_id}",
            at=each.occurred_at,
            points=batch.points or 0,
            reward=batch.reward,
        )
        use = CodeUse(
            code=code, batch=batch, member_id=each.member_id, activity_id=each.activity_id, used_at=each.occurred_at
        )
        wins.append((each, code, use, gain))
    gains.give(program=program, source=SOURCE, gains=[gain for *_rest, gain in wins], at=at, by=by)
    for _each, _code, use, gain in wins:
        use.points, use.voucher = gain.points, gain.voucher
    CodeUse.objects.bulk_create([use for _each, _code, use, _gain in wins])
    _announce(program, "code.entered", [(each, use) for each, _code, use, _gain in wins], at)
    return [Effect(each.activity_id, _outcome(code, use, gain)) for each, code, use, gain in wins]


def claim(claims: Sequence[tuple[EntryCode, Happened]]) -> bool:
    """Make each code its activity's if it is nobody's: a conditional update, so that there is one winner. Whether all
    of them were free."""
    claims = sorted(claims, key=lambda claim: claim[0].pk)
    if len(claims) > 1:  # in the order of their numbers, so that two batches do not wait in a ring
        held = EntryCode.objects.select_for_update().filter(pk__in=[code.pk for code, _each in claims])
        list(held.order_by("pk").values_list("pk"))
    claimed = 0
    for start in range(0, len(claims), TOGETHER):
        part = claims[start : start + TOGETHER]
        free = EntryCode.objects.filter(pk__in=[code.pk for code, _each in part], activity_id__isnull=True)
        claimed += free.update(
            activity_id=Case(*(When(pk=code.pk, then=each.activity_id) for code, each in part)),
            member_id=Case(*(When(pk=code.pk, then=each.member_id) for code, each in part)),
            used_at=Case(
                *(When(pk=code.pk, then=Value(each.occurred_at, DateTimeField())) for code, each in part),
                output_field=DateTimeField(),
            ),
        )
    return claimed == len(claims)


def _outcome(code: EntryCode, use: CodeUse, gain: gains.Gain) -> dict:
    batch, facts = code.batch, {"granted": use.points, "ending": code.ending}
    if batch.reward:
        facts |= {"reward_fr": batch.reward.name_fr, "reward_en": batch.reward.name_en}
        facts |= {} if gain.voucher else {"out_of_stock": True}
    return {"effect": SOURCE, "reason": "entered", "batch": batch.code, **facts}


def _free(program, refunds: Sequence[Happened], at: datetime, by) -> list[Effect]:
    """The code can be entered again: what is refunded here was entered by mistake."""
    by_purchase = {each.refund_of.activity_id: each for each in refunds if each.refund_of}
    uses = CodeUse.objects.filter(activity_id__in=by_purchase, undone_at__isnull=True).select_related("code", "batch")
    found = list(uses.order_by("id"))
    if not found:
        return []
    losses = [
        gains.Loss(
            member_id=by_purchase[use.activity_id].member_id,  # whoever it is by now, should two have been merged
            reference=f"{use.code_id}:{use.activity_id}",
            points=use.points,
            has_voucher=use.voucher_id is not None,
            at=by_purchase[use.activity_id].occurred_at,
        )
        for use in found
    ]
    gains.undo(program=program, source=SOURCE, losses=losses, at=at, by=by)
    effects = []
    for use, loss in zip(found, losses, strict=True):
        use.undone_at, use.is_reward_kept = at, loss.is_kept
        facts = {"granted": -loss.taken, "ending": use.code.ending, "kept": loss.is_kept}
        facts |= {"shortfall": loss.shortfall} if loss.shortfall else {}
        outcome = {"effect": SOURCE, "reason": "undone", "batch": use.batch.code, **facts}
        effects.append(Effect(by_purchase[use.activity_id].activity_id, outcome))
    CodeUse.objects.bulk_update(found, ["undone_at", "is_reward_kept"])
    # A code whose reward was used has been spent for good.
    freed = [use.code_id for use in found if not use.is_reward_kept]
    EntryCode.objects.filter(pk__in=freed).update(activity_id=None, member=None, used_at=None)
    _announce(program, "code.undone", [(by_purchase[use.activity_id], use) for use in found], at)
    return effects


def _announce(program, kind: str, uses: Iterable[tuple[Happened, CodeUse]], at: datetime) -> None:
    emit_many(
        Happening(
            kind=kind,
            program_code=program.code,
            member_id=use.member_id,
            occurred_at=each.occurred_at,
            recorded_at=at,
            payload={"batch": use.batch.code, "activity": each.activity_id, "points": use.points},
        )
        for each, use in uses
    )
