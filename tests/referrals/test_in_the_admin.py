"""Marketing makes a promise, adds an ambassador and reviews, in the admin and without a developer."""

import pytest

from loyalty.referrals.models import Ambassador, ReferralProgram
from tests.factories.programs import ProgramFactory
from tests.factories.referrals import newcomer
from tests.factories.rewards import RewardFactory

pytestmark = pytest.mark.django_db
PROGRAMS = "/admin/referrals/referralprogram/"
AMBASSADORS = "/admin/referrals/ambassador/"
REFERRALS = "/admin/referrals/referral/"
PROMISE = {
    "referrer_points": "500",
    "referrer_cost": "5.50",
    "friend_points": "0",
    "friend_when": "first_purchase",
    "minimum_purchase": "20",
    "return_days": "14",
    "is_active": "on",
    "first_day": "2026-03-01",
    "last_day": "2026-03-31",
}


@pytest.fixture
def browser(as_role):
    return as_role("marketing")


def errors(response):
    assert response.status_code == 200
    return {name: list(found) for name, found in response.context["adminform"].form.errors.items()}


def add(browser, program, address=PROGRAMS, **changes):
    return browser.post(f"{address}add/", PROMISE | {"program": program.pk} | changes)


def test_a_promise_is_made_with_decimals_and_days(browser, program):
    assert add(browser, program).status_code == 302
    row = ReferralProgram.objects.get()
    assert (row.minimum_purchase, row.referrer_cost) == (2000, 550)
    assert row.valid_to.isoformat() == "2026-03-31T22:00:00+00:00"
    page = browser.get(f"{PROGRAMS}{row.pk}/change/").content.decode()
    assert "500 points for each new buyer, after 14 days, from €20.00 on" in page
    assert 'value="20.00"' in page


def test_an_empty_minimum_is_none(browser, program):
    add(browser, program, minimum_purchase="")
    assert ReferralProgram.objects.get().minimum_purchase == 0


def test_a_promise_of_nothing_is_refused_at_its_field(browser, program):
    assert list(errors(add(browser, program, referrer_points="0"))) == ["referrer_points"]


def test_a_program_has_one_promise(browser, program, terms):
    assert list(errors(add(browser, program))) == ["program"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("return_days", "-1"),
        ("return_days", "1000"),
        ("buy_within_days", "0"),
        ("cap_month", "0"),
        ("minimum_purchase", "-5"),
        ("minimum_purchase", "1.234"),
        ("last_day", "2026-02-01"),
        ("referrer_points", "-1"),
    ],
)
def test_nonsense_is_refused_at_its_field(browser, program, field, value):
    assert list(errors(add(browser, program, **{field: value}))) == [field]
    assert not ReferralProgram.objects.exists()


def test_a_reward_of_another_program_is_refused(browser, program):
    reward = RewardFactory(program=ProgramFactory())
    assert list(errors(add(browser, program, referrer_reward=reward.pk))) == ["referrer_reward"]


def test_who_may_only_look_reads_the_promise_in_words(as_role, terms):
    page = as_role("analyst").get(f"{PROGRAMS}{terms.pk}/change/")
    assert page.status_code == 200
    assert "500 points for each new buyer" in page.content.decode()
    assert "minor units" not in page.content.decode()


AMBASSADOR = {"name": "Anna", "code": "anna 10", "referrer_points": "0", "referrer_cost": "10"}


def test_an_ambassador_gets_a_code_in_their_own_words(browser, program, terms):
    assert add(browser, program, AMBASSADORS, **AMBASSADOR).status_code == 302
    anna = Ambassador.objects.get()
    assert (anna.code.code, anna.referrer_cost) == ("ANNA10", 1000)
    page = browser.get(f"{AMBASSADORS}{anna.pk}/change/").content.decode()
    assert "/r/ANNA10" in page
    assert 'name="code"' not in page
    change = PROMISE | {"name": "Anna", "referrer_points": "0", "referrer_cost": "12"}
    assert browser.post(f"{AMBASSADORS}{anna.pk}/change/", change).status_code == 302
    anna.refresh_from_db()
    assert (anna.referrer_cost, anna.code.code) == (1200, "ANNA10")


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"code": "É!"}, "code"), ({"referrer_points": "5"}, "member"), ({"name": ""}, "name"), ({"code": ""}, "code")],
)
def test_an_ambassador_of_nonsense_is_refused_at_the_field(browser, program, terms, changes, field):
    assert list(errors(add(browser, program, AMBASSADORS, **(AMBASSADOR | changes)))) == [field]
    assert not Ambassador.objects.exists()


def test_a_code_has_one_owner(browser, program, terms):
    add(browser, program, AMBASSADORS, **AMBASSADOR)
    assert list(errors(add(browser, program, AMBASSADORS, **(AMBASSADOR | {"name": "Other"})))) == ["code"]


def test_an_ambassador_needs_a_program_with_referrals(browser, program):
    assert list(errors(add(browser, program, AMBASSADORS, **AMBASSADOR))) == ["program"]


@pytest.fixture
def held(street, ana):
    ana.postcode = "69003"
    ana.save()
    friend = newcomer(street.program, first_name="Aldo", last_name=ana.last_name, postcode="69003")
    street.buy(friend, code=street.code(ana))
    return street.referral(friend)


def test_the_list_says_why_it_is_held(browser, held):
    page = browser.get(REFERRALS, {"state__exact": "held"}).content.decode()
    assert "the same last name and postcode" in page


@pytest.mark.parametrize(("verb", "state"), [("accept", "rewarded"), ("refuse", "refused")])
def test_a_person_decides_with_a_reason(browser, held, verb, state):
    address = f"{REFERRALS}{held.pk}/{verb}/"
    assert "reason" in browser.post(address, {"reason": ""}).context["form"].errors
    assert browser.post(address, {"reason": "Looked at the cards"}).status_code == 302
    held.refresh_from_db()
    assert held.state in (state, "qualified")
    assert held.decided_by == browser.user
    assert "Looked at the cards" in browser.get(f"{REFERRALS}{held.pk}/change/").content.decode()


def test_a_second_decision_is_told_that_it_is_late(browser, held):
    browser.post(f"{REFERRALS}{held.pk}/refuse/", {"reason": "x"})
    page = browser.post(f"{REFERRALS}{held.pk}/accept/", {"reason": "x"})
    assert "nothing is open any more" in page.content.decode()


def test_found_by_friend_and_by_referrer(browser, held):
    for term in ("Aldo", "Ana"):
        assert browser.get(REFERRALS, {"q": term}).context["cl"].result_count == 1
    assert browser.get(REFERRALS, {"q": "Nobody"}).context["cl"].result_count == 0


def test_nobody_deletes_or_edits_a_referral(administrator, client, held):
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(f"{REFERRALS}{held.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_members_page_shows_code_friends_and_what_they_brought(as_role, street, at_once, ana, bruno):
    street.buy(bruno, code=street.code(ana))
    page = as_role("support").get(f"/admin/members/member/{ana.pk}/overview/").content.decode()
    for text in (f"{street.code(ana)[:4]}-", "Bruno Bernard", "500 points"):
        assert text in page
    other = as_role("support").get(f"/admin/members/member/{bruno.pk}/overview/").content.decode()
    assert "Came through" in other


def test_the_balance_page_says_whom_the_points_are_for(as_role, street, at_once, ana, bruno):
    street.buy(bruno, code=street.code(ana))
    account = ana.accounts.get()
    page = as_role("support").get(f"/admin/ledger/account/{account.pk}/why/").content.decode()
    assert "Referral: Ana Almeida → Bruno Bernard" in page


def test_the_activity_says_what_came_of_the_code(as_role, street, at_once, ana, bruno):
    recorded = street.buy(bruno, code=street.code(ana))
    page = as_role("support").get(f"/admin/earning/activity/{recorded.activity_id}/change/").content.decode()
    assert "Came through the code" in page
    assert "The referrer was rewarded: 500 points." in page
