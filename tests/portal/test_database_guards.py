"""What the database refuses of the members' pages, whoever asks."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from loyalty.portal.models import Asked, OneTimeCode
from tests.factories.members import LONG_AGO
from tests.factories.portal import ErasureRequestFactory

pytestmark = pytest.mark.django_db


def refuses(name, make):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        make()
    return name in str(caught.value) or "UNIQUE" in str(caught.value)


@pytest.mark.parametrize(
    "constraint, wrong",
    [
        ("one_time_code_has_few_tries", {"tries": 6}),
        ("one_time_code_ends", {"expires_at": LONG_AGO}),
        ("one_time_code_used_was_sent", {"used_at": LONG_AGO}),
    ],
)
def test_a_one_time_code(program, constraint, wrong):
    right = {"address": "a@example.com", "intent": "sign_in", "language": "fr", "asked_at": LONG_AGO}
    right |= {"program": program, "expires_at": LONG_AGO + timedelta(minutes=10)}
    OneTimeCode.objects.create(**right)
    assert refuses(constraint, lambda: OneTimeCode.objects.create(**(right | wrong)))


def test_requests_are_counted_in_one_row_per_hour(db):
    Asked.objects.create(digest="x", hour=LONG_AGO)
    assert refuses("asked_is_counted_once_per_hour", lambda: Asked.objects.create(digest="x", hour=LONG_AGO))


def test_a_request_for_erasure(ana):
    first = ErasureRequestFactory(member=ana)
    assert refuses("erasure_request_is_open_once", lambda: ErasureRequestFactory(member=ana))
    first.withdrawn_at = LONG_AGO
    first.save()
    ErasureRequestFactory(member=ana)
    assert refuses(
        "erasure_request_is_withdrawn_or_done", lambda: ErasureRequestFactory(withdrawn_at=LONG_AGO, done_at=LONG_AGO)
    )
    assert refuses("erasure_request_leaves_time", lambda: ErasureRequestFactory(due_at=LONG_AGO))
