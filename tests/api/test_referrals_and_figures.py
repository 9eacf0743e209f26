"""Referrals of a partner's members, and what a partner may read of a program."""

import pytest

from tests.api.test_problems import told
from tests.factories.campaigns import EmailSettingFactory
from tests.factories.referrals import ReferralProgramFactory

pytestmark = pytest.mark.django_db


def test_a_member_brings_a_friend(hotel_api, airline_api, guest, purchase, program, time_machine):
    assert told(hotel_api.post("referrals/codes", {"member": {"id": guest["id"]}})) == (422, "no_referrals")
    ReferralProgramFactory(program=program, return_days=0)
    made = hotel_api.post("referrals/codes", {"member": {"id": guest["id"]}})
    assert made.status_code == 201, made.content
    code = made.json()["code"]
    assert made.json()["link"].endswith(f"/r/{code}")
    assert hotel_api.post("referrals/codes", {"member": {"external_id": "guest-7"}}).json() == made.json()

    friend = hotel_api.post("members", {"external_id": "guest-8", "referral": code}).json()
    airline_api.post("members", {"external_id": "flyer-1", "referral": code})
    time_machine.move_to("2026-03-02T14:00:00Z")
    bought = {"member": {"external_id": "guest-8"}, "occurred_at": "2026-03-02T13:30:00Z"}
    hotel_api.post("activities", purchase | bought)

    rows = hotel_api.get("referrals").json()["results"]
    assert [(row["friend"], row["referrer"]) for row in rows] == [(None, guest["id"]), (friend["id"], guest["id"])]
    assert [row["state"] for row in rows] == ["joined", "rewarded"]
    assert hotel_api.get("referrals", {"member": guest["id"]}).json()["results"] == rows
    assert hotel_api.get(f"referrals/{guest['id']}").json() == {
        "member": guest["id"],
        "friends": 2,
        "rewarded": 1,
        "points": 500,
        "vouchers": 0,
    }
    report = hotel_api.get("referrals/report").json()
    assert (report["friends"], report["states"]["rewarded"], report["states"]["held"]) == (2, 1, 0)

    assert airline_api.get("referrals").json()["results"] == []
    assert airline_api.get("referrals/report").json()["friends"] == 0
    assert told(airline_api.get("referrals", {"member": guest["id"]})) == (404, "member_unknown")


def test_who_stayed(hotel_api, purchase, time_machine):
    for number, day in enumerate(["2026-01-05", "2026-02-05"]):
        time_machine.move_to(f"{day}T13:00:00Z")
        body = purchase | {"external_id": f"bill-{number}", "occurred_at": f"{day}T10:00:00Z"}
        assert hotel_api.post("activities", body).status_code == 201
    months = {"from": "2026-01-01", "to": "2026-03-01"}

    found = hotel_api.get("reports/retention", months | {"every": "month"}).json()

    assert [(each["at_end"], each["new"], each["returned"]) for each in found["periods"]] == [(1, 1, 0), (1, 0, 1)]
    assert [each["retention_rate"] for each in found["periods"]] == [None, 100.0]
    assert hotel_api.get("reports/retention", months).json() == found
    assert told(hotel_api.get("reports/retention", months | {"from": "2026-01-02"})) == (422, "not_a_period")
    assert told(hotel_api.get("reports/retention", months | {"from": "2006-01-01"})) == (422, "too_long")
    assert told(hotel_api.get("reports/retention", {"from": "yesterday"})) == (400, "invalid")


def test_what_members_are_told(hotel_api, program, time_machine):
    EmailSettingFactory(program=program, days_before=14)

    found = hotel_api.get("campaigns").json()["results"]

    assert [(each["occasion"], each["is_sent"], each["days_before"]) for each in found] == [
        ("welcome", True, None),
        ("points_expiring", True, 14),
    ]
    assert hotel_api.get("campaigns", **{"Accept-Language": "fr"}).json()["results"][0]["name"] == "bienvenue"
