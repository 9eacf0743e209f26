"""Members' vouchers as discount codes of a shop.

What is to be made or taken away is written down first and done by a task; each try is claimed before the shop is
asked, and a code that the shop has already counts as made, so that a try that was cut short does no harm.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max

from loyalty.connectors import catalogue, rules
from loyalty.connectors.api import asker
from loyalty.connectors.facts import Discount, Refusal
from loyalty.connectors.models import Connection, ShopCode
from loyalty.lib.money import to_decimal
from loyalty.lib.outbound import NotReached
from loyalty.lib.sealing import CannotUnseal
from rewards.models import Reward, Voucher

State = ShopCode.State
CLAIMED = timedelta(minutes=5)
TOGETHER = 200
# Vouchers are numbered before their transaction commits: this many numbers back, a late one may still turn up.
LATE = 5_000


def follow_vouchers(*, at: datetime) -> int:
    """Note which vouchers are new for their shops, and which are of no use there any more; returns how many."""
    shops = Connection.objects.filter(is_active=True, sends_vouchers=True).select_related("program")
    return sum(_new(shop, at) + _used_up(shop, at) for shop in shops)


def send_codes(*, at: datetime) -> int:
    """Make and take away what is due; returns how many were tried. Not inside a transaction."""
    due = ShopCode.objects.filter(due_at__lte=at, connection__is_active=True)
    codes = list(due.select_related("connection__program", "voucher__reward").order_by("due_at", "pk")[:TOGETHER])
    for code in codes:
        if _claim(code, at):
            _send(code, at)
    return len(codes)


@transaction.atomic
def _new(shop: Connection, at: datetime) -> int:
    fresh = Voucher.objects.usable(at=at).filter(program=shop.program, pk__gt=shop.vouchers_seen - LATE)
    fresh = fresh.filter(member__isnull=False).exclude(shop_codes__connection=shop).select_related("reward")
    wanted = list(fresh.order_by("pk")[:1000])
    rows = [
        ShopCode(connection=shop, voucher=voucher, due_at=at, changed_at=at)
        for voucher in wanted
        if _can_be_code(voucher)
    ]
    ShopCode.objects.bulk_create(rows, ignore_conflicts=True)
    last = Voucher.objects.filter(program=shop.program).aggregate(last=Max("pk"))["last"] or 0
    seen = wanted[-1].pk if len(wanted) == 1000 else last
    Connection.objects.filter(pk=shop.pk, vouchers_seen__lt=seen).update(vouchers_seen=seen)
    return len(rows)


def _used_up(shop: Connection, at: datetime) -> int:
    """What was used at the till must not be used again in the shop."""
    over = [Voucher.State.USED, Voucher.State.WITHDRAWN, Voucher.State.EXCHANGED]
    live = ShopCode.objects.filter(connection=shop, state=State.LIVE, voucher__state__in=over)
    return live.update(state=State.ENDING, due_at=at, attempts=0, changed_at=at)


def _can_be_code(voucher: Voucher) -> bool:
    """A percentage or an amount off the whole basket: what is for certain goods only, shops would not understand."""
    reward = voucher.reward
    if reward is None:
        return bool(voucher.value)
    if reward.categories or reward.skus:
        return False
    if reward.kind == Reward.Kind.DISCOUNT_PERCENT:
        return bool(reward.percent)
    return reward.kind == Reward.Kind.DISCOUNT_AMOUNT and bool(voucher.value)


def _claim(code: ShopCode, at: datetime) -> bool:
    mine = ShopCode.objects.filter(pk=code.pk, state=code.state, due_at=code.due_at)
    return bool(mine.update(due_at=at + CLAIMED, attempts=F("attempts") + 1))


def _send(code: ShopCode, at: datetime) -> None:
    discounts = catalogue.find(code.connection.connector).discounts
    try:
        ask = asker(code.connection)
        if code.state == State.ENDING:
            discounts.remove(ask, code.remote_id)
            _record(code, state=State.ENDED, due_at=None, code="", changed_at=at)
        else:
            remote_id = discounts.create(ask, discount_of(code.voucher))
            _record(code, state=State.LIVE, remote_id=remote_id[:120], due_at=None, code="", changed_at=at)
    except Refusal as refusal:
        _record(code, state=State.FAILED, due_at=None, code=refusal.code, changed_at=at)
    except (NotReached, CannotUnseal) as fault:
        again_at = rules.again_at(code.attempts + 1, at)
        state = code.state if again_at else State.FAILED
        _record(code, state=state, due_at=again_at, code=fault.code, changed_at=at)


def _record(tried: ShopCode, **values) -> None:
    ShopCode.objects.filter(pk=tried.pk, state=tried.state).update(**values)


def discount_of(voucher: Voucher) -> Discount:
    reward, currency = voucher.reward, voucher.program.money_currency
    is_percent = reward is not None and reward.kind == Reward.Kind.DISCOUNT_PERCENT
    minimum = reward.minimum_basket if reward else None
    return Discount(
        code=voucher.code,
        percent=reward.percent if is_percent and reward else None,
        amount=None if is_percent else to_decimal(voucher.value or 0, currency),
        currency=currency,
        minimum=to_decimal(minimum, currency) if minimum else None,
        uses=voucher.uses_allowed - voucher.uses,
        starts_at=voucher.issued_at,
        ends_at=voucher.expires_at,
    )
