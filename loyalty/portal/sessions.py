"""Who a visitor is: a session of this room's own, beside the staff's and never mixed with it.

It is one of Django's, kept where the setting SESSION_ENGINE says, under a signed cookie that only the program's pages
get. A link from a receipt opens the card; a one-time code makes it *proved* for half an hour, for what could do harm.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.core import signing

from loyalty.portal.people import enrolment_of
from loyalty.programs.models import Program
from members.models import Enrolment

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore

COOKIE = "club"
SALT = "loyalty.portal.session"
LASTS = timedelta(days=30)
PROVED_FOR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Visit:
    """Whose card is open in this browser; `is_proved` says that the address was proved a moment ago."""

    enrolment: Enrolment
    is_proved: bool


def visit_of(request, *, program: Program, at: datetime) -> Visit | None:
    """Nobody's where the member has left, is blocked or was erased since."""
    store = _store(request)
    if store is None or store.get("program") != program.pk:
        return None
    enrolment = enrolment_of(program=program, member_id=store["member"])
    if enrolment is None:
        return None
    proved_at = store.get("proved_at")
    return Visit(enrolment, bool(proved_at) and at < datetime.fromisoformat(proved_at) + PROVED_FOR)


def begin(request, response, *, enrolment: Enrolment, proved: bool, at: datetime):
    """A new session under a new key; the one before, if there was one, ends."""
    end(request, response, program=enrolment.program)
    store = SessionStore()
    store["program"], store["member"] = enrolment.program_id, enrolment.member_id
    if proved:
        store["proved_at"] = at.isoformat()
    store.set_expiry(LASTS)
    store.save()
    response.set_signed_cookie(
        COOKIE,
        store.session_key,
        salt=SALT,
        max_age=LASTS,
        path=_path(enrolment.program),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def end(request, response, *, program: Program):
    if store := _store(request):
        store.flush()
    response.delete_cookie(COOKIE, path=_path(program), samesite="Lax")
    return response


def _store(request):
    try:
        key = request.get_signed_cookie(COOKIE, default=None, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    if not key:
        return None
    store = SessionStore(key)
    return store if "member" in store else None


def _path(program: Program) -> str:
    return f"/club/{program.code}/"
