"""Two rows of one person: friends and whoever brought them follow; what was no referral is refused; nothing leaks."""

import pytest

from loyalty.referrals import operations, person, queries
from loyalty.referrals.models import Device
from tests.factories.merging import merge, undo
from tests.factories.referrals import DAY, NOON, newcomer, reasons

pytestmark = pytest.mark.django_db


def at(day):
    return NOON + day * DAY


def test_the_reward_for_a_friend_of_the_merged_one_goes_to_whoever_goes_on(street, ana, double, bruno):
    street.buy(bruno, code=street.code(double))
    merge(ana, double, at=at(1))
    street.night(14)
    assert (street.points(ana), street.points(double)) == (500, 0)
    assert queries.earned_by(street.program, ana).points == 500


def test_the_code_of_the_merged_one_still_works(street, ana, double, bruno):
    code = street.code(double)
    merge(ana, double, at=at(0))
    street.buy(bruno, day=1, code=code)
    assert street.referral(bruno).referrer == ana
    assert street.code(ana) == code


def test_but_not_for_the_person_themselves(street, ana, double):
    code = street.code(double)
    merge(ana, double, at=at(0))
    assert reasons(street.buy(ana, day=1, code=code)) == ["own_code"]


def test_who_brought_oneself_under_another_name_gets_nothing(street, ana, double):
    street.buy(double, code=street.code(ana))
    referral = street.referral(double)
    merge(ana, double, at=at(1))
    assert street.state(double) == "refused own_code"
    assert street.night(14).rewarded == 0
    assert referral.steps.last().reason == "own_code"


def test_a_friend_follows_the_person(street, ana, double, bruno):
    street.buy(double, code=street.code(bruno))
    merge(ana, double, at=at(1))
    assert street.referral(ana).state == "qualified"
    street.night(14)
    assert street.points(bruno) == 500


def test_a_friend_who_turns_out_to_have_bought_before_was_none(street, ana, double, bruno):
    street.buy(ana, day=-10)
    street.buy(double, code=street.code(bruno))
    merge(ana, double, at=at(1))
    assert street.state(double) == "refused existing_buyer"
    assert street.night(14).rewarded == 0


def test_a_person_has_one_referrer(street, ana, double, bruno):
    street.buy(ana, code=street.code(bruno))
    street.buy(double, code=street.code(newcomer(street.program)))
    merge(ana, double, at=at(1))
    assert street.state(ana) == "qualified"
    assert street.night(14).rewarded == 1


def test_taken_apart_each_has_their_own_friends_again(street, ana, double, bruno):
    street.buy(bruno, code=street.code(double))
    merged = merge(ana, double, at=at(1))
    undo(merged, at=at(2))
    street.night(14)
    assert (street.points(ana), street.points(double)) == (0, 500)


def test_taken_apart_what_the_merge_refused_is_open_again(street, ana, double, bruno):
    street.buy(ana, day=-10)
    street.buy(double, code=street.code(bruno))
    merged = merge(ana, double, at=at(1))
    assert street.state(double) == "refused existing_buyer"
    undo(merged, at=at(2))
    assert street.state(double) == "qualified"
    assert street.referral(double).steps.last().reason == "reopened"
    assert sum(street.referral(double).amounts.filter(kind="written_off").values_list("amount", flat=True)) == 0
    street.night(14)
    assert street.points(bruno) == 500


def test_but_not_what_a_person_has_refused_or_another_referrer_has_brought(street, ana, double, bruno):
    street.buy(double, code=street.code(ana))
    merged = merge(ana, double, at=at(1))
    undo(merged, at=at(2))
    assert street.state(double) == "qualified"
    operations.decide(referral=street.referral(double), accept=False, reason="A cousin", at=at(3), by=None)
    undo(merge(ana, double, at=at(4)), at=at(5))
    assert street.state(double) == "refused reviewed"


def test_a_reward_of_before_the_merge_is_taken_from_whoever_goes_on(street, at_once, ana, double, bruno):
    sale = street.purchase(bruno, code=street.code(double))
    street.record(sale)
    merge(ana, double, at=at(1))
    assert street.points(ana) == 500
    street.give_back(bruno, sale, day=2)
    assert street.points(ana) == 0


def test_devices_of_the_merged_one_count(street, ana, double, bruno):
    for member in (double, bruno):
        operations.note_device(member_id=member.pk, device="phone-1", at=NOON)
    merge(ana, double, at=at(0))
    assert reasons(street.buy(bruno, day=1, code=street.code(ana))) == ["held"]


def test_forgetting_somebody_forgets_their_devices(ana, terms):
    operations.note_device(member_id=ana.pk, device="phone-1", at=NOON)
    person.erase(member_ids=[ana.pk], at=NOON, by=None)
    assert not Device.objects.exists()


def test_an_export_tells_of_nobody_else(street, at_once, ana, bruno):
    street.buy(bruno, code=street.code(ana))
    told = person.export(member_ids=[ana.pk])
    assert [each["state"] for each in told["friends"]] == ["rewarded"]
    assert told["gifts"][0]["points"] == 500
    assert bruno.number not in str(told)
    assert [each["state"] for each in person.export(member_ids=[bruno.pk])["came_with_a_code"]] == ["rewarded"]
