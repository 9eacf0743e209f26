"""A story told in a scratch database: time passes, jobs run at their midnight, what is refused is reported."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from loyalty.backoffice.simulation.story import StoryRefused, read_story
from rewards.models import GiftCard
from tests.factories.stories import at, check, points, seen, tell

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
def test_members_are_written_to_as_they_would_be():
    told = tell("yes2you", ANA, check("2025-01-05T12:00"))

    assert [message["occasion"] for message in seen(told, "ana")["messages"]] == ["welcome"]


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
        at("2025-01-08T10:00", "bob", "merge", into="ana"),
        at("2025-01-08T11:00", "bob", "activity", amount=5),
        check("2025-01-08T12:00"),
    )

    assert [points(told, who, 0)["available"] for who in ("ana", "bob")] == [40, 30]
    assert [points(told, who, 1)["available"] for who in ("ana", "bob")] == [75, 75]
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
