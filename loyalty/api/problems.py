"""Errors as RFC 9457 has them: `application/problem+json`, whatever went wrong and wherever.

What the rooms refuse carries a `code` and a sentence; both are passed on, with a status that says what kind of refusal
it is. So a partner's program reads `code`, and a person reads `detail` in the language that was asked for.
"""

import json
from http import HTTPStatus

from django.core.exceptions import DisallowedHost, ValidationError
from django.db import OperationalError
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views import defaults
from drf_standardized_errors.formatter import ExceptionFormatter, flatten_errors
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import exceptions, status
from rest_framework.settings import api_settings

from loyalty.lib import request_ids

MEDIA_TYPE = "application/problem+json"
NON_FIELD = api_settings.NON_FIELD_ERRORS_KEY
ROOMS = frozenset(["loyalty", "members", "rewards", "campaigns", "analytics"])
STATUS = {
    "member_unknown": 404,
    "program_unknown": 404,
    "purchase_unknown": 404,
    "purchase_foreign": 404,
    "other_content": 409,
    "reference_reused": 409,
    "insufficient_points": 409,
    "already_refunded": 409,
    "plan_unknown": 404,
    "voucher_used": 409,
    "voucher_reserved": 409,
    "out_of_stock": 409,
}


class Refusal(exceptions.APIException):
    """What a room refuses, as an answer: 422 unless its code says more."""

    def __init__(self, detail, code, field="", status_code=None):
        super().__init__(detail, code)
        self.field = field
        self.status_code = status_code or STATUS.get(code, 422)


class Invalid(exceptions.ValidationError):
    """Values that are well written, and that the house refuses: 422, where a body that is not understood is a 400."""

    status_code = 422


class Unavailable(exceptions.APIException):
    """The database was too busy: nothing was done, and the same request may be sent again."""

    status_code = 503
    default_code = "busy"
    wait = 1

    def __init__(self):
        super().__init__(_("Too busy at the moment; send the same request again."))


class Formatter(ExceptionFormatter):
    def format_error_response(self, error_response):
        errors = [_error(error) for error in error_response.errors]
        first = errors[0]
        if isinstance(self.exc, exceptions.ValidationError):
            code, detail = "invalid", _("The request is not valid: see the errors.")
        else:
            code, detail = first["code"], first["detail"]
            field = getattr(self.exc, "field", "")
            errors = [first | {"field": field}] if field else []
        return problem(self.exc.status_code, code, detail, errors)


class ProblemHandler(ExceptionHandler):
    def convert_known_exceptions(self, exc):
        return as_api_exception(exc) or super().convert_known_exceptions(exc)

    def get_response(self, exc, data):
        return respond(data, self.get_headers(exc))


def as_api_exception(exc):
    """What the rooms and the database raise, as what the API answers; None for what is not theirs to refuse."""
    if isinstance(exc, ValidationError):
        return Invalid(_details(exc))
    if isinstance(exc, OperationalError):
        return Unavailable()
    code = getattr(exc, "code", None)
    if type(exc).__module__.partition(".")[0] in ROOMS and isinstance(code, str) and not _is_answer(exc):
        return Refusal(str(exc), code, getattr(exc, "field", ""))
    return None


def flat(details):
    """What is wrong with a body, as a list."""
    return [_error(error) for error in flatten_errors(details)]


def problem(status_code, code, detail, errors=()):
    return {
        "type": "about:blank",
        "title": HTTPStatus(status_code).phrase,
        "status": int(status_code),
        "code": code,
        "detail": detail,
        "errors": list(errors),
        "request_id": request_ids.current(),
    }


def respond(data, headers=None):
    body = json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")  # a caller's names may hold anything
    return HttpResponse(body, status=data["status"], content_type=MEDIA_TYPE, headers=headers)


def not_found(request, *args, **kwargs):
    return respond(problem(status.HTTP_404_NOT_FOUND, "not_found", _("There is nothing at this address.")))


def bad_request(request, exception):
    """What Django refuses before any view is asked, such as a Host that is not the site's."""
    if not request.path_info.startswith("/api/"):
        return defaults.bad_request(request, exception)
    if isinstance(exception, DisallowedHost):
        return respond(problem(400, "host_unknown", _("This site does not answer by the name in the header Host.")))
    return respond(problem(400, "bad_request", _("The request is not understood.")))


def _error(error):
    field = (error.attr or "").removesuffix(NON_FIELD).removesuffix(".")
    return {"field": field, "code": error.code, "detail": error.detail}


def _is_answer(exc):
    return isinstance(exc, exceptions.APIException)


def _details(exc):
    """Django's errors with their codes, at their fields."""
    fields = exc.error_dict if hasattr(exc, "error_dict") else {"": exc.error_list}
    return {
        ("" if field == "__all__" else field): [
            exceptions.ErrorDetail(text, error.code or "invalid") for error in errors for text in error.messages
        ]
        for field, errors in fields.items()
    }
