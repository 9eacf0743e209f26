"""The days of the demonstration: each night's jobs, then what the members do, through the verbs that any till uses.

A day is one transaction, and it is done when an activity of it is there: a run that was killed goes on with the day
after the last. The story ends with yesterday, so that it is the same at any hour of a day; today belongs to whoever
looks at it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from loyalty.backoffice.demo.population import Event, Person, Purchase, Refund, When
from loyalty.backoffice.demo.shop import STORE, STORES, WEB
from loyalty.backoffice.demo.tills import Tills, Visit
from loyalty.backoffice.nightly import run_night
from loyalty.earning.models import Activity, Kind
from loyalty.earning.operations import ActivityInput, MemberRef, Refused, enrol_member, record_activities
from loyalty.jobs.models import Job
from loyalty.lib.periods import ONE_DAY, days, local_date
from loyalty.programs.models import Program
from loyalty.programs.queries import stores_by_code
from members.models import ExternalId
from members.operations import issue_card

SOURCE = "demo"
EVENING = time(22)
BIRTHDAY_GIFTS = time(8)


class StoryBroken(Exception):
    """A past night failed, or the program was changed so that the story no longer fits it."""


class Story:
    """`people` are those of `population`, with everything that they do from `start` to the day before `end`."""

    def __init__(self, *, program: Program, start: date, end: date, people: Iterable[Person]):
        self._program, self._start, self._end = program, start, end
        self._tills = Tills(program, SOURCE)
        stores = stores_by_code(program)
        self._stores = [stores[code] for code, _name in STORES]
        known = ExternalId.objects.filter(source=SOURCE).values_list("external_id", "member_id")
        self._members = {int(number): member_id for number, member_id in known}
        self._joins: dict[date, list[Person]] = defaultdict(list)
        self._born: dict[tuple[int, int], list[Person]] = defaultdict(list)
        self._events: dict[date, list[tuple[datetime, Person, Event]]] = defaultdict(list)
        for person in people:
            self._enter(person)

    def tell(self, on_day: Callable[[date], None]) -> None:
        """Every day from where an earlier run stopped, and the night that begins `end`. Raises StoryBroken."""
        for day in days(self.next_day, self._end):
            on_day(day)
            with transaction.atomic():
                self._night(day, since=day)
                self._live(day)
        self._night(self._end)

    @property
    def next_day(self) -> date:
        done = Activity.objects.filter(program=self._program, source=SOURCE).aggregate(last=Max("recorded_at"))
        return local_date(done["last"], self._program.tzinfo) + ONE_DAY if done["last"] else self._start

    # What will happen when

    def _enter(self, person: Person) -> None:
        self._joins[self._day(person.joins)].append(person)
        if person.birth_date:
            self._born[person.birth_date.month, person.birth_date.day].append(person)
        for event in person.events:
            self._events[self._day(event.when)].append((self._moment(event.when), person, event))

    def _day(self, when: When) -> date:
        return self._start + timedelta(days=when.day)

    def _moment(self, when: When) -> datetime:
        return self._clock(self._day(when), time()) + timedelta(seconds=when.second)

    def _clock(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, tzinfo=self._program.tzinfo)

    # One day

    def _night(self, day: date, since: date | None = None) -> None:
        """Past nights catch up, so that their messages are recorded as skipped; only today's are sent."""
        ended_by = run_night(program=self._program, as_of=day, since=since, at=timezone.now()).ended_by
        if ended_by is not None and ended_by.state == Job.State.FAILED:
            raise StoryBroken(f"{ended_by}: {ended_by.failure}")

    def _live(self, day: date) -> None:
        for person in self._joins[day]:
            if person.number not in self._members:
                self._members[person.number] = self._enrol(person)
        events = sorted(self._events[day], key=lambda one: (one[0], one[1].number))
        visits = [self._visit(at, person, event) for at, person, event in events if isinstance(event, Purchase)]
        paid = self._tills.serve(visits)
        activities = self._birthdays(day) + [self._activity(at, person, event) for at, person, event in events]
        activities = [replace(one, paid_with=paid.get(one.external_id, ())) for one in activities]
        if not activities:
            return
        at = self._clock(day, EVENING)
        answers = record_activities(program=self._program, source=SOURCE, activities=activities, at=at)
        for answer in answers:
            if isinstance(answer, Refused):
                raise StoryBroken(answer.message)

    def _enrol(self, person: Person) -> int:
        at = self._moment(person.joins)
        enrolment = enrol_member(
            program=self._program,
            at=at,
            channel=STORE,
            store=self._stores[person.store],
            source=SOURCE,
            external_id=str(person.number),
            consents=person.consents,
            first_name=person.first_name,
            last_name=person.last_name,
            language=person.language,
            birth_date=person.birth_date,
            email=person.email,
            phone=person.phone,
            postcode=person.postcode,
        )
        if person.has_card:
            issue_card(program=self._program, member=enrolment.member, at=at, by=None)
        return enrolment.member_id

    def _birthdays(self, day: date) -> list[ActivityInput]:
        return [
            ActivityInput(
                external_id=f"{person.number}:{day.year}",
                member=self._ref(person),
                kind=Kind.BIRTHDAY.value,
                occurred_at=self._clock(day, BIRTHDAY_GIFTS),
            )
            for person in self._born[day.month, day.day]
            if self._day(person.joins) < day
        ]

    def _visit(self, at: datetime, person: Person, purchase: Purchase) -> Visit:
        store = None if purchase.store is None else self._stores[purchase.store]
        return Visit(person, purchase, self._members[person.number], _name(person, purchase), store, at)

    def _activity(self, at: datetime, person: Person, event: Event) -> ActivityInput:
        activity = ActivityInput(
            external_id=_name(person, event),
            member=self._ref(person),
            kind=Kind.REVIEW.value,
            occurred_at=at,
            channel=WEB,
        )
        if isinstance(event, Refund):
            refunds = _name(person, event.purchase)
            return replace(activity, kind=Kind.REFUND.value, channel="", amount=event.amount, refunds=refunds)
        if isinstance(event, Purchase):
            store = "" if event.store is None else self._stores[event.store].code
            activity = replace(activity, kind=Kind.PURCHASE.value, amount=event.amount, lines=event.lines)
            return replace(activity, store=store, channel=STORE if store else WEB)
        return activity

    def _ref(self, person: Person) -> MemberRef:
        return MemberRef("id", str(self._members[person.number]))


def _name(person: Person, event: Event) -> str:
    """What the tills call it, once and for all: a purchase `12-3`, its refund `12-3-refund`."""
    return f"{person.number}-{event.name}"
