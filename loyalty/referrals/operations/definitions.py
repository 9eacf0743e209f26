"""What a program promises for new buyers, and the codes under which they come."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from loyalty.lib import codes
from loyalty.lib.saving import save_checked
from loyalty.programs.models import Program
from loyalty.referrals.models import Ambassador, Device, ReferralCode, ReferralProgram
from loyalty.referrals.people import codes_of, fingerprint_of
from members.models import Enrolment, Member

from .errors import ReferralsError

SYMBOLS = 7  # random ones, before the check character: a wrong guess finds nobody but in one of many thousands
SHORTEST, LONGEST = 3, 20


@transaction.atomic
def set_referral_program(*, program: Program, at: datetime, by=None, **promise: Any) -> ReferralProgram:
    """Make the program's referrals what `promise` says (columns of `ReferralProgram`); the same again changes nothing.

    What is not named keeps its value, or gets its default. Raises `ValidationError`.
    """
    known = ReferralProgram.objects.select_for_update().filter(program=program).first()
    row = known or ReferralProgram(program=program)
    changed = [name for name, value in promise.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, promise[name])
    return save_checked(row, by=by, at=at) if changed or known is None else row


@transaction.atomic
def add_ambassador(*, program: Program, name: str, code: str, at: datetime, by=None, **promise: Any) -> Ambassador:
    """Somebody with a code in words of their own. Raises `ValidationError`; the error of the words stands at `code`."""
    ambassador = Ambassador(program=program, name=name.strip(), created_at=at)
    for column, value in promise.items():
        setattr(ambassador, column, value)
    save_checked(ambassador, by=by, at=at)
    words = ReferralCode(program=program, code=own_words(code), ambassador=ambassador, created_at=at)
    try:
        save_checked(words, by=by, at=at)
    except ValidationError as error:
        raise ValidationError({"code": error.messages}) from error
    return ambassador


def own_words(text: str) -> str:
    """An ambassador's code as it is stored: letters and digits, in capitals. Raises `ValidationError`."""
    words = codes.normalise(text)
    if not (words.isascii() and words.isalnum() and SHORTEST <= len(words) <= LONGEST):
        raise ValidationError(
            {
                "code": _("Between %(shortest)d and %(longest)d letters and digits without accents, such as ANNA10.")
                % {"shortest": SHORTEST, "longest": LONGEST}
            }
        )
    return words


@transaction.atomic
def make_code(*, program: Program, member_id: int, at: datetime) -> ReferralCode:
    """The member's code, made when it is asked for the first time. Raises `ReferralsError`."""
    mine = codes_of(program, member_id)
    if known := mine.first():
        return known
    _check_may_refer(program, member_id)
    for _attempt in range(10):
        [code] = codes.generate(1, SYMBOLS)
        try:
            with transaction.atomic():
                return ReferralCode.objects.create(program=program, code=code, member_id=member_id, created_at=at)
        except IntegrityError:  # made a moment ago by somebody else, or, hardly ever, another member's
            if known := mine.first():
                return known
    raise ReferralsError(_("No free code was found; try again."), "no_free_code")


def _check_may_refer(program: Program, member_id: int) -> None:
    if not ReferralProgram.objects.filter(program=program).exists():
        raise ReferralsError(_("This program has no referrals."), "no_referrals")
    enrolled = Enrolment.objects.filter(program=program, member=member_id, status=Enrolment.Status.ACTIVE)
    if not enrolled.filter(member__status=Member.Status.ACTIVE).exists():
        raise ReferralsError(_("Only an active member of the program has a code."), "not_active")


def note_device(*, member_id: int, device: str, at: datetime) -> None:
    """The member was seen on this device (any text that names it): pairs who share one are looked at by a person."""
    if device.strip():
        Device.objects.get_or_create(
            member_id=member_id, fingerprint=fingerprint_of(device.strip()), defaults={"first_seen_at": at}
        )
