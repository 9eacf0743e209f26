"""What a story names, and what it became: members, sales, rewards, printed codes. Stores open when first named."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from loyalty.backoffice.simulation.fields import MOST, Unreadable
from loyalty.backoffice.simulation.story import Event, in_zone
from loyalty.earning.operations import MemberRef
from loyalty.lib.money import to_minor
from loyalty.partners.models import Contract
from loyalty.partners.sources import PREFIX
from loyalty.programs.models import Program, Store
from loyalty.programs.operations import create_store
from loyalty.referrals.operations import ReferralsError, make_code
from members.models import Member
from rewards.models import Redemption, Reward, Voucher
from rewards.operations.reserving import sale_of

SOURCE = "story"


class Unknown(Exception):
    """The story names something that is not there."""

    code = "unknown"


@dataclass
class Stage:
    program: Program
    members: dict[str, int] = field(default_factory=dict)
    sales: dict[str, int] = field(default_factory=dict)  # the amount of each, in minor units
    sources: dict[str, str] = field(default_factory=dict)  # where a sale that a partner made came from
    codes: dict[str, str] = field(default_factory=dict)  # the story's name for a code → the code as it is printed
    gift_cards: dict[str, str] = field(default_factory=dict)  # the story's name for a gift card → its code

    def member(self, name: str) -> Member:
        if name not in self.members:
            raise Unknown(_("“%(name)s” has not been enrolled.") % {"name": name})
        return Member.objects.get(pk=self.members[name])

    def reference(self, name: str) -> MemberRef:
        return MemberRef("id", str(self.member(name).pk))

    def referral(self, name: str, at: datetime) -> str:
        """A member's name stands for their code, which is made when it is first passed on."""
        if name not in self.members:
            return name
        try:
            return make_code(program=self.program, member_id=self.members[name], at=at).code
        except ReferralsError:
            return name  # a code that means nothing here

    def store(self, code: str, at: datetime) -> Store | None:
        if not code:
            return None
        known = Store.objects.filter(program=self.program, code=code).first()
        return known or create_store(program=self.program, code=code, name=code, at=at, by=None)

    def reward(self, code: str) -> Reward:
        found = Reward.objects.filter(program=self.program, code=code).first()
        if found is None:
            raise Unknown(_("There is no reward “%(code)s”.") % {"code": code})
        return found

    def voucher(self, event: Event, at: datetime) -> str:
        """The code that the story gives, or that of the member's voucher of this reward that ends soonest."""
        return event.fields.get("code") or self.voucher_of(event.member, event.fields.get("reward"), at)

    def voucher_of(self, name: str, reward: str | None, at: datetime) -> str:
        """The code of a usable one, else of the latest: to be refused with the reason why. None means any reward."""
        mine = Voucher.objects.filter(program=self.program, member_id=self.member(name).pk)
        if reward:
            mine = mine.filter(reward__code=reward)
        found = mine.usable(at=at).order_by("expires_at", "id").first() or mine.order_by("-id").first()
        if found is None:
            raise Unknown(_("“%(name)s” has no such voucher.") % {"name": name})
        return found.code

    def voucher_named(self, name: str, voucher: str | None, at: datetime) -> str:
        """A reward's code stands for the member's voucher of it, null for any voucher; else it is a voucher's code."""
        if voucher and not Reward.objects.filter(program=self.program, code=voucher).exists():
            return voucher
        return self.voucher_of(name, voucher, at)

    def held_voucher(self, event: Event) -> Voucher:
        """The first one that is held, of the reward, the code and the sale that the event names."""
        sale = event.fields.get("activity")
        wanted = {
            "reward__code": event.fields.get("reward"),
            "code": event.fields.get("code"),
            "reserved_for": sale and sale_of(SOURCE, sale),
        }
        held = Voucher.objects.filter(
            program=self.program, member_id=self.member(event.member).pk, state=Voucher.State.RESERVED
        )
        found = held.filter(**{name: value for name, value in wanted.items() if value}).order_by("id").first()
        if found is None:
            raise Unknown(_("“%(name)s” has no voucher that is held for a sale.") % {"name": event.member})
        return found

    def paid_before(self, event: Event, sale: str) -> Redemption | None:
        """What points pay of a sale that comes after them."""
        paid = Redemption.objects.filter(program=self.program, source=self.source(event), external_id=sale)
        return paid.filter(burn_rule__isnull=False).first()

    def source(self, event: Event) -> str:
        """A partner's, where the event names one; a refund's is that of its sale."""
        if code := event.fields.get("partner"):
            if not Contract.objects.filter(program=self.program, partner__code=code).exists():
                raise Unknown(_("There is no partner “%(code)s”.") % {"code": code})
            return f"{PREFIX}{code}"
        return self.sources.get(event.fields.get("of", ""), SOURCE)

    def money(self, amount: Any) -> int:
        """Minor units of the program's money."""
        try:
            money = Decimal(str(amount))
            if not abs(money) <= MOST:  # nor NaN
                raise InvalidOperation
            return to_minor(money, self.program.money_currency)
        except (InvalidOperation, ValueError):
            raise Unreadable(_("“%(amount)s” is no amount of money.") % {"amount": amount}) from None

    def day(self, text: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise Unreadable(_("“%(text)s” is not a day; write it as 2025-12-31.") % {"text": text}) from None

    def moment(self, text: str | None, default: datetime) -> datetime:
        """In the program's zone, where the text gives none."""
        if text is None:
            return default
        try:
            return in_zone(datetime.fromisoformat(text), self.program.tzinfo)
        except (TypeError, ValueError):
            raise Unreadable(_("“%(text)s” is no moment.") % {"text": text}) from None
