"""Whether codes can be used now, and what they take off a basket: what reserving and using ask first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from loyalty.lib import codes as code_symbols
from loyalty.programs.models import Program, Store
from rewards import discounting, rules
from rewards.models import Reward, Voucher, VoucherUse
from rewards.queries import membership
from rewards.terms import audience, exclusions, use_terms

from .batches import why_not_once_more
from .errors import RewardsError


class VoucherRefused(RewardsError):
    """This code cannot be used now. Only a trusted caller is told what is wrong with the code itself."""


class Valued(NamedTuple):
    """A voucher and what it takes off the basket, in minor units; None where no basket was told."""

    voucher: Voucher
    worth: int | None


@dataclass(frozen=True, slots=True)
class Sale:
    """Where vouchers are to be used, when and by whom; `amount` is what is due for all `lines`, None for not told.

    A sale that is only asked about has no name.
    """

    program: Program
    at: datetime
    source: str = ""
    external_id: str = ""
    store: Store | None = None
    amount: int | None = None
    lines: Sequence[rules.Line] = ()
    member_id: int | None = None
    trusted: bool = False
    held_for: str = ""

    @property
    def basket(self) -> rules.Basket | None:
        return None if self.amount is None else rules.Basket(self.amount, self.lines)


def validate_voucher(
    *,
    program: Program,
    code: str,
    store: Store | None = None,
    amount: int | None = None,
    lines: Sequence[rules.Line] = (),
    member_id: int | None = None,
    at: datetime,
    held_for: str = "",
    trusted: bool = False,
) -> Valued:
    """The voucher behind a code, if it can be used now, and its worth in a basket of `amount`.

    `held_for` names the sale where it is reserved by one. See `validate_vouchers`.
    """
    return validate_vouchers(
        program=program,
        codes=[code],
        store=store,
        amount=amount,
        lines=lines,
        member_id=member_id,
        at=at,
        held_for=held_for,
        trusted=trusted,
    )[0]


def validate_vouchers(
    *,
    program: Program,
    codes: Sequence[str],
    store: Store | None = None,
    amount: int | None = None,
    lines: Sequence[rules.Line] = (),
    member_id: int | None = None,
    at: datetime,
    held_for: str = "",
    trusted: bool = False,
) -> list[Valued]:
    """The vouchers behind the codes, if one sale can use them all, each with its worth in the basket.

    An untrusted caller hears the same words for unknown, used, reserved, expired and refused here, so that nobody
    learns codes by trying. Writes nothing; raises `VoucherRefused`.
    """
    sale = Sale(program, at, "", "", store, amount, lines, member_id, trusted, held_for)
    vouchers = [find(program, code) for code in codes]
    refusals = [why_not(voucher, sale) for voucher in vouchers]
    return valued(known(vouchers, refusals, sale), sale)


def known(vouchers: Sequence[Voucher | None], refusals: Sequence[rules.Refusal | None], sale: Sale) -> list[Voucher]:
    """The vouchers, or the first refusal. The same code twice is refused, too."""
    found: list[Voucher] = []
    for voucher, refusal in zip(vouchers, refusals, strict=True):
        if voucher is None or refusal is not None:
            raise refused(refusal, sale.trusted)
        if voucher in found:
            raise VoucherRefused(rules.Refusal("named_twice", _("The same voucher is named twice.")))
        found.append(voucher)
    return found


def valued(vouchers: Sequence[Voucher], sale: Sale, earlier: Sequence[VoucherUse] = ()) -> list[Valued]:
    """What each takes off the basket beside the others, and beside those that the sale used `earlier`."""
    terms = [use_terms(voucher) for voucher in vouchers]
    before = [(use_terms(use.voucher), use.worth or 0) for use in earlier]
    if sale.basket is None:
        for place, each in enumerate(terms):
            others = [each for each, _worth in before] + [*terms[:place], *terms[place + 1 :]]
            if refusal := discounting.not_together(each, others):
                raise VoucherRefused(refusal)
        return [Valued(voucher, None) for voucher in vouchers]
    answer = discounting.discounts(
        terms,
        sale.basket,
        currency=sale.program.money_currency,
        exclusions=exclusions(sale.program),
        earlier=before,
    )
    if answer.refusal is not None:
        raise VoucherRefused(answer.refusal)
    return [Valued(voucher, worth) for voucher, worth in zip(vouchers, answer.worth, strict=True)]


def refused(refusal: rules.Refusal | None, trusted: bool) -> VoucherRefused:
    if trusted and refusal is not None:
        return VoucherRefused(refusal)
    return VoucherRefused(rules.Refusal("not_usable", _("This code cannot be used.")))


def find(program: Program, code: str) -> Voucher | None:
    typed = code_symbols.normalise(code)
    if not code_symbols.is_valid(typed):
        return None
    return Voucher.objects.select_related("reward", "batch").filter(program=program, code=typed).first()


def why_not(voucher: Voucher | None, sale: Sale) -> rules.Refusal | None:
    """What is wrong with the code itself, whatever is in the basket."""
    if voucher is None:
        return rules.Refusal("unknown", _("This code is unknown."))
    refusal = rules.voucher_refusal(
        rules.VoucherTerms(voucher.state, voucher.expires_at, voucher.reserved_until, voucher.reserved_for),
        at=sale.at,
        held_for=sale.held_for,
    )
    refusal = refusal or why_not_once_more(voucher, sale.member_id)
    if refusal is not None or voucher.reward is None:
        return refusal
    if voucher.reward.kind == Reward.Kind.CHOICE:
        return rules.Refusal(rules.Code.CHOOSE_FIRST, _("Choose one of its rewards first."))
    if not rules.store_honours(set(voucher.reward.stores.all()), sale.store):
        return rules.Refusal(rules.Code.WRONG_STORE, _("This voucher is not accepted in this store."))
    return _not_for(voucher, voucher.reward, sale)


def _not_for(voucher: Voucher, reward: Reward, sale: Sale) -> rules.Refusal | None:
    """A voucher that belongs to nobody is used by those for whom its reward is."""
    whom = audience(reward)
    if voucher.member_id is not None or not whom or reward.early_from is not None:
        return None
    member = membership(program=sale.program, member_id=sale.member_id) if sale.member_id else None
    return None if whom.admits(member) else rules.not_for_member()
