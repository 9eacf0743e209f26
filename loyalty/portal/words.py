"""What members are told by e-mail or SMS, in the language that is active."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.notices import Notice
from loyalty.portal.models import ErasureRequest
from loyalty.programs.models import Program


def one_time_code(program: Program, digits: str) -> Notice:
    words = {"program": program.name, "code": digits}
    return Notice(
        subject=_("%(code)s is your code for %(program)s") % words,
        paragraphs=[
            _("Enter this code within ten minutes on the page that asked for it."),
            _("If you did not ask for it, do nothing. Give it to nobody, not even to us."),
        ],
        code=digits,
        sms=_("%(code)s is your code for %(program)s. It is valid for ten minutes. Give it to nobody.") % words,
    )


def known_already(program: Program, digits: str) -> Notice:
    """For who signs up a second time, and for a member under whose address somebody else tries to."""
    words = {"program": program.name, "code": digits}
    return Notice(
        subject=_("You are already a member of %(program)s") % words,
        paragraphs=[
            _("Somebody has just tried to sign up with your address. You are already a member of %(program)s.") % words,
            _("If it was you, this code opens your card. If not, do nothing: nobody learns that you are a member."),
        ],
        code=digits,
        sms=_("You are already a member of %(program)s. This code opens your card: %(code)s. Give it to nobody.")
        % words,
    )


def erasure_asked(request: ErasureRequest) -> Notice:
    program = request.program
    day = date_format(request.due_at.astimezone(program.tzinfo).date())
    words = {"program": program.name, "day": day}
    return Notice(
        subject=_("Your data will be erased on %(day)s") % words,
        paragraphs=[
            _("You asked us to forget you. On %(day)s your data are erased, and your points and vouchers are lost.")
            % words,
            _("If you changed your mind, or if it was not you, sign in before that day and keep your account."),
        ],
        sms=_("%(program)s: your data will be erased on %(day)s. Sign in before that day to keep your account.")
        % words,
    )
