"""Staff of a store see the rows of their stores, in every list that their role opens."""

from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission

from tests.factories.earning import ActivityFactory, DecisionFactory
from tests.factories.members import CardFactory, ConsentFactory, EnrolmentFactory, MemberFactory
from tests.factories.programs import StoreFactory
from tests.factories.rewards import RewardFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
OF_EVERY_STORE = {"programs.Program", "rewards.Reward"}


@pytest.fixture
def trade(program):
    """A member who enrolled in a store, bought there and spent points there."""

    def trade(store, last_name):
        member = MemberFactory(last_name=last_name)
        EnrolmentFactory(member=member, program=program, store=store)
        CardFactory(member=member, program=program)
        ConsentFactory(member=member)
        DecisionFactory(activity=ActivityFactory(program=program, member=member, store=store))
        member.redemptions.create(
            program=program,
            source="counter",
            external_id=last_name,
            reward=RewardFactory(program=program),
            points=5,
            store=store,
            redeemed_at=AT,
        )
        return member

    return trade


@pytest.fixture
def lists():
    """The lists that somebody may open, by table."""

    def lists(browser):
        found = {}
        for model in admin.site._registry:
            response = browser.get("/admin/" + model._meta.label_lower.replace(".", "/") + "/")
            if response.status_code == 200:
                found[model._meta.label] = response.context["cl"].queryset
        return found

    return lists


def test_a_store_manager_sees_the_own_store_and_no_other(as_role, program, store, trade, lists):
    elsewhere = StoreFactory(program=program, name="Nantes")
    trade(store, "Here")
    trade(elsewhere, "There")

    seen = lists(as_role("store manager", stores=[store]))

    scoped = {label: rows for label, rows in seen.items() if label not in OF_EVERY_STORE}
    shown = {label: count for label, rows in scoped.items() if (count := rows.count())}
    assert shown == {
        "members.Member": 1,
        "members.Enrolment": 1,
        "members.Card": 1,
        "members.Consent": 1,
        "earning.Activity": 1,
        "earning.Decision": 1,
        "rewards.Redemption": 1,
        "programs.Store": 1,
    }
    assert seen["members.Member"].get().last_name == "Here"
    assert seen["programs.Store"].get() == store


def test_rows_of_no_store_are_head_offices(as_role, store, trade, lists):
    trade(None, "Online")

    assert not lists(as_role("store manager", stores=[store]))["members.Member"].exists()
    assert lists(as_role("support"))["members.Member"].exists()


def test_a_manager_of_two_stores_meets_nobody_twice(as_role, program, store, trade, lists):
    second = StoreFactory(program=program)
    member = trade(store, "Both")
    EnrolmentFactory(member=member, store=second)

    assert lists(as_role("store manager", stores=[store, second]))["members.Member"].count() == 1


def test_a_manager_of_no_store_sees_nothing(as_role, store, trade, lists):
    trade(store, "Here")

    seen = lists(as_role("store manager"))

    assert {label for label, rows in seen.items() if rows.exists()} == OF_EVERY_STORE


@pytest.mark.parametrize("page", ["change", "overview", "block", "record_consent"])
def test_the_pages_of_a_member_elsewhere_are_missing(as_role, program, store, trade, page):
    there = trade(StoreFactory(program=program), "There")
    manager = as_role("store manager", stores=[store])

    response = manager.get(f"/admin/members/member/{there.pk}/{page}/")

    assert response.status_code in (302, 404)
    assert "There" not in response.content.decode()


def test_the_export_keeps_to_the_own_stores(as_role, program, store, trade):
    """Rights are added up: a store manager who may also export still sees the own store alone."""
    here, there = trade(store, "Here"), trade(StoreFactory(program=program), "There")
    manager = as_role("store manager", stores=[store])
    manager.user.user_permissions.add(Permission.objects.get(codename="export_lists"))
    form = {"action": "export_csv", "_selected_action": [here.pk, there.pk]}

    exported = b"".join(manager.post("/admin/members/member/", form).streaming_content).decode()

    assert "Here" in exported
    assert "There" not in exported
