"""What is worth money: the history, the catalogue, vouchers, codes to enter. The address has to be proved for it."""

import secrets
from datetime import datetime, timedelta

from django.core import signing

from loyalty.challenges.queries import takes_codes
from loyalty.earning.operations import ActivityInput, ActivityRefused, MemberRef, record_activity
from loyalty.earning.sentences import explain
from loyalty.ledger.operations import InsufficientPoints
from loyalty.lib.periods import local_date
from loyalty.portal import forms
from loyalty.portal.pages import card, history
from loyalty.portal.views.base import MemberView, ProvedView
from loyalty.programs.kinds import Kind
from members.qr import qr_svg
from rewards import operations as rewards
from rewards.models import Redemption, Voucher
from rewards.queries import catalogue
from rewards.sentences import conditions, gift, worth

SOURCE = "portal"
SALT = "loyalty.portal.form-key"
LASTS = timedelta(hours=1)


class FormKeyMixin:
    """A form is named when it is shown: sent twice, it is the same thing that was done at the same moment."""

    def new_key(self):
        return signing.dumps([secrets.token_urlsafe(12), self.now.isoformat()], salt=SALT)

    def key(self):
        """The form's name, as the member's own, and its moment. One that was lost or is old makes a new form."""
        try:
            name, moment = signing.loads(self.request.POST.get("key", ""), salt=SALT, max_age=LASTS)
        except (signing.BadSignature, ValueError):
            name, moment = secrets.token_urlsafe(12), self.now.isoformat()
        return f"{self.member.pk}:{name}", datetime.fromisoformat(moment)


class History(ProvedView):
    def get(self, request):
        return self.page("history", moves=history.page(self.enrolment, request.GET.get("before", "")))


class Catalogue(MemberView):
    def get(self, request):
        offers = catalogue(program=self.program, member_id=self.member.pk, at=self.now)
        return self.page("catalogue", offers=offers, purses=card.purses(self.enrolment, self.now))


class RedeemReward(FormKeyMixin, ProvedView):
    """Asks once more, then redeems; the form's key makes a double click one redemption."""

    def back_to(self):
        return self.request.path

    def get(self, request, reward):
        return self.confirm(self.offer(reward))

    def post(self, request, reward):
        offer, form = self.offer(reward), self.how_many({"quantity": request.POST.get("quantity", "1")})
        if not form.is_valid():
            return self.confirm(offer, status=422, form=form)
        try:
            redeemed = rewards.redeem_reward(
                program=self.program,
                member_id=self.member.pk,
                reward=offer.reward,
                quantity=form.cleaned_data["quantity"],
                source=SOURCE,
                external_id=self.key()[0],
                at=self.now,
            )
        except (rewards.RewardsError, InsufficientPoints) as refusal:
            return self.confirm(self.offer(reward), status=409, refusal=str(refusal), form=form)
        return self.go("redeemed", redeemed.redemption.pk)

    def how_many(self, data=None):
        return forms.HowManyForm(data, program=self.program)

    def offer(self, number):
        offers = catalogue(program=self.program, member_id=self.member.pk, at=self.now)
        return self.found(next((each for each in offers if each.reward.pk == number), None))

    def confirm(self, offer, status=200, refusal="", form=None):
        return self.page(
            "redeem",
            status=status,
            offer=offer,
            refusal=refusal,
            form=form or self.how_many(),
            gift=gift(offer.reward),
            conditions=conditions(offer.reward),
            purses=card.purses(self.enrolment, self.now),
            key=self.new_key(),
        )


class Redeemed(ProvedView):
    """What was redeemed, with its vouchers: where the form leads, so that reloading redeems nothing."""

    def get(self, request, redemption):
        mine = Redemption.objects.filter(program=self.program, member=self.member.pk)
        row = self.row_or_404(mine, pk=redemption)
        vouchers = Voucher.objects.filter(redemption=row, member=self.member.pk).usable(at=self.now)
        return self.page("redeemed", redemption=row, vouchers=shown(vouchers, self.program))


class Vouchers(ProvedView):
    def get(self, request):
        mine = Voucher.objects.filter(program=self.program, member=self.member.pk).usable(at=self.now)
        return self.page("vouchers", vouchers=shown(mine, self.program))


def shown(vouchers, program):
    """As cards to hold under a scanner, soonest to expire first."""
    rows = vouchers.select_related("reward", "program").prefetch_related("reward__stores")
    return [
        {
            "voucher": row,
            "worth": worth(row),
            "name": row.reward.name if row.reward else "",
            "conditions": conditions(row.reward) if row.reward else "",
            "stores": [store.name for store in row.reward.stores.all()] if row.reward else [],
            "last_day": row.expires_at and local_date(row.expires_at - card.INSTANT, program.tzinfo),
            "qr": qr_svg(row.code),
        }
        for row in rows.order_by("expires_at", "pk")
    ]


class EnterCode(FormKeyMixin, ProvedView):
    """A code from a receipt, a pack, a lid, recorded as what the member did: it may earn, once."""

    def refused(self):
        """Where there are no codes, what somebody makes up must not count as one."""
        return super().refused() or (None if takes_codes(self.program) else self.found(None))

    def back_to(self):
        return self.request.path

    def get(self, request):
        return self.form_page(forms.EntryForm(program=self.program))

    def post(self, request):
        form = forms.EntryForm(request.POST, program=self.program)
        if not form.is_valid():
            return self.form_page(form, status=422)
        name, moment = self.key()
        activity = ActivityInput(
            external_id=name,
            member=MemberRef("id", str(self.member.pk)),
            kind=Kind.CODE.value,
            occurred_at=moment,
            channel=SOURCE,
            code=form.cleaned_data["code"],
        )
        try:
            recorded = record_activity(program=self.program, source=SOURCE, activity=activity, at=self.now)
        except ActivityRefused as refusal:
            form.add_error("code", str(refusal))
            return self.form_page(form, status=422)
        return self.form_page(forms.EntryForm(program=self.program), recorded=recorded)

    def form_page(self, form, status=200, recorded=None):
        currency = self.program.money_currency
        told = [explain(outcome, currency=currency) for outcome in recorded.outcomes] if recorded else []
        return self.page("enter_code", status=status, form=form, recorded=recorded, told=told, key=self.new_key())
