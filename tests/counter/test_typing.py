"""What fingers and scanners type into the fields: read in both languages, or told what is expected."""

import pytest

from loyalty.counter.models import CounterAction
from tests.factories.counter import text_of
from tests.factories.earning import EarningRuleFactory

pytestmark = pytest.mark.django_db

READ = {
    "12,50": 1250,
    "12.50": 1250,
    " 12,5 ": 1250,
    "12,50 €": 1250,
    "€12.50": 1250,
    "1 234,50": 123450,
    "1\u202f234,50": 123450,
    "1,234.50": 123450,
    "1.234,50": 123450,
    "\u200f12,50\u200e": 1250,
    "7": 700,
}
EXPECTED = {
    "-5": "Type an amount such as €12.50",
    "abc": "Type an amount such as €12.50",
    "12,50,": "Type an amount such as €12.50",
    "1e5": "Type an amount such as €12.50",
    "🍕": "Type an amount such as €12.50",
    "١٢": "Type an amount such as €12.50",
    "0": "more than zero",
    "0,00": "more than zero",
    "1000000000000": "is a digit too many?",
    "12,345": "EUR has no more than 2 decimals",
    "": "Type the amount of the purchase",
}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_amount_is_read_as_people_write_it(till, ana, language):
    till.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    for typed in READ:
        till.do("sell", ana, amount=typed)

    recorded = CounterAction.objects.order_by("pk").values_list("outcome__total", flat=True)
    assert dict(zip(READ, recorded, strict=True)) == READ


def test_anything_else_says_what_is_expected_and_stays_in_the_field(till, ana):
    for typed, sentence in EXPECTED.items():
        page = till.do("sell", ana, amount=typed, receipt="T-7", points="x")
        assert sentence in text_of(page), typed
        assert "Type a whole number such as 200" in text_of(page)
        assert f'value="{typed}"' in page.content.decode() or not typed
        assert 'value="T-7"' in page.content.decode()
    assert not CounterAction.objects.exists()


@pytest.mark.parametrize("count", ["0", "-1", "21", "x", "1.5", "🍕"])
def test_a_count_out_of_bounds_is_told(till, ana, coffee, count):
    page = till.do("redeem", ana, reward=coffee.pk, quantity=count)

    assert "quantity" in page.context["form"].errors


def test_nonsense_for_a_key_or_a_journey_harms_nobody(till, ana):
    EarningRuleFactory(program=ana.enrolments.get().program)

    assert till.do("sell", ana, key="no key", amount="1").context["form"].errors["key"]
    assert till.at(ana, "nothing").status_code == 404
    assert till.get("/counter/do/sell/").status_code == 404
    assert till.get("/counter/member/M234/").status_code == 404
    assert "nothing is known" in text_of(till.find("\u200f\x00🍕" + "x" * 300))
