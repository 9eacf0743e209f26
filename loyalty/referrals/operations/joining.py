"""Members who come with a code: whose friend they become, or why nobody's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from loyalty.lib import codes, sql
from loyalty.lib.periods import local_date
from loyalty.programs.kinds import Happened
from loyalty.referrals import rules
from loyalty.referrals.models import Referral, ReferralCode, ReferralGift, ReferralProgram
from loyalty.referrals.models.referral import DEAD
from loyalty.referrals.people import chains
from loyalty.referrals.rules import Offer, Reason, When
from members.models import Enrolment

from .giving import Wanted
from .thanking import thank_friends
from .turn import Turn


def join(
    turn: Turn,
    terms: ReferralProgram,
    found: Mapping[str, ReferralCode],
    bonds: dict[int, Referral],
    with_code: Sequence[Happened],
) -> None:
    """Make a referral of each code that holds, in the order of the activities; `bonds` (by friend) gets them."""
    if not with_code:
        return
    joining = _Joining(turn, terms, found, bonds, with_code)
    joined = [(referral, each) for each in with_code if (referral := joining.meet(each))]
    _welcome(turn, joined)


class _Joining:
    def __init__(self, turn, terms, found, bonds, with_code):
        self.turn, self.terms, self.found, self.bonds = turn, terms, found, bonds
        friends = {each.member_id for each in with_code}
        referrers = {code.referrer_id for code in found.values() if code.referrer_id}
        self.persons = turn.persons(friends | referrers) if found else {}
        self.referrer_of = chains(turn.program, referrers)
        self.first_purchase = dict(
            Enrolment.objects.filter(program=turn.program, member__in=friends).values_list(
                "member", "first_purchase_at"
            )
        )
        self.attempts = set(
            Referral.objects.filter(program=turn.program, friend__in=friends, reason__in=DEAD).values_list(
                "friend", "code", "reason"
            )
        )
        self.ids: Iterator[int] = iter(sql.reserve({Referral: len(with_code)})[Referral])

    def meet(self, each: Happened) -> Referral | None:
        """The new referral, or None: then the effect says why, and somebody's attempt stands as refused."""
        code = self.found.get(codes.normalise(each.referral))
        reason = self._code_fault(code, each)
        if code is None or reason is not None:
            self._refuse(each, code, reason or Reason.UNKNOWN_CODE)
            return None
        referrer = self.persons.get(code.referrer_id) if code.referrer_id else None
        reason = rules.joining_fault(
            referrer=referrer,
            friend_id=each.member_id,
            at=each.occurred_at,
            first_purchase_at=self.first_purchase.get(each.member_id),
            is_referred=each.member_id in self.bonds,
            referrer_of=self.referrer_of,
        )
        if reason is not None:
            self._refuse(each, code, reason)
            return None
        doubts = rules.suspicions(referrer, self.persons[each.member_id])
        referral = self._referral(each, code)
        referral.suspicions = doubts
        self.bonds[each.member_id] = referral
        if code.referrer_id:
            self.referrer_of[each.member_id] = code.referrer_id
        state, reason = (Referral.State.HELD, Reason.HELD) if doubts else (Referral.State.JOINED, Reason.JOINED)
        self.turn.start(referral)
        said = {"code": code.spoken, **({"suspicions": doubts} if doubts else {})}
        self.turn.step(referral, state, reason, activity_id=each.activity_id, **said)
        self.turn.announce("referral.joined", referral, each.occurred_at, code=code.code)
        return referral

    def _code_fault(self, code: ReferralCode | None, each: Happened) -> Reason | None:
        if each.is_history:
            return Reason.HISTORY
        if code is None:
            return Reason.UNKNOWN_CODE
        if not self.turn.program.earns_on(local_date(each.occurred_at, self.turn.program.tzinfo)):
            return Reason.ENDED
        promise = code.ambassador or self.terms
        return rules.code_fault(
            Offer(
                is_active=promise.is_active and self.terms.is_active,
                valid_from=promise.valid_from,
                valid_to=promise.valid_to,
            ),
            each.occurred_at,
        )

    def _refuse(self, each: Happened, code: ReferralCode | None, reason: Reason) -> None:
        attempt = (each.member_id, code.pk if code else 0, str(reason))
        if code is None or reason not in rules.ATTEMPTS or attempt in self.attempts:
            self.turn.effect(each.activity_id, reason, code=each.referral)
            return
        self.attempts.add(attempt)
        referral = self._referral(each, code)
        self.turn.start(referral)
        self.turn.step(referral, Referral.State.REFUSED, reason, activity_id=each.activity_id, code=each.referral)

    def _referral(self, each: Happened, code: ReferralCode) -> Referral:
        terms = (code.ambassador or self.terms).terms
        return Referral(
            id=next(self.ids),
            program=self.turn.program,
            code=code,
            referrer_id=code.referrer_id,
            ambassador=code.ambassador,
            friend_id=each.member_id,
            terms=asdict(terms),
            joined_at=each.occurred_at,
            joined_by=each.activity_id,
            buy_by=rules.buy_by(each.occurred_at, terms.buy_within_days, self.turn.program.tzinfo),
        )


def _welcome(turn: Turn, joined: Sequence[tuple[Referral, Happened]]) -> None:
    """The friends' own gifts, where they get them for joining."""
    activity = {referral.pk: each.activity_id for referral, each in joined}
    wanted = [
        Wanted(referral, ReferralGift.Side.FRIEND)
        for referral, _each in joined
        if referral.state == Referral.State.JOINED and gives_when(referral, When.SIGN_UP)
    ]
    thank_friends(turn, wanted, activity)


def gives_when(referral: Referral, when: str) -> bool:
    return referral.promise.gives_friend and referral.promise.friend_when == when
