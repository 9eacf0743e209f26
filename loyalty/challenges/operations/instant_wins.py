"""Instant wins: each activity that counts is a play, decided by the operating system's randomness and kept."""

import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from loyalty.challenges import rules
from loyalty.challenges.models import InstantPlay, InstantWin
from loyalty.challenges.operations import gains
from loyalty.challenges.operations.audience import known_members
from loyalty.challenges.terms import audience_of, conditions_of, policy_of
from loyalty.events.operations import Happening, emit_many
from loyalty.lib.saving import save_checked
from loyalty.programs.kinds import Effect, Happened
from loyalty.programs.models import Program

SOURCE = "instant_win"


class StockChanged(Exception):
    """Somebody won, or changed the stock, since the asker looked."""

    code = "stock_changed"


@transaction.atomic
def add_instant_win(*, program: Program, code: str, at: datetime, by=None, **terms: Any) -> InstantWin:
    """A new game; `terms` are fields of `InstantWin`. Raises Django's `ValidationError`."""
    return save_checked(InstantWin(program=program, code=code, **terms), by=by, at=at)


@transaction.atomic
def set_prizes_left(*, game: InstantWin, stock: int | None, seen: int | None, at: datetime, by=None) -> InstantWin:
    """Set how many prizes are left; None for endless. `seen` is what the asker saw. Raises `StockChanged`."""
    held = InstantWin.objects.select_for_update().get(pk=game.pk)
    if held.stock != seen:
        raise StockChanged(_("The stock has changed meanwhile; look again."))
    held.stock = stock
    return save_checked(held, by=by, at=at)


def follow_instant_wins(*, program, happened: Sequence[Happened], at: datetime, by=None) -> list[Effect]:
    """Play for what counts; a refund of the whole takes back what was won, and the prize can be won again."""
    playing = [each for each in happened if not each.refund_of and not each.is_history]
    effects = _play(program, playing, at, by) if playing else []
    refunds = {each.refund_of.activity_id: each for each in happened if each.refund_of and each.refund_of.is_whole}
    return [*effects, *_undo(program, refunds, at, by)] if refunds else effects


def foresee_instant_wins(*, program, happened: Sequence[Happened], at: datetime, by=None) -> list[Effect]:
    """The games that would be played, with their chances. Nothing is drawn: who asks again and again learns nothing."""
    playing = [each for each in happened if not each.refund_of and not each.is_history]
    return [
        Effect(each.activity_id, _told(game, "may_win", wins=game.chance_wins, of=game.chance_of))
        for game, mine in (_playing(program, playing) if playing else ())
        for each in mine
        if game.stock != 0
    ]


def _play(program, happened: Sequence[Happened], at: datetime, by) -> list[Effect]:
    plays = [play for game, mine in _playing(program, happened) for play in _decide(game, mine)]
    if not plays:
        return []
    InstantPlay.objects.bulk_create(plays)
    won = _give(program, [play for play in plays if play.is_won], at, by)
    by_id = {each.activity_id: each for each in happened}
    _announce(program, "instant_win.won", [(by_id[play.activity_id], play) for play in won], at)
    return [Effect(play.activity_id, _outcome(play)) for play in plays]


def _playing(program, happened: Sequence[Happened]) -> list[tuple[InstantWin, list[Happened]]]:
    """Each game that runs with the activities that are a play of it."""
    moments = [each.occurred_at for each in happened]
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=max(moments))
    going = Q(valid_to__isnull=True) | Q(valid_to__gt=min(moments))
    games = list(InstantWin.objects.filter(begun, going, program=program, is_active=True).select_related("reward"))
    if not games:
        return []
    members = known_members(program, {each.member_id for each in happened})
    policy = policy_of(program)
    played = _played(games, members, policy)
    playing = []
    for game in sorted(games, key=lambda game: game.pk):
        conditions, audience = conditions_of(game), audience_of(game)
        mine = [
            each
            for each in happened
            if _runs_at(game, each.occurred_at)
            and each.member_id in members
            and audience.admits(*members[each.member_id])
            and rules.goods_of(each, conditions, policy) is not None
            and _counts(game, each, played, policy)
        ]
        playing.append((game, mine))
    return playing


def _runs_at(game: InstantWin, moment: datetime) -> bool:
    return (game.valid_from is None or game.valid_from <= moment) and (game.valid_to is None or moment < game.valid_to)


def _played(games: Sequence[InstantWin], members, policy: rules.Policy) -> Counter:
    """How often members have played limited games, day by day. A refunded purchase was a play all the same: else who
    buys and returns could play without end."""
    limited = [game.pk for game in games if game.plays_per_day is not None]
    played: Counter = Counter()
    if limited:
        rows = InstantPlay.objects.filter(game__in=limited, member__in=members)
        for game_id, member_id, moment in rows.values_list("game_id", "member_id", "played_at"):
            played[game_id, member_id, rules.day_of(moment, policy)] += 1
    return played


def _counts(game: InstantWin, each: Happened, played: Counter, policy: rules.Policy) -> bool:
    key = (game.pk, each.member_id, rules.day_of(each.occurred_at, policy))
    if game.plays_per_day is not None and played[key] >= game.plays_per_day:
        return False
    played[key] += 1
    return True


def _decide(game: InstantWin, happened: Sequence[Happened]) -> list[InstantPlay]:
    """Draw a number for each play; of those that hit, as many win as there are prizes."""
    numbers = [secrets.randbelow(game.chance_of) for _each in happened]
    left = claim(game, sum(number < game.chance_wins for number in numbers))
    plays = []
    for each, number in zip(happened, numbers, strict=True):
        is_won = number < game.chance_wins and left > 0
        left -= is_won
        plays.append(
            InstantPlay(
                game=game,
                member_id=each.member_id,
                activity_id=each.activity_id,
                drawn=number,
                chance_wins=game.chance_wins,
                chance_of=game.chance_of,
                is_won=is_won,
                points=(game.points or 0) if is_won else 0,
                played_at=each.occurred_at,
            )
        )
    return plays


def claim(game: InstantWin, wanted: int) -> int:
    """How many of the prizes wanted are left: one conditional update, so that the last one has one winner."""
    if game.stock is None:
        return wanted
    rows = InstantWin.objects.filter(pk=game.pk)
    while wanted and not rows.filter(stock__gte=wanted).update(stock=F("stock") - wanted):
        wanted -= 1
    return wanted


def _give(program, won: Sequence[InstantPlay], at: datetime, by) -> Sequence[InstantPlay]:
    given = [
        gains.Gain(
            member_id=play.member_id,
            reference=play.reference,
            at=play.played_at,
            points=play.points,
            reward=play.game.reward,
        )
        for play in won
    ]
    gains.give(program=program, source=SOURCE, gains=given, at=at, by=by)
    for play, gain in zip(won, given, strict=True):
        play.points, play.voucher = gain.points, gain.voucher
    InstantPlay.objects.bulk_update(won, ["points", "voucher"])
    return won


def _outcome(play: InstantPlay) -> dict[str, Any]:
    game = play.game
    facts: dict[str, Any] = {"drawn": play.drawn, "wins": play.chance_wins, "of": play.chance_of}
    if play.is_won:
        facts["granted"] = play.points
        facts |= {"prize_fr": game.prize_fr, "prize_en": game.prize_en} if game.prize_fr else {}
        if game.reward:
            facts |= {"reward_fr": game.reward.name_fr, "reward_en": game.reward.name_en}
            facts |= {} if play.voucher else {"out_of_stock": True}
    hit = play.drawn < play.chance_wins
    return _told(game, "won" if play.is_won else "no_prize_left" if hit else "lost", **facts)


def _told(game: InstantWin, reason: str, **facts: Any) -> dict[str, Any]:
    names = {"game": game.code, "name_fr": game.name_fr, "name_en": game.name_en}
    return {"effect": SOURCE, "reason": reason, **names, **facts}


def _undo(program, refunds: dict[int, Happened], at: datetime, by) -> list[Effect]:
    rows = InstantPlay.objects.filter(activity_id__in=refunds, undone_at__isnull=True).select_related("game")
    plays = list(rows.order_by("id"))
    lost = [play for play in plays if play.is_won]
    losses = [
        gains.Loss(
            member_id=refunds[play.activity_id].member_id,  # whoever it is by now, should two have been merged
            reference=play.reference,
            points=play.points,
            has_voucher=play.voucher_id is not None,
            at=refunds[play.activity_id].occurred_at,
        )
        for play in lost
    ]
    if losses:
        gains.undo(program=program, source=SOURCE, losses=losses, at=at, by=by)
    effects = []
    for play, loss in zip(lost, losses, strict=True):
        play.is_reward_kept = loss.is_kept
        facts = {"granted": -loss.taken} | ({"shortfall": loss.shortfall} if loss.shortfall else {})
        facts |= {"kept": True} if loss.is_kept else {}
        effects.append(Effect(refunds[play.activity_id].activity_id, _told(play.game, "undone", **facts)))
    for play in plays:
        play.undone_at = at
    InstantPlay.objects.bulk_update(plays, ["undone_at", "is_reward_kept"])
    back = Counter(play.game_id for play in lost if not play.is_reward_kept)
    for game_id, count in sorted(back.items()):
        InstantWin.objects.filter(pk=game_id, stock__isnull=False).update(stock=F("stock") + count)
    _announce(program, "instant_win.undone", [(refunds[play.activity_id], play) for play in lost], at)
    return effects


def _announce(program, kind: str, plays: Sequence[tuple[Happened, InstantPlay]], at: datetime) -> None:
    emit_many(
        Happening(
            kind=kind,
            program_code=program.code,
            member_id=play.member_id,
            occurred_at=each.occurred_at,
            recorded_at=at,
            payload={"game": play.game.code, "activity": each.activity_id, "points": play.points},
        )
        for each, play in plays
    )
