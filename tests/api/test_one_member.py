"""A member as the partner reads and changes them."""

import pytest

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
