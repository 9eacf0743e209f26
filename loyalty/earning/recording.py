"""A batch of activities on its way in: resolve, lock, read, decide, write. One activity is a batch of one.

The caller holds the transaction. Every activity gets its answer in its place; what is refused leaves no trace. Another
process that records the same activity, or meets the same budget for the first time, shows up as an IntegrityError,
and the caller begins again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import chain

from django.utils.translation import gettext as _

from loyalty.earning import gifts, intake, kinds
from loyalty.earning.caps import EVER
from loyalty.earning.facts import BatchFacts, read_facts
from loyalty.earning.inputs import ActivityInput, Recorded, Refused, fingerprint
from loyalty.earning.models import Activity, ActivityLine, EarningRule, Kind
from loyalty.earning.refunding import Given, Purchase, cause_of, gifts_among, purchases, unknown_purchase
from loyalty.earning.rows import Accepted, Rows
from loyalty.earning.rules import Facts, Rule, Verdict, boosts_of, compile_policy, compile_rule, decide
from loyalty.earning.values import REWARDS
from loyalty.ledger.book import POINTS
from loyalty.ledger.operations import Batch, postpone_expiry
from loyalty.lib import prepared, sql
from loyalty.lib.periods import start_of_day
from loyalty.programs.expiry import ExpiryPolicy, expires_at, postpones
from members.queries import present

Answer = Recorded | Refused


@dataclass
class Recording:
    """`members` gives each activity's member, found by the caller, or the refusal where there is none.

    A dry one is rolled back by the caller: what it answers is what would be, and chance is left alone.
    """

    program: object
    source: str
    at: datetime
    by: object = None
    history: bool = False
    is_dry: bool = False
    accepted: list[Accepted] = field(default_factory=list)
    _seen: dict[str, Accepted] = field(default_factory=dict)

    def record(self, activities: Sequence[ActivityInput], members: Sequence[int | Refused]) -> list[Answer]:
        answers = self.decide(activities, members)
        if self.accepted:
            self._write()
        return answers

    def decide(self, activities: Sequence[ActivityInput], members: Sequence[int | Refused]) -> list[Answer]:
        """The answers, with everything worked out and nothing written but the locks."""
        self._prepare(activities, members)
        return [
            self._answer(activity, member) if isinstance(member, int) else member
            for activity, member in zip(activities, members, strict=True)
        ]

    # What is known

    def _prepare(self, activities, members) -> None:
        program = self.program
        sound = [
            (activity, member) for activity, member in zip(activities, members, strict=True) if isinstance(member, int)
        ]
        activities, known = [activity for activity, _ in sound], {member for _, member in sound}
        refunds = {activity.refunds: member for activity, member in sound if activity.refunds}
        self._policy = compile_policy(program)
        self._expiry = ExpiryPolicy.of(program)
        self._rules = _rules_in_force(program, {activity.kind for activity in activities}, history=self.history)
        # The accounts of points are locked whatever is earned: members take their turns by them.
        self._batch = Batch(program=program, member_ids=known, debited=refunds.values())
        self._facts = self._read(activities, known)
        self._standings = kinds.standings(program, self._facts.kinds, known)
        self._checks = [] if self.history else kinds.checks(program, self._facts.kinds, self.source, sound)
        self._purchases = purchases(program=program, source=self.source, external_ids=list(refunds))
        self._open_others(known, refunds)

    def _open_others(self, known: set[int], refunds: dict[str, int]) -> None:
        """The accounts of other currencies: everybody's where a rule gives one, else of those who give it back."""
        ruled = {purse for purses in self._rules.values() for purse in purses} - {POINTS, REWARDS}
        given = {
            (currency, purchase.member_id)
            for purchase in self._purchases.values()
            for currency in purchase.given
            if currency != POINTS and purchase.member_id in known
        }
        for currency in sorted(ruled | {currency for currency, _member_id in given}):
            members = known if currency in ruled else {member_id for name, member_id in given if name == currency}
            self._batch.open(currency, member_ids=members, debited=refunds.values())

    def _read(self, activities, member_ids) -> BatchFacts:
        """A counter's period is a day of the store or of the program, which may be a day off the other's."""
        periods = {EVER}
        purses = (purses.values() for purses in self._rules.values())
        if any(rule.is_capped for rules in chain.from_iterable(purses) for rule in rules):
            days = {activity.occurred_at.astimezone(UTC).date() for activity in activities}
            for day in days:
                for near in (day - timedelta(days=1), day, day + timedelta(days=1)):
                    periods |= {near.isoformat(), near.isoformat()[:7]}
        return read_facts(
            program_id=self.program.pk,
            source=self.source,
            member_ids=member_ids,
            external_ids=[activity.external_id for activity in activities],
            stores={activity.store for activity in activities if activity.store},
            periods=periods,
        )

    # One activity

    def _answer(self, activity: ActivityInput, member_id: int) -> Answer:
        print_ = fingerprint(activity, member_id)
        if earlier := self._earlier(activity.external_id):
            activity_id, known_print, answer = earlier
            if known_print != print_ and not self._same_before_a_merge(activity, member_id):
                return _other_content()
            return answer or Recorded(activity_id, member_id, 0, duplicate=True)
        fault = intake.worldly_fault(activity, member_id, self._facts, history=self.history)
        fault = fault or kinds.fault(self._checks, activity, member_id)
        if fault:
            return fault
        store = self._facts.stores.get(activity.store)
        item = Accepted(activity, Recorded(0, member_id, 0), print_, activity.amount or 0, store and store.id)
        fault = self._refund(item) if activity.kind == Kind.REFUND else self._earn(item)
        if fault:
            return fault
        self._seen[activity.external_id] = item
        self.accepted.append(item)
        return item.answer

    def _same_before_a_merge(self, activity: ActivityInput, member_id: int) -> bool:
        """Recorded for somebody who was merged into this member since: the print holds the other's number."""
        known = self._facts.activities.get(activity.external_id)
        if known is None or known.fingerprint != fingerprint(activity, known.member_id):
            return False
        return present([known.member_id]).get(known.member_id) == member_id

    def _earlier(self, external_id: str):
        """Its id, fingerprint and, where this batch itself recorded it, its answer."""
        if known := self._facts.activities.get(external_id):
            return known.id, known.fingerprint, None
        if item := self._seen.get(external_id):
            answer = replace(item.answer, activity_id=0, duplicate=True)
            return 0, item.fingerprint, answer
        return None

    def _earn(self, item: Accepted) -> Refused | None:
        activity, member_id = item.activity, item.answer.member_id
        local = self._local(activity)
        verdicts = list(self._verdicts(item, local))
        for purse, verdict in verdicts:
            if purse == POINTS and (refused := kinds.limit(self._checks, activity, verdict)):
                return refused
        item.purchase = Purchase(member_id, activity.kind, activity.occurred_at, item.amount)
        for purse, verdict in verdicts:
            item.answer.outcomes += verdict.outcomes
            self._facts.counters.add(member_id, verdict.usage)
            if purse == REWARDS:
                item.gift_usage = verdict.usage
            else:
                item.purchase.given[purse] = self._credit(item, purse, verdict, local)
        item.purchase.gifts = gifts_among(item.answer.outcomes)
        self._purchases[activity.external_id] = item.purchase
        return None

    def _credit(self, item: Accepted, currency: str, verdict: Verdict, local: datetime) -> Given:
        activity, given = item.activity, Given()
        for delay, points in verdict.grants.items():
            active_at = activity.occurred_at
            if delay:
                active_at = max(active_at, start_of_day(local.date() + timedelta(days=delay), local.tzinfo))
            lapses_at = expires_at(self._expiry, active_at)
            if lapses_at is not None and lapses_at <= active_at:
                continue  # the program ends before the points could be used
            given.granted += points
            entry = self._batch.earn(
                currency=currency,
                member_id=item.answer.member_id,
                points=points,
                cause=cause_of(self.source, activity.external_id),
                at=activity.occurred_at,
                active_at=active_at,
                expires_at=lapses_at,
                by_id=self._by_id,
            )
            given.entries.append(entry)
        item.answer.add(currency, given.granted)
        return given

    def _local(self, activity: ActivityInput) -> datetime:
        """When it happened, on the clock of its store, else of the program."""
        store = self._facts.stores.get(activity.store)
        return activity.occurred_at.astimezone((store and store.tz) or self._expiry.tz)

    def _verdicts(self, item: Accepted, local: datetime) -> Iterator[tuple[str, Verdict]]:
        """What the rules of each purse say, where there are any."""
        activity = item.activity
        purses = self._rules.get(activity.kind)
        gift = self.history and activity.kind == Kind.SIGN_UP
        if not purses or gift or not self.program.earns_on(activity.occurred_at.astimezone(self._expiry.tz).date()):
            return
        standing = kinds.standing(self._standings, item.answer.member_id, activity.occurred_at)
        facts = Facts(
            activity.kind,
            activity.occurred_at,
            local,
            item.amount,
            activity.lines,
            activity.store,
            activity.channel,
            activity.brand,
            activity.tenders,
            self._facts.members[item.answer.member_id].tags,
            {name: each.code for name, each in standing.items()},
        )
        usage = self._facts.counters.bearing_on(item.answer.member_id)
        for purse, rules in purses.items():
            boosts = boosts_of(standing, activity.kind) if standing and purse == POINTS else []
            yield purse, decide(facts, [*rules, *boosts], self._policy, usage)

    def _refund(self, item: Accepted) -> Refused | None:
        activity, member_id = item.activity, item.answer.member_id
        purchase = self._purchases.get(activity.refunds)
        if purchase is None:
            return unknown_purchase()
        if fault := purchase.fault(activity, member_id):
            return fault
        item.refunded = purchase
        item.amount = purchase.refund(activity.amount)
        item.refunded_so_far = purchase.refunded
        purchase.given.setdefault(POINTS, Given())
        for currency, given in purchase.given.items():
            if currency == POINTS or given.granted:
                item.answer.outcomes.append(self._take_back(item, currency, given))
        return None

    def _take_back(self, item: Accepted, currency: str, given: Given) -> dict:
        """What the refund takes of one currency, by the formula of what was given then."""
        activity, at = item.activity, item.activity.occurred_at
        whose = {"currency": currency, "member_id": item.answer.member_id, "earned": given.entries}
        points = item.refunded.take(given, self._batch.expired(**whose))
        item.answer.add(currency, -points)
        taken = shortfall = 0
        if points:
            cause = cause_of(self.source, activity.external_id)
            entry = self._batch.take_back(**whose, points=points, cause=cause, at=at, by_id=self._by_id)
            taken, shortfall = -entry.points, entry.shortfall
        outcome = {"reason": "refund", "refunds": activity.refunds, "desired": -points, "granted": -taken}
        if currency != POINTS:
            outcome["currency"] = currency
        return outcome | ({"shortfall": shortfall} if shortfall else {})

    @property
    def _by_id(self) -> int | None:
        return self.by.pk if self.by else None

    def _write(self) -> None:
        lines = sum(len(item.activity.lines) for item in self.accepted)
        ids = sql.reserve({Activity: len(self.accepted), ActivityLine: lines, **self._batch.needs()})
        for item, number in zip(self.accepted, ids[Activity], strict=True):
            item.answer.activity_id = number
            if item.purchase:
                item.purchase.id = number
        gifts.settle(self.program, self.accepted, self._facts.counters, at=self.at, by=self.by)
        rows = Rows(self.program, self.source, self.at, self._by_id, self.history)
        steps = [
            *rows.steps(self.accepted, ids[ActivityLine]),
            *self._facts.counters.steps(self.program.pk),
            *self._batch.steps(ids, at=self.at),
        ]
        if self._facts.kinds:  # what comes of the activities belongs into their decisions
            sql.write(steps)
            self._follow()
            sql.write([rows.decisions(self.accepted)])
        else:
            sql.write([*steps, rows.decisions(self.accepted)])
        if self._expiry.kind == self.program.Expiry.INACTIVITY:
            self._postpone()

    def _follow(self) -> None:
        """The kinds of program do what is theirs, now that the activities are there and the accounts still locked."""
        happened = [
            kinds.happened(
                item, self.source, local=self._local(item.activity), history=self.history, policy=self._policy
            )
            for item in self.accepted
        ]
        answers = {item.answer.activity_id: item.answer for item in self.accepted}
        told = {"at": self.at, "by": self.by, "is_dry": self.is_dry}
        for activity_id, outcome in kinds.follow(self.program, self._facts.kinds, happened, **told):
            answers[activity_id].outcomes.append(outcome)

    def _postpone(self) -> None:
        """Under an inactivity policy an activity gives the member's points a new term."""
        last: dict[int, datetime] = {}
        for item in self.accepted:
            kind = item.activity.kind
            comes_by_itself = kind == Kind.BIRTHDAY and not self._expiry.reset_kinds
            if postpones(self._expiry, kind) and not comes_by_itself:
                member_id, moment = item.answer.member_id, item.activity.occurred_at
                last[member_id] = max(last.get(member_id, moment), moment)
        terms = {member_id: (moment, expires_at(self._expiry, moment)) for member_id, moment in last.items()}
        postpone_expiry(program=self.program, terms=terms)


def _other_content() -> Refused:
    return Refused(
        "other_content",
        "external_id",
        _("Another activity was recorded under this identifier; the content differs."),
    )


def _rules_in_force(program, kinds: set[str], *, history: bool) -> dict[str, dict[str, list[Rule]]]:
    """By kind and purse, every version: an activity is rated by the rules that were in force when it occurred.

    Nobody is given rewards for what a load of the past brings.
    """
    rules: dict[str, dict[str, list[Rule]]] = {}
    for row in _rules_of(program=program.pk, kinds=kinds):
        rule = compile_rule(row)
        if not (history and rule.gift):
            rules.setdefault(rule.kind, {}).setdefault(rule.purse, []).append(rule)
    return rules


@prepared.Prepared
def _rules_of():
    mine = EarningRule.objects.filter(program=prepared.number("program"), kind__in=prepared.texts("kinds"))
    return mine.select_related("reward").order_by("code", "version")
