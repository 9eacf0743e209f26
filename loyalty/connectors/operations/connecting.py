from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.connectors import catalogue
from loyalty.connectors.api import asker
from loyalty.connectors.catalogue import Name
from loyalty.connectors.facts import Refusal
from loyalty.connectors.models import Connection
from loyalty.connectors.signing import is_public_key
from loyalty.lib.outbound import NotReached
from loyalty.lib.saving import save_checked
from loyalty.lib.sealing import CannotUnseal


class ConnectionChecked(NamedTuple):
    is_good: bool
    text: str


@transaction.atomic
def save_connection(*, connection: Connection, secret: str = "", token: str = "", at: datetime, by) -> Connection:
    """A new connection, or a changed one. An empty secret or token leaves the one that is there."""
    if secret:
        connection.secret = secret
    if token:
        connection.token = token
    if connection.pk is None:
        connection.created_at = at
    return save_checked(connection, by=by, at=at)


def check(*, connection: Connection, at: datetime) -> list[ConnectionChecked]:
    """What works and what does not, asked of the other system where it has an API."""
    answers = [_secret(connection), _heard(connection)]
    if connection.connector in catalogue.ASKS and connection.api_url:
        answers.append(_api(connection))
    return answers


def _secret(connection: Connection) -> ConnectionChecked:
    try:
        secret = connection.secret
    except CannotUnseal:
        return ConnectionChecked(False, _("The secret was stored under another SECRET_KEY: enter it again."))
    if not secret:
        return ConnectionChecked(False, _("There is no secret: nothing is accepted."))
    if connection.connector == Name.MAGENTO and not is_public_key(secret):
        return ConnectionChecked(False, _("This is no RSA public key of 2048 bits or more."))
    return ConnectionChecked(True, _("The secret can be read."))


def _heard(connection: Connection) -> ConnectionChecked:
    if connection.received_at is None:
        return ConnectionChecked(False, _("Nothing has come in yet. Let the other system send a test."))
    return ConnectionChecked(True, _("It has sent something that was signed rightly."))


def _api(connection: Connection) -> ConnectionChecked:
    connector = catalogue.find(connection.connector)
    speaker = getattr(connector, "discounts", connector)
    try:
        answered = speaker.check(asker(connection))
    except (NotReached, Refusal, CannotUnseal) as fault:
        return ConnectionChecked(False, _("Its API does not answer as it should: %(code)s.") % {"code": fault.code})
    if not answered:
        return ConnectionChecked(False, _("Its API answers something else than expected."))
    return ConnectionChecked(True, _("Its API answers: %(name)s.") % {"name": answered})
