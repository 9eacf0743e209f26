"""What members did, punched onto their cards: the verb that `earning` calls for each batch that it records."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum

from loyalty.lib.periods import local_date
from loyalty.programs.kinds import Effect, Happened, Refunded
from loyalty.programs.models import Program
from loyalty.punchcards import rules
from loyalty.punchcards.models import Punch, PunchCardProgram
from loyalty.punchcards.rules import Reason, Terms

from .shelf import Act, Shelf

Acts = dict[tuple[int, int], Act]  # by activity and definition


@transaction.atomic
def punch(*, program: Program, happened: Sequence[Happened], at: datetime, by=None) -> list[Effect]:
    """Punch the cards of each activity's member, or take back what a refunded purchase gave.

    The members' accounts are locked by the caller, so that many tills fill a card once. `happened` is in the order in
    which it was recorded; a purchase and its refund may come together.
    """
    definitions = list(PunchCardProgram.objects.filter(program=program).order_by("id"))
    return _Punching(program, definitions, happened, at, by).effects()


class _Punching:
    def __init__(self, program, definitions, happened, at, by):
        self._program, self._happened, self._at, self._by = program, happened, at, by
        self._terms = {definition.pk: terms_of(definition, program) for definition in definitions}
        self._shelf = Shelf(
            program=program,
            definitions=definitions,
            member_ids={each.member_id for each in happened},
            since=min(each.occurred_at for each in happened),
            whole={each.member_id for each in happened if each.refund_of},
        )
        self._acts = self._earlier_acts()
        self._days = self._punched_by_day()

    def effects(self) -> list[Effect]:
        effects = [
            Effect(each.activity_id, outcome)
            for each in self._happened
            for outcome in (self._take(each, each.refund_of) if each.refund_of else self._give(each))
        ]
        self._shelf.put_back(at=self._at, by=self._by)
        return effects

    # What is known

    def _earlier_acts(self) -> Acts:
        """What the refunded purchases gave, and what of it was taken back before."""
        buyers = {each.refund_of.activity_id: each.member_id for each in self._happened if each.refund_of}
        if not buyers:
            return {}
        found = Punch.objects.filter(Q(activity_id__in=buyers) | Q(undoes__activity_id__in=buyers))
        acts: Acts = {}
        cards: dict[Act, set[int]] = defaultdict(set)
        taken: dict[int, int] = defaultdict(int)
        for each in found.order_by("id"):
            if each.undoes_id:
                taken[each.undoes_id] -= each.count
                continue
            activity_id, definition = each.activity_id or 0, self._shelf.definitions[each.card_program_id]
            new = Act(buyers.get(activity_id, 0), definition, each.given_for, each.day, id=each.pk)
            act = acts.setdefault((activity_id, definition.pk), new)
            act.given += each.count
            act.lost += each.lost
            cards[act].add(each.card_id)
        for act in acts.values():
            act.taken = taken[act.id]
            act.cards = self._shelf.cards(cards[act], act.member_id, act.definition)
        return acts

    def _punched_by_day(self) -> dict[tuple[int, int, date], int]:
        limited = [pk for pk, terms in self._terms.items() if terms.limit_per_day is not None]
        if not limited:
            return {}
        rows = (  # by the card's member: the punches of who was merged count with whoever has the cards
            Punch.objects.filter(
                card__member__in={each.member_id for each in self._happened},
                card_program__in=limited,
                day__in={each.local.date() for each in self._happened},
            )
            .exclude(given_for=rules.PunchOn.HAND)
            .values_list("card__member", "card_program_id", "day")
            .annotate(total=Sum("count"))
            .order_by()
        )
        return {(member_id, definition_id, day): total for member_id, definition_id, day, total in rows}

    # One activity

    def _give(self, happened: Happened) -> Iterator[dict[str, Any]]:
        if not self._program.earns_on(local_date(happened.occurred_at, self._program.tzinfo)):
            return
        for definition in self._shelf.definitions.values():
            if definition.holds_at(happened.occurred_at) and (outcome := self._punch(happened, definition)):
                yield outcome

    def _punch(self, happened: Happened, definition: PunchCardProgram) -> dict[str, Any] | None:
        day = (happened.member_id, definition.pk, happened.local.date())
        today = self._days.get(day, 0)
        verdict = rules.punches_for(self._terms[definition.pk], happened, punched_today=today)
        if verdict is None:
            return None
        outcome = of_card(definition, verdict.reason)
        if verdict.limit:
            outcome |= {"wanted": verdict.wanted, "limit": verdict.limit}
        if verdict.given:
            act = Act(happened.member_id, definition, definition.punch_on, happened.local.date())
            self._acts[happened.activity_id, definition.pk] = act
            self._shelf.punch(
                act,
                verdict.given,
                at=happened.occurred_at,
                outcome=outcome,
                history=happened.is_history,
                activity_id=happened.activity_id,
            )
            self._days[day] = today + act.given
        return outcome

    def _take(self, happened: Happened, refunded: Refunded) -> Iterator[dict[str, Any]]:
        for definition_id in self._shelf.definitions:
            act = self._acts.get((refunded.activity_id, definition_id))
            if act is None or act.taken == act.given or not act.cards:
                continue  # the cards have gone with a member who was taken apart from this one again
            count = rules.to_take_back(
                refunded, given_for=act.given_for, given=act.given, lost=act.lost, taken=act.taken
            )
            if not count:
                if act.given_for == rules.PunchOn.VISIT:
                    yield of_card(act.definition, Reason.VISIT_STAYS)
                continue
            day = (act.member_id, definition_id, act.day)
            self._days[day] = self._days.get(day, 0) - count
            outcome = of_card(act.definition, Reason.TAKEN_BACK)
            self._shelf.take_back(
                act, count, at=happened.occurred_at, outcome=outcome, activity_id=happened.activity_id
            )
            yield outcome


def of_card(definition: PunchCardProgram, reason: str) -> dict[str, Any]:
    """The beginning of an outcome; the names are for who reads the decision later."""
    return {
        "effect": "punch",
        "reason": str(reason),
        "card": definition.code,
        "name_fr": definition.name_fr,
        "name_en": definition.name_en,
    }


def terms_of(definition: PunchCardProgram, program: Program) -> Terms:
    """What the rules need to know of a definition; the program's excluded goods are excluded here too."""
    return Terms(
        punch_on=definition.punch_on,
        kinds=frozenset(definition.kinds),
        categories=frozenset(definition.categories),
        skus=frozenset(definition.skus),
        excluded_categories=frozenset(program.excluded_categories),
        excluded_skus=frozenset(program.excluded_skus),
        per_amount=definition.per_amount or 0,
        stores=frozenset(definition.stores),
        channels=frozenset(definition.channels),
        minimum_amount=definition.minimum_amount,
        limit_per_visit=definition.limit_per_visit,
        limit_per_day=definition.limit_per_day,
    )
