"""Purchases that can be refunded: of a member's history, or by the number on a receipt.

The tills of this room keep the number beside their action; other systems name the purchase by it.
"""

from collections.abc import Sequence

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When

from loyalty.counter.models import CounterAction
from loyalty.earning.models import Activity, Kind
from loyalty.programs.models import Program, Store
from members.queries import identities

SELL = CounterAction.Journey.SELL


def refundable(*, program: Program, member_id: int) -> QuerySet[Activity]:
    """What is not refunded as a whole, newest first; `left` is what can still go back."""
    mine = _bought(program, member_id).annotate(
        given_back=Sum("refunded_by__amount", default=0), times=Count("refunded_by"), left=F("amount") - F("given_back")
    )
    return mine.exclude(times__gt=0, left__lte=0).order_by("-occurred_at", "-pk")


def by_receipt(*, store: Store, member_id: int, receipt: str) -> Activity | None:
    """The member's purchase with this number, even if nothing of it is left: this store's first, then the latest."""
    named = Q(external_id=receipt)
    for source, reference in sales_of_tills(store, receipt).values_list("source", "reference"):
        named |= Q(source=source, external_id=reference)
    found = _bought(store.program, member_id).filter(named)
    return found.order_by(_this_store_first(store), "-occurred_at", "-pk").first()


def sales_of_tills(store: Store, receipt: str) -> QuerySet[CounterAction]:
    """What the tills of the program recorded with this number: this store's first, then the latest."""
    same = CounterAction.objects.standing().filter(store__program=store.program_id, journey=SELL, receipt=receipt)
    return same.order_by(_this_store_first(store), "-at", "-pk")


def receipts_of(sales: Sequence[Activity]) -> dict[int, str]:
    """By purchase, what its receipt says, where a till of this room recorded it."""
    by_name = {(sale.source, sale.external_id): sale.pk for sale in sales}
    recorded = CounterAction.objects.filter(
        member__in={sale.member_id for sale in sales}, journey=SELL, reference__in=[name for _source, name in by_name]
    )
    rows = recorded.values_list("source", "reference", "receipt")
    return {by_name[source, name]: receipt for source, name, receipt in rows if (source, name) in by_name}


def _bought(program: Program, member_id: int) -> QuerySet[Activity]:
    purchases = Activity.objects.filter(program=program, kind=Kind.PURCHASE, member__in=identities(member_id))
    return purchases.select_related("store")


def _this_store_first(store: Store) -> Case:
    return Case(When(store=store, then=0), default=1)
