"""Points become a reward of the catalogue, handed over at once where no basket is needed to know its worth."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from loyalty.counter.forms import CountField, JourneyForm
from loyalty.counter.journey import SOURCE, Ask, Done, Journey
from loyalty.counter.models import CounterAction
from rewards import queries
from rewards.models import Redemption, Reward
from rewards.operations import give_back_vouchers, redeem_reward, roll_back_redemption, use_vouchers
from rewards.terms import use_terms

MOST = 20


class RedeemForm(JourneyForm):
    reward = forms.ModelChoiceField(
        Reward.objects.none(), label=gettext_lazy("Reward"), empty_label=None, widget=forms.RadioSelect
    )
    quantity = CountField(label=gettext_lazy("How many"), most=MOST, initial="1")
    now = forms.BooleanField(label=gettext_lazy("Handed over now"), required=False, initial=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rewards = Reward.objects.filter(program=self.till.program, is_active=True, points_price__isnull=False)
        self.fields["reward"].queryset = rewards


@dataclass(frozen=True, slots=True)
class Redeeming(Journey):
    def needs(self, till, member):
        return Reward.objects.filter(program=till.program, is_active=True, points_price__isnull=False)

    def context(self, till, member, at):
        offers = queries.catalogue(program=till.program, member_id=member.pk, at=at, store=till.store)
        return {"offers": offers}

    def perform(self, ask: Ask) -> Done:
        till, reward = ask.till, ask.data["reward"]
        redeemed = redeem_reward(
            program=till.program,
            member_id=ask.member_id,
            reward=reward,
            quantity=ask.data["quantity"],
            source=SOURCE,
            external_id=str(ask.key),
            store=till.store,
            at=ask.at,
            by=till.user,
        )
        vouchers = redeemed.vouchers
        now = ask.data["now"] and not any(_waits(voucher) for voucher in vouchers)
        if now:
            use_vouchers(
                program=till.program,
                codes=[voucher.code for voucher in vouchers],
                member_id=ask.member_id,
                source=SOURCE,
                external_id=str(ask.key),
                store=till.store,
                at=ask.at,
                by=till.user,
                trusted=True,
            )
        outcome = {
            "quantity": ask.data["quantity"],
            "reward": {"fr": reward.name_fr, "en": reward.name_en},
            "points": redeemed.redemption.points,
            "codes": [] if now else [voucher.code for voucher in vouchers],
        }
        return Done(outcome, reference=str(ask.key))

    def undo(self, action: CounterAction, *, at: datetime, by) -> None:
        sale = {"program": action.program, "source": SOURCE, "external_id": action.reference}
        give_back_vouchers(**sale, at=at, by=by)
        redemption = Redemption.objects.get(**sale)
        roll_back_redemption(redemption=redemption, reason=_("Undone at the counter."), at=at, by=by)


def _waits(voucher) -> bool:
    """It counts in a sale to come: a discount of a basket, or one of several to choose from."""
    terms = use_terms(voucher)
    return terms.pays or terms.needs_basket or voucher.reward.kind == Reward.Kind.CHOICE


REDEEM = Redeeming("redeem", gettext_lazy("Redeem a reward"), RedeemForm, tab=pgettext_lazy("tab", "Redeem"), icon="★")
