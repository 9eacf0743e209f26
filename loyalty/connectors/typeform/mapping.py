"""An answered form is an activity of the kind `survey`. The member is who the hidden field `member` names (a number, a
card, an address, put into the form's link), else the e-mail or the phone that the form asks for."""

from loyalty.connectors.facts import Deed, Fact, Passed, Payload, Person
from loyalty.connectors.reading import items, moment, text


def read(payload: Payload, topic: str, settings: Payload) -> list[Fact]:
    if topic != "form_response":
        return [Passed("topic_not_followed")]
    answers = list(items(payload, "form_response.answers"))
    person = Person(
        reference=text(payload, "form_response.hidden.member", ""),
        email=_answer(answers, "email"),
        phone=_answer(answers, "phone_number"),
    )
    return [
        Deed(
            kind="survey",
            external_id=text(payload, "form_response.token"),
            occurred_at=moment(payload, "form_response.submitted_at"),
            person=person,
            brand=text(payload, "form_response.form_id")[:60],
        )
    ]


def _answer(answers: list, kind: str) -> str:
    return next((text(answer, kind, "") for answer in answers if answer.get("type") == kind), "")
