"""How members come, what they agree to and what they pay for to belong."""

from datetime import datetime

from django.utils.translation import gettext as _

from loyalty.backoffice.simulation.story import Event
from loyalty.backoffice.simulation.verbs.stage import SOURCE, Stage, Unknown
from loyalty.earning.models import Decision
from loyalty.earning.operations import enrol_member, record_consent
from loyalty.referrals.operations.turn import EFFECT
from loyalty.referrals.rules import ATTEMPTS, Reason
from loyalty.referrals.sentences import explain
from loyalty.subscriptions import operations as subscriptions
from loyalty.subscriptions import queries as subscribed
from loyalty.subscriptions.gateways import fake
from loyalty.subscriptions.models import Subscription
from members.operations import issue_card, withdraw_consent
from rewards.operations import register_gift_card, sell_gift_card

NO_CODE = frozenset([*ATTEMPTS, Reason.UNKNOWN_CODE, Reason.INACTIVE, Reason.NOT_YET_VALID, Reason.ENDED])


def enrol(stage: Stage, event: Event, at: datetime) -> None:
    personal = dict(event.fields)
    has_card = personal.pop("card", False)
    if born := personal.get("birth_date"):
        personal["birth_date"] = stage.day(born)
    personal["store"] = stage.store(personal.get("store", ""), at)
    personal["referral"] = stage.referral(personal.get("referral", ""), at)
    personal.setdefault("first_name", event.member.capitalize())
    enrolment = enrol_member(program=stage.program, at=at, source=SOURCE, external_id=event.member, **personal)
    stage.members[event.member] = enrolment.member_id
    if has_card:
        register_card(stage, event, at)


def code_refused(stage: Stage, event: Event) -> dict[str, str] | None:
    """What is wrong with the code that the event names, for machines and people: it stops neither sale nor sign-up."""
    if "referral" not in event.fields:
        return None
    decisions = Decision.objects.filter(activity__program=stage.program, member=stage.member(event.member))
    for outcome in decisions.latest("pk").outcomes:
        if outcome.get("effect") == EFFECT and outcome["reason"] in NO_CODE:
            reason = explain(outcome, currency=stage.program.money_currency)
            return {"code": f"referral_{outcome['reason']}", "reason": reason}
    return None


def register_card(stage: Stage, event: Event, at: datetime) -> None:
    """A member's card; or the gift card that the story names, which is sold when it is first named."""
    member, name = stage.member(event.member), event.fields.get("gift_card")
    if name is None:
        issue_card(program=stage.program, member=member, at=at, by=None)
        return
    if name not in stage.gift_cards:
        amount = stage.money(event.fields.get("amount"))
        sold = sell_gift_card(program=stage.program, amount=amount, source=SOURCE, external_id=name, at=at)
        stage.gift_cards[name] = sold.card.code
    code = stage.gift_cards[name]
    register_gift_card(program=stage.program, code=code, member_id=member.pk, at=at, trusted=True)


def consent(stage: Stage, event: Event, at: datetime) -> None:
    verb = record_consent if event.fields.get("given", True) else withdraw_consent
    channel = event.fields.get("channel", "email")
    verb(member=stage.member(event.member), channel=channel, source=SOURCE, at=at, by=None)


def subscribe(stage: Stage, event: Event, at: datetime) -> None:
    subscriptions.subscribe(
        program=stage.program,
        member_id=stage.member(event.member).pk,
        plan=event.fields.get("plan", ""),
        gateway="fake",
        at=at,
    )


def cancel(stage: Stage, event: Event, at: datetime) -> None:
    """At the end of what is paid for, or `now`."""
    now = bool(event.fields.get("now"))
    subscriptions.cancel(subscription=_subscription(stage, event), now=now, at=at)


def charge_result(stage: Stage, event: Event, at: datetime) -> None:
    """What the next attempts to charge the member come to, one after the other; the last one stays."""
    fields = event.fields
    results = fields.get("results") or [fields.get("result", "ok")] * fields.get("times", 1)
    if unknown := set(results) - set(fake.RESULTS):
        names = ", ".join(fake.RESULTS)
        raise Unknown(_("No charge comes to “%(name)s”; there are %(names)s.") % {"name": min(unknown), "names": names})
    fake.script(member_id=stage.member(event.member).pk, results=results)


def _subscription(stage: Stage, event: Event) -> Subscription:
    found = subscribed.current(program=stage.program, member_id=stage.member(event.member).pk)
    if found is None:
        raise Unknown(_("“%(name)s” has not subscribed.") % {"name": event.member})
    return found
