"""Prize draws: activities become tickets, refunds take them back, and on its day a draw is drawn, once."""

import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from loyalty.challenges import drawing, rules
from loyalty.challenges.drawing import Ticket
from loyalty.challenges.models import Draw, DrawEntry, DrawWin
from loyalty.challenges.operations import gains
from loyalty.challenges.operations.audience import known_members
from loyalty.challenges.secrets import seeds_of
from loyalty.challenges.terms import audience_of, conditions_of, policy_of
from loyalty.events.operations import Happening, emit_many
from loyalty.lib.periods import start_of_day
from loyalty.lib.refunds import share_to_take
from loyalty.lib.saving import save_checked
from loyalty.programs.kinds import Effect, Happened
from loyalty.programs.models import Program
from members.models import Enrolment, Member
from members.queries import identities

SOURCE = "draw"


class DrawRefused(Exception):
    """The draw is not in the state for it. `code` says why."""

    def __init__(self, message, code: str):
        super().__init__(message)
        self.code = code


@transaction.atomic
def add_draw(*, program: Program, code: str, at: datetime, by=None, **terms: Any) -> Draw:
    """A new prize draw, committed to a seed; `terms` are fields of `Draw`. Raises Django's `ValidationError`."""
    nonce = secrets.token_hex(16)
    commitment = drawing.commitment_of(next(seeds_of(nonce)))
    draw = Draw(program=program, code=code, created_at=at, nonce=nonce, commitment=commitment, **terms)
    return save_checked(draw, by=by, at=at)


def follow_draws(*, program, happened: Sequence[Happened], at: datetime, by=None) -> list[Effect]:
    """Tickets for what counts; a refund takes its share of them as long as the draw has not been drawn."""
    entering = [each for each in happened if not each.refund_of and not each.is_history]
    effects = _enter(program, entering) if entering else []
    refunds = {each.refund_of.activity_id: each for each in happened if each.refund_of}
    return [*effects, *_take(refunds)] if refunds else effects


def _enter(program, happened: Sequence[Happened]) -> list[Effect]:
    moments = [each.occurred_at for each in happened]
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=max(moments))
    open_ = Draw.objects.filter(begun, program=program, is_active=True, drawn_at=None, valid_to__gt=min(moments))
    draws = list(open_)
    if not draws:
        return []
    members = known_members(program, {each.member_id for each in happened})
    held = _held(draws, members)
    policy, entries, effects = policy_of(program), [], []
    for draw in draws:
        conditions, audience = conditions_of(draw), audience_of(draw)
        for each in happened:
            goods = rules.goods_of(each, conditions, policy) if _runs_at(draw, each.occurred_at) else None
            if goods is None or each.member_id not in members or not audience.admits(*members[each.member_id]):
                continue
            tickets = goods.amount // draw.per_amount if draw.per_amount else 1
            if draw.most_tickets is not None:
                tickets = min(tickets, max(draw.most_tickets - held[draw.pk, each.member_id], 0))
            if not tickets:
                continue
            held[draw.pk, each.member_id] += tickets
            entries.append(
                DrawEntry(
                    draw=draw,
                    member_id=each.member_id,
                    activity_id=each.activity_id,
                    tickets=tickets,
                    entered_at=each.occurred_at,
                )
            )
            effects.append(Effect(each.activity_id, _told(draw, "entered", tickets=tickets)))
    DrawEntry.objects.bulk_create(entries)
    return effects


def _runs_at(draw: Draw, moment: datetime) -> bool:
    has_begun = draw.valid_from is None or draw.valid_from <= moment
    return has_begun and draw.valid_to is not None and moment < draw.valid_to


def _held(draws: Sequence[Draw], members) -> Counter:
    """The tickets that members hold in draws that limit them."""
    limited = [draw.pk for draw in draws if draw.most_tickets is not None]
    held: Counter = Counter()
    if limited:
        rows = DrawEntry.objects.filter(draw__in=limited, member__in=members).values_list("draw_id", "member_id")
        for draw_id, member_id, tickets in rows.annotate(total=Sum(F("tickets") - F("taken"))):
            held[draw_id, member_id] = tickets
    return held


def _take(refunds: dict[int, Happened]) -> list[Effect]:
    rows = DrawEntry.objects.filter(activity_id__in=refunds, draw__drawn_at=None).select_related("draw")
    changed, effects = [], []
    for entry in rows.order_by("id"):
        each = refunds[entry.activity_id]
        of = each.refund_of
        if of is None or not (of.is_whole or entry.draw.per_amount):
            continue
        tickets = share_to_take(
            granted=entry.tickets, amount=of.amount, refunded=of.refunded, already_taken=entry.taken
        )
        if tickets:
            entry.taken += tickets
            changed.append(entry)
            effects.append(Effect(each.activity_id, _told(entry.draw, "taken_back", tickets=tickets)))
    DrawEntry.objects.bulk_update(changed, ["taken"])
    return effects


def _told(draw: Draw, reason: str, **facts: Any) -> dict[str, Any]:
    names = {"draw": draw.code, "name_fr": draw.name_fr, "name_en": draw.name_en}
    return {"effect": SOURCE, "reason": reason, **names, **facts}


@transaction.atomic
def hold_draw(*, draw: Draw, at: datetime, by=None) -> list[DrawWin]:
    """Draw the winners and the substitutes and give the prizes, once. Raises `DrawRefused`.

    Members who have left or are blocked are not in the drum.
    """
    draw = _locked(draw.pk)
    if draw.drawn_at is not None:
        raise DrawRefused(_("This draw has been held."), "held")
    if not draw.is_active:
        raise DrawRefused(_("This draw is not active."), "inactive")
    if at < start_of_day(draw.draw_date, draw.program.tzinfo):
        raise DrawRefused(_("It is not yet the day of this draw."), "too_early")
    seed = next((seed for seed in seeds_of(draw.nonce) if drawing.commitment_of(seed) == draw.commitment), None)
    if seed is None:
        raise DrawRefused(_("The secret key has changed: the seed that this draw committed to is lost."), "seed_lost")
    present = Enrolment.objects.filter(
        program=draw.program, status=Enrolment.Status.ACTIVE, member__status=Member.Status.ACTIVE
    )
    in_drum = draw.entries.filter(tickets__gt=F("taken"), member__in=present.values("member"))
    in_drum.update(drawn=F("tickets") - F("taken"))
    tickets = tickets_of(draw)
    draw.drawn_at, draw.seed, draw.tickets_digest = at, seed, drawing.digest_of(tickets)
    save_checked(draw, by=by, at=at)
    wins = _wins(draw, drawing.draw(seed, tickets, draw.winners + draw.substitutes))
    DrawWin.objects.bulk_create(wins)
    _award(draw, [win for win in wins if win.state == DrawWin.State.WON], at, by)
    return wins


def _locked(draw_id: int) -> Draw:
    """The draw, held until the transaction ends. New tickets may still refer to it: who brings them holds accounts,
    which a winner's points need."""
    rows = Draw.objects.select_for_update(of=["self"], no_key=True).select_related("program", "reward")
    return rows.get(pk=draw_id)


def tickets_of(draw: Draw) -> list[Ticket]:
    """What was in the drum, in the order in which the draw reads it."""
    rows = draw.entries.filter(drawn__isnull=False).order_by("id")
    return [Ticket(entry, member, drawn or 0) for entry, member, drawn in rows.values_list("id", "member_id", "drawn")]


def _wins(draw: Draw, drawn: Sequence[Ticket]) -> list[DrawWin]:
    states = [DrawWin.State.WON] * draw.winners + [DrawWin.State.SUBSTITUTE] * draw.substitutes
    return [
        DrawWin(draw=draw, member_id=ticket.member, entry_id=ticket.entry, rank=rank, state=state)
        for rank, (ticket, state) in enumerate(zip(drawn, states, strict=False), start=1)
    ]


def _award(draw: Draw, wins: Sequence[DrawWin], at: datetime, by) -> None:
    given = [
        gains.Gain(member_id=win.member_id, reference=str(win.pk), at=at, points=draw.points or 0, reward=draw.reward)
        for win in wins
    ]
    gains.give(program=draw.program, source=SOURCE, gains=given, at=at, by=by)
    for win, gain in zip(wins, given, strict=True):
        win.points, win.voucher = gain.points, gain.voucher
    DrawWin.objects.bulk_update(wins, ["points", "voucher"])
    _announce(draw, "draw.won", wins, at)


@transaction.atomic
def disqualify(*, win: DrawWin, reason: str, at: datetime, by=None) -> DrawWin | None:
    """Take the prize from a winner; the first substitute moves up and is returned. Raises `DrawRefused`.

    Nobody moves up under a second number: whoever was drawn twice, before two members became one, was drawn once.

    A reward that was used stays and can be seen at the voucher.
    """
    draw = _locked(win.draw_id)
    win = DrawWin.objects.get(pk=win.pk)
    if win.state == DrawWin.State.DISQUALIFIED:
        raise DrawRefused(_("This member was disqualified before."), "disqualified")
    was_winner = win.state == DrawWin.State.WON
    win.state, win.disqualified_at, win.disqualified_by, win.reason = DrawWin.State.DISQUALIFIED, at, by, reason
    win.save(update_fields=["state", "disqualified_at", "disqualified_by", "reason"])
    if not was_winner:
        return None
    loss = gains.Loss(
        member_id=win.member.merged_into_id or win.member_id,
        reference=str(win.pk),
        points=win.points,
        has_voucher=win.voucher_id is not None,
        at=at,
    )
    gains.undo(program=draw.program, source=SOURCE, losses=[loss], at=at, by=by)
    _announce(draw, "draw.disqualified", [win], at)
    others = draw.wins.filter(state=DrawWin.State.SUBSTITUTE, member__merged_into__isnull=True)
    substitute = others.exclude(member__in=identities(loss.member_id)).order_by("rank").first()
    if substitute is None:
        return None
    substitute.state = DrawWin.State.WON
    substitute.save(update_fields=["state"])
    _award(draw, [substitute], at, by)
    return substitute


def _announce(draw: Draw, kind: str, wins: Sequence[DrawWin], at: datetime) -> None:
    emit_many(
        Happening(
            kind=kind,
            program_code=draw.program.code,
            member_id=win.member_id,
            occurred_at=at,
            recorded_at=at,
            payload={"draw": draw.code, "rank": win.rank, "points": win.points},
        )
        for win in wins
    )
