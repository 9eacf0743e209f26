"""Why points moved: the cause of a ledger entry (source and identifier) turned into words, sentences and a link.

The ledger knows causes as text, because it has never heard of a purchase; the rooms that wrote the text are above it
and only a page that spans them can say what it means. An unknown cause is shown as it stands.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.challenges.causes import causes_in_words
from loyalty.earning.sentences import explain, kind_text, title
from loyalty.lib.money import money_text
from loyalty.lib.wording import named

ACTIVITY = "activity:"
WHO = ("friend", "referrer", "ambassador")
PLAIN = {
    "adjustment": gettext_lazy("Adjusted by hand"),
    "merge": gettext_lazy("Merge of two members"),
    "merge_undone": gettext_lazy("Merge of two members undone"),
    "erasure": gettext_lazy("The member’s data were erased."),
}


@dataclass
class Reason:
    text: str
    link: str = ""
    sentences: list[str] = field(default_factory=list)


def change_link(request, row):
    """The row's page in the admin; nothing for who may not open it."""
    model_admin = admin.site._registry.get(type(row))
    if model_admin is None or not model_admin.has_view_permission(request):
        return ""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def reasons(request, account, entries):
    """The reason of each entry, by its id. A constant number of statements."""
    activities = _activities(account, entries)
    redemptions = _redemptions(account, entries)
    gifts = _gifts(account, entries)
    transfers = _transfers(account, entries)
    names = rule_names(account.program) if activities else {}
    won = causes_in_words((entry.key.source, entry.key.external_id) for entry in entries)
    return {
        entry.pk: Reason(won[entry.key.source, entry.key.external_id])
        if (entry.key.source, entry.key.external_id) in won
        else _reason(request, entry, activities, redemptions, gifts, transfers, names)
        for entry in entries
    }


def rule_names(program):
    """What the program's rules are called, by code and version."""
    return {(rule.code, rule.version): rule.name for rule in program.earning_rules.only("code", "version", "name")}


def _activities(account, entries):
    by_source = defaultdict(list)
    for entry in entries:
        if entry.key.source.startswith(ACTIVITY):
            by_source[entry.key.source.removeprefix(ACTIVITY)].append(entry.key.external_id)
    if not by_source:
        return {}
    wanted = Q()
    for source, external_ids in by_source.items():
        wanted |= Q(source=source, external_id__in=external_ids)
    found = account.program.activities.filter(wanted).select_related("decision", "store")
    return {(ACTIVITY + activity.source, activity.external_id): activity for activity in found}


def _redemptions(account, entries):
    keys = [entry.key.external_id for entry in entries if entry.key.source.startswith("redemption")]
    keys = [key for key in keys if key.isdigit()]
    if not keys:
        return {}
    found = account.program.redemptions.filter(pk__in=keys).select_related("reward", "burn_rule", "member")
    return {str(redemption.pk): redemption for redemption in found}


def _gifts(account, entries):
    keys = [entry.key.external_id for entry in entries if entry.key.source.startswith("referral")]
    keys = [key for key in keys if key.isdigit()]
    if not keys:
        return {}
    found = account.member.referral_gifts.filter(pk__in=keys)
    return {str(gift.pk): gift for gift in found.select_related(*(f"referral__{who}" for who in WHO))}


def _of_referral(request, key, gift):
    text = _("Referral: %(what)s") if key.source == "referral" else _("Referral undone: %(what)s")
    return Reason(text % {"what": gift.referral}, change_link(request, gift.referral))


def _transfers(account, entries):
    keys = [entry.key.external_id for entry in entries if entry.key.source == "transfer"]
    if not keys:
        return {}
    found = account.program.transfers.filter(pk__in=[key for key in keys if key.isdigit()])
    return {str(transfer.pk): transfer for transfer in found.select_related("giver", "member")}


def _reason(request, entry, activities, redemptions, gifts, transfers, names):
    key = entry.key
    if entry.reverses_id and entry.reverses.key_id == key.pk:
        text = _("Undone and done anew: a night before it came late")
        return Reason(text, change_link(request, entry.reverses))
    if activity := activities.get((key.source, key.external_id)):
        return of_activity(request, activity, names)
    if redemption := redemptions.get(key.external_id) if key.source.startswith("redemption") else None:
        return _of_redemption(request, entry, redemption)
    if gift := gifts.get(key.external_id) if key.source.startswith("referral") else None:
        return _of_referral(request, key, gift)
    if transfer := transfers.get(key.external_id) if key.source == "transfer" else None:
        return _of_transfer(request, entry, transfer)
    if key.source == "reversal" and entry.reverses_id:
        return Reason(_("Reversal of %(entry)s") % {"entry": entry.reverses}, change_link(request, entry.reverses))
    if key.source in PLAIN:
        return Reason(str(PLAIN[key.source]))
    return _of_a_day(key) or Reason(str(key))


def _of_redemption(request, entry, redemption):
    text = _("Redemption: %(what)s") if entry.key.source == "redemption" else _("Redemption undone: %(what)s")
    text %= {"what": redemption}
    if redemption.member_id != entry.account.member_id:  # the household's points
        text = named(str(redemption.member), text)
    return Reason(text, change_link(request, redemption))


def _of_transfer(request, entry, transfer):
    text = _("Given to %(member)s") if entry.points < 0 else _("Given by %(member)s")
    other = transfer.member if entry.points < 0 else transfer.giver
    return Reason(text % {"member": other}, change_link(request, transfer))


def _of_a_day(key):
    by_night = key.source == "expiry" or key.source.partition(":")[0] == "issuance"
    day = parse_date(key.external_id.partition(":")[0][:10]) if by_night else None
    if day is None:
        return None
    if key.source == "expiry":
        return Reason(_("Expiry of %(day)s") % {"day": date_format(day)})
    return Reason(_("Monthly issuance of %(month)s") % {"month": date_format(day, "F Y")})


def of_activity(request, activity, names):
    """What the member did, and what each rule made of it; `names` are those of `rule_names`."""
    parts = [capfirst(kind_text(activity.kind))]
    if activity.amount:
        parts.append(money_text(activity.amount, activity.currency))
    if activity.store:
        parts.append(activity.store.name)
    decision = getattr(activity, "decision", None)
    sentences = [_sentence(outcome, activity.currency, names) for outcome in (decision.outcomes if decision else [])]
    return Reason(" · ".join(parts), change_link(request, activity), sentences)


def _sentence(outcome, currency, names):
    sentence = explain(outcome, currency=currency)
    whose = title(outcome, names)
    return named(whose, sentence) if whose else sentence
