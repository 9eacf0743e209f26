"""A member as the partner reads and changes them."""

import pytest

from loyalty.tiers.operations import set_tiers
from tests.factories.tiers import SPRING

pytestmark = pytest.mark.django_db


def shown(api, guest):
    """What is read, with its ETag."""
    answer = api.get(f"members/{guest['id']}")
    return answer.json()["external_id"], answer["ETag"]


def test_the_latest_name_is_shown_and_the_others_find_the_member(hotel_api, guest):
    address = f"members/{guest['id']}"
    tags = [shown(hotel_api, guest)[1]]
    for name in ["guest-8", "guest-7", "guest-7"]:  # also one of before, given again
        changed = hotel_api.patch(address, {"external_id": name}, etag=tags[-1])
        assert (changed.status_code, changed.json()["external_id"]) == (200, name)
        assert shown(hotel_api, guest) == (name, changed["ETag"])
        tags.append(changed["ETag"])

    assert tags[0] == tags[2] == tags[3] != tags[1]
    for name in ["guest-7", "guest-8"]:
        [found] = hotel_api.get("members", {"external_id": name}).json()["results"]
        assert (found["id"], found["external_id"]) == (guest["id"], "guest-7")


def test_who_has_read_the_name_of_before_is_told(hotel_api, guest):
    _name, tag = shown(hotel_api, guest)
    hotel_api.patch(f"members/{guest['id']}", {"external_id": "guest-8"}, etag=tag)
    second = hotel_api.patch(f"members/{guest['id']}", {"external_id": "guest-9"}, etag=tag)

    assert (second.status_code, second.json()["code"]) == (412, "changed_meanwhile")
    assert shown(hotel_api, guest)[0] == "guest-8"


@pytest.mark.parametrize(
    "metric, measured, missing, money",
    [
        ("spend", "30.00", "70.00", "EUR"),
        ("spend", "30", "70", "JPY"),
        ("points", 30, 70, "EUR"),
        ("visits", 1, 4, "EUR"),
    ],
)
def test_a_tier_is_measured_in_amounts_or_in_whole_numbers(
    hotel_api, guest, purchase, program, metric, measured, missing, money
):
    threshold = {"spend": 10000 if money == "EUR" else 100, "points": 100, "visits": 5}[metric]
    gold = {"code": "gold", "name_en": "Gold", "name_fr": "Or", "threshold": threshold}
    program.money_currency = money
    program.save()
    set_tiers(program=program, at=SPRING, metric=metric, tiers=[gold])
    recorded = hotel_api.post("activities", purchase | {"amount": measured if metric == "spend" else "30.00"})
    assert recorded.status_code == 201, recorded.content

    tier = hotel_api.get(f"members/{guest['id']}/tier").json()

    assert (tier["metric"], tier["measured"], tier["missing"]) == (metric, measured, missing)


def test_where_tiers_are_measured_on_spend_nothing_yet_is_an_amount_too(hotel_api, guest, program):
    gold = {"code": "gold", "name_en": "Gold", "name_fr": "Or", "threshold": 10000}
    set_tiers(program=program, at=SPRING, metric="spend", tiers=[gold])

    tier = hotel_api.get(f"members/{guest['id']}/tier").json()

    assert (tier["tier"], tier["measured"], tier["missing"], tier["next_tier"]) == (None, "0.00", "100.00", "gold")
