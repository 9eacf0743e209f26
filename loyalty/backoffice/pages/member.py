"""The member's page: who it is, what the member has in a program, and everything that happened there."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.charts import Chart, Figure, Series
from loyalty.backoffice.pages import taking_part, tier
from loyalty.backoffice.pages.over_time import balances
from loyalty.backoffice.pages.timeline import timeline
from loyalty.ledger import queries as ledger
from loyalty.ledger.currencies import POINTS
from loyalty.lib.admin import grouped
from loyalty.lib.money import amount_text, money_text, to_decimal
from loyalty.lib.periods import local_date
from loyalty.punchcards import queries as punch_cards
from loyalty.punchcards.sentences import receipt_line
from loyalty.referrals import queries as referrals
from loyalty.subscriptions import queries as subscriptions
from loyalty.subscriptions.sentences import next_event, price
from members.models import MemberMerge
from members.queries import household_of, pool_of
from rewards import queries as rewards

MOST_MOVES = 20_000
MOST_FRIENDS = MOST_OFFERS = MOST_GIFT_CARDS = MOST_MERGES = 10


def context(request, member):
    enrolments = list(member.enrolments.select_related("program", "store").order_by("enrolled_at", "pk"))
    found = {
        "member": member,
        "cards": member.cards.select_related("program").order_by("-pk")[:10],
        "consents": member.consents.latest_answers().order_by("channel"),
        "external_ids": member.external_ids.order_by("source", "external_id")[:10],
        "merges": merges_of(member),
        "enrolments": enrolments,
    }
    if not enrolments:
        return found
    enrolment = chosen(request, enrolments)
    return found | of_enrolment(request, member, enrolment) | {"programs": switch(enrolments, enrolment)}


def chosen(request, enrolments):
    """The enrolment in the program asked for, else the first one."""
    asked = request.GET.get("program")
    return next((each for each in enrolments if each.program.code == asked), enrolments[0])


def switch(enrolments, enrolment):
    return [
        {"title": each.program.name, "link": f"?program={each.program.code}", "active": each is enrolment}
        for each in enrolments
    ]


def of_enrolment(request, member, enrolment):
    program, now = enrolment.program, timezone.now()
    page = number(request.GET.get("page"))
    moments, has_older = timeline(request, enrolment, page)
    accounts = []
    for account in member.accounts.filter(program=program).select_related("program").order_by("pk"):
        account.now = ledger.balance(program=program, member_id=member.pk, at=now, currency=account.currency)
        accounts.append(account)
    return {
        "tier": tier.section(enrolment, now),
        "taking_part": taking_part.section(request, enrolment),
        "household": of_household(program, member, now),
        "punch_cards": of_punch_cards(program, member, now),
        "referring": of_referrals(program, member),
        "subscription": of_subscription(program, member),
        "offers": rewards.offers_for(program=program, member_id=member.pk, at=now)[:MOST_OFFERS],
        "gift_cards": of_gift_cards(program, member, now),
        "enrolment": enrolment,
        "program": program,
        "accounts": accounts,
        "figures": figures(enrolment),
        "charts": [chart(account, local_date(now, program.tzinfo)) for account in accounts],
        "moments": moments,
        "newer": page - 1,
        "older": page + 1 if has_older else None,
    }


def merges_of(member):
    """Who was merged into whom, undone or not, the latest first."""
    both = MemberMerge.objects.filter(keep=member) | MemberMerge.objects.filter(absorb=member)
    return both.select_related("keep", "absorb", "by").order_by("-merged_at", "-pk")[:MOST_MERGES]


def of_gift_cards(program, member, now):
    """The gift cards in the member's name that can pay, each with its money."""
    cards = list(rewards.gift_cards_of(program=program, member_id=member.pk, at=now)[:MOST_GIFT_CARDS])
    for card in cards:
        card.money = money_text(card.balance, program.money_currency)
    return cards


def of_punch_cards(program, member, now):
    """Each punch card with the line that its receipt would say."""
    held = punch_cards.cards_of(program=program, member_id=member.pk, at=now)
    return [{"card": card, "line": receipt_line(card)} for card in held]


def of_household(program, member, now):
    """The household with everybody in it, and what they can spend together; nothing where there is none."""
    household = household_of(program=program, member_id=member.pk, at=now)
    if household is None:
        return None
    household.others = [
        place.member
        for place in household.places.current().exclude(member=member).select_related("member").order_by("pk")
    ]
    pool = pool_of(program=program, member_id=member.pk, at=now)
    household.together = ledger.pooled_balance(program=program, member_ids=pool, at=now).available
    return household


def of_referrals(program, member):
    """The member's code, who brought them and whom they brought; nothing where the program has no referrals."""
    if referrals.referral_program(program) is None:
        return None
    return {
        "code": referrals.code_of(member, program=program),
        "came_by": referrals.referral_of(program, member),
        "friends": referrals.referrals_of(program, member)[:MOST_FRIENDS],
        "earned": referrals.earned_by(program, member),
    }


def of_subscription(program, member):
    """The plan that the member has or had, what it costs and what comes next; nothing for who never subscribed."""
    subscription = subscriptions.current(program=program, member_id=member.pk)
    if subscription is not None:
        subscription.costs = price(subscription.plan, subscription.currency, subscription.price)
        subscription.next = next_event(subscription)
    return subscription


def figures(enrolment):
    currency = enrolment.program.money_currency
    last = enrolment.last_purchase_at
    return [
        Figure(
            _("Purchases"),
            grouped(enrolment.purchases),
            _("The last one on %(day)s.") % {"day": date_format(localtime(last, enrolment.program.tzinfo))}
            if last
            else "",
        ),
        Figure(_("Spend"), money_text(enrolment.spend, currency), _("Net of refunds.")),
        Figure(
            _("Predicted value"),
            amount_text(enrolment.predicted_value, currency),
            _("What the member is expected to spend, as of %(day)s.")
            % {"day": date_format(localtime(enrolment.predicted_at, enrolment.program.tzinfo))}
            if enrolment.predicted_at
            else _("Not predicted yet."),
        ),
    ]


def number(text):
    return int(text) if text and text.isdecimal() and 0 < int(text) < 1000 else 1


def chart(account, today):
    tz = account.program.tzinfo
    rows = account.entries.order_by("effective_at", "id").values_list("effective_at", "points")[:MOST_MOVES]
    steps = balances([(local_date(at, tz), points) for at, points in rows], today)
    is_money = account.currency != POINTS
    if is_money:
        steps = [(day, to_decimal(minor, account.program.money_currency)) for day, minor in steps]
    return Chart(
        title=_("Cash-back over time") if is_money else _("Points over time"),
        help=_("What the account held at the end of each day or month, pending points included."),
        labels=[date_format(day, "SHORT_DATE_FORMAT") for day, _points in steps],
        series=[Series(account.name, [points for _day, points in steps])],
        stepped=True,
    )
