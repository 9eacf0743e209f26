"""Changes against what was read: an ETag is a hash of what is shown, and a change names the one that it is based on."""

import hashlib

from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response


class PreconditionRequired(APIException):
    status_code = 428
    default_code = "if_match_missing"
    default_detail = _("Say in If-Match which state you have read: the ETag of your last answer.")


class PreconditionFailed(APIException):
    status_code = 412
    default_code = "changed_meanwhile"
    default_detail = _("It was changed meanwhile: read it again.")


def etag(data):
    return f'"{hashlib.sha256(JSONRenderer().render(data)).hexdigest()[:32]}"'


def tagged(request, data, status=200, headers=None):
    """The answer with its ETag; to a caller who has it already, nothing but that (304)."""
    tag = etag(data)
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if request.method == "GET" and tag in known:
        return Response(status=304, headers={"ETag": tag})
    return Response(data, status=status, headers={"ETag": tag} | (headers or {}))


def check_match(request, data):
    """Raise unless the caller has read this state. Call it with the row locked."""
    wanted = parse_etags(request.headers.get("If-Match", ""))
    if not wanted:
        raise PreconditionRequired
    if "*" not in wanted and etag(data) not in wanted:
        raise PreconditionFailed
