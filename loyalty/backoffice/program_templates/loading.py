"""Making a program of a template: what is missing is added, in the order in which the parts need each other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns import operations as campaigns
from campaigns.models import Segment
from loyalty.backoffice.program_templates import ProgramTemplate, Values
from loyalty.challenges import operations as challenges
from loyalty.challenges.models import Challenge, CodeBatch
from loyalty.earning import versions
from loyalty.earning.models import EarningRule
from loyalty.ledger.currencies import POINTS
from loyalty.partners import operations as partners
from loyalty.partners.models import Contract
from loyalty.programs import operations as programs
from loyalty.programs.models import Program
from loyalty.punchcards import operations as punchcards
from loyalty.punchcards.models import PunchCardProgram
from loyalty.referrals import operations as referrals
from loyalty.referrals.models import ReferralProgram
from loyalty.subscriptions import operations as subscriptions
from loyalty.subscriptions.models import Plan
from loyalty.tiers import operations as tiers
from loyalty.tiers.models import TierProgram
from rewards import operations as rewards
from rewards.models import BurnRule, IssuanceRule, Offer, Reward


@dataclass(frozen=True)
class Part:
    """One attribute of a template, with a title for the gallery. `is_there(program, values)` says that the program has
    it already; `make` is the operation that adds it."""

    name: str
    title: Any
    is_there: Callable[[Program, Values], bool]
    make: Callable[..., Any]


def _by(model, *names: str) -> Callable[[Program, Values], bool]:
    """Known by these columns within the program."""
    return lambda program, values: model.objects.filter(
        program=program, **{name: values[name] for name in names}
    ).exists()


def _issues(program: Program, values: Values) -> bool:
    """A program has one monthly issuance of each currency."""
    return IssuanceRule.objects.filter(program=program, currency=values.get("currency", POINTS)).exists()


def _has_contract(program: Program, values: Values) -> bool:
    return Contract.objects.filter(program=program, partner__code=values["code"]).exists()


PARTS = (
    Part("rewards", _("rewards"), _by(Reward, "code"), rewards.add_reward),
    Part("earning_rules", _("points"), _by(EarningRule, "code"), versions.add_rule),
    Part("burn_rules", _("paying with points"), _by(BurnRule, "name"), rewards.add_burn_rule),
    Part("issuance", _("monthly reward"), _issues, rewards.set_issuance_rule),
    Part("tiers", _("tiers"), _by(TierProgram), tiers.set_tiers),
    Part("punch_cards", _("punch cards"), _by(PunchCardProgram, "code"), punchcards.add_punch_card),
    Part("referrals", _("referrals"), _by(ReferralProgram), referrals.set_referral_program),
    Part("plans", _("paid membership"), _by(Plan, "code"), subscriptions.add_plan),
    Part("challenges", _("challenges"), _by(Challenge, "code"), challenges.add_challenge),
    Part("partners", _("partners"), _has_contract, partners.join_partner),
    Part("segments", _("segments"), _by(Segment, "code"), campaigns.set_segment),
    Part("offers", _("member offers"), _by(Offer, "code"), rewards.set_offer),
    Part("code_batches", _("codes to enter"), _by(CodeBatch, "code"), challenges.generate_codes),
)


@transaction.atomic
def load(template: ProgramTemplate, *, at: datetime, by=None) -> tuple[Program, bool]:
    """The program of the template, and whether anything was added to it. What is there is left as it is."""
    program = Program.objects.filter(code=template.code).first()
    is_new = program is None
    if program is None:
        program = programs.create_program(code=template.code, at=at, by=by, **template.program)
    added = [_add(part, program, getattr(template, part.name), at=at, by=by) for part in PARTS]
    return program, is_new or any(added)


def _add(part: Part, program: Program, rows: Sequence[Values], *, at: datetime, by) -> int:
    missing = [values for values in rows if not part.is_there(program, values)]
    for values in missing:
        part.make(program=program, at=at, by=by, **_with_rewards(program, values))
    return len(missing)


def _with_rewards(program: Program, value: Any, name: str = "") -> Any:
    """The values with each reward in the place of its code, at any depth."""
    if isinstance(value, dict):
        return {key: _with_rewards(program, each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_rewards(program, each, name) for each in value]
    if isinstance(value, str) and name.endswith("reward"):
        return Reward.objects.get(program=program, code=value)
    return value
