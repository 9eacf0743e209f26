"""A marketing manager writes a rule in the admin: money with decimals, days, names; a used rule gets a new version."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from loyalty.earning.models import EarningRule
from tests.factories.earning import ActivityFactory, EarningRuleFactory
from tests.factories.programs import StoreFactory, UserFactory

ADD = reverse("admin:earning_earningrule_add")
LIST = reverse("admin:earning_earningrule_changelist")


def page_of(rule):
    return reverse("admin:earning_earningrule_change", args=[rule.pk])


@pytest.fixture
def marketing(client, marketer):
    client.force_login(marketer)
    return client


@pytest.fixture
def base(program):
    return EarningRuleFactory(program=program, code="base", name="Base")


def filled_in(**values):
    return {
        "name": "Base",
        "kind": "purchase",
        "effect": "per_amount",
        "currency": "points",
        "points": "1",
        "per_amount": "1",
        "minimum_amount": "0",
        "priority": "0",
        "activation_delay_days": "0",
    } | values


def added(client, program, **values):
    response = client.post(ADD, filled_in(program=program.pk, code="rule", **values))
    assert response.status_code == 302, response.context["adminform"].form.errors
    return EarningRule.objects.get(code="rule")


def errors(client, page, **values):
    response = client.post(page, filled_in(**values))
    assert response.status_code == 200
    return response.context["adminform"].form.errors


def test_money_is_typed_with_decimals_and_kept_in_cents(marketing, program, marketer):
    rule = added(marketing, program, per_amount="1.50", minimum_amount="20")
    assert (rule.per_amount, rule.minimum_amount, rule.by, rule.version) == (150, 2000, marketer, 1)


def test_a_currency_without_decimals_refuses_them(marketing, program):
    program.money_currency = "JPY"
    program.save()
    assert "per_amount" in errors(marketing, ADD, program=program.pk, code="rule", per_amount="1.5")
    assert added(marketing, program, per_amount="100").per_amount == 100


def test_lists_are_typed_with_commas_and_stores_and_days_are_chosen(marketing, program, store):
    rule = added(marketing, program, categories="shoes, hats", stores=[store.code], weekdays=["1", "6"])
    assert (rule.categories, rule.stores, rule.weekdays) == (["shoes", "hats"], ["lyon"], [1, 6])


def test_days_are_those_of_the_program_and_the_last_one_is_included(marketing, program):
    rule = added(marketing, program, first_day="2030-03-01", last_day="2030-03-31")
    assert rule.valid_from == datetime(2030, 2, 28, 23, tzinfo=UTC)
    assert rule.valid_to == datetime(2030, 3, 31, 22, tzinfo=UTC)


def test_a_program_may_name_its_own_kind_of_activity(marketing, program):
    assert added(marketing, program, kind="own", own_kind="recycling", effect="fixed").kind == "recycling"
    assert "own_kind" in errors(marketing, ADD, program=program.pk, code="other", kind="own")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"points": ""}, "points"),
        ({"points": "0"}, "points"),
        ({"per_amount": "-1"}, "per_amount"),
        ({"per_amount": "NaN"}, "per_amount"),
        ({"per_amount": "1e20"}, "per_amount"),
        ({"effect": "multiplier", "factor": ""}, "factor"),
        ({"hour_from": "9", "hour_to": "9"}, "hour_to"),
        ({"first_day": "2030-03-31", "last_day": "2030-03-01"}, "last_day"),
        ({"first_day": "31/02/2030"}, "first_day"),
        ({"excluded_categories": "shoes", "categories": "shoes"}, "excluded_categories"),
        ({"stores": ["atlantis"]}, "stores"),
        ({"code": "not a code"}, "code"),
        ({"cap_per_day": "0"}, "cap_per_day"),
        ({"kind": "refund"}, "kind"),
    ],
)
def test_what_makes_no_sense_comes_back_to_its_field(marketing, program, values, field):
    assert set(errors(marketing, ADD, **{"program": program.pk, "code": "rule"} | values)) == {field}
    assert not EarningRule.objects.exists()


def test_a_store_of_another_program_is_refused(marketing, program):
    elsewhere = StoreFactory(code="nice")
    assert "stores" in errors(marketing, ADD, program=program.pk, code="rule", stores=[elsewhere.code])


def test_a_rule_that_is_not_in_use_changes_in_place(marketing, base):
    marketing.post(page_of(base), filled_in(points="3"))
    assert [(rule.version, rule.points) for rule in EarningRule.objects.all()] == [(1, 3)]


def test_a_rule_in_use_gets_a_new_version_and_the_page_says_so(marketing, base, marketer):
    ActivityFactory(program=base.program)
    response = marketing.post(page_of(base), filled_in(points="3", _continue="1"), follow=True)
    old, new = EarningRule.objects.order_by("version")
    assert (old.points, new.points, new.by) == (1, 3, marketer)
    assert old.valid_to == new.valid_from
    assert abs(new.valid_from - timezone.now()) < timedelta(minutes=1)
    assert response.request["PATH_INFO"] == page_of(new)
    assert any("version 2" in str(message) for message in response.context["messages"])


def test_opening_and_saving_a_rule_as_it_stands_changes_nothing(marketing, program, store):
    rule = EarningRuleFactory(
        program=program,
        code="full",
        effect="percentage",
        points=None,
        per_amount=None,
        factor=Decimal("2.5"),
        minimum_amount=1999,
        stores=["lyon", "gone"],
        categories=["shoes"],
        weekdays=[1, 7],
        valid_from=datetime(2026, 2, 28, 23, tzinfo=UTC),
        valid_to=datetime(2036, 3, 31, 22, tzinfo=UTC),
    )
    form = marketing.get(page_of(rule)).context["adminform"].form
    shown = {name: form[name].value() for name in form.fields}
    again = {name: value for name, value in shown.items() if value not in (None, "", [])}
    response = marketing.post(page_of(rule), again | {"first_day": "2026-03-01", "last_day": "2036-03-31"})
    problems = response.context and response.context["adminform"].form.errors
    assert problems == {"stores": ["The program has no such stores: gone."]}
    StoreFactory(program=program, code="gone")
    assert marketing.post(page_of(rule), again).status_code == 302
    before, after = rule, EarningRule.objects.get()
    unchanged = [field.attname for field in EarningRule._meta.fields if field.attname not in ("updated_at", "by_id")]
    assert [getattr(after, name) for name in unchanged] == [getattr(before, name) for name in unchanged]


def test_an_older_version_is_to_be_read_only(marketing, base):
    newer = EarningRuleFactory(program=base.program, code="base", version=2, points=7)
    page = marketing.get(page_of(base))
    assert b"1 point for each full" in page.content
    assert b"7 points for each full" in page.content
    assert b'name="points"' not in page.content
    assert marketing.post(page_of(base), filled_in(points="9")).status_code == 403
    assert b'name="points"' in marketing.get(page_of(newer)).content


def test_the_list_shows_each_rule_once_in_words(marketing, base):
    EarningRuleFactory(program=base.program, code="base", name="Base", version=2, points=7)
    page = marketing.get(LIST).content.decode()
    assert "7 points for each full €1.00" in page
    assert "1 point for each full €1.00" not in page
    assert "1 point for each full €1.00" in marketing.get(LIST, {"versions": "all"}).content.decode()


def test_rules_are_ended_from_the_list(marketing, base):
    over = EarningRuleFactory(program=base.program, code="over", valid_to=datetime(2025, 1, 1, tzinfo=UTC))
    marketing.post(LIST, {"action": "retire", "_selected_action": [base.pk, over.pk]}, follow=True)
    base.refresh_from_db()
    assert abs(base.valid_to - timezone.now()) < timedelta(minutes=1)


def test_a_clerk_cannot_write_rules(client, clerk, base):
    client.force_login(clerk)
    assert client.get(ADD).status_code == 403
    assert client.post(page_of(base), filled_in(points="9")).status_code in (302, 403)
    base.refresh_from_db()
    assert base.points == 1


def test_nobody_deletes_a_rule(client, administrator, base):
    client.force_login(administrator)
    assert client.get(reverse("admin:earning_earningrule_delete", args=[base.pk])).status_code == 403


def test_an_analyst_reads_rules_without_a_form(client, base):
    client.force_login(UserFactory(groups=["analyst"]))
    page = client.get(page_of(base))
    assert b"1 point for each full" in page.content
    assert b'name="points"' not in page.content
