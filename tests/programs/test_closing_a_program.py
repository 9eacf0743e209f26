"""A program ends in steps that everybody was told of."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from loyalty.programs import operations, queries
from loyalty.programs.models import Program
from loyalty.programs.rules import Phase

AT = datetime(2026, 1, 10, 12, tzinfo=UTC)


def announce(program, *, at=AT, earning="2026-03-31", redemption="2026-06-30", final="2026-09-30"):
    return operations.announce_closing(
        program=program,
        last_earning=date.fromisoformat(earning),
        last_redemption=date.fromisoformat(redemption),
        final_expiry=date.fromisoformat(final),
        at=at,
        by=None,
    )


@pytest.mark.parametrize(
    "day, phase",
    [
        ("2026-01-09", Phase.OPEN),
        ("2026-01-10", Phase.ANNOUNCED),
        ("2026-03-31", Phase.ANNOUNCED),
        ("2026-04-01", Phase.REDEEM_ONLY),
        ("2026-06-30", Phase.REDEEM_ONLY),
        ("2026-07-01", Phase.NO_MOVEMENT),
        ("2026-09-30", Phase.NO_MOVEMENT),
        ("2026-10-01", Phase.CLOSED),
    ],
)
def test_each_last_day_still_works(program, day, phase):
    assert queries.phase(announce(program), date.fromisoformat(day)) == phase


def test_earning_and_redeeming_stop_after_their_last_days(program):
    closing = announce(program)
    assert closing.earns_on(date(2026, 3, 31))
    assert not closing.earns_on(date(2026, 4, 1))
    assert closing.redeems_on(date(2026, 6, 30))
    assert not closing.redeems_on(date(2026, 7, 1))


def test_a_program_that_nobody_closes_stays_open(program):
    assert queries.phase(program, date(2099, 1, 1)) == Phase.OPEN
    assert program.earns_on(date(2099, 1, 1))
    assert program.redeems_on(date(2099, 1, 1))


@pytest.mark.parametrize(
    "field, days",
    [
        ("last_earning_date", {"earning": "2026-01-09"}),
        ("last_redemption_date", {"redemption": "2026-03-30"}),
        ("final_expiry_date", {"final": "2026-06-29"}),
    ],
)
def test_days_out_of_order_are_refused_at_their_field(program, field, days):
    with pytest.raises(ValidationError) as refused:
        announce(program, **days)
    assert field in refused.value.message_dict
    program.refresh_from_db()
    assert program.closing_announced_date is None


def test_the_announcement_is_dated_in_the_programs_own_zone(program):
    late_evening_in_utc = datetime(2026, 1, 10, 23, 30, tzinfo=UTC)
    assert announce(program, at=late_evening_in_utc).closing_announced_date == date(2026, 1, 11)


def test_moving_the_days_keeps_the_day_of_the_announcement(program):
    announce(program)
    later = announce(program, at=datetime(2026, 2, 1, tzinfo=UTC), earning="2026-04-30")
    assert later.closing_announced_date == date(2026, 1, 10)
    assert later.last_earning_date == date(2026, 4, 30)


def test_a_closing_can_be_withdrawn(program):
    closing = announce(program)
    going_on = operations.withdraw_closing(program=closing, at=AT, by=None)
    assert queries.phase(going_on, date(2099, 1, 1)) == Phase.OPEN


def test_closed_programs_are_told_from_those_that_still_hold_points(program):
    announce(program)
    assert program in Program.objects.not_closed(date(2026, 9, 30))
    assert program not in Program.objects.not_closed(date(2026, 10, 1))
