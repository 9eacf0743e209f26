"""What a till had kept while it was without the server is recorded once, as of when it was confirmed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from loyalty.counter.models import Conflict, CounterAction, CounterLimits
from loyalty.earning.models import Activity
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.models import Entry, Lot
from loyalty.ledger.queries import balance
from loyalty.programs.expiry import ExpiryPolicy, expires_at
from loyalty.programs.models import Program
from loyalty.punchcards.models import Punch, PunchCard
from tests.factories.counter import TillBrowser, key_of, milliseconds, text_of
from tests.factories.earning import EarningRuleFactory
from tests.factories.programs import UserFactory
from tests.factories.punchcards import PunchCardProgramFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _a_point_per_euro(program):
    EarningRuleFactory(program=program)


def come_back(till):
    """Claire signs in again: so long ago the till would have locked itself."""
    till.force_login(till.user)
    session = till.session
    session.pop("counter_seen", None)
    session.save()


@pytest.fixture
def keep_earlier(till, time_machine):
    """Claire confirms three hours ago; now she is at the same till."""

    def keep(member, *journey, **data):
        now = timezone.now()
        time_machine.move_to(now - 3 * HOUR)
        kept = till.keep(member, *journey, **data)
        time_machine.move_to(now)
        come_back(till)
        return kept

    return keep


def points(member, program):
    return balance(program=program, member_id=member.pk, at=timezone.now()).available


def test_a_sale_counts_from_when_it_was_confirmed(till, keep_earlier, ana):
    kept, now = keep_earlier(ana, amount="12,50", receipt="T-1"), timezone.now()

    answer = till.late(kept | {"late_at": milliseconds(now - 2 * HOUR)}).json()

    action = CounterAction.objects.get()
    assert answer == {"state": "recorded", "told": "+ 12 points", "address": f"/counter/receipt/{action.key}/"}
    assert abs(action.at - (now - 2 * HOUR)) < timedelta(seconds=1)
    assert Activity.objects.get().occurred_at == action.at
    assert action.arrived_at - action.at >= 2 * HOUR - timedelta(seconds=1)
    assert (action.clerk, action.sent_by, action.receipt) == (till.user, till.user, "T-1")
    assert "arrived" in text_of(till.get(answer["address"]))


def test_stamps_and_points_by_hand_are_kept_as_well(till, ana, program):
    card = PunchCardProgramFactory(program=program, punches_needed=5)
    CounterLimits.objects.create(program=program, points_per_day=100)

    till.late(till.keep(ana, "stamp", card=card.pk, count="2"))
    till.late(till.keep(ana, "give", points="40", reason="waited long"))

    assert PunchCard.objects.get().punches == 2
    assert points(ana, program) == 40


def test_stamps_and_points_by_hand_count_from_when_they_were_confirmed(till, keep_earlier, ana, program):
    card = PunchCardProgramFactory(program=program, punches_needed=5)
    CounterLimits.objects.create(program=program, points_per_day=100)
    Program.objects.filter(pk=program.pk).update(expiry="rolling", expiry_months=12)
    stamps = keep_earlier(ana, "stamp", card=card.pk, count="2")
    gift = keep_earlier(ana, "give", points="40", reason="waited long")
    then = timezone.now() - 2 * HOUR

    for kept in (stamps, gift):
        assert till.late(kept | {"late_at": milliseconds(then)}).json()["state"] == "recorded"

    punch, entry, lot = Punch.objects.get(), Entry.objects.get(), Lot.objects.get()
    moments = [punch.occurred_at, entry.effective_at, lot.earned_at, PunchCard.objects.get().opened_at]
    assert all(abs(moment - then) < timedelta(seconds=1) for moment in moments)
    assert all(each.recorded_at - then >= 2 * HOUR - timedelta(seconds=1) for each in (punch, entry))
    assert lot.expires_at == expires_at(ExpiryPolicy.of(Program.objects.get()), then)
    assert not audit_ledger().drift
    till.undo()
    assert points(ana, program) == 0


def test_stamps_of_another_day_go_onto_its_card_and_count_against_its_limit(till, time_machine, ana, program):
    """The card has ended since, while the till was without the server."""
    now = timezone.now()
    card = PunchCardProgramFactory(program=program, punches_needed=5, expiry="days", expires_after=1)
    CounterLimits.objects.create(program=program, stamps_per_day=3)
    time_machine.move_to(now - timedelta(days=2))
    till.do("stamp", ana, card=card.pk, count="2")
    first, second = (till.keep(ana, "stamp", card=card.pk, count=count) for count in ("1", "1"))
    time_machine.move_to(now)
    come_back(till)

    assert till.late(first).json()["state"] == "recorded"
    assert till.late(second).json()["state"] == "conflict"

    assert (PunchCard.objects.get().punches, PunchCard.objects.get().expires_at < now) == (3, True)
    assert "more than you may stamp" in Conflict.objects.get().refusal


@pytest.mark.parametrize("journey", ["redeem", "refund", "enrol", "why", "nonsense"])
def test_what_only_the_server_can_know_is_not_kept(till, ana, journey):
    assert 'name="ticket"' not in till.get(f"/counter/member/{ana.number}/{journey}/").content.decode()

    assert till.late(till.keep(ana, amount="1") | {"late_journey": journey}).status_code == 400


def test_the_same_form_again_gets_the_same_answer(till, ana, program):
    kept = till.keep(ana, amount="12,50")

    first, second = till.late(kept).json(), till.late(kept).json()

    assert first == second
    assert points(ana, program) == 12


def test_a_form_that_had_arrived_before_the_answer_was_lost_is_not_recorded_twice(till, ana, program):
    kept = till.keep(ana, amount="12,50", receipt="T-1")
    till.do("sell", ana, key=kept["key"], amount="12,50", receipt="T-1")

    assert till.late(kept).json()["state"] == "recorded"
    assert "recorded already" in text_of(till.do("sell", ana, key=kept["key"], amount="12,50", receipt="T-1"))
    assert points(ana, program) == 12
    assert CounterAction.objects.get().arrived_at is None


def test_it_is_undone_within_its_time_after_it_arrived(till, keep_earlier, ana, program):
    till.late(keep_earlier(ana, amount="12,50"))

    till.undo()

    assert points(ana, program) == 0


def test_a_colleague_sends_what_claire_had_confirmed(till, ana, store):
    kept = till.keep(ana, amount="12,50")
    theo = UserFactory(username="theo", groups=["clerk"], stores=[store])
    claire = till.user
    till.force_login(theo)

    assert till.late(kept).json()["state"] == "recorded"

    action = CounterAction.objects.get()
    assert (action.clerk, action.sent_by) == (claire, theo)


def test_nobody_signed_in_sends_nothing_and_nothing_is_lost(till, ana, program):
    kept = till.keep(ana, amount="12,50")
    till.post("/counter/sign-out/")
    assert till.late(kept).status_code == 302
    assert not CounterAction.objects.exists()
    till.force_login(till.user)

    assert till.late(kept).json()["told"] == "+ 12 points"


@pytest.mark.parametrize("hours", [-1000, 1000])
def test_a_wrong_clock_neither_reaches_the_future_nor_what_was_before_the_form(till, ana, hours):
    before = timezone.now() - timedelta(seconds=1)

    till.late(till.keep(ana, amount="12,50") | {"late_at": milliseconds(timezone.now() + hours * HOUR)})

    assert before <= CounterAction.objects.get().at <= timezone.now()


def test_blank_forms_of_the_page_for_that_time_name_the_member_by_the_card(till, ana, program):
    (key, ticket), (other_key, other_ticket) = till.get("/counter/offline/").context["blanks"][:2]
    kept = {"late_journey": "sell", "late_whom": ana.cards.get().number, "late_at": milliseconds(timezone.now())}

    till.late(kept | {"key": key, "ticket": ticket, "amount": "10"})
    till.late(kept | {"key": other_key, "ticket": other_ticket, "amount": "5"})

    assert points(ana, program) == 15


def test_a_second_purchase_under_a_used_key_is_not_taken_for_the_first(till, ana, program):
    kept = till.keep(ana, amount="10")
    till.late(kept)

    answer = till.late(kept | {"amount": "99"}).json()

    assert answer["state"] == "conflict"
    assert till.late(kept | {"amount": "99"}).json() == answer
    assert Conflict.objects.get().typed["fields"]["amount"] == ["99"]
    assert points(ana, program) == 10


@pytest.mark.parametrize(
    "wrong", [{"key": "x"}, {"late_at": "soon"}, {"late_at": "9" * 30}, {"late_whom": ""}, {"amount": "1" * 9000}]
)
def test_what_no_till_would_send_is_refused_whole(till, ana, wrong):
    assert till.late(till.keep(ana, amount="1") | wrong).status_code == 400
    assert not Conflict.objects.exists()


def test_it_is_asked_for_at_a_till_only(client, till, ana, marketer, store):
    kept = till.keep(ana, amount="1")
    assert client.post("/counter/late/", kept).status_code == 302
    store.staff.add(marketer)
    assert TillBrowser(marketer, store).late(kept).status_code == 403
    assert till.get("/counter/late/").status_code == 405


def test_the_form_that_comes_back_after_signing_in_can_be_kept_as_well(till, ana):
    key = key_of(till.at(ana))
    till.post(f"/counter/member/{ana.number}/sell/", {"key": key, "amount": "x"})

    page = till.post(f"/counter/member/{ana.number}/sell/", {"key": key, "amount": "x"}).content.decode()

    assert 'name="ticket" value="' in page
    assert 'name="ticket" value=""' not in page
