"""One-time codes: asked for, sent, entered.

Whether somebody has the address is found out when the code is sent, in the background: to whoever asks, the answer and
the time that it takes are the same. A wrong guess is counted before it is compared, so that guesses made at once count
one by one; and a code belongs to the page that asked for it, so that nobody else can use up its tries.
"""

import secrets
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from campaigns.operations import notify
from loyalty.portal import words
from loyalty.portal.models import TRIES, OneTimeCode
from loyalty.portal.people import enrolled
from loyalty.programs.models import Program

from .throttling import check_often

LASTS = timedelta(minutes=10)
PER_ADDRESS = 5  # an hour
PER_VISITOR = 20  # an hour: a shop's tablet signs up many


class CodeRefused(Exception):
    """The code is wrong, over, used, or was tried too often; nobody is told which."""

    code = "code_refused"

    def __init__(self):
        super().__init__(_("This code is not right, or it is no longer valid."))


def ask_code(
    *, program: Program, address: str, intent: str, visitor: str, language: str, at: datetime, deliver
) -> OneTimeCode:
    """Have a code sent to the address; `deliver` is given its id on commit. Raises `TooOften`."""
    check_often(what="code-visitor", who=visitor, limit=PER_VISITOR, at=at)
    check_often(what="code-address", who=address, limit=PER_ADDRESS, at=at)
    with transaction.atomic():
        code = OneTimeCode.objects.create(
            program=program, address=address, intent=intent, language=language, asked_at=at, expires_at=at + LASTS
        )
        transaction.on_commit(partial(deliver, code.pk), robust=True)
    return code


def send_code(*, code_id: int, at: datetime) -> bool:
    """Make the digits and send them, at most once. Who signs in must be a member; who signs up may be one."""
    with transaction.atomic():
        code = OneTimeCode.objects.select_for_update(of=["self"]).select_related("program").get(pk=code_id)
        is_member = enrolled(program=code.program, address=code.address) is not None
        if code.digest or at >= code.expires_at or not (is_member or code.intent == OneTimeCode.Intent.SIGN_UP):
            return False
        digits = f"{secrets.randbelow(10**6):06d}"
        code.digest = _digest(code.pk, digits)
        code.save(update_fields=["digest"])
    with translation.override(code.language):
        is_known = is_member and code.intent == OneTimeCode.Intent.SIGN_UP
        notice = words.known_already(code.program, digits) if is_known else words.one_time_code(code.program, digits)
    return notify(program=code.program, to=code.address, language=code.language, notice=notice)


def enter_code(*, code_id: int, digits: str, at: datetime) -> OneTimeCode:
    """The code that was asked for, once. Raises `CodeRefused`. Not one transaction: a wrong try stays counted."""
    open_ones = OneTimeCode.objects.filter(pk=code_id, used_at__isnull=True, expires_at__gt=at)
    if not open_ones.filter(tries__lt=TRIES).update(tries=F("tries") + 1):
        raise CodeRefused
    code = OneTimeCode.objects.select_related("program").get(pk=code_id)
    if not constant_time_compare(code.digest, _digest(code_id, "".join(digits.split()))):
        raise CodeRefused
    if not open_ones.update(used_at=at):
        raise CodeRefused
    return code


def _digest(code_id: int, digits: str) -> str:
    return salted_hmac("loyalty.portal.code", f"{code_id}:{digits}", algorithm="sha256").hexdigest()
