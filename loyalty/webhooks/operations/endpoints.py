from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from secrets import token_bytes
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.lib.saving import save_checked
from loyalty.partners.models import Partner
from loyalty.programs.models import Program
from loyalty.webhooks import rules
from loyalty.webhooks.models import Endpoint
from loyalty.webhooks.operations.errors import WebhookRefused

SECRET_BYTES = 24
CHANGEABLE = frozenset(["name", "url", "kinds", "is_active", "program"])


@transaction.atomic
def add_endpoint(
    *,
    name: str,
    url: str,
    at: datetime,
    by,
    partner: Partner | None = None,
    program: Program | None = None,
    kinds: Sequence[str] = (),
    format: str = Endpoint.Format.STANDARD,
    secret: str = "",
) -> Endpoint:
    """An address that hears of what happens from now on. Its `secret` is made here, but for tools that give one out."""
    if format == Endpoint.Format.SEGMENT and not secret:
        raise WebhookRefused(_("Enter the key that the tool gives out for this source."), "secret_missing")
    endpoint = Endpoint(
        partner=partner, program=program, name=name, url=url, kinds=list(kinds), format=format, created_at=at
    )
    endpoint.secret = secret if format == Endpoint.Format.SEGMENT else fresh_secret()
    return save_checked(endpoint, by=by, at=at)


@transaction.atomic
def change_endpoint(*, endpoint: Endpoint, at: datetime, by, **changes: Any) -> Endpoint:
    """Change only what is given."""
    if unknown := changes.keys() - CHANGEABLE:
        raise TypeError(f"not to be changed: {', '.join(sorted(unknown))}")
    row = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    for name, value in changes.items():
        setattr(row, name, value)
    return save_checked(row, by=by, at=at)


@transaction.atomic
def rotate_secret(*, endpoint: Endpoint, at: datetime, by) -> str:
    """A new secret, which is returned this once; for a day both sign, so that the other side can change over."""
    row = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    if row.format != Endpoint.Format.STANDARD:
        raise WebhookRefused(_("This key is given out by the tool: enter its new one."), "secret_is_theirs")
    row.sealed_previous, row.previous_until = row.sealed_secret, at + rules.OVERLAP
    row.secret = secret = fresh_secret()
    save_checked(row, by=by, at=at)
    return secret


def fresh_secret() -> str:
    return "whsec_" + b64encode(token_bytes(SECRET_BYTES)).decode()
