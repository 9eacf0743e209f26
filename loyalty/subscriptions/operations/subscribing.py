from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from loyalty.lib.periods import local_date
from loyalty.programs.models import Program
from loyalty.subscriptions import gateways, rules
from loyalty.subscriptions.models import Plan, PlanPrice, Subscription
from loyalty.subscriptions.operations import benefits
from loyalty.subscriptions.operations.charging import collect, open_attempt, open_charge
from loyalty.subscriptions.operations.errors import PaymentDeclined, SubscriptionRefused
from loyalty.subscriptions.operations.saving import held, save, tell
from members.models import Enrolment, Member
from members.queries import identities


def subscribe(
    *,
    program: Program,
    member_id: int,
    plan: Plan | str,
    at: datetime,
    by=None,
    currency: str = "",
    gateway: str = "",
    customer: str = "",
    payment_method: str = "",
    trial: bool = True,
) -> Subscription:
    """Subscribe a member to a plan (or its code), at the price of today, which stays the subscription's own.

    Who never had a trial in the program begins with the plan's; else the first period is charged at once, and benefits
    begin when it is paid. Raises `SubscriptionRefused`; `PaymentDeclined` where the first payment was declined, and
    `GatewayUnavailable` where there was no answer: `renew` then asks again.
    """
    plan = _plan(program, plan)
    with transaction.atomic():
        subscription = _create(
            program,
            member_id,
            plan,
            at,
            by,
            trial=trial,
            currency=currency or program.money_currency,
            gateway=gateway or gateways.default(),
            customer=customer,
            payment_method=payment_method,
        )
        attempt = None
        if subscription.trial_end:
            benefits.open_benefits(subscription, at)
            tell(subscription, "subscription.started", at, trial_end=subscription.trial_end)
        else:
            attempt = _first_attempt(subscription, at)
    if attempt is None:
        return subscription
    subscription = collect(attempt.pk, at=at, by=by)
    if subscription.ending == Subscription.Ending.DECLINED:
        raise PaymentDeclined(
            _("The payment was declined: try another means of payment, or pay at the till."), "payment_declined"
        )
    return subscription


def has_had_trial(program: Program, member_id: int) -> bool:
    """One trial per person and program, whatever the plan and however it ended."""
    mine = Subscription.objects.filter(program=program, member__in=identities(member_id))
    return mine.filter(trial_end__isnull=False).exists()


def free_until(plan: Plan, member_id: int, at: datetime) -> date | None:
    """The day after the free trial of who subscribes at that moment; none where there is none or it was had before."""
    if not plan.trial_days or has_had_trial(plan.program, member_id):
        return None
    return local_date(at, plan.program.tzinfo) + timedelta(days=plan.trial_days)


def price_of(plan: Plan, currency: str) -> int:
    """What a period costs today. Raises `SubscriptionRefused` where the plan has no price in this currency."""
    amount = PlanPrice.objects.filter(plan=plan, currency=currency).values_list("amount", flat=True).first()
    if amount is None:
        sentence = _("This plan has no price in %(currency)s: choose another plan, or give it one.")
        raise SubscriptionRefused(sentence % {"currency": currency}, "price_missing")
    return amount


def check_on_offer(program: Program, plan: Plan) -> None:
    if plan.program_id != program.pk or not plan.is_active:
        raise SubscriptionRefused(_("This plan is not on offer: choose another one."), "plan_not_on_offer")


def _plan(program: Program, plan: Plan | str) -> Plan:
    if isinstance(plan, Plan):
        return plan
    found = Plan.objects.filter(program=program, code=plan).first()
    if found is None:
        raise SubscriptionRefused(_("There is no plan “%(code)s”.") % {"code": plan}, "plan_unknown")
    return found


def _create(
    program: Program, member_id: int, plan: Plan, at: datetime, by, *, trial: bool, currency: str, gateway: str, **payer
) -> Subscription:
    check_on_offer(program, plan)
    price = price_of(plan, currency)
    _check_gateway(gateway)
    _check_member(program, member_id, at)
    day = local_date(at, program.tzinfo)
    trial_end = free_until(plan, member_id, at) if trial else None
    end: date = trial_end or rules.period_end(day, plan.every, day)
    subscription = Subscription(
        program=program,
        member_id=member_id,
        plan=plan,
        state=Subscription.State.TRIALING if trial_end else Subscription.State.PAST_DUE,
        currency=currency,
        price=price,
        gateway=gateway,
        **payer,
        subscribed_at=at,
        began_at=at if trial_end else None,
        trial_end=trial_end,
        anchor_date=trial_end or day,
        period_start=day,
        period_end=end,
        due_date=trial_end or day,
        failed_date=None if trial_end else day,
    )
    try:
        with transaction.atomic():
            save(subscription, at=at, by=by)
    except IntegrityError:  # somebody subscribed this member at the same moment
        _check_no_live_one(program, member_id)
        raise
    return subscription


def _first_attempt(subscription: Subscription, at: datetime):
    held(subscription.pk)
    charge = open_charge(
        subscription,
        plan=subscription.plan,
        price=subscription.price,
        start=subscription.period_start,
        end=subscription.period_end,
        at=at,
    )
    return open_attempt(charge, at)


def _check_gateway(name: str) -> None:
    if name not in gateways.NAMES:
        sentence = _("There is no way to pay called “%(name)s”; there are %(names)s.")
        names = ", ".join(gateways.NAMES)
        raise SubscriptionRefused(sentence % {"name": name, "names": names}, "gateway_unknown")


def _check_member(program: Program, member_id: int, at: datetime) -> None:
    rows = Enrolment.objects.filter(program=program, member=member_id, status=Enrolment.Status.ACTIVE)
    status = rows.values_list("member__status", flat=True).first()
    if status is None:
        raise SubscriptionRefused(_("This member is not enrolled in the program: enrol them first."), "not_enrolled")
    if status != Member.Status.ACTIVE:
        raise SubscriptionRefused(_("This member is blocked."), "member_blocked")
    if not program.earns_on(local_date(at, program.tzinfo)):
        raise SubscriptionRefused(_("This program is closing and takes no new subscriptions."), "program_closed")
    _check_no_live_one(program, member_id)


def _check_no_live_one(program: Program, member_id: int) -> None:
    if Subscription.objects.live().filter(program=program, member=member_id).exists():
        raise SubscriptionRefused(
            _("This member has a subscription already: change its plan instead."), "already_subscribed"
        )
