import logging
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from celery import current_app
from django.db import IntegrityError, transaction

from loyalty.connectors import catalogue
from loyalty.connectors.facts import Unreadable
from loyalty.connectors.models import Connection, Received
from loyalty.lib.sealing import CannotUnseal

logger = logging.getLogger(__name__)
WORK_OFF = "connectors.work_off"
LONGEST_NAME, LONGEST_TOPIC = 120, 60


class NotAccepted(Exception):
    """Not signed by whom it should be, or not readable at all. Nothing is stored."""

    code = "not_accepted"


def receive(*, connection: Connection, body: bytes, headers: Mapping[str, str], at: datetime) -> Received:
    """Store what came in, once, and have it worked off after commit. Raises `NotAccepted`.

    The same delivery again, or the same body under another name, is the one that is there.
    """
    connector = catalogue.find(connection.connector)
    _check_signature(connection, connector, body, headers)
    try:
        named, text = connector.named(body=body, headers=headers), body.decode()
    except (Unreadable, UnicodeDecodeError) as fault:
        raise NotAccepted from fault
    digest = sha256(body).hexdigest()
    if "\x00" in text or len(named.delivery_id) > LONGEST_NAME or not named.delivery_id.isprintable():
        raise NotAccepted
    row = Received(
        connection=connection,
        delivery_id=named.delivery_id or digest,
        digest=digest,
        topic=named.topic[:LONGEST_TOPIC],
        body=text,
        received_at=at,
        due_at=at,
    )
    return _stored(row, at)


def _check_signature(connection: Connection, connector, body: bytes, headers: Mapping[str, str]) -> None:
    try:
        secret = connection.secret
    except CannotUnseal as fault:
        logger.error("The secret of connection %s cannot be read: enter it again.", connection.pk)
        raise NotAccepted from fault
    if not secret or not connector.sent_by(secret=secret, body=body, headers=headers):
        raise NotAccepted


def _stored(row: Received, at: datetime) -> Received:
    try:
        with transaction.atomic():
            row.save()
            Connection.objects.filter(pk=row.connection_id).update(received_at=at)
            transaction.on_commit(lambda: current_app.send_task(WORK_OFF, [row.pk]), robust=True)
    except IntegrityError:
        same = Received.objects.filter(connection=row.connection_id)
        known = same.filter(delivery_id=row.delivery_id).first() or same.filter(digest=row.digest).first()
        if known is None:
            raise
        return known
    return row
