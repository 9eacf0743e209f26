"""A story told in a scratch database: time passes, jobs run at their midnight, what is refused is reported."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from loyalty.backoffice.simulation.story import StoryRefused, read_story
from rewards.models import GiftCard
from tests.factories.stories import at, check, points, seen, tell, vouchers

ANA = at("2025-01-05T12:00", "ana", "enrol", email="ana@example.com", consents=["email"])


@pytest.mark.django_db
def test_a_check_sees_the_jobs_that_were_due_by_then():
    told = tell(
        "yes2you",
        ANA,
        at("2025-01-06T10:00", "ana", "activity", id="p1", amount=350),
        check("2025-01-31T23:59"),
        check("2025-02-01T00:00"),
    )

    assert points(told, "ana", 0) == {"available": 350, "pending": 0, "debt": 0}
    assert points(told, "ana", 1)["available"] == 50
    for_e_mails, voucher = seen(told, "ana", 1)["vouchers"]
    assert (for_e_mails["reward"], for_e_mails["value"]) == ("alerts", None)
    assert voucher == {
        "reward": None,
        "value": "15.00",
        "state": "unused",
        "issued_at": "2025-02-01T00:00:00+00:00",
    }
    assert told["audit"] == {"drift": []}


@pytest.mark.django_db
def test_what_is_refused_is_reported_and_the_story_goes_on():
    told = tell(
        "yes2you",
        ANA,
        at("2025-01-05T12:01", "bob", "activity", amount=10),
        at("2025-01-05T12:02", "ana", "activity", amount=-1),
        at("2025-01-05T12:03", "ana", "activity", id="p1", amount=20),
        at("2025-01-05T12:04", "ana", "refund", of="p1", amount="20.01"),
        check("2025-01-05T12:05"),
    )

    refused = [(refusal["event"], refusal["code"]) for refusal in told["refusals"]]
    assert refused == [(1, "unknown"), (2, "amount_negative"), (4, "refund_too_large")]
    assert points(told, "ana")["available"] == 20


@pytest.mark.django_db
@pytest.mark.parametrize(
    "do, fields, field",
    [
        ("enrol", {"birth_date": "31/12/1990"}, "31/12/1990"),
        ("enrol", {"consents": "email"}, "consents"),
        ("activity", {"amount": "Infinity"}, "Infinity"),
        ("activity", {"id": 5, "amount": 5}, "id"),
        ("activity", {"amount": 5, "lines": [{"quantity": "x"}]}, "quantity"),
        ("activity", {"amount": 5, "paid_with": [{"tender": "card"}]}, "amount"),
        ("adjust", {"points": "100", "reason": "…"}, "points"),
        ("adjust", {"points": 1.9, "reason": "…"}, "points"),
        ("charge_result", {"result": "failed"}, "failed"),
        ("activity", {"partner": "nobody", "amount": 5}, "nobody"),
    ],
)
def test_what_is_typed_wrongly_is_refused_by_its_name(do, fields, field):
    who = "bob" if do == "enrol" else "ana"
    told = tell("yes2you", ANA, at("2025-01-05T12:01", who, do, **fields), check("2025-01-05T12:02"))

    (refusal,) = told["refusals"]
    assert refusal["event"] == 1
    assert field in refusal["reason"]
    assert points(told, "ana")["available"] == 0


@pytest.mark.django_db
@pytest.mark.parametrize("year", [2025, 2035], ids=["a past year", "a year to come"])
def test_members_are_written_to_as_they_would_be(year):
    told = tell(
        "yes2you",
        ANA | {"at": f"{year}-01-05T12:00"},
        at(f"{year}-01-06T10:00", "ana", "activity", amount=50),
        check(f"{year}-04-02T00:00"),
        expiry_months=3,
    )

    messages = seen(told, "ana")["messages"]
    assert [(message["occasion"], message["at"][:10]) for message in messages] == [
        ("welcome", f"{year}-01-05"),
        ("points_expiring", f"{year}-03-07"),
    ]


@pytest.mark.django_db
def test_a_voucher_is_held_for_a_sale_released_and_used():
    told = tell(
        "yes2you",
        at("2025-01-05T12:00", "ana", "enrol"),
        at("2025-01-06T10:00", "ana", "activity", id="p1", amount=100),
        at("2025-02-02T10:00", "ana", "use_voucher", activity="p2", reserve=True),
        at("2025-02-02T10:01", "ana", "use_voucher", activity="p3"),
        at("2025-02-02T10:02", "ana", "release", activity="p2"),
        at("2025-02-02T10:03", "ana", "use_voucher", activity="p3"),
        check("2025-02-02T10:04"),
    )

    assert [refusal["event"] for refusal in told["refusals"]] == [3]
    assert seen(told, "ana")["vouchers"][0]["state"] == "used"


@pytest.mark.django_db
def test_only_the_voucher_that_the_named_sale_holds_is_released():
    told = tell(
        "club",
        at("2025-01-05T12:00", "ana", "enrol", email="ana@example.com", consents=["email"]),
        at("2025-01-06T10:00", "ana", "use_voucher", reward="welcome", activity="s1", reserve=True),
        at("2025-01-06T10:01", "ana", "use_voucher", reward="alerts", activity="s2", reserve=True),
        at("2025-01-06T10:02", "ana", "release", activity="s3"),
        at("2025-01-06T10:03", "ana", "release", activity="s2"),
        at("2025-01-06T10:04", "ana", "use_voucher", reward="alerts", activity="s4"),
        check("2025-01-06T10:05"),
    )

    assert [(refusal["event"], refusal["code"]) for refusal in told["refusals"]] == [(3, "unknown")]
    states = {reward: state for reward, _value, state in vouchers(told, "ana")}
    assert (states["welcome"], states["alerts"]) == ("unused", "used")


@pytest.mark.django_db
def test_points_redeemed_before_a_sale_pay_a_part_of_it():
    told = tell(
        "engage",
        ANA,
        at("2025-01-06T10:00", "ana", "adjust", points=1000, reason="gift"),
        at("2025-01-07T10:00", "ana", "redeem", points=300, activity="p1", amount="10.00"),
        at("2025-01-07T10:01", "ana", "activity", id="p1", amount="10.00"),
        at("2025-01-07T10:02", "ana", "activity", id="p2", amount="10.00", points=300),
        check("2025-01-07T10:03"),
    )

    assert told["refusals"] == []
    earned = points(told, "ana")["available"] - (1000 - 600)
    assert earned == 2 * 7  # on the $7 that money paid, of either


@pytest.mark.django_db
def test_credit_pays_a_part_of_a_sale():
    told = tell(
        "credit",
        ANA,
        at("2025-01-06T10:00", "ana", "activity", amount="100.00"),
        at("2025-01-07T10:00", "ana", "activity", amount="20.00", points=100),
        check("2025-01-07T10:01"),
    )

    assert told["refusals"] == []
    assert seen(told, "ana")["balances"]["cashback"]["available"] == 500 - 100 + 95


@pytest.mark.django_db
def test_a_code_that_brings_nothing_is_reported_and_the_sale_stands():
    told = tell(
        "refer",
        ANA,
        at("2025-01-05T12:01", "bob", "enrol", referral="ana"),
        at("2025-01-06T10:00", "bob", "activity", amount=50),
        at("2025-01-06T10:01", "ana", "activity", id="p1", amount=50, referral="bob"),
        at("2025-01-06T10:02", "ana", "activity", amount=50, referral="ana"),
        at("2025-01-06T10:03", "cyd", "enrol", referral="zzz"),
        at("2025-01-06T10:04", "ana", "refund", of="p1"),
    )

    refused = [(refusal["event"], refusal["code"]) for refusal in told["refusals"]]
    assert refused == [(3, "referral_circular"), (4, "referral_own_code"), (5, "referral_unknown_code")]


@pytest.mark.django_db
def test_a_story_may_change_the_programs_values_by_name():
    told = tell(
        "yes2you",
        ANA,
        at("2025-01-06T10:00", "ana", "activity", amount=100),
        check("2025-01-07T00:00"),
        check("2025-04-06T00:00"),
        **{"earning_rules.per-dollar.points": 3, "expiry_months": 3, "issuance.points": 1000},
    )

    assert [points(told, "ana", number)["available"] for number in (0, 1)] == [300, 0]


@pytest.mark.django_db
def test_a_value_of_a_list_without_codes_is_named_by_its_place():
    told = tell(
        "balance",
        ANA,
        at("2025-01-06T10:00", "ana", "activity", amount="100.00"),
        check("2025-01-06T11:00"),
        at("2025-01-07T10:00", "ana", "redeem", currency="cashback", points=100, amount="50.00"),
        check("2025-01-07T11:00"),
        **{"burn_rules.2.points": 100, "burn_rules.2.value": 200},
    )

    assert told["refusals"] == []
    before, after = (seen(told, "ana", number)["balances"]["cashback"]["available"] for number in (0, 1))
    assert before - after == 100


@pytest.mark.django_db
def test_a_moment_of_the_settings_is_the_programs():
    told = tell(
        "yes2you",
        ANA,
        at("2025-02-09T20:00", "ana", "activity", amount=10),
        at("2025-02-10T00:00", "ana", "activity", amount=10),
        check("2025-02-10T00:01"),
        **{
            "time_zone": "America/Chicago",
            "bonus-event.valid_from": "2025-02-10T00:00:00",
            "bonus-event.valid_to": "2025-02-11T00:00:00",
        },
    )

    assert points(told, "ana")["available"] == 10 + 20


@pytest.mark.parametrize(
    "text, word",
    [
        ("{", "JSON"),
        ("[]", "object"),
        ('{"events": [], "seting": {}}', "seting"),
        ('{"events": [{"at": "2025-01-05", "do": "buy", "member": "ana"}]}', "buy"),
        ('{"events": [{"at": "2025-01-05", "do": "activity", "member": "ana", "ammount": 3}]}', "ammount"),
        ('{"events": [{"at": "soon", "do": "check"}]}', "2025-01-05T12:00"),
        ('{"events": [{"at": "2025-01-05", "do": "activity"}]}', "member"),
    ],
)
def test_what_is_no_story_is_refused_before_anything_happens(text, word):
    with pytest.raises(StoryRefused, match=word):
        read_story(text)


@pytest.mark.django_db
def test_events_out_of_order_are_refused():
    with pytest.raises(StoryRefused, match="Event 1"):
        tell("yes2you", check("2025-01-06T00:00"), check("2025-01-05T00:00"))


@pytest.fixture
def simulate(tmp_path):
    """The command as a process; the database that is configured for it must stay as it is: absent."""

    def simulate(story, name="yes2you", *arguments):
        path = tmp_path / "story.json"
        path.write_text(story if isinstance(story, str) else json.dumps(story))
        environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/configured.sqlite3", "LANGUAGE_CODE": "en"}
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "simulate", name, "--file", str(path)]
        done = subprocess.run([*command, *arguments], env=environment, capture_output=True, text=True, check=False)
        assert not (tmp_path / "configured.sqlite3").exists()
        return done

    return simulate


def test_the_command_prints_json_alone_and_leaves_the_configured_database_alone(simulate):
    done = simulate({"events": [ANA, check("2025-01-05T13:00")]}, "yes2you", "--json")

    assert done.returncode == 0
    assert seen(json.loads(done.stdout), "ana")["tier"] is None


@pytest.mark.parametrize(
    "story, name, word",
    [
        ({"events": []}, "yes3you", "yes2you"),
        ({"settings": {"moths": 3}, "events": []}, "yes2you", "moths"),
        ("{", "yes2you", "JSON"),
        ({"settings": {"punches_needed": 0}, "events": []}, "sub-card", "one hole"),
        ({"settings": {"summit.threshold": "x"}, "events": []}, "vipeak", "summit.threshold"),
        ({"settings": {"five-visits.reward": "cola"}, "events": []}, "sub-card", "settings"),
    ],
)
def test_what_cannot_be_told_exits_with_2_and_a_sentence(simulate, story, name, word):
    done = simulate(story, name, "--json")

    assert (done.returncode, done.stdout) == (2, "")
    assert word in done.stderr


@pytest.mark.django_db
def test_points_change_hands_and_two_members_become_one():
    told = tell(
        "yes2you",
        ANA,
        at("2025-01-05T13:00", "bob", "enrol"),
        at("2025-01-06T10:00", "ana", "activity", amount=70),
        at("2025-01-07T10:00", "ana", "transfer", to="bob", points=30),
        at("2025-01-07T10:01", "ana", "transfer", to="ana", points=10),
        check("2025-01-07T11:00"),
        at("2025-01-08T09:00", "cyd", "enrol"),
        at("2025-01-08T09:30", "bob", "merge", absorb="cyd"),
        at("2025-01-08T10:00", "bob", "merge", into="ana"),
        at("2025-01-08T11:00", "bob", "activity", amount=5),
        check("2025-01-08T12:00"),
    )

    assert [points(told, who, 0)["available"] for who in ("ana", "bob")] == [40, 30]
    assert [points(told, who, 1)["available"] for who in ("ana", "bob", "cyd")] == [75, 75, 75]
    assert [refusal["event"] for refusal in told["refusals"]] == [4]
    assert told["audit"] == {"drift": []}


@pytest.mark.django_db
def test_a_gift_card_is_sold_and_stays_with_whoever_registered_it_first():
    bob = at("2025-01-05T12:00", "bob", "enrol")
    told = tell(
        "yes2you",
        ANA,
        bob,
        at("2025-01-06T10:00", "ana", "register_card", gift_card="birthday", amount="50.00"),
        at("2025-01-06T10:01", "ana", "register_card", gift_card="birthday"),
        at("2025-01-06T10:02", "bob", "register_card", gift_card="birthday"),
        at("2025-01-06T10:03", "bob", "register_card", gift_card="unsold"),
    )
    assert [(each["event"], each["code"]) for each in told["refusals"]] == [(4, "registered"), (5, "unreadable")]
    card = GiftCard.objects.get()
    assert (card.balance, card.member.first_name) == (5000, "Ana")
