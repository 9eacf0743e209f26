"""A code at the till: accepted once (or N times), in its stores, before its end; held for one sale while it is paid."""

from datetime import timedelta

import pytest

from rewards import operations
from rewards.models import Voucher, VoucherUse
from rewards.operations import VoucherRefused
from tests.factories.programs import ProgramFactory, StoreFactory
from tests.factories.rewards import SPRING, RewardFactory

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def voucher(program, ana, coffee):
    return operations.issue_voucher(program=program, reward=coffee, member_id=ana.pk, at=SPRING)


def call(verb, voucher, sale="s1", at=SPRING, **options):
    options = {"program": voucher.program, "code": voucher.code, "source": "till", "external_id": sale, **options}
    return verb(at=at, **options)


def use(voucher, sale="s1", **options):
    return call(operations.redeem_voucher, voucher, sale, **options)


def reserve(voucher, sale="s1", **options):
    return call(operations.reserve_voucher, voucher, sale, **options)


def refusal_of(voucher, sale="s2", **options):
    with pytest.raises(VoucherRefused) as refused:
        use(voucher, sale, **options)
    return refused.value


def test_a_voucher_is_used_once(voucher, store, clerk):
    used = use(voucher, store=store, by=clerk)
    assert used.voucher.state == Voucher.State.USED
    assert (used.use.store, used.use.by) == (store, clerk)
    assert refusal_of(voucher, trusted=True).code == "used"


def test_a_retry_of_the_same_sale_finds_its_own_use(voucher):
    use(voucher)
    again = use(voucher)
    assert again.replayed
    assert (VoucherUse.objects.count(), again.voucher.uses) == (1, 1)


def test_a_voucher_for_three_uses_is_used_three_times(program, ana):
    reward = RewardFactory(program=program, voucher_uses=3)
    voucher = operations.issue_voucher(program=program, reward=reward, member_id=ana.pk, at=SPRING)
    states = [use(voucher, f"s{number}").voucher.state for number in range(3)]
    assert states == [Voucher.State.UNUSED, Voucher.State.UNUSED, Voucher.State.USED]
    assert refusal_of(voucher, "s3", trusted=True).code == "used"


def test_a_code_is_understood_as_people_type_it(voucher):
    code = voucher.code.lower()
    typed = f" {code[:4]}-{code[4:8]} {code[8:]} "
    assert use(voucher, code=typed).voucher == voucher


def test_a_voucher_is_usable_until_its_end(program, ana):
    reward = RewardFactory(program=program, voucher_days=1)
    voucher = operations.issue_voucher(program=program, reward=reward, member_id=ana.pk, at=SPRING)
    assert refusal_of(voucher, at=voucher.expires_at, trusted=True).code == "expired"
    use(voucher, at=voucher.expires_at - timedelta(seconds=1))


def test_a_voucher_is_honoured_in_the_stores_of_its_reward(program, store, ana):
    reward = RewardFactory(program=program, stores=[store])
    voucher = operations.issue_voucher(program=program, reward=reward, member_id=ana.pk, at=SPRING)
    elsewhere = StoreFactory(program=program)
    assert refusal_of(voucher, store=elsewhere, trusted=True).code == "wrong_store"
    use(voucher, store=store)


def test_another_program_does_not_know_the_code(voucher):
    assert refusal_of(voucher, program=ProgramFactory(), trusted=True).code == "unknown"


def test_an_untrusted_caller_hears_the_same_words_for_everything(program, ana, coffee, store):
    def fresh(reward=coffee):
        return operations.issue_voucher(program=program, reward=reward, member_id=ana.pk, at=SPRING)

    used, withdrawn, reserved, unknown = fresh(), fresh(), fresh(), fresh()
    use(used)
    operations.withdraw_voucher(voucher=withdrawn, reason="lost", at=SPRING)
    reserve(reserved, "another")
    unknown.code = "2222222222"
    expired = fresh(RewardFactory(program=program, voucher_days=1))
    elsewhere = fresh(RewardFactory(program=program, stores=[store]))
    refused = [refusal_of(voucher) for voucher in (used, withdrawn, reserved, unknown, elsewhere)]
    refused.append(refusal_of(expired, at=expired.expires_at))
    assert len({(refusal.code, str(refusal)) for refusal in refused}) == 1
    told_why = [refusal_of(voucher, trusted=True) for voucher in (used, withdrawn, reserved, unknown, elsewhere)]
    assert len({refusal.code for refusal in told_why}) == 5


def test_validating_writes_nothing(voucher):
    assert operations.validate_voucher(program=voucher.program, code=voucher.code, at=SPRING).voucher == voucher
    assert use(voucher).voucher.uses == 1


def test_a_reserved_voucher_is_for_the_sale_that_holds_it(voucher):
    reserve(voucher, "s1")
    assert refusal_of(voucher, "s2", trusted=True).code == "reserved"
    with pytest.raises(VoucherRefused):
        reserve(voucher, "s2")
    used = use(voucher, "s1", at=SPRING + MINUTE)
    assert (used.voucher.state, used.voucher.reserved_until) == (Voucher.State.USED, None)


def test_the_sale_that_holds_a_voucher_can_hold_it_longer(voucher):
    reserve(voucher, "s1", hold=MINUTE)
    longer = reserve(voucher, "s1", at=SPRING + MINUTE / 2, hold=MINUTE)
    assert longer.voucher.reserved_until == SPRING + 1.5 * MINUTE


def test_only_the_sale_that_holds_a_voucher_gives_it_up(voucher):
    reserve(voucher, "s1")
    names = {"program": voucher.program, "code": voucher.code, "source": "till"}
    assert not operations.release_voucher(**names, external_id="s2")
    assert operations.release_voucher(**names, external_id="s1")
    use(voucher, "s2")


def test_a_hold_lapses_by_itself(voucher):
    reserve(voucher, "s1", hold=MINUTE)
    assert use(voucher, "s2", at=SPRING + MINUTE).voucher.state == Voucher.State.USED


def test_lapsed_holds_are_tidied_up(voucher):
    reserve(voucher, "s1", hold=MINUTE)
    assert operations.release_lapsed_reservations(at=SPRING) == 0
    assert operations.release_lapsed_reservations(at=SPRING + MINUTE) == 1
    voucher.refresh_from_db()
    assert (voucher.state, voucher.reserved_until, voucher.reserved_for) == (Voucher.State.UNUSED, None, "")


def test_a_withdrawn_voucher_is_worth_nothing(voucher, administrator):
    operations.withdraw_voucher(voucher=voucher, reason="stolen", at=SPRING, by=administrator)
    operations.withdraw_voucher(voucher=voucher, reason="again", at=SPRING, by=None)
    assert (voucher.withdrawn_by, voucher.withdrawn_reason) == (administrator, "stolen")
    assert refusal_of(voucher, trusted=True).code == "withdrawn"


def test_a_used_voucher_is_not_withdrawn(voucher):
    use(voucher)
    with pytest.raises(VoucherRefused):
        operations.withdraw_voucher(voucher=voucher, reason="stolen", at=SPRING)
