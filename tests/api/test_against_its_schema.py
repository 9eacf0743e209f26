"""The API against its own schema: whatever is sent, nothing breaks and no answer is one that the schema does not tell.

A few examples here, the same each time, call by call and as stories in which one call takes from the answer of another
what it names; many more and others each time by hand:
`SCHEMA_EXAMPLES=200 pytest tests/api/test_against_its_schema.py`.
"""

import os

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.factories.api import ApiKeyFactory

ASKED = os.environ.get("SCHEMA_EXAMPLES")
EXAMPLES = int(ASKED or "3")
STORIES, STEPS = EXAMPLES if ASKED else 5, 6
REFUSED = ["2xx", "3xx", "401", "403", "404", "409", "412", "422", "429", "503"]  # what well-formed requests may meet

config = schemathesis.Config.from_dict(
    {"checks": {"positive_data_acceptance": {"expected-statuses": REFUSED}}, "phases": {"coverage": {"enabled": True}}}
)
schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", WSGIHandler(), config=config)


@pytest.fixture
def key(settings, hotel, guest, purchase, hotel_api):
    """A guest and a purchase are there to be named."""
    settings.API_REQUESTS_PER_MINUTE = 10**9
    hotel_api.post("activities", purchase)
    for signal in (request_started, request_finished):  # the test's connection is the test's
        signal.disconnect(close_old_connections)
    yield ApiKeyFactory(partner=hotel).text
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.django_db
@schema.parametrize()
@settings(max_examples=EXAMPLES, derandomize=not ASKED, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_schema_tells(case, key):
    ours = {"Authorization": f"Api-Key {key}"}
    case.headers.update(ours)  # else the tool takes a key that it left out for missing, and the good answer for wrong
    case.call_and_validate(headers=ours, excluded_checks=beside_the_point(case))


@pytest.mark.django_db
def test_what_one_answer_names_the_next_call_may_use(key):
    class Story(schema.as_state_machine()):
        def get_call_kwargs(self, case):
            return {"headers": {"Authorization": f"Api-Key {key}"}}

        def validate_response(self, response, case, **kwargs):
            told = {"headers": kwargs["headers"], "transport_kwargs": kwargs, "recorder": self.recorder}
            case.validate_response(response, excluded_checks=beside_the_point(case), **told)

    asked = settings(max_examples=STORIES, derandomize=not ASKED, stateful_step_count=STEPS, deadline=None)
    Story.run(settings=settings(asked, suppress_health_check=list(HealthCheck)))


def beside_the_point(case):
    """What a schema cannot say: a preview needs no key, an item of a batch is refused by itself. And what was made to
    be wrong is not to be accepted, although the tool forgets it when a header is added."""
    path, is_wrong = case.operation.path, isinstance(case.body, int | str | list)
    excluded = [positive_data_acceptance] if is_wrong or path.endswith("/refunds") else []
    return [*excluded, negative_data_rejection] if path.endswith("/batch") else excluded
