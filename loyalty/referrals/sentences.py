"""What came of a code or of a friend's purchase, in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format, number_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from loyalty.lib.money import money_text
from loyalty.referrals.models import Ambassador, ReferralGift, ReferralProgram
from loyalty.referrals.rules import Reason, Suspicion

TITLE = gettext_lazy("Referral")

_PLAIN = {
    Reason.HISTORY: gettext_lazy("A load of history brings no referral."),
    Reason.INACTIVE: gettext_lazy("Referrals are switched off for this code."),
    Reason.NOT_YET_VALID: gettext_lazy("The code was not valid yet."),
    Reason.ENDED: gettext_lazy("The code was no longer valid."),
    Reason.ALREADY_REFERRED: gettext_lazy("The member came through somebody before: the first code counts."),
    Reason.OWN_CODE: gettext_lazy("Nobody refers themselves."),
    Reason.CIRCULAR: gettext_lazy("The member brought the owner of the code, directly or through others."),
    Reason.EXISTING_BUYER: gettext_lazy("The member had bought before, so they are no new buyer."),
    Reason.REFERRER_BLOCKED: gettext_lazy("The owner of the code is not an active member."),
    Reason.TOO_LATE: gettext_lazy("The friend did not buy in time."),
    Reason.NOT_KEPT: gettext_lazy("The first purchase was given back: the next one that is kept counts."),
    Reason.UNDONE: gettext_lazy("The purchase was given back after the reward: the reward is undone."),
    Reason.GIFT_USED: gettext_lazy("What had been given was used before and stays."),
    Reason.REVIEWED: gettext_lazy("Refused by a person."),
    Reason.ACCEPTED: gettext_lazy("Accepted by a person."),
    Reason.REOPENED: gettext_lazy("Open again: the two members are two persons."),
    Reason.CAP_EVER: gettext_lazy("The referrer has had a reward for the most friends there can be."),
    Reason.CAP_MONTH: gettext_lazy("The referrer has had a reward for the most friends of a month."),
    Reason.CAP_YEAR: gettext_lazy("The referrer has had a reward for the most friends of a year."),
    Reason.BUDGET_SPENT: gettext_lazy("The budget for referrals was spent."),
    Reason.OUT_OF_STOCK: gettext_lazy("Nothing was left to give."),
}
_SUSPICIONS = {
    Suspicion.EMAIL: gettext_lazy("the same e-mail"),
    Suspicion.PHONE: gettext_lazy("the same phone"),
    Suspicion.CARD: gettext_lazy("the same card"),
    Suspicion.HOUSEHOLD: gettext_lazy("the same household"),
    Suspicion.DEVICE: gettext_lazy("the same device"),
    Suspicion.NAME_AND_POSTCODE: gettext_lazy("the same last name and postcode"),
    Suspicion.NAME_AND_BIRTH_DATE: gettext_lazy("the same last name and birth date"),
    Suspicion.FRIEND_BLOCKED: gettext_lazy("the friend is blocked"),
}


def explain(outcome: Mapping[str, Any], *, currency: str) -> str:
    """One sentence for an effect of a decision; one that nobody knows any more shows its code."""
    reason = outcome["reason"]
    if reason in _PLAIN:
        return str(_PLAIN[reason])
    words = {
        "code": outcome.get("code", ""),
        "doubts": suspicions_text(outcome.get("suspicions", ())),
        "day": _day(outcome.get("due")),
        "amount": money_text(outcome.get("amount"), currency),
        "needed": money_text(outcome.get("needed"), currency),
        "gift": _gift(outcome),
    }
    templates = {
        Reason.UNKNOWN_CODE: _("Nobody has the code “%(code)s”."),
        Reason.JOINED: _("Came through the code %(code)s."),
        Reason.HELD: _("Held for review: %(doubts)s."),
        Reason.QUALIFIED: _("The first purchase of a friend; the referrer’s reward is due on %(day)s."),
        Reason.BELOW_MINIMUM: _("The purchase, %(amount)s, is below the minimum of %(needed)s for a referral."),
        Reason.REWARDED: _("The referrer was rewarded: %(gift)s."),
        Reason.FRIEND_REWARDED: _("The friend’s own gift: %(gift)s."),
        Reason.TAKEN_BACK: _("Taken back: %(gift)s."),
    }
    return templates[reason] % words if reason in templates else str(reason)


def promise(row: ReferralProgram | Ambassador) -> str:
    """What a new buyer brings: “500 points for each new buyer, after 14 days; for the friend 200 points”."""
    currency = row.program.money_currency
    parts = [_("%(gift)s for each new buyer") % {"gift": _promised(row, "referrer", currency)}]
    if row.return_days:
        days = ngettext("after %(days)s day", "after %(days)s days", row.return_days)
        parts.append(days % {"days": row.return_days})
    if row.minimum_purchase:
        parts.append(_("from %(amount)s on") % {"amount": money_text(row.minimum_purchase, currency)})
    if row.friend_points or row.friend_reward:
        parts.append(_("for the friend %(gift)s") % {"gift": _promised(row, "friend", currency)})
    return ", ".join(parts)


def _promised(row: ReferralProgram | Ambassador, side: str, currency: str) -> str:
    points, reward, cost = (getattr(row, f"{side}_{what}") for what in ("points", "reward", "cost"))
    parts = [points_text(points)] if points else []
    parts += [str(reward)] if reward else []
    if not parts and cost:
        return _("a fee of %(amount)s") % {"amount": money_text(cost, currency)}
    return get_text_list(parts, _("and")) if parts else _("nothing")


def gift_text(gift: ReferralGift) -> str:
    """What somebody got."""
    parts = [points_text(gift.points)] if gift.points else []
    parts += [str(gift.voucher.reward)] if gift.voucher and gift.voucher.reward else []
    return get_text_list(parts, _("and")) if parts else _("a fee")


def reason_text(reason: str, suspicions: Sequence[str] = ()) -> str:
    """Why a referral stands where it stands, for its list."""
    if reason == Reason.HELD:
        return suspicions_text(suspicions)
    return str(_PLAIN.get(reason, reason)) if reason else ""


_STEPS = {
    Reason.JOINED: gettext_lazy("came with the code"),
    Reason.HELD: gettext_lazy("held for review"),
    Reason.QUALIFIED: gettext_lazy("first purchase"),
    Reason.BELOW_MINIMUM: gettext_lazy("below the minimum purchase"),
    Reason.REWARDED: gettext_lazy("referrer rewarded"),
    Reason.FRIEND_REWARDED: gettext_lazy("friend’s own gift"),
    Reason.TAKEN_BACK: gettext_lazy("gift taken back"),
}


def step_text(reason: str) -> str:
    """What happened, for the history of a referral."""
    return str(_STEPS.get(reason) or _PLAIN.get(reason) or reason)


def suspicions_text(suspicions: Sequence[str]) -> str:
    return get_text_list([str(_SUSPICIONS.get(each, each)) for each in suspicions], _("and"))


def points_text(points: int) -> str:
    count = number_format(points, use_l10n=True, force_grouping=True)
    return ngettext("%(count)s point", "%(count)s points", points) % {"count": count}


def _gift(outcome: Mapping[str, Any]) -> str:
    parts = [points_text(outcome["points"])] if outcome.get("points") else []
    parts += [_("a voucher (%(reward)s)") % {"reward": outcome["reward"]}] if outcome.get("reward") else []
    if not parts:
        return _("a voucher") if "to" in outcome else _("a fee")
    return get_text_list(parts, _("and"))


def _day(day: str | None) -> str:
    parsed = parse_date(day) if day else None
    return date_format(parsed, "DATE_FORMAT") if parsed else ""
