"""How much members may give each other: by the program's policy, counted in the program's days, months and years."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from loyalty.events.models import Event
from loyalty.ledger import gifts
from loyalty.ledger import operations as ledger
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.models import Entry, Transfer
from loyalty.ledger.rules import Given, TransferTerms, transfer_refusal
from members.operations import block_member, found_household
from tests.factories.households import join
from tests.factories.merging import merge
from tests.ledger.conftest import DAY, NOON


def give(purse, taker, points, *, at=NOON, name="gift", **terms):
    return gifts.transfer(
        program=purse.program,
        from_member_id=purse.member.pk,
        to_member_id=taker.member.pk,
        points=points,
        at=at,
        source="app",
        external_id=name,
        **terms,
    )


def allow(purse, **terms):
    return gifts.set_transfer_policy(program=purse.program, at=NOON, **terms)


def refused(code, *args, **terms):
    with pytest.raises(ledger.LedgerError) as refusal:
        give(*args, **terms)
    assert refusal.value.code == code
    return str(refusal.value)


@given(
    most=st.integers(1, 500),
    given_so_far=st.integers(0, 500),
    points=st.integers(1, 500),
    period=st.sampled_from(["day", "month", "year"]),
)
def test_what_passes_never_exceeds_a_limit(most, given_so_far, points, period):
    terms = TransferTerms(**{f"most_per_{period}": most})
    answer = transfer_refusal(terms, points, Given(**{period: given_so_far}), same_household=False)
    assert (answer is None) == (given_so_far + points <= most)


@given(
    limits=st.lists(st.integers(1, 300), min_size=3, max_size=3),
    sent=st.lists(st.integers(0, 300), min_size=3, max_size=3),
    points=st.integers(1, 300),
)
def test_the_tightest_limit_speaks(limits, sent, points):
    terms = TransferTerms(most_per_day=limits[0], most_per_month=limits[1], most_per_year=limits[2])
    answer = transfer_refusal(terms, points, Given(*sent), same_household=False)
    left = min(limit - so_far for limit, so_far in zip(limits, sent, strict=True))
    assert (answer is None) == (points <= left)


@pytest.mark.django_db
class TestByThePolicy:
    @pytest.fixture(autouse=True)
    def points(self, purse):
        purse.earn(1000)

    def test_without_a_policy_any_number_can_be_given(self, purse, other_purse, administrator):
        gift = give(purse, other_purse, 400, by=administrator, reason="birthday")
        assert (purse.figures, other_purse.figures) == ((600, 0, 0), (400, 0, 0))
        entry = Entry.objects.filter(kind="transfer").first()
        assert (str(entry.key), entry.by, entry.reason) == (f"transfer:{gift.transfer.pk}", administrator, "birthday")
        assert Event.objects.get(kind="points.transferred").payload["points"] == 400

    def test_a_gift_sent_twice_is_one_gift(self, purse, other_purse):
        give(purse, other_purse, 400)
        assert give(purse, other_purse, 400).replayed
        assert other_purse.figures == (400, 0, 0)
        refused("reference_reused", purse, other_purse, 300)

    def test_a_program_may_forbid_it(self, purse, other_purse):
        allow(purse, is_allowed=False)
        assert refused("transfer_not_allowed", purse, other_purse, 1) == (
            "This program does not let points change hands."
        )

    def test_fewer_than_the_fewest_are_refused(self, purse, other_purse):
        allow(purse, minimum=100)
        refused("transfer_minimum", purse, other_purse, 99)
        give(purse, other_purse, 100)

    def test_a_day_ends_at_midnight_of_the_program(self, purse, other_purse):
        allow(purse, most_per_day=100)
        evening = datetime(2025, 3, 10, 22, 59, tzinfo=UTC)  # 23:59 in Paris
        give(purse, other_purse, 60, at=evening)
        sentence = refused("transfer_limit_day", purse, other_purse, 41, at=evening, name="second")
        assert sentence == "At most 100 points can be given away in a day: 40 are left."
        give(purse, other_purse, 100, at=datetime(2025, 3, 10, 23, tzinfo=UTC), name="third")

    def test_a_month_and_a_year_are_the_calendars(self, purse, other_purse):
        allow(purse, most_per_month=100, most_per_year=150)
        give(purse, other_purse, 100, at=datetime(2025, 3, 31, 12, tzinfo=UTC))
        refused("transfer_limit_month", purse, other_purse, 1, at=datetime(2025, 3, 31, 20, tzinfo=UTC), name="2")
        refused("transfer_limit_year", purse, other_purse, 51, at=datetime(2025, 12, 31, 12, tzinfo=UTC), name="3")
        give(purse, other_purse, 100, at=datetime(2026, 1, 1, 12, tzinfo=UTC), name="4")

    def test_what_is_received_does_not_count(self, purse, other_purse):
        allow(purse, most_per_day=100)
        give(purse, other_purse, 100)
        give(other_purse, purse, 100, name="back")

    def test_a_household_may_be_the_limit(self, program, purse, other_purse):
        allow(purse, between="household")
        refused("transfer_household", purse, other_purse, 10)
        household = found_household(program=program, name="A", head=purse.member, at=NOON - DAY, by=None)
        join(household, other_purse.member, at=NOON - DAY)
        give(purse, other_purse, 10)

    def test_gifts_of_somebody_merged_into_the_giver_count(self, purse, other_purse, double):
        allow(purse, most_per_day=100)
        give(purse, other_purse, 80)
        merge(double, purse.member, at=NOON)
        with pytest.raises(gifts.TransferRefused):
            gifts.transfer(
                program=purse.program,
                from_member_id=double.pk,
                to_member_id=other_purse.member.pk,
                points=21,
                at=NOON,
                source="app",
                external_id="2",
            )

    def test_nobody_gives_to_oneself_nothing_or_more_than_there_is(self, purse, other_purse):
        refused("invalid_points", purse, purse, 10)
        refused("invalid_points", purse, other_purse, 0)
        refused("insufficient_points", purse, other_purse, 1001)
        assert not Transfer.objects.exists()

    def test_nobody_gives_to_or_takes_from_the_blocked(self, purse, other_purse):
        block_member(member=other_purse.member, reason="x", at=NOON, by=None)
        refused("member_status", purse, other_purse, 10)
        refused("member_status", other_purse, purse, 10)

    def test_a_policy_that_lets_nothing_pass_is_refused(self, purse):
        with pytest.raises(ValidationError):
            allow(purse, minimum=100, most_per_day=50)

    def test_the_database_knows_no_gift_to_oneself_and_no_change_of_one(self, purse, other_purse, program):
        gift = give(purse, other_purse, 10).transfer
        row = {"program": program, "giver": purse.member, "source": "x", "external_id": "x", "transferred_at": NOON}
        for change in (
            lambda: Transfer.objects.create(**row, member=purse.member, points=1),
            lambda: Transfer.objects.create(**row, member=other_purse.member, points=0),
            lambda: Transfer.objects.filter(pk=gift.pk).update(points=1),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                change()
        assert audit_ledger().drift == []
