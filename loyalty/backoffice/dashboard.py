"""The admin's home: a program in figures and charts, each with its meaning in words and the list behind it.

Staff who may not see the figures of a whole program get the tiles of their tasks instead. The figures come from
`analytics.queries` and are kept for a short while, because everybody opens this page.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import admin
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics import queries as analytics
from loyalty.backoffice.charts import Chart, Figure, Series
from loyalty.jobs import queries as jobs
from loyalty.jobs.models import Job
from loyalty.ledger import queries as ledger
from loyalty.ledger.currencies import CASHBACK, POINTS
from loyalty.lib.admin import grouped
from loyalty.lib.money import amount_text, money_text
from loyalty.lib.periods import ONE_DAY, Every, local_date
from loyalty.lib.wording import percent_text
from loyalty.programs.models import Program

MONTHS = 12
KEPT_SECONDS = 300
STALE = timedelta(days=62)


@dataclass(frozen=True)
class Facts:
    """What the page shows of one program, up to `before` (not included)."""

    before: date
    summary: Any
    months: list
    points: list
    value: Any


def context(request, context):
    """Unfold's callback for the admin's home."""
    context["title"] = _("Home")
    if not request.user.has_perm("backoffice.view_dashboard"):
        return context
    programs = list(Program.objects.all())
    context["has_dashboard"] = True
    context["job_figures"] = job_figures(request)
    if not programs:
        return context
    program = chosen(request, programs)
    facts = cache.get_or_set(f"dashboard:{program.pk}", lambda: gather(program), KEPT_SECONDS)
    context["program"] = program
    context["before"] = facts.before - ONE_DAY
    context["is_past"] = facts.before < today(program)
    context["programs"] = [
        {"title": each.name, "link": f"?{urlencode({'program': each.code})}", "active": each == program}
        for each in programs
    ]
    context["figures"] = figures(request, program, facts)
    context["charts"] = charts(request, program, facts)
    return context


def chosen(request, programs):
    """The program asked for, else the one looked at last, else the first."""
    by_code = {program.code: program for program in programs}
    asked = request.GET.get("program")
    if asked in by_code:
        request.session["dashboard_program"] = asked
    return by_code.get(request.session.get("dashboard_program")) or programs[0]


def today(program):
    return local_date(timezone.now(), program.tzinfo)


def gather(program):
    """Up to today; of a program whose purchases ended long ago, up to the last of them."""
    before = today(program) + ONE_DAY
    last = analytics.last_purchase_day(program)
    if last and last + STALE < before:
        before = last + ONE_DAY
    return Facts(
        before=before,
        summary=analytics.summary(program),
        months=analytics.closed_periods(program, Every.MONTH, before, MONTHS),
        points=analytics.points_by_month(program, before, MONTHS),
        value=analytics.latest_value(program),
    )


def listing(request, label, **filters):
    """The address of the list behind a number; nothing for who may not open it."""
    model = apps.get_model(label)
    model_admin = admin.site._registry.get(model)
    if model_admin is None or not model_admin.has_view_permission(request):
        return ""
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{address}?{urlencode(filters)}" if filters else address


def figures(request, program, facts):
    summary, currency = facts.summary, program.money_currency
    month = facts.months[-1].counts if facts.months else None
    of_program = {"program__id__exact": program.pk}
    return [
        Figure(
            _("Members"),
            grouped(summary.members),
            _("Everybody who ever enrolled in the program."),
            listing(request, "members.Enrolment", **of_program),
        ),
        Figure(
            _("Active in the last closed month"),
            grouped(month.at_end) if month else "–",
            _("Members with at least one purchase in it, refunded or not."),
            listing(request, "analytics.RetentionSnapshot", **of_program, every__exact=Every.MONTH),
        ),
        Figure(
            _("Points outstanding"),
            grouped(summary.points.outstanding),
            _("The liability: points given and neither used, expired nor taken back, less what members owe."),
            listing(request, "ledger.Account", **of_program, currency__exact=POINTS),
        ),
        *point_figures(request, program, summary.points),
        *cashback_figures(request, program),
        Figure(
            _("Retention rate"),
            percent_text(month and month.retention_rate),
            _(
                "Members active in the month, newcomers left out, against those active in the month before. Members "
                "who come back after a pause count too, so it can pass 95 % where only half came back."
            ),
            listing(request, "analytics.RetentionSnapshot", **of_program, every__exact=Every.MONTH),
        ),
        Figure(
            _("Return rate"),
            percent_text(month and month.return_rate),
            _("Of the buyers of the month before, the share that bought again in the month. Never above 100 %."),
            listing(request, "analytics.RetentionSnapshot", **of_program, every__exact=Every.MONTH),
        ),
        Figure(
            _("Repeat rate"),
            percent_text(summary.repeat_rate),
            _("The share of all members who bought on at least two different days."),
            listing(request, "members.Enrolment", **of_program, purchases__gte=2),
        ),
        Figure(
            _("Average order"),
            amount_text(summary.average_order, currency),
            _("Before refunds; what a member bought on one day is one order."),
            listing(request, "earning.Activity", **of_program, kind__exact="purchase"),
        ),
        Figure(
            _("Revenue per member"),
            amount_text(summary.revenue_per_member, currency),
            _("Purchases less refunds, divided among all members, those who never bought included."),
            listing(request, "members.Enrolment", **of_program, spend__gt=0),
        ),
        value_figure(request, program, facts.value),
    ]


def point_figures(request, program, points):
    entries = {"account__program__id__exact": program.pk}
    return [
        Figure(
            _("Points earned"),
            grouped(points.earned),
            _("Since the beginning, less what refunds and reversals took back."),
            listing(request, "ledger.Entry", **entries, kind__exact="earn"),
        ),
        Figure(
            _("Points redeemed"),
            grouped(points.redeemed),
            _("Exchanged for rewards, vouchers or money off at the till, less what was undone."),
            listing(request, "ledger.Entry", **entries, kind__exact="redeem"),
        ),
        Figure(
            _("Points expired"),
            grouped(points.expired),
            _("Lapsed without having been used."),
            listing(request, "ledger.Entry", **entries, kind__exact="expire"),
        ),
    ]


def cashback_figures(request, program):
    """Nothing where the program gives none."""
    held = ledger.held(program=program, currency=CASHBACK)
    if held is None:
        return []
    return [
        Figure(
            _("Cash-back outstanding"),
            money_text(held, program.money_currency),
            _("What members have collected and neither used nor been paid, less what they owe."),
            listing(request, "ledger.Account", program__id__exact=program.pk, currency__exact=CASHBACK),
        )
    ]


def value_figure(request, program, snapshot):
    title = _("Predicted value")
    if snapshot is None:
        return Figure(
            title, "–", _("What members will spend; computed by the nightly jobs, for the first time tonight.")
        )
    if snapshot.refused:
        return Figure(title, "–", snapshot.refused, listing(request, "analytics.ValueSnapshot"))
    text = _("What the members are expected to spend in the %(weeks)s weeks after %(day)s, by the BG/NBD model.")
    return Figure(
        title,
        amount_text(snapshot.predicted_value, program.money_currency),
        text % {"weeks": snapshot.horizon_weeks, "day": date_format(snapshot.as_of_date)},
        listing(request, "analytics.MemberValue", snapshot__id__exact=snapshot.pk),
    )


def job_figures(request):
    return [
        Figure(
            _("Jobs running"),
            grouped(jobs.count(state=Job.State.RUNNING)),
            _("Background work that is under way now."),
            listing(request, "jobs.Job", state__exact=Job.State.RUNNING),
        ),
        Figure(
            _("Jobs failed"),
            grouped(jobs.count(state=Job.State.FAILED)),
            _("They wait for somebody to look at them and start them again."),
            listing(request, "jobs.Job", state__exact=Job.State.FAILED),
        ),
    ]


def charts(request, program, facts):
    months = [date_format(period.start, "N Y") for period in facts.months]
    counts = [period.counts for period in facts.months]
    retention_list = listing(
        request, "analytics.RetentionSnapshot", program__id__exact=program.pk, every__exact=Every.MONTH
    )
    return [
        Chart(
            title=_("Active members per month"),
            help=_("Members with at least one purchase in the month; newcomers bought for the first time ever."),
            labels=months,
            kind="bar",
            series=[
                Series(_("known before"), [each.at_end - each.new for each in counts]),
                Series(_("newcomers"), [each.new for each in counts], "orange"),
            ],
            link=retention_list,
        ),
        Chart(
            title=_("Retention and return per month"),
            help=_(
                "Retention: active members without the newcomers, against the month before. Return: the share of the "
                "buyers of the month before who bought again. The first can pass 95 % where only half came back."
            ),
            labels=months,
            percent=True,
            series=[
                Series(_("retention rate"), [share(each.retention_rate) for each in counts]),
                Series(_("return rate"), [share(each.return_rate) for each in counts], "green"),
            ],
            link=retention_list,
        ),
        *point_charts(request, program, facts.points),
    ]


def point_charts(request, program, months):
    labels = [date_format(month, "N Y") for month, _points in months]
    points = [points for _month, points in months]
    entries = listing(request, "ledger.Entry", account__program__id__exact=program.pk)
    return [
        Chart(
            title=_("Points per month"),
            help=_("Above the line what was earned, below it what was redeemed or expired, less what was undone."),
            labels=labels,
            kind="bar",
            series=[
                Series(pgettext_lazy("points", "earned"), [each.earned for each in points], "green"),
                Series(pgettext_lazy("points", "redeemed"), [-each.redeemed for each in points]),
                Series(pgettext_lazy("points", "expired"), [-each.expired for each in points], "orange"),
            ],
            link=entries,
        ),
        Chart(
            title=_("Points outstanding"),
            help=_("The liability at the end of each month."),
            labels=labels,
            series=[Series(_("outstanding"), [each.outstanding for each in points], "purple")],
            link=listing(request, "ledger.Account", program__id__exact=program.pk),
        ),
    ]


def share(rate):
    return None if rate is None else round(rate / 100, 4)
