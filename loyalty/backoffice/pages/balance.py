"""“Why this balance?”: an account as a running list of entries with their reasons, and the lots that are open."""

from datetime import timedelta

from django.db.models import F, Sum, Window
from django.utils import timezone

from loyalty.backoffice.causes import reasons
from loyalty.ledger import queries as ledger
from loyalty.lib.admin import CappedPaginator
from loyalty.lib.periods import local_date

ENTRIES_PER_PAGE = 50
MOST_LOTS = 200
ONE_MOMENT = timedelta(microseconds=1)


def context(request, account):
    """The balance is that of this moment, by the dates of the lots: a job that is late makes no difference."""
    now = timezone.now()
    entries = entries_page(request, account)
    return {
        "account": account,
        "balance": ledger.balance(
            program=account.program, member_id=account.member_id, at=now, currency=account.currency
        ),
        "total": account.entries.aggregate(points=Sum("points", default=0))["points"],
        "lots": open_lots(account, now),
        "page": entries,
    }


def entries_page(request, account):
    """Newest first, each with what the account held after it, its reason, and which lots it took from."""
    held = Window(Sum("points"), order_by=[F("effective_at"), F("id")])
    rows = account.entries.annotate(held=held).order_by("-effective_at", "-id")
    rows = rows.select_related("key", "by", "reverses").prefetch_related("allocations__lot")
    page = CappedPaginator(rows, ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    found = reasons(request, account, page.object_list)
    for entry in page.object_list:
        entry.why = found[entry.pk]
    return page


def open_lots(account, now):
    """In the order in which they will be used; a lot whose time has not come yet is pending."""
    lots = account.lots.filter(remaining__gt=0).order_by(F("expires_at").asc(nulls_last=True), "earned_at", "id")
    lots = list(lots[:MOST_LOTS])
    for lot in lots:
        lot.last_day = lot.expires_at and local_date(lot.expires_at - ONE_MOMENT, account.program.tzinfo)
        lot.is_ahead = lot.active_at > now
        lot.is_over = lot.expires_at is not None and lot.expires_at <= now
    return lots
