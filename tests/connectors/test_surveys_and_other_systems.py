"""Answers to surveys are activities; another system says in the admin which of its fields means what."""

import pytest

from loyalty.connectors.models import Received
from loyalty.connectors.operations import look_again
from loyalty.earning.models import Activity
from tests.connectors import samples
from tests.connectors.conftest import NOW

pytestmark = pytest.mark.django_db
State = Received.State


def test_an_answer_at_typeform_is_a_survey_of_whoever_the_link_or_the_form_names(ana, bruno, connect, deliver):
    form = connect("typeform", channel="survey")
    linked = samples.copied(samples.TYPEFORM, event_id="2")
    linked["form_response"] |= {"token": "other", "hidden": {"member": bruno.number}}

    deliver(form, samples.TYPEFORM)
    deliver(form, linked)

    answers = Activity.objects.filter(kind="survey").order_by("pk")
    assert [(each.member, each.brand, each.channel) for each in answers] == [
        (ana, "abc12345", "survey"),
        (bruno, "abc12345", "survey"),
    ]


def test_surveymonkey_is_asked_who_it_was(ana, connect, deliver, listener):
    monkey = connect("surveymonkey", api_url=listener.url, token="t")
    listener.answer = lambda request: (503, {})

    received = deliver(monkey, samples.SURVEYMONKEY)

    assert (received.state, received.code) == (State.RECEIVED, "busy")
    listener.answer = lambda request: (200, samples.SURVEYMONKEY_ANSWER)
    look_again(at=received.due_at)
    assert listener.paths()[-1] == "GET /v3/surveys/123456789/responses/987654321"
    assert listener.requests[-1].headers["authorization"] == "Bearer t"
    answer = Activity.objects.get(kind="survey")
    assert (answer.member, answer.external_id) == (ana, "987654321")


def test_when_the_other_side_stays_away_it_is_tried_for_two_days_and_then_shown(ana, connect, deliver, listener):
    listener.answer = lambda request: (503, {})
    received = deliver(connect("surveymonkey", api_url=listener.url, token="t"), samples.SURVEYMONKEY)

    while received.due_at:
        last = received.due_at
        look_again(at=last)
        received.refresh_from_db()

    assert (received.state, received.code, received.attempts) == (State.REFUSED, "busy", 8)
    assert 1 <= (last - NOW).days <= 2


MAPPING = {
    "kind": '"visit"',
    "external_id": "visit.number",
    "occurred_at": "visit.when",
    "member": "visit.card",
    "brand": "visit.area",
}


def test_another_systems_fields_mean_what_the_mapping_says(ana, connect, deliver):
    turnstile = connect("generic", mapping=MAPPING)
    visit = {"visit": {"number": 7, "when": "2026-03-02T10:00:00Z", "card": ana.email, "area": "pool"}}

    deliver(turnstile, visit)
    missing = deliver(turnstile, {"visit": {"number": 8, "card": ana.email}}, delivery="2")

    (recorded,) = Activity.objects.all()
    assert (recorded.kind, recorded.external_id, recorded.brand, recorded.amount) == ("visit", "7", "pool", 0)
    assert (missing.state, missing.code, missing.detail) == (State.REFUSED, "missing", "visit.when")


def test_a_mapped_sale_has_its_amount_lines_and_tender_and_can_be_refunded(ana, connect, deliver):
    till = connect(
        "generic",
        mapping={
            "kind": "type",
            "external_id": "id",
            "occurred_at": "at",
            "email": "who.mail",
            "amount": "total",
            "currency": "money",
            "tender": "paid",
            "test": "training",
            "refunds": "of",
            "lines": "rows",
            "line_sku": "article",
            "line_category": "family",
            "line_quantity": "n",
            "line_unit_price": "each",
        },
    )
    sale = {"type": "purchase", "id": "A1", "at": "2026-03-02T10:00:00Z", "who": {"mail": ana.email}, "money": "EUR"}
    rows = [{"article": "T1", "family": "tea", "n": 2, "each": "4.50"}, "nonsense"]

    deliver(till, sale | {"total": 9, "paid": "card", "rows": rows})
    refund = {"type": "refund", "id": "A2", "at": "2026-03-03T10:00:00Z", "of": "A1", "total": "4.50"}
    deliver(till, refund, delivery="2")
    practice = deliver(till, sale | {"id": "A3", "training": True}, delivery="3")

    purchase, refunded = Activity.objects.order_by("pk")
    (line,) = purchase.lines.all()
    assert (purchase.amount, line.sku, line.category, line.quantity, line.unit_price) == (900, "T1", "tea", 2, 450)
    assert purchase.paid_with == [{"tender": "card", "amount": 900}]
    assert (refunded.refunds, refunded.amount) == (purchase, 450)
    assert practice.code == "test_order"
