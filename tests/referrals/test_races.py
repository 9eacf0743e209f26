"""Many at once: a cap has its winners, a friend one referrer, a circle never closes, a night pays once.

Each control takes the lock away and shows that the race is real.
"""

import pytest

from loyalty.ledger.audit import audit_ledger
from loyalty.referrals import operations
from loyalty.referrals.models import Referral, ReferralCode, ReferralProgram
from loyalty.referrals.operations import joining, thanking, turn
from tests.factories.referrals import DAY, LONG_AGO, NOON, newcomer
from tests.racing import AllHaveRead, at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
FRIENDS = 4


@pytest.fixture
def no_window(terms):
    terms.return_days = 0
    terms.save()
    return terms


def no_lock(monkeypatch, parties, module, name):
    """The program's row is read and not locked, and nobody goes on from `name` before all have come there."""
    all_have_read = AllHaveRead(parties)
    real = getattr(module, name)

    def wait(*args, **kwargs):
        result = real(*args, **kwargs)
        all_have_read.wait()
        return result

    monkeypatch.setattr(turn, "lock_program", lambda program: ReferralProgram.objects.get(program=program))
    monkeypatch.setattr(turn, "lock_accounts", lambda program, member_ids: None)
    monkeypatch.setattr(module, name, wait)


def buy_at_once(street, referrer, friends):
    code = street.code(referrer)
    return at_once(lambda friend: street.buy(friend, code=code), friends)


def rewarded():
    return Referral.objects.filter(state="rewarded").count()


def test_a_cap_of_one_rewards_one_of_many_friends_who_buy_at_once(street, no_window, ana):
    no_window.cap_ever = 1
    no_window.save()
    results = buy_at_once(street, ana, [newcomer(street.program) for _ in range(FRIENDS)])
    assert not [each for each in results if isinstance(each, Exception)]
    assert rewarded() == 1
    assert Referral.objects.filter(reason="cap_ever").count() == FRIENDS - 1
    assert street.points(ana) == 500
    assert not audit_ledger().drift


def test_control_without_the_lock_the_cap_is_passed(street, no_window, ana, monkeypatch):
    no_window.cap_ever = 1
    no_window.save()
    no_lock(monkeypatch, FRIENDS, thanking, "_within_caps")
    buy_at_once(street, ana, [newcomer(street.program) for _ in range(FRIENDS)])
    assert rewarded() == FRIENDS


def test_two_who_bring_each_other_at_once_close_no_circle(street, no_window):
    for _round in range(5):
        one, two = newcomer(street.program), newcomer(street.program)
        codes = {one: street.code(two), two: street.code(one)}
        results = at_once(lambda member, codes=codes: street.buy(member, code=codes[member]), [one, two])
        assert not [each for each in results if isinstance(each, Exception)]
        brought = Referral.objects.filter(friend__in=[one, two]).exclude(state="refused")
        assert brought.count() == 1


def test_control_without_the_lock_the_circle_closes(street, terms, monkeypatch):
    one, two = newcomer(street.program), newcomer(street.program)
    codes = {one: street.code(two), two: street.code(one)}
    no_lock(monkeypatch, 2, joining, "chains")
    at_once(lambda member: street.buy(member, code=codes[member]), [one, two])
    assert Referral.objects.exclude(state="refused").count() == 2


def test_a_friend_who_uses_two_codes_at_once_has_one_referrer(street, terms):
    friend = newcomer(street.program)
    codes = [street.code(newcomer(street.program)) for _ in range(FRIENDS)]
    results = at_once(lambda code: street.buy(friend, code=code), codes)
    assert not [each for each in results if isinstance(each, Exception)]
    assert Referral.objects.filter(friend=friend).count() == 1


def test_two_nights_at_once_pay_once(street, terms, ana):
    for _ in range(FRIENDS):
        street.buy(newcomer(street.program), code=street.code(ana))
    settled = at_once(lambda _number: street.night(14), range(3))
    assert sum(each.rewarded for each in settled) == FRIENDS
    assert street.points(ana) == 500 * FRIENDS


def test_a_refund_and_the_night_agree(street, terms, ana):
    friend = newcomer(street.program)
    sale = street.purchase(friend, code=street.code(ana))
    street.record(sale)
    at_once(lambda call: call(), [lambda: street.night(14), lambda: street.give_back(friend, sale, day=13)])
    assert Referral.objects.get().state in ("undone", "joined")
    assert street.points(ana) == 0


def test_a_code_that_is_asked_for_many_times_at_once_is_made_once(street, ana):
    made = at_once(
        lambda _number: operations.make_code(program=street.program, member_id=ana.pk, at=LONG_AGO), range(6)
    )
    assert len({code.pk for code in made}) == 1
    assert ReferralCode.objects.count() == 1


def test_two_reviewers_at_once_one_decides(street, terms, ana):
    ana.postcode = "69003"
    ana.save()
    friend = newcomer(street.program, last_name=ana.last_name, postcode="69003")
    street.buy(friend, code=street.code(ana))
    referral = street.referral(friend)

    def decide(accept):
        return operations.decide(referral=referral, accept=accept, reason="x", at=NOON + 20 * DAY, by=None)

    results = at_once(decide, [True, False])
    assert sum(isinstance(each, Referral) for each in results) == 1
    assert street.points(ana) in (0, 500)
