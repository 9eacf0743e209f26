"""What is refused when it arrives from a till waits for the store's manager, who records it or says why not."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from loyalty.counter.models import Conflict, CounterAction, CounterLimits
from loyalty.counter.operations import revoke_device
from loyalty.counter.person import export
from loyalty.ledger.queries import balance
from members.operations import block_member, erase_member
from rewards.operations import redeem_voucher
from tests.factories.counter import TillBrowser, five_euros, key_of, text_of
from tests.factories.earning import EarningRuleFactory
from tests.factories.programs import StoreFactory, UserFactory
from tests.factories.rewards import BurnRuleFactory, give_points

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_point_per_euro(program):
    EarningRuleFactory(program=program)


@pytest.fixture
def office(manager, store):
    return TillBrowser(manager, store, name="office")


def refused(till, kept):
    """The sentence; nothing was recorded."""
    before = CounterAction.objects.count()
    answer = till.late(kept).json()
    assert answer["state"] == "conflict"
    assert CounterAction.objects.count() == before
    return answer["told"]


def points(member, program):
    return balance(program=program, member_id=member.pk, at=timezone.now()).available


def test_a_member_who_was_blocked_or_erased_meanwhile(till, ana, bruno):
    kept = [till.keep(ana, amount="10"), till.keep(bruno, amount="10")]
    now = timezone.now()
    block_member(member=ana, reason="fraud", at=now, by=None)
    erase_member(member=bruno, reason="wish", at=now, by=None)

    assert "blocked" in refused(till, kept[0])
    assert "erased" in refused(till, kept[1])
    assert [each.member for each in Conflict.objects.all()] == [ana, None]


def test_a_voucher_that_was_used_meanwhile(till, ana, program):
    voucher = five_euros(program, ana)
    kept = till.keep(ana, amount="10", vouchers=voucher.pk)
    redeem_voucher(
        program=program,
        code=voucher.code,
        amount=1000,
        member_id=ana.pk,
        source="elsewhere",
        external_id="1",
        at=timezone.now(),
        by=till.user,
        trusted=True,
    )

    assert "used already" in refused(till, kept)


def test_points_that_are_no_longer_enough(till, ana, program):
    BurnRuleFactory(program=program)
    give_points(program, ana, 300)
    kept = till.keep(ana, amount="10", points="300")
    till.do("sell", ana, amount="10", points="300")

    assert "points" in refused(till, kept)


def test_what_needs_a_supervisor_is_asked_of_the_manager(till, ana, program):
    CounterLimits.objects.create(program=program, largest_sale=100)

    assert "a supervisor confirms it" in refused(till, till.keep(ana, amount="10"))


def test_an_unknown_card_and_a_mistyped_amount(till, ana):
    assert "No member is known" in refused(till, till.keep(ana, amount="10") | {"late_whom": "C000000000"})
    assert "Type an amount such as" in refused(till, till.keep(ana, amount="12,,5"))


def test_a_clerk_who_left_and_a_till_that_is_another_by_now(till, ana, store):
    kept = [till.keep(ana, amount="10"), till.keep(ana, amount="10")]
    theo = UserFactory(groups=["clerk"], stores=[store])
    store.staff.remove(till.user)
    till.force_login(theo)

    assert "claire does not serve" in refused(till, kept[0])
    store.staff.add(till.user)
    revoke_device(device=till.device, at=timezone.now(), by=theo)
    assert "another till" in refused(TillBrowser(theo, store), kept[1])


def test_nobody_sends_under_another_name(till, ana, store):
    theirs = till.keep(ana, amount="10")
    mine = till.keep(ana, amount="10")

    assert "mark of this shop" in refused(till, mine | {"ticket": theirs["ticket"]})
    assert "mark of this shop" in refused(till, theirs | {"ticket": "nonsense"})


def test_what_is_older_than_the_program_accepts(till, ana, program, time_machine):
    kept = till.keep(ana, amount="10")
    time_machine.move_to(timezone.now() + timedelta(days=program.max_activity_age_days, minutes=1))
    till.force_login(till.user)

    assert "this one is older" in refused(till, kept)


def test_nobody_serves_themselves_without_the_server_either(till, ana):
    kept = till.keep(ana, amount="10")
    till.user.email = ana.email
    till.user.save()

    assert "cannot serve yourself" in refused(till, kept)


def test_the_manager_finds_it_and_records_it_after_all(till, office, ana, program):
    CounterLimits.objects.create(program=program, largest_sale=100)
    refused(till, till.keep(ana, amount="12,50", receipt="T-1", **{"line-0-sku": "tea", "line-0-quantity": "2"}))
    conflict = Conflict.objects.get()
    assert "Managers (1)" in text_of(office.get("/counter/"))
    page = text_of(office.get("/counter/conflicts/"))
    for part in ("a supervisor confirms it", "Amount of the purchase 12,50", "Article tea", "claire", "till 1"):
        assert part in page

    form = office.post(f"/counter/conflicts/{conflict.pk}/", {"whom": ana.number, "record": "yes"}, follow=True)
    assert 'value="12,50"' in form.content.decode()
    assert 'value="tea"' in form.content.decode()
    assert key_of(form) == str(conflict.key)
    done = {"amount": "12,50", "receipt": "T-1", "supervisor": office.user.pk, "pin": "2580"}
    assert "+ 12 points" in text_of(office.do("sell", ana, key=conflict.key, **done))

    conflict.refresh_from_db()
    assert (conflict.state, conflict.decided_by) == ("recorded", office.user)
    assert "Nothing waits for you" in text_of(office.get("/counter/conflicts/"))
    assert points(ana, program) == 12


def test_it_is_recorded_for_somebody_else_where_the_member_is_gone(till, office, ana, bruno, program):
    refused(till, till.keep(ana, amount="10") | {"late_whom": "C000000000"})
    conflict = Conflict.objects.get()
    assert "C000000000" in text_of(office.get("/counter/conflicts/"))
    again = office.post(f"/counter/conflicts/{conflict.pk}/", {"whom": "C000000000", "record": "yes"})
    assert "No member is known" in text_of(again)

    office.post(f"/counter/conflicts/{conflict.pk}/", {"whom": bruno.number, "record": "yes"})
    office.do("sell", bruno, key=conflict.key, amount="10")

    assert points(bruno, program) == 10
    assert Conflict.objects.get().state == "recorded"


def test_it_is_set_aside_with_a_reason_by_one_manager(till, office, ana):
    refused(till, till.keep(ana, amount="x"))
    address = f"/counter/conflicts/{Conflict.objects.get().pk}/"

    assert "Say in at most 200 signs why" in text_of(office.post(address, {"aside": "yes", "note": " "}))
    assert Conflict.objects.get().state == "open"
    page = text_of(office.post(address, {"aside": "yes", "note": "typed twice"}, follow=True))
    assert "set aside · marc · typed twice" in page
    assert "decided meanwhile" in text_of(office.post(address, {"aside": "yes", "note": "no"}))
    assert Conflict.objects.get().note == "typed twice"


def test_clerks_and_other_stores_managers_decide_nothing(till, ana, program, store):
    refused(till, till.keep(ana, amount="x"))
    address = f"/counter/conflicts/{Conflict.objects.get().pk}/"
    other = StoreFactory(program=program)
    elsewhere = TillBrowser(UserFactory(groups=["store manager"], stores=[other]), other)

    assert till.get("/counter/conflicts/").status_code == 403
    assert till.post(address, {"aside": "yes", "note": "no"}).status_code == 403
    assert "Nothing waits for you" in text_of(elsewhere.get("/counter/conflicts/"))
    assert elsewhere.post(address, {"aside": "yes", "note": "no"}).status_code == 404
    assert Conflict.objects.get().state == "open"


def test_a_manager_of_two_stores_sees_both_and_records_each_where_it_was(till, manager, ana, program):
    refused(till, till.keep(ana, amount="x"))
    other = StoreFactory(program=program, name="Bellecour")
    other.staff.add(manager)
    there = TillBrowser(manager, other)
    address = f"/counter/conflicts/{Conflict.objects.get().pk}/"

    page = text_of(there.get("/counter/conflicts/"))
    assert "recorded at a till of Lyon Part-Dieu" in page
    assert "Record it after all" not in page
    assert there.post(address, {"whom": ana.number, "record": "yes"}).status_code == 200
    assert "Record the purchase" not in text_of(there.post(address, {"whom": ana.number, "record": "yes"}))


def test_what_a_script_might_send_is_shown_as_text(till, office, ana):
    kept = till.keep(ana, amount="<b>10</b>\x00", **{"<i>": "\x07odd"})

    refused(till, kept)

    page = office.get("/counter/conflicts/").content.decode()
    assert "&lt;b&gt;10&lt;/b&gt;" in page
    assert "&lt;i&gt;" in page


def test_everything_about_a_person_includes_it(till, ana):
    refused(till, till.keep(ana, amount="x"))

    (exported,) = export(member_ids=[ana.pk])

    assert (exported["refused"], exported["state"]) == ("sell", "open")


@pytest.mark.parametrize(
    "change",
    [{"typed": {}}, {"refusal": "other"}, {"state": "recorded"}, {"clerk": None}, {"note": "", "state": "set_aside"}],
)
def test_the_database_keeps_a_conflict_as_it_came(till, ana, change):
    refused(till, till.keep(ana, amount="x"))

    with pytest.raises(IntegrityError), transaction.atomic():
        Conflict.objects.update(**change)
