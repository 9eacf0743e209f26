"""How earning rules come, change and go. A version that was used is never edited: a change makes the next one.

A rule is used once an activity of its kind was recorded while it stood there. The old version then ends at the moment
at which the new one begins, so that late activities are still rated by the rule of their day.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from loyalty.earning.models import Activity, EarningRule
from loyalty.earning.soundness import RuleRefused, check, tidy
from loyalty.programs.models import Program

__all__ = [
    "RuleRefused",
    "add_rule",
    "draft_revision",
    "draft_rule",
    "is_latest",
    "is_used",
    "retire_rule",
    "revise_rule",
]

FIXED_FIELDS = frozenset({"id", "program", "code", "version", "created_at", "updated_at", "by"})


@transaction.atomic
def add_rule(*, program: Program, code: str, at: datetime, by: User | None = None, **terms: Any) -> EarningRule:
    """The first version of a rule. Without `valid_from` it holds for everything that ever happened."""
    rule = draft_rule(program=program, code=code, at=at, by=by, **terms)
    rule.save()
    return rule


def draft_rule(*, program: Program, code: str, at: datetime, by: User | None = None, **terms: Any) -> EarningRule:
    """What `add_rule` would save, checked and unsaved."""
    rule = EarningRule(program=program, code=code, version=1, created_at=at, by=by, **terms)
    if EarningRule.objects.filter(program=program, code=code).exists():
        raise RuleRefused({"code": _("The program has a rule with this code already.")})
    tidy(rule)
    check(rule)
    return rule


@transaction.atomic
def revise_rule(*, rule: EarningRule, changes: Mapping[str, Any], at: datetime, by: User | None = None) -> EarningRule:
    """Change the latest version of a rule: in place while it is unused, else by a new version from `at` on.

    A `valid_from` among the changes lets the new version begin later than `at`. Returns the version that now stands,
    and raises `RuleRefused` where the change makes no sense or reaches back into what was decided.
    """
    old = _locked(rule)
    new = draft_revision(rule=old, changes=changes, at=at)
    if new.pk is None:
        old.valid_to = min(old.valid_to or new.valid_from, new.valid_from)
        old.save(update_fields=["valid_to", "updated_at"])
    new.by = by
    new.save()
    return new


def draft_revision(*, rule: EarningRule, changes: Mapping[str, Any], at: datetime) -> EarningRule:
    """What `revise_rule` would save, checked and unsaved: the same row, or a new version without a key."""
    if not is_latest(rule):
        raise RuleRefused(_("There is a newer version of this rule; change that one."))
    new = EarningRule(**{field.attname: getattr(rule, field.attname) for field in EarningRule._meta.concrete_fields})
    new.program = rule.program
    for name, value in changes.items():
        if name in FIXED_FIELDS:
            raise ValueError(f"{name} is not a term of a rule")
        setattr(new, name, value)
    tidy(new)
    changed = any(getattr(new, name) != getattr(rule, name) for name in changes)
    if changed and is_used(rule):
        _refuse_other_purse(rule, new)
        _begin_anew(new, at, asked="valid_from" in changes)
    else:
        new._state.adding = False
        _refuse_overlap(new)
    check(new)
    return new


def _begin_anew(rule: EarningRule, at: datetime, *, asked: bool) -> None:
    """Make the copy of a used rule its next version, from `at` on or from the later moment that was asked for."""
    if asked and (rule.valid_from is None or rule.valid_from < at):
        raise RuleRefused({"valid_from": _("The rule has been used: a change can begin now or later, not earlier.")})
    rule.pk, rule.version, rule.created_at = None, rule.version + 1, at
    rule.valid_from = rule.valid_from if asked else at


@transaction.atomic
def retire_rule(*, rule: EarningRule, at: datetime) -> EarningRule:
    """End a rule at `at`; one that has not begun never will. What it granted stays."""
    rule = _locked(rule)
    if not is_latest(rule):
        raise RuleRefused(_("There is a newer version of this rule; retire that one."))
    if rule.valid_to is not None and rule.valid_to <= at:
        raise RuleRefused(_("The rule has ended already."))
    rule.valid_to = max(at, rule.valid_from or at)
    rule.save(update_fields=["valid_to", "updated_at"])
    return rule


def is_used(rule: EarningRule) -> bool:
    """Whether an activity may have been rated by this version: of its kind, recorded since, from when it is valid."""
    seen = Activity.objects.filter(program=rule.program_id, kind=rule.kind, recorded_at__gte=rule.created_at)
    return (seen.filter(occurred_at__gte=rule.valid_from) if rule.valid_from else seen).exists()


def is_latest(rule: EarningRule) -> bool:
    return not _versions(rule).filter(version__gt=rule.version).exists()


def _versions(rule: EarningRule) -> QuerySet[EarningRule]:
    return EarningRule.objects.filter(program=rule.program_id, code=rule.code)


def _locked(rule: EarningRule) -> EarningRule:
    """The rule as it stands, held until the end of the transaction."""
    return EarningRule.objects.select_for_update(of=["self"]).select_related("program").get(pk=rule.pk)


def _refuse_other_purse(old: EarningRule, new: EarningRule) -> None:
    """What a rule has granted is counted under its code, in one unit."""
    refusal = _("The rule has been used for something else: end it, and make a new one.")
    reward = EarningRule.Effect.REWARD
    if (old.effect == reward) != (new.effect == reward):
        raise RuleRefused({"effect": refusal})
    if old.currency != new.currency:
        raise RuleRefused({"currency": refusal})


def _refuse_overlap(rule: EarningRule) -> None:
    before = _versions(rule).filter(version=rule.version - 1).first()
    if before and before.valid_to and (rule.valid_from is None or rule.valid_from < before.valid_to):
        raise RuleRefused({"valid_from": _("The version before is valid until then: this one cannot begin earlier.")})
