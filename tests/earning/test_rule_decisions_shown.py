"""Staff open an activity and read why it earned what it earned."""

import pytest
from django.urls import reverse

from tests.factories.earning import ActivityFactory, DecisionFactory, EarningRuleFactory
from tests.factories.programs import StoreFactory, UserFactory

OUTCOMES = [
    {"rule": "base", "version": 2, "reason": "matched", "desired": 10, "granted": 10, "amount": 1050},
    {"rule": "mondays", "version": 1, "reason": "other_weekday", "desired": 0, "granted": 0},
]


@pytest.fixture
def decision(program, store, ana):
    EarningRuleFactory(program=program, code="base", version=1, name="Old base")
    EarningRuleFactory(program=program, code="base", version=2, name="Base points")
    tenders = [{"tender": "cash", "amount": 1000}, {"tender": "points", "amount": 50}]
    activity = ActivityFactory(program=program, member=ana, store=store, amount=1050, paid_with=tenders)
    return DecisionFactory(activity=activity, outcomes=OUTCOMES)


@pytest.fixture
def office(client, administrator):
    client.force_login(administrator)
    return client


@pytest.mark.parametrize("model", ["activity", "decision"])
def test_the_page_says_for_each_rule_what_it_made_of_the_activity(office, decision, model):
    page = office.get(reverse(f"admin:earning_{model}_change", args=[decision.pk])).content.decode()
    assert "Base points" in page
    assert "Old base" not in page
    assert "10 points for €10.50." in page
    assert "The rule holds on other days of the week." in page


def test_the_page_shows_how_it_was_paid(office, decision):
    page = office.get(reverse("admin:earning_activity_change", args=[decision.pk])).content.decode()
    assert "cash €10.00, points €0.50" in page


def test_an_activity_without_a_decision_is_shown_all_the_same(office, program):
    activity = ActivityFactory(program=program)
    assert office.get(reverse("admin:earning_activity_change", args=[activity.pk])).status_code == 200


@pytest.mark.parametrize("model", ["activity", "decision", "ruleusage"])
def test_lists_open_and_nobody_adds_or_deletes(office, decision, model):
    assert office.get(reverse(f"admin:earning_{model}_changelist")).status_code == 200
    assert office.get(reverse(f"admin:earning_{model}_changelist"), {"q": "Almeida"}).status_code == 200
    assert office.get(reverse(f"admin:earning_{model}_add")).status_code == 403


def test_nobody_edits_what_was_decided(office, decision):
    page = reverse("admin:earning_decision_change", args=[decision.pk])
    assert office.post(page, {"granted": 999}).status_code == 403


def test_a_store_manager_sees_the_activities_of_her_store_only(client, decision, program):
    elsewhere = ActivityFactory(program=program, store=StoreFactory(program=program, code="nice"))
    manager = UserFactory(groups=["store manager"], stores=[decision.activity.store])
    client.force_login(manager)
    page = client.get(reverse("admin:earning_activity_changelist")).content.decode()
    assert decision.activity.external_id in page
    assert elsewhere.external_id not in page


def test_the_list_takes_no_more_statements_for_more_rows(office, decision, program, django_assert_max_num_queries):
    page = reverse("admin:earning_activity_changelist")
    for _ in range(20):
        DecisionFactory(activity=ActivityFactory(program=program))
    with django_assert_max_num_queries(15):
        office.get(page)
