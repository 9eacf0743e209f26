"""Who may be whose friend: nobody's own, nobody's who bought before, one referrer each; a code never stops a sale."""

import pytest

from loyalty.referrals.models import Referral, ReferralProgram
from members.operations import block_member
from tests.factories.referrals import DAY, NOON, newcomer, reasons

pytestmark = pytest.mark.django_db


def test_an_unknown_code_is_noted_and_the_sale_goes_on(street, bruno):
    recorded = street.buy(bruno, code="NOBODY77")
    assert recorded.activity_id
    assert reasons(recorded) == ["unknown_code"]
    assert not Referral.objects.exists()


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1}", "{2}"])
def test_a_code_is_read_however_it_is_typed(street, ana, bruno, typed):
    code = street.code(ana)
    typed = typed.format(code, code.lower(), f"{code[:4]}-{code[4:]}")
    assert reasons(street.buy(bruno, code=typed))[0] == "joined"


def test_a_code_is_switched_off_with_its_program(street, terms, ana, bruno):
    terms.is_active = False
    terms.save()
    assert reasons(street.buy(bruno, code=street.code(ana))) == ["inactive"]


def test_a_code_holds_from_its_first_to_its_last_day(street, terms, ana):
    terms.valid_from, terms.valid_to = NOON, NOON + DAY
    terms.save()
    results = [reasons(street.buy(newcomer(street.program), day=day, code=street.code(ana)))[0] for day in (-1, 0, 1)]
    assert results == ["not_yet_valid", "joined", "ended"]


def test_a_code_of_another_program_is_a_strangers(street, bruno, program):
    from tests.factories.programs import ProgramFactory
    from tests.factories.referrals import ReferralProgramFactory, Street

    other = ReferralProgramFactory(program=ProgramFactory()).program
    code = Street(other).code(newcomer(other))
    assert reasons(street.buy(bruno, code=code)) == ["unknown_code"]


def test_nobody_refers_themselves(street, ana):
    assert reasons(street.buy(ana, code=street.code(ana))) == ["own_code"]
    assert street.state(ana) == "refused own_code"
    assert street.points(ana) == 0


def test_who_tried_their_own_code_may_come_with_another(street, ana, bruno):
    street.join("", first_name="X")
    friend = newcomer(street.program)
    from loyalty.earning.operations import ActivityInput, MemberRef, record_activity

    visit = ActivityInput("v1", MemberRef("id", str(friend.pk)), "visit", NOON, referral=street.code(friend))
    record_activity(program=street.program, source="till", activity=visit, at=NOON)
    assert street.state(friend) == "refused own_code"
    assert reasons(street.buy(friend, day=1, code=street.code(ana)))[0] == "joined"


def test_who_bought_before_is_nobodys_friend(street, ana, bruno):
    street.buy(bruno)
    assert reasons(street.buy(bruno, day=1, code=street.code(ana))) == ["existing_buyer"]
    assert street.state(bruno) == "refused existing_buyer"


def test_who_bought_in_a_history_that_was_loaded_is_nobodys_friend(street, ana, bruno):
    street.load(street.purchase(bruno, day=-400))
    assert reasons(street.buy(bruno, code=street.code(ana))) == ["existing_buyer"]


def test_a_history_brings_no_referral(street, ana, bruno):
    answers = street.load(street.purchase(bruno, code=street.code(ana)))
    assert reasons(answers[0]) == ["history"]
    assert not Referral.objects.exists()


def test_a_history_loaded_later_shows_that_the_friend_had_bought_before(street, ana, bruno):
    street.buy(bruno, code=street.code(ana))
    street.load(street.purchase(bruno, day=-30))
    assert street.state(bruno) == "refused existing_buyer"
    assert street.night(20).rewarded == 0


def test_a_late_purchase_from_before_the_code_shows_it_too(street, ana, bruno):
    street.buy(bruno, code=street.code(ana))
    earlier = street.purchase(bruno, day=-1)
    assert reasons(street.record(earlier, at=NOON + DAY)) == ["existing_buyer"]
    assert street.night(20).rewarded == 0


def test_the_first_code_wins(street, ana, bruno):
    other = newcomer(street.program)
    friend = street.join(street.code(ana), first_name="Bob")
    assert reasons(street.buy(friend, day=1, code=street.code(other))) == ["already_referred", "qualified"]
    assert street.referral(friend).referrer == ana


def test_two_codes_in_one_batch_the_first_wins(street, ana):
    other, friend = newcomer(street.program), newcomer(street.program)
    street.load(
        street.purchase(friend, day=990, code=street.code(ana)),
        street.purchase(friend, day=991, code=street.code(other)),
        history=False,
    )
    assert street.referral(friend).referrer == ana


def test_who_was_brought_does_not_bring_back(street, ana):
    friend = street.join(street.code(ana), first_name="Bob")
    recorded = street.buy(ana, code=street.code(friend))
    assert reasons(recorded) == ["circular"]
    assert street.state(ana) == "refused circular"


def test_nor_through_others(street, ana):
    second = street.join(street.code(ana), first_name="Bob")
    third = street.join(street.code(second), first_name="Cleo", day=1)
    fourth = street.join(street.code(third), first_name="Dora", day=2)
    assert reasons(street.buy(ana, day=3, code=street.code(fourth))) == ["circular"]


def test_a_circle_within_one_batch_is_seen(street):
    one, two = newcomer(street.program), newcomer(street.program)
    answers = street.load(
        street.purchase(one, day=990, code=street.code(two)),
        street.purchase(two, day=991, code=street.code(one)),
        history=False,
    )
    assert reasons(answers[0])[0] == "joined"
    assert reasons(answers[1]) == ["circular"]


def test_a_blocked_referrer_gets_nothing_for_a_new_friend(street, ana, bruno):
    code = street.code(ana)
    block_member(member=ana, reason="fraud", at=NOON, by=None)
    assert reasons(street.buy(bruno, code=code)) == ["referrer_blocked"]


def test_a_referrer_blocked_meanwhile_gets_nothing(street, ana, bruno):
    street.buy(bruno, code=street.code(ana))
    block_member(member=ana, reason="fraud", at=NOON, by=None)
    assert street.night(14).rewarded == 0
    assert street.state(bruno) == "refused referrer_blocked"
    assert street.points(ana) == 0


def test_a_program_without_referrals_takes_no_notice_of_codes(ana, program):
    from tests.factories.referrals import Street

    assert not ReferralProgram.objects.exists()
    assert reasons(Street(program).buy(ana, code="ANNA10")) == []
