"""A completed survey is an activity of the kind `survey`. The member is who the custom variable `member` names (put
into the survey's link), else the contact that the invitation went to."""

from loyalty.connectors.facts import Deed, Fact, Passed, Payload, Person
from loyalty.connectors.reading import moment, text


def read(payload: Payload, topic: str, settings: Payload) -> list[Fact]:
    if topic != "response_completed":
        return [Passed("topic_not_followed")]
    return [
        Deed(
            kind="survey",
            external_id=text(payload, "object_id"),
            occurred_at=moment(payload, "response.date_modified", "event_datetime"),
            person=Person(
                reference=text(payload, "response.custom_variables.member", ""),
                email=text(payload, "response.metadata.contact.email.value", ""),
            ),
            brand=text(payload, "resources.survey_id")[:60],
        )
    ]
