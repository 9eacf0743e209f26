"""A request that moves something takes effect once, however often it is sent.

The key is claimed by a row that is written in the transaction of the effect and holds the answer. Whoever sends the
same key meanwhile waits at this row, and then finds the answer or, where the first one failed, does the work itself.
A refusal moves nothing, so nothing of it is kept: the same key may try again.
"""

import hashlib
import json
from functools import wraps

from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer

from loyalty.api.models import LONGEST_IDEMPOTENCY_KEY, IdempotencyRecord

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT_HEADERS = ("Location", "ETag")
LONGEST_WAIT = 5  # seconds
LOCK_NOT_AVAILABLE = "55P03"
MEDIA_TYPE = "application/json"

_CLAIM = (
    "INSERT INTO api_idempotencyrecord (partner_id, key, request_hash, headers, body, created_at) "
    "VALUES (%s, %s, %s, '{}', '', %s) ON CONFLICT DO NOTHING RETURNING id"
)


_KEEP = "UPDATE api_idempotencyrecord SET status = %s, headers = %s, body = %s WHERE id = %s"


class KeyReused(APIException):
    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = _("This Idempotency-Key came before with another request.")


class InFlight(APIException):
    status_code = 409
    default_code = "request_in_flight"
    default_detail = _("A request with this Idempotency-Key is still at work; send it again a little later.")
    wait = 1


def moves(method):
    """A method of a view that moves something: it needs the header, and runs in one transaction with its answer."""

    @wraps(method)
    def once(view, request, *args, **kwargs):
        key, request_hash = _key(request), _hash(request)
        try:
            with transaction.atomic():
                record_id = _claim(request.auth.partner_id, key, request_hash)
                if record_id is None:
                    return _replay(request.auth.partner_id, key, request_hash)
                return _keep(record_id, method(view, request, *args, **kwargs))
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) == LOCK_NOT_AVAILABLE:
                raise InFlight from error
            raise

    once.is_idempotent = True
    return once


def _key(request):
    key = request.headers.get(HEADER, "").strip()
    if not key:
        raise _invalid("idempotency_key_missing", _("Send the header Idempotency-Key, a name of this request’s own."))
    if len(key) > LONGEST_IDEMPOTENCY_KEY or not (key.isascii() and key.isprintable()):
        raise _invalid("idempotency_key_invalid", _("An Idempotency-Key has at most 255 printable ASCII characters."))
    return key


def _invalid(code, detail):
    return ValidationError({HEADER: [detail]}, code=code)


def _hash(request):
    """Of what is asked, not of how it is spelt: the order of names in the body makes no difference."""
    body = json.dumps(request.data, sort_keys=True)
    content = f"{request.method} {request.get_full_path()}\n{body}"
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _claim(partner_id, key, request_hash):
    """The new row's id, None where the key has its answer. Waits for another request at work on the same key."""
    params = [partner_id, key, request_hash, timezone.now()]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # In one round trip; the results of the settings come before and after that of the claim.
            limit = f"SET LOCAL lock_timeout = {int(LONGEST_WAIT * 1000)}"
            cursor.execute(f"{limit}; {_CLAIM}; SET LOCAL lock_timeout TO DEFAULT", params)
            cursor.nextset()
        else:
            cursor.execute(_CLAIM, params)
        row = cursor.fetchone()
    return row and row[0]


def _replay(partner_id, key, request_hash):
    record = IdempotencyRecord.objects.get(partner=partner_id, key=key)
    if record.request_hash != request_hash:
        raise KeyReused
    return HttpResponse(
        record.body, status=record.status, content_type=MEDIA_TYPE, headers=record.headers | {REPLAYED: "true"}
    )


def _keep(record_id, response):
    body = JSONRenderer().render(response.data).decode()
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [response.status_code, json.dumps(headers), body, record_id])
    return HttpResponse(body, status=response.status_code, content_type=MEDIA_TYPE, headers=headers)
