"""Codes that a partner's app enters for a member: an unknown one is refused in words, and guessing comes to an end."""

import pytest

from loyalty.challenges.models import CodeAttempts
from loyalty.challenges.operations.codes import FAILURES_PER_DAY
from loyalty.lib import codes
from tests.factories.challenges import CodeBatchFactory, codes_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(program):
    return codes_of(CodeBatchFactory(program=program))[0]


def entered(purchase, code, external_id):
    rest = {name: purchase[name] for name in ("member", "occurred_at")}
    return rest | {"kind": "code", "code": code, "external_id": external_id}


def test_a_code_counts_once_and_an_unknown_one_is_refused_in_words(hotel_api, purchase, code):
    assert hotel_api.post("activities", entered(purchase, code, "a")).status_code == 201

    for number, wrong in enumerate([code, codes.generate(1, 11)[0], "nonsense"]):
        problem = hotel_api.post("activities", entered(purchase, wrong, f"b{number}"))
        assert problem.status_code == 422
        assert problem.json()["code"] == "code_invalid"
        assert "This code is not valid, or it has been used." in problem.content.decode()


@pytest.mark.parametrize("address", ["activities", "activities/calculate"])
def test_guesses_are_counted_though_nothing_else_is_kept_of_them(hotel_api, purchase, code, address):
    for number, guess in enumerate(codes.generate(FAILURES_PER_DAY, 11)):
        hotel_api.post(address, entered(purchase, guess, f"guess-{number}"))

    assert CodeAttempts.objects.get().failures == FAILURES_PER_DAY
    problem = hotel_api.post("activities", entered(purchase, code, "right"))
    assert problem.json()["code"] == "too_many_codes"
