"""The answer behind a notice, from the API; the token is that of an app that may view responses."""

from loyalty.connectors.facts import Ask, Payload
from loyalty.connectors.reading import text


def headers(user: str, token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def complete(payload: Payload, ask: Ask) -> Payload:
    """The notice with the response in it, where it tells of one."""
    if text(payload, "event_type", "") != "response_completed":
        return payload
    survey, response = text(payload, "resources.survey_id"), text(payload, "object_id")
    return {**payload, "response": ask("GET", f"/v3/surveys/{survey}/responses/{response}")}


def check(ask: Ask) -> str:
    return text(ask("GET", "/v3/users/me"), "username", "")
