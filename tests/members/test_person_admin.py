"""Support merges, takes apart, erases and takes out; each sees what will happen before it does."""

import json

import pytest
from django.urls import reverse

from members.models import Member, MemberMerge
from tests.factories.members import MemberFactory
from tests.factories.programs import UserFactory
from tests.factories.rewards import give_points

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, program):
    client.force_login(UserFactory(groups=["support"]))
    client.cookies["django_language"] = "en"
    return client


def page(row, action):
    return reverse(f"admin:members_{row._meta.model_name}_{action}", args=[row.pk])


def confirm(desk, address, data):
    """Send the form, read what will happen, send it again."""
    first = desk.post(address, data)
    return first, desk.post(address, data | {"seen": first.context["seen"]}, follow=True)


def test_a_merge_is_shown_before_it_happens(desk, program, ana, double):
    give_points(program, double, 120)
    data = {"absorb": "anna@example.com", "reason": "same person"}
    first, second = confirm(desk, page(ana, "merge"), data)
    shown = first.content.decode()
    assert "anna@example.com" in shown
    assert "1 card" in shown
    assert "120 points, 0 purchases" in shown
    assert MemberMerge.objects.get().absorb == double
    assert "was merged into" in second.content.decode()


def test_other_data_need_another_look(desk, program, ana, double, bruno):
    first = desk.post(page(ana, "merge"), {"absorb": double.number, "reason": "x"})
    desk.post(page(ana, "merge"), {"absorb": bruno.number, "reason": "x", "seen": first.context["seen"]})
    assert not MemberMerge.objects.exists()


def test_what_is_refused_says_why(desk, ana, double):
    answer = desk.post(page(ana, "merge"), {"absorb": "nobody@example.com", "reason": "x"})
    assert answer.context["form"].errors["absorb"] == ["No member is known as “nobody@example.com”."]
    _, second = confirm(desk, page(ana, "merge"), {"absorb": ana.number, "reason": "x"})
    assert "cannot be merged into oneself" in second.content.decode()


def test_a_merge_is_undone_from_its_page(desk, program, ana, double):
    give_points(program, double, 120)
    confirm(desk, page(ana, "merge"), {"absorb": double.number, "reason": "same person"})
    merge = MemberMerge.objects.get()
    shown = desk.get(reverse("admin:members_membermerge_change", args=[merge.pk])).content.decode()
    assert "120 points, 1 cards" in shown
    desk.post(page(merge, "undo"), {"reason": "two after all"})
    assert Member.objects.get(pk=double.pk).status == "active"
    assert double.accounts.get().available == 120


def test_a_merged_member_is_shown_and_not_changed(desk, ana, double):
    confirm(desk, page(ana, "merge"), {"absorb": double.number, "reason": "same person"})
    assert desk.get(page(double, "change")).status_code == 200
    assert desk.post(page(double, "change"), {"first_name": "X"}).status_code == 403


def test_a_member_is_erased_after_a_second_look(desk, program, ana):
    give_points(program, ana, 40)
    first, _ = confirm(desk, page(ana, "erase"), {"reason": "asked by letter"})
    assert "40 points" in first.content.decode()
    ana.refresh_from_db()
    assert (ana.status, ana.email) == ("erased", "")
    assert ana.history.latest("history_id").history_change_reason == "asked by letter"


def test_everything_about_a_member_is_a_file(desk, ana):
    answer = desk.get(page(ana, "take_out"))
    assert answer.headers["content-disposition"] == f'attachment; filename="member-{ana.number}.json"'
    assert json.loads(answer.content)["member"]["first_name"] == "Ana"


def test_duplicates_lead_to_their_merge(desk):
    kept, other = (MemberFactory(first_name="Zoé", last_name="Z", postcode="69003") for _ in range(2))
    shown = desk.get(reverse("admin:members_member_duplicates")).content.decode()
    address = f"{page(kept, 'merge')}?absorb={other.number}"
    assert address in shown
    assert other.number in desk.get(address).content.decode()


@pytest.mark.parametrize("role", ["marketing", "clerk", "analyst", "finance", "store manager"])
def test_others_may_not(client, program, ana, role):
    client.force_login(UserFactory(groups=[role]))
    for action in ("merge", "erase", "take_out"):
        assert client.get(page(ana, action)).status_code in (302, 403, 404)
    assert client.get(reverse("admin:members_member_duplicates")).status_code == 403
