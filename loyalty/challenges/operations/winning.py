"""What comes of members' progress: what they have won is given, what they no longer have is taken back."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import F, Sum

from loyalty.challenges import rules
from loyalty.challenges.models import (
    BadgeAward,
    Challenge,
    ChallengeCompletion,
    ChallengeProgress,
    ChallengeStep,
)
from loyalty.challenges.operations import gains
from loyalty.events.operations import Happening, emit_many
from loyalty.programs.kinds import Effect, Happened

SOURCE = "challenge"


@dataclass(slots=True)
class Standing:
    """A member's progress that has just changed, and the activity that changed it last."""

    challenge: Challenge
    terms: rules.Terms
    progress: ChallengeProgress
    cause: Happened
    has_lost: bool = False  # a step was taken back: what was won before may go with it
    given: dict[int, ChallengeCompletion] = field(default_factory=dict)  # by ordinal
    undone: dict[int, list[ChallengeCompletion]] = field(default_factory=dict)
    won: list[ChallengeCompletion] = field(default_factory=list)
    lost: list[ChallengeCompletion] = field(default_factory=list)
    losses: list[gains.Loss] = field(default_factory=list)
    is_late: bool = False  # all wins have gone to others

    def missing(self, wins: int) -> list[int]:
        return [ordinal for ordinal in range(1, wins + 1) if ordinal not in self.given]


def settle(*, program, standing: Sequence[Standing], at: datetime, by=None) -> list[Effect]:
    days = sums_by_day([each.progress.pk for each in standing])
    _completions(standing)
    for each in standing:
        mine = days[each.progress.pk]
        each.progress.count = rules.counted(each.terms, mine)
        if each.has_lost:  # of two who were one person more may be won than one could have: that stays
            reached = rules.reached(each.terms, each.progress.count, mine)
            each.lost = [win for ordinal, win in sorted(each.given.items()) if ordinal > reached]
        if not each.cause.refund_of:
            each.won = _claim(each, each.missing(rules.wins(each.terms, each.progress.count, mine)))
    _give(program, standing, at, by)
    _undo(program, standing, at, by)
    for each in standing:
        each.progress.completions = len(each.given) + len(each.won) - len(each.lost)
        each.progress.updated_at = at
    ChallengeProgress.objects.bulk_update([each.progress for each in standing], ["count", "completions", "updated_at"])
    _announce(program, standing, at)
    return [Effect(each.cause.activity_id, outcome(each)) for each in standing]


def sums_by_day(progress_ids: Sequence[int]) -> dict[int, dict[date, int]]:
    """What the steps of each progress come to, day by day; days on which nothing is left are not in it."""
    rows = ChallengeStep.objects.filter(progress__in=progress_ids)
    found: dict[int, dict[date, int]] = defaultdict(dict)
    for progress_id, day, value in rows.values_list("progress_id", "day").annotate(total=Sum("value")):
        if value > 0:
            found[progress_id][day] = value
    return found


def _completions(standing: Sequence[Standing]) -> None:
    by_progress = {each.progress.pk: each for each in standing}
    rows = ChallengeCompletion.objects.filter(progress__in=by_progress).order_by("ordinal", "attempt")
    for row in rows.select_related("voucher"):
        each = by_progress[row.progress_id]
        if row.undone_at is None:
            each.given[row.ordinal] = row
        else:
            each.undone.setdefault(row.ordinal, []).append(row)


def _claim(each: Standing, ordinals: list[int]) -> list[ChallengeCompletion]:
    """The wins that there are for these ordinals: the last ones of a challenge go to whoever comes first."""
    free = claim(each.challenge, len(ordinals))
    each.is_late = free < len(ordinals)
    return [
        ChallengeCompletion(
            progress=each.progress,
            member_id=each.progress.member_id,
            ordinal=ordinal,
            attempt=len(each.undone.get(ordinal, ())) + 1,
            activity_id=each.cause.activity_id,
            points=each.challenge.points or 0,
            completed_at=each.cause.occurred_at,
        )
        for ordinal in ordinals[:free]
    ]


def claim(challenge: Challenge, wanted: int) -> int:
    """How many of the wins wanted are left. One conditional update, so that the database says who came first."""
    if challenge.most_winners is None:
        return wanted
    rows = Challenge.objects.filter(pk=challenge.pk)
    while wanted and not rows.filter(winners__lte=F("most_winners") - wanted).update(winners=F("winners") + wanted):
        wanted -= 1
    return wanted


def _give(program, standing: Sequence[Standing], at: datetime, by) -> None:
    won = [(each, win) for each in standing for win in each.won]
    if not won:
        return
    ChallengeCompletion.objects.bulk_create([win for _each, win in won])
    given = []
    for each, win in won:
        kept = next((old.voucher for old in each.undone.get(win.ordinal, ()) if old.is_reward_kept), None)
        reward = None if kept else each.challenge.reward
        gain = gains.Gain(
            member_id=win.member_id, reference=win.reference, at=win.completed_at, points=win.points, reward=reward
        )
        given.append((win, gain, kept))
    gains.give(program=program, source=SOURCE, gains=[gain for _win, gain, _kept in given], at=at, by=by)
    for win, gain, kept in given:
        win.points, win.voucher = gain.points, gain.voucher or kept
    ChallengeCompletion.objects.bulk_update([win for _each, win in won], ["points", "voucher"])
    BadgeAward.objects.bulk_create(
        [
            BadgeAward(
                badge_id=each.challenge.badge_id,
                member_id=win.member_id,
                activity_id=win.activity_id,
                awarded_at=win.completed_at,
            )
            for each, win in won
            if each.challenge.badge_id
        ],
        ignore_conflicts=True,
    )


def _undo(program, standing: Sequence[Standing], at: datetime, by) -> None:
    lost = [(each, win) for each in standing for win in each.lost]
    if not lost:
        return
    for each, win in lost:
        each.losses.append(
            gains.Loss(
                member_id=each.cause.member_id,  # whoever the member is by now, should two have been merged
                reference=win.reference,
                points=win.points,
                has_voucher=win.voucher_id is not None,
                at=each.cause.occurred_at,
            )
        )
        win.undone_at, win.undone_by = at, each.cause.activity_id
    freed = Counter(each.challenge.pk for each, _win in lost if each.challenge.most_winners is not None)
    for challenge_id, count in sorted(freed.items()):
        Challenge.objects.filter(pk=challenge_id).update(winners=F("winners") - count)
    gains.undo(program=program, source=SOURCE, losses=[loss for each in standing for loss in each.losses], at=at, by=by)
    for each in standing:
        for win, loss in zip(each.lost, each.losses, strict=True):
            was_kept = win.voucher is not None and win.voucher.reference != win.reference
            win.is_reward_kept = loss.is_kept or was_kept
    ChallengeCompletion.objects.bulk_update([win for _each, win in lost], ["undone_at", "undone_by", "is_reward_kept"])
    _revoke_badges(lost, at)


def _revoke_badges(lost: Iterable[tuple[Standing, ChallengeCompletion]], at: datetime) -> None:
    """A badge goes with the last win that earned it."""
    had = {(each.challenge.badge_id, win.member_id) for each, win in lost if each.challenge.badge_id}
    if not had:
        return
    badges, members = {badge for badge, _member in had}, {member for _badge, member in had}
    wins = ChallengeCompletion.objects.filter(
        member__in=members, progress__challenge__badge__in=badges, undone_at__isnull=True
    )
    gone = had - set(wins.values_list("progress__challenge__badge", "member"))
    for badge, member in sorted(gone):
        BadgeAward.objects.filter(badge=badge, member=member, revoked_at__isnull=True).update(revoked_at=at)


def told(challenge: Challenge, reason: str, **facts: Any) -> dict[str, Any]:
    """An outcome as it is stored: with the names of the challenge, which may change later."""
    names = {"challenge": challenge.code, "name_fr": challenge.name_fr, "name_en": challenge.name_en}
    return {"effect": SOURCE, "reason": reason, **names, **facts}


def outcome(each: Standing) -> dict[str, Any]:
    challenge, terms, progress = each.challenge, each.terms, each.progress
    way = {"goal": terms.goal, "every": terms.every, "needed": terms.needed}
    way["count"] = rules.shown(terms, progress.count, progress.completions)
    if each.lost:
        taken = {"granted": -sum(loss.taken for loss in each.losses)}
        short = sum(loss.shortfall for loss in each.losses)
        kept = {"kept": True} if any(win.is_reward_kept for win in each.lost) else {}
        return told(challenge, "undone", **way, **taken, **({"shortfall": short} if short else {}), **kept)
    if each.won:
        return told(challenge, "completed", **way, **_gained(each))
    if each.is_late:
        return told(challenge, "no_wins_left", **way)
    return told(challenge, "taken_back" if each.cause.refund_of else "progress", **way)


def _gained(each: Standing) -> dict[str, Any]:
    """What the wins gave: points in all, the reward and the badge by their names."""
    facts: dict[str, Any] = {"times": len(each.won), "granted": sum(win.points for win in each.won)}
    reward, badge = each.challenge.reward, each.challenge.badge
    if reward:
        out = all(win.voucher is None for win in each.won)
        facts |= {"reward_fr": reward.name_fr, "reward_en": reward.name_en} | ({"out_of_stock": True} if out else {})
    if badge:
        facts |= {"badge_fr": badge.name_fr, "badge_en": badge.name_en}
    return facts


def _announce(program, standing: Sequence[Standing], at: datetime) -> None:
    emit_many(
        Happening(
            kind=f"challenge.{what}",
            program_code=program.code,
            member_id=win.member_id,
            occurred_at=each.cause.occurred_at,
            recorded_at=at,
            payload={"challenge": each.challenge.code, "activity": each.cause.activity_id, "points": win.points},
        )
        for each in standing
        for what, wins in (("completed", each.won), ("undone", each.lost))
        for win in wins
    )
