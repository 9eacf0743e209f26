"""The night of paid membership: trials end, periods are paid, payments are tried again, what stays unpaid expires."""

from collections import Counter
from datetime import date

from django.db import transaction
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from loyalty.jobs import registry
from loyalty.jobs.registry import DailyJob
from loyalty.jobs.run import Run
from loyalty.lib.periods import start_of_day
from loyalty.programs.models import Program
from loyalty.subscriptions import operations, queries
from loyalty.subscriptions.operations import GatewayUnavailable, SubscriptionRefused

CHUNK = 50  # each may wait for a payment provider, and between two chunks the run gives a sign of life


def advance(run: Run) -> None:
    """Each subscription on its own and outside of any transaction: it commits what it is about to collect."""
    program = Program.objects.get(code=run.scope)
    at = start_of_day(run.day, program.tzinfo)
    try:
        operations.settle_refunds(program=program, at=at)
    except GatewayUnavailable:
        run.error(gettext("The payment provider does not answer: refunds are asked for again tomorrow."))
    for first, last in run.chunks(*queries.due_range(program=program, day=run.day), size=CHUNK):
        outcomes: Counter[str] = Counter()
        for subscription in queries.due(program=program, day=run.day).filter(pk__range=(first, last)).order_by("pk"):
            try:
                outcomes[operations.renew(subscription=subscription, at=at).state] += 1
            except SubscriptionRefused:
                continue  # it ended a moment ago
            except GatewayUnavailable:
                outcomes["unanswered"] += 1
                run.error(
                    gettext("The payment provider does not answer: this subscription is asked about again tomorrow."),
                    subscription=subscription.pk,
                )
        with transaction.atomic():
            run.advance(cursor=last, **outcomes)


def has_work(program: Program, day: date) -> bool:
    return queries.has_work(program=program, day=day)


def register() -> None:
    registry.register(
        DailyJob(
            name="subscriptions",
            title=_("Renewals of subscriptions"),
            order=34,
            work=advance,
            has_work=has_work,
            labels={
                "active": _("renewed or resumed"),
                "past_due": _("payment due"),
                "cancelled": pgettext_lazy("subscription", "cancelled"),
                "expired": _("expired"),
                "unanswered": _("without an answer"),
                "subscription": _("subscription"),
            },
        )
    )
