"""What a form wishes for: whom to subscribe to which plan, what that costs, and the doing of it."""

from dataclasses import dataclass
from datetime import datetime

from loyalty.subscriptions import operations, sentences
from loyalty.subscriptions.models import Plan, Subscription
from members.models import Member
from members.queries import lookup
from members.references import MemberRef


@dataclass(frozen=True)
class Wish:
    plan: Plan
    member: Member
    payer: dict
    at: datetime

    @classmethod
    def of(cls, data: dict, *, at: datetime) -> "Wish":
        """Raises `LookupRefused` where the text names no member."""
        plan = data["plan"]
        member = lookup(MemberRef("any", data["member"]), region=plan.program.phone_region)
        payer = {name: data[name] for name in ("gateway", "customer", "payment_method")}
        return cls(plan, member, payer, at)

    def costs(self) -> str:
        """Raises `SubscriptionRefused` where the plan has no price."""
        program = self.plan.program
        currency = program.money_currency
        until = operations.free_until(self.plan, self.member.pk, self.at)
        amount = operations.price_of(self.plan, currency)
        said = sentences.before_subscribing(self.plan, amount=amount, currency=currency, trial_until=until)
        return f"{self.member} · {said}"

    def fulfil(self, *, by) -> Subscription:
        return operations.subscribe(
            program=self.plan.program, member_id=self.member.pk, plan=self.plan, at=self.at, by=by, **self.payer
        )
