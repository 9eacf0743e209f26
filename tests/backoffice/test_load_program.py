"""`manage.py load_program`: a working program from one word, and nothing overwritten by a second call."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from loyalty.earning.models import EarningRule
from loyalty.programs.models import Program
from rewards.models import IssuanceRule

pytestmark = pytest.mark.django_db


def load(*arguments):
    out = StringIO()
    call_command("load_program", *arguments, stdout=out)
    return out.getvalue()


def test_yes2you_makes_its_promise():
    load("yes2you")
    program = Program.objects.get(code="yes2you")
    assert (program.money_currency, program.time_zone, program.refund_policy) == ("USD", "UTC", "debt")
    assert (program.expiry, program.expiry_months, program.expiry_round_up) == ("rolling", 12, "none")
    rule = EarningRule.objects.get(program=program, code="per-dollar")
    assert (rule.kind, rule.effect, rule.points, rule.per_amount) == ("purchase", "per_amount", 1, 100)
    issuance = IssuanceRule.objects.get(program=program)
    assert (issuance.points, issuance.value, issuance.is_active) == (100, 500, True)


def test_its_rules_hold_for_purchases_of_long_ago():
    load("yes2you")
    rule = EarningRule.objects.get(code="per-dollar")
    assert rule.valid_from is None
    assert rule.valid_to is None
    assert Program.objects.get().earns_on(date(1997, 1, 1))


def test_loading_twice_changes_nothing():
    load("yes2you")
    Program.objects.update(name="Our own name")
    IssuanceRule.objects.update(value=400)
    assert "nothing was changed" in load("yes2you")
    assert Program.objects.get().name == "Our own name"
    assert IssuanceRule.objects.get().value == 400
    assert EarningRule.objects.filter(code="per-dollar").count() == 1


def test_the_list_names_every_template_and_makes_nothing():
    assert "yes2you" in load("--list")
    assert not Program.objects.exists()


@pytest.mark.parametrize("arguments", [(), ("yes3you",)])
def test_a_name_that_is_no_template_is_answered_with_the_names(arguments):
    with pytest.raises(CommandError, match="yes2you") as refused:
        load(*arguments)
    assert refused.value.returncode == 2


def test_a_program_that_lacks_something_gets_it_and_keeps_the_rest():
    load("yes2you")
    IssuanceRule.objects.all().delete()
    Program.objects.update(name="Our own name")
    assert "is ready" in load("yes2you")
    assert IssuanceRule.objects.get().value == 500
    assert Program.objects.get().name == "Our own name"


def test_the_values_of_a_template_are_listed_by_name_and_nothing_is_made():
    listed = load("yes2you", "--values")
    assert "earning_rules.per-dollar.points = 1\n" in listed
    assert "program.expiry_months = 12\n" in listed
    assert not Program.objects.exists()
