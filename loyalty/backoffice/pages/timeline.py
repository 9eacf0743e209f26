"""Everything that happened to a member in a program, newest first, from every room that staff may look into.

Each source is read through its own admin, so that store-scoped staff see here what they see in the lists. What an
activity or a redemption did to the points is told with it; the ledger adds what has no other line: expiry,
adjustments, reversals, the monthly issuance.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.apps import apps
from django.contrib import admin
from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from loyalty.backoffice import causes
from loyalty.earning.admin.activities import granted
from loyalty.ledger.currencies import signed
from loyalty.lib.money import money_text
from members.queries import identities
from rewards.models import Redemption

PER_PAGE = 40
MOST_PAGES = 50
TOLD_ELSEWHERE = Q(key__source__startswith=causes.ACTIVITY)


@dataclass
class Moment:
    at: datetime
    icon: str
    text: str
    link: str = ""
    moved: str = ""  # what came in or went out, as people read it
    details: list[str] = field(default_factory=list)

    @property
    def is_loss(self):
        return self.moved.startswith(("-", "−"))


def timeline(request, enrolment, page):
    """One page of moments, and whether there are older ones. Reads of each source what the page could need."""
    end = page * PER_PAGE
    moments = [moment for source in SOURCES for moment in source(request, enrolment, end + 1)]
    moments.sort(key=lambda moment: moment.at, reverse=True)
    return moments[end - PER_PAGE : end], len(moments) > end and page < MOST_PAGES


def _rows(request, label):
    """The rows of a table that the user may see; none without the right to see the table."""
    model = apps.get_model(label)
    model_admin = admin.site._registry.get(model)
    if model_admin is None or not model_admin.has_view_permission(request):
        return model._default_manager.none()
    return model_admin.get_queryset(request)


def _activities(request, enrolment, limit):
    persons = identities(enrolment.member_id)
    rows = _rows(request, "earning.Activity").filter(member__in=persons, program=enrolment.program_id)
    names = causes.rule_names(enrolment.program)
    for activity in rows.select_related("decision", "store").order_by("-occurred_at", "-pk")[:limit]:
        why = causes.of_activity(request, activity, names)
        decision = getattr(activity, "decision", None)
        moved = granted(decision, activity.currency) if decision and (decision.granted or decision.also) else ""
        yield Moment(activity.occurred_at, "receipt_long", why.text, why.link, moved, why.sentences)


def _entries(request, enrolment, limit):
    own = Redemption.objects.filter(member=enrolment.member_id, program=enrolment.program_id)
    redeemed = Q(key__source="redemption", key__external_id__in=own.values_list(Cast("pk", CharField())))
    rows = _rows(request, "ledger.Entry").exclude(TOLD_ELSEWHERE | redeemed)
    rows = rows.filter(account__member=enrolment.member_id, account__program=enrolment.program_id)
    rows = rows.select_related("key", "reverses", "account__program", "account__member")
    by_account = {}
    for entry in rows.order_by("-effective_at", "-pk")[:limit]:
        by_account.setdefault(entry.account, []).append(entry)
    for account, entries in by_account.items():
        why = causes.reasons(request, account, entries)
        for entry in entries:
            text = f"{entry.get_kind_display()} · {why[entry.pk].text}"
            details = [entry.reason] if entry.reason else []
            link = causes.change_link(request, entry)
            yield Moment(entry.effective_at, "swap_vert", text, link, account.text(entry.points, signed=True), details)


def _redemptions(request, enrolment, limit):
    rows = _rows(request, "rewards.Redemption").filter(member=enrolment.member_id, program=enrolment.program_id)
    for redemption in rows.select_related("reward", "store").order_by("-redeemed_at", "-pk")[:limit]:
        text = _("Redemption: %(what)s") % {"what": redemption}
        details = [redemption.get_state_display()] if redemption.rolled_back_at else []
        link = causes.change_link(request, redemption)
        spent = signed(-redemption.points, redemption.currency, enrolment.program.money_currency)
        yield Moment(redemption.redeemed_at, "redeem", text, link, spent, details)


def _vouchers(request, enrolment, limit):
    rows = _rows(request, "rewards.Voucher").filter(member=enrolment.member_id, program=enrolment.program_id)
    for voucher in rows.select_related("reward").order_by("-issued_at", "-pk")[:limit]:
        value = money_text(voucher.value, enrolment.program.money_currency) if voucher.value else str(voucher.reward)
        text = _("Voucher issued: %(value)s") % {"value": value}
        link = causes.change_link(request, voucher)
        yield Moment(voucher.issued_at, "confirmation_number", text, link, "", [voucher.get_state_display()])


def _messages(request, enrolment, limit):
    rows = _rows(request, "campaigns.Message").filter(member=enrolment.member_id, program=enrolment.program_id)
    for message in rows.order_by("-created_at", "-pk")[:limit]:
        text = _("Message: %(what)s") % {"what": message.subject or message.get_occasion_display()}
        details = [part for part in (message.get_state_display(), message.get_reason_display()) if part]
        yield Moment(message.created_at, "mail", text, causes.change_link(request, message), "", details)


def _consents(request, enrolment, limit):
    rows = _rows(request, "members.Consent").filter(member=enrolment.member_id)
    for consent in rows.order_by("-recorded_at", "-pk")[:limit]:
        text = _("Consent given: %(channel)s") if consent.given else _("Consent refused: %(channel)s")
        text %= {"channel": consent.get_channel_display()}
        yield Moment(
            consent.recorded_at, "fact_check", text, causes.change_link(request, consent), "", [consent.source]
        )


def _punches_by_hand(request, enrolment, limit):
    """What activities punched is told with them."""
    rows = _rows(request, "punchcards.Punch").filter(member=enrolment.member_id, program=enrolment.program_id)
    rows = rows.filter(activity_id=None).select_related("card_program")
    for punch in rows.order_by("-occurred_at", "-pk")[:limit]:
        text = _("Punch card by hand: %(card)s, %(count)s") % {"card": punch.card_program, "count": punch}
        yield Moment(punch.occurred_at, "ink_pen", text, causes.change_link(request, punch), "", [punch.reason])


SOURCES = [_punches_by_hand, _activities, _entries, _redemptions, _vouchers, _messages, _consents]
