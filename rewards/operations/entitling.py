"""Rewards that are promised: once, each month, quarter or year, each birthday. The night issues what is due.

A promise is kept exactly once per period: each issue is a voucher with the reference `<entitlement>:<period>`, which
the database takes once, and the next due day moves on in the same transaction.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from loyalty.lib import sql
from loyalty.lib.periods import ONE_DAY, Every, local_date, period_end, start_of_day
from loyalty.programs.models import Program
from members.models import Member
from rewards import timetable
from rewards.models import Entitlement, Reward
from rewards.terms import is_closed
from rewards.timetable import Rhythm

from .granting import Grant, grant, grant_rewards, in_turn, withdraw_granted

SOURCE = "entitlement"
TOGETHER = 1_000


class IssuedEntitlements(NamedTuple):
    """What one call issued, and how many are still owed because the stock did not reach."""

    vouchers: int = 0
    out_of_stock: int = 0


def entitle(
    *,
    program: Program,
    reward: Reward,
    member_id: int,
    every: str,
    source: str,
    reference: str,
    at: datetime,
    by=None,
    until: datetime | None = None,
    at_once: bool = False,
) -> Entitlement:
    """Promise a member the reward; see `entitle_many`."""
    entitled = entitle_many(
        program=program,
        reward=reward,
        grants=[Grant(member_id, reference)],
        every=every,
        source=source,
        at=at,
        by=by,
        until=until,
        at_once=at_once,
    )
    return entitled[reference]


@transaction.atomic
def entitle_many(
    *,
    program: Program,
    reward: Reward,
    grants: Sequence[Grant],
    every: str,
    source: str,
    at: datetime,
    by=None,
    until: datetime | None = None,
    at_once: bool = False,
) -> dict[str, Entitlement]:
    """Promise each member the reward from `at` on, up to `until`; by reference. A reference entitles once: a retry
    returns the first promise, running or ended, so a promise that begins again needs a reference of its own.

    The first issue is on the next first day of a period (the next birthday, the next day for `once`), or with `at_once`
    in this call, for the period that is running.
    """
    rhythm = Rhythm(every)
    births = _births(grants) if rhythm is Rhythm.BIRTHDAY else {}
    fresh = [
        Entitlement(
            program=program,
            member_id=grant.member_id,
            reward=reward,
            every=rhythm.value,
            source=source,
            reference=grant.reference,
            starts_at=at,
            ends_at=until,
            next_date=_owed(program, _first(program, rhythm, at, births.get(grant.member_id), at_once), until),
        )
        for grant in grants
    ]
    known = Entitlement.objects.filter(program=program, source=source)
    references = [grant.reference for grant in grants]
    before = set(known.filter(reference__in=references).values_list("reference", flat=True))
    Entitlement.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=TOGETHER)
    entitled = {
        each.reference: each for each in known.filter(reference__in=references).order_by("id").select_for_update()
    }
    if at_once:
        _issue_now(program, reward, [each for each in entitled.values() if each.reference not in before], at, by)
    return entitled


@transaction.atomic
def end_entitlement(
    *, program: Program, source: str, references: Sequence[str], at: datetime, by=None, withdraw: bool = False
) -> int:
    """Promise nothing more from `at` on; what was due before stays owed. Returns how many ended now.

    With `withdraw` nothing stays owed, and unused vouchers that came of these promises are taken back: what entitled
    was itself undone.
    """
    mine = Entitlement.objects.filter(program=program, source=source, reference__in=references)
    running = mine.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    not_owed = When(next_date__gte=timetable.first_midnight(at, program.tzinfo), then=Value(None))
    ended = running.update(
        next_date=Case(not_owed, default=F("next_date")),
        ends_at=Case(When(starts_at__gt=at, then=F("starts_at")), default=Value(at)),
    )
    if withdraw:
        mine.update(next_date=None)
        _withdraw(program, list(mine), at, by)
    return ended


@transaction.atomic
def issue_entitlements(*, program: Program, at: datetime, first_member: int, last_member: int) -> IssuedEntitlements:
    """Issue what is owed by the day that begins at `at` to the members in the range, both ends included.

    Set-based, exactly once per promise and period; missed periods are made up for. A member who is blocked or has left
    is passed over and keeps what is owed. What the stock does not reach for stays owed, too.
    """
    if is_closed(program, at):
        return IssuedEntitlements()
    mine = Entitlement.objects.filter(program=program, member_id__gte=first_member, member_id__lte=last_member)
    _follow_birth_dates(program, mine, at)
    day = local_date(at, program.tzinfo)
    due = mine.due(day=day).select_related("reward").order_by("id").select_for_update(of=("self",))
    return _issue(program, list(due), day, at)


class _Issue(NamedTuple):
    entitlement: Entitlement
    due: date

    @property
    def grant(self) -> Grant:
        return Grant(self.entitlement.member_id, _reference(self.entitlement, self.due))


def _reference(entitlement: Entitlement, day: date) -> str:
    """The name of the cause of one issue."""
    return f"{entitlement.pk}:{timetable.period_name(Rhythm(entitlement.every), day)}"


def _issue(program: Program, due: list[Entitlement], day: date, at: datetime) -> IssuedEntitlements:
    births = _births(each for each in due if each.every == Rhythm.BIRTHDAY)
    issues: dict[Reward, list[_Issue]] = {}
    for each in due:
        issues.setdefault(each.reward, []).extend(_Issue(each, on) for on in _due_days(program, each, day, births))
    vouchers, unmet = 0, dict[int, date]()
    for reward, wanted in in_turn(issues):
        wanted.sort(key=lambda issue: (issue.due, issue.entitlement.pk))
        granted = grant(
            program=program, reward=reward, grants=[issue.grant for issue in wanted], source=SOURCE, at=at, by=None
        )
        vouchers += granted.issued
        for issue in wanted:
            if issue.grant.reference not in granted.vouchers:
                unmet.setdefault(issue.entitlement.pk, issue.due)
    _move_on(program, due, unmet, day, births)
    return IssuedEntitlements(vouchers, len(unmet))


def _due_days(program: Program, each: Entitlement, day: date, births: dict[int, date]) -> Iterator[date]:
    last = day if each.ends_at is None else min(day, timetable.last_before(each.ends_at, program.tzinfo))
    first = each.next_date
    return timetable.due_days(Rhythm(each.every), first, last, births.get(each.member_id)) if first else iter(())


def _move_on(
    program: Program, due: list[Entitlement], unmet: dict[int, date], day: date, births: dict[int, date]
) -> None:
    """To the first due day after `day`, or where the stock did not reach to the first that is still owed."""
    rows = []
    for each in due:
        following = unmet.get(each.pk)
        if following is None and each.every != Rhythm.ONCE:
            following = timetable.due_from(Rhythm(each.every), day + ONE_DAY, births.get(each.member_id))
        rows.append((each.pk, _owed(program, following, each.ends_at)))
    sql.write([sql.Update(Entitlement, ("id",), ("next_date",), rows)])


def _issue_now(program: Program, reward: Reward, entitled: list[Entitlement], at: datetime, by) -> None:
    today = local_date(at, program.tzinfo)
    grants = [Grant(each.member_id, _reference(each, today)) for each in entitled]
    grant_rewards(program=program, reward=reward, grants=grants, source=SOURCE, at=at, by=by)


def _first(program: Program, rhythm: Rhythm, at: datetime, born: date | None, at_once: bool) -> date | None:
    """The day of the first issue that is left to the night."""
    if not at_once:
        return timetable.first_due(rhythm, at, program.tzinfo, born)
    if rhythm is Rhythm.ONCE:
        return None
    today = local_date(at, program.tzinfo)
    if rhythm is Rhythm.BIRTHDAY:
        return born and timetable.birthday(born, today.year + 1)
    return timetable.due_from(rhythm, today + ONE_DAY, born)


def _owed(program: Program, due: date | None, until: datetime | None) -> date | None:
    """The day, unless the promise has ended when it begins."""
    if due is None or (until is not None and start_of_day(due, program.tzinfo) >= until):
        return None
    return due


def _follow_birth_dates(program: Program, entitlements, at: datetime) -> None:
    """Set the next issue of those whose birthday has become known or changed; a year is issued once all the same."""
    changed = list(entitlements.out_of_step(at=at).order_by("id").select_for_update(of=("self",)))
    births, today = _births(changed), local_date(at, program.tzinfo)
    rows = []
    for each in changed:
        born = births.get(each.member_id)
        first = max(today, local_date(each.starts_at, program.tzinfo))
        due = timetable.due_from(Rhythm.BIRTHDAY, first, born)
        rows.append((each.pk, _owed(program, due, each.ends_at)))
    sql.write([sql.Update(Entitlement, ("id",), ("next_date",), rows)])


def _births(rows: Iterable[Entitlement | Grant]) -> dict[int, date]:
    ids = {row.member_id for row in rows}
    known = Member.objects.filter(pk__in=ids, birth_date__isnull=False).values_list("pk", "birth_date") if ids else ()
    return {member_id: born for member_id, born in known if born}


def _withdraw(program: Program, entitlements: list[Entitlement], at: datetime, by) -> None:
    """Every period so far may have been issued: their names are known, so no other voucher is looked at."""
    today = local_date(at, program.tzinfo)
    references = [name for each in entitlements for name in _references_so_far(program, each, today)]
    withdraw_granted(program=program, source=SOURCE, references=references, at=at, by=by)


def _references_so_far(program: Program, each: Entitlement, today: date) -> list[str]:
    rhythm = Rhythm(each.every)
    if rhythm is Rhythm.ONCE:
        return [_reference(each, today)]
    day = local_date(each.starts_at, program.tzinfo)
    every = Every.YEAR if rhythm is Rhythm.BIRTHDAY else Every(rhythm)
    names = []
    while day <= today:
        names.append(_reference(each, day))
        day = period_end(day, every)
    return names
