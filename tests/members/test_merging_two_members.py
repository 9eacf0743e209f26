"""Two rows that were one person: whoever names the one means the other, who has everything of both; and back."""

import pytest
from django.db import IntegrityError, transaction

from loyalty.events.models import Event
from members import operations
from members.models import Card, HouseholdMember, Member, MemberMerge
from members.queries import has_consent, household_of, identities, latest_consents, lookup, resolve_many
from members.references import MemberRef
from tests.factories.households import join
from tests.factories.members import CardFactory, ConsentFactory, EnrolmentFactory, MemberFactory
from tests.factories.merging import MERGED_AT, merge, undo
from tests.factories.programs import ProgramFactory

pytestmark = pytest.mark.django_db


def refused(code, verb, *args, **terms):
    with pytest.raises(operations.MergeRefused) as refusal:
        verb(*args, **terms)
    assert refusal.value.code == code
    assert str(refusal.value)


def names_of(member):
    card = member.cards.get()
    return [
        MemberRef("id", str(member.pk)),
        MemberRef("number", member.number),
        MemberRef("email", member.email),
        MemberRef("card", card.number),
        MemberRef("external_id", "K-2"),
        MemberRef("any", "K-2"),
    ]


def test_whatever_named_the_absorbed_member_names_the_kept_one(ana, double):
    names = names_of(double)
    merge(ana, double)
    assert set(resolve_many("till", names).values()) == {ana.pk}
    assert lookup(MemberRef("any", "ANNA@example.com")) == ana
    assert identities(ana.pk) == [ana.pk, double.pk]


def test_undone_each_is_named_by_their_own_again(ana, double):
    names = names_of(double)
    undo(merge(ana, double))
    assert set(resolve_many("till", names).values()) == {double.pk}
    assert identities(ana.pk) == [ana.pk]
    assert Member.objects.get(pk=double.pk).status == "active"


def test_what_only_the_absorbed_member_had_is_filled_in_and_taken_out_again(ana, double):
    merged = merge(ana, double)
    ana.refresh_from_db()
    assert (ana.first_name, ana.email, ana.postcode, ana.tags) == ("Ana", "ana@example.com", "69003", ["wine"])
    undo(merged)
    ana.refresh_from_db()
    assert (ana.postcode, ana.tags) == ("", [])


def test_an_e_mail_and_a_phone_change_hands_where_the_kept_member_has_none(bruno, double):
    merged = merge(bruno, double)
    bruno.refresh_from_db()
    assert bruno.email == "anna@example.com"
    assert lookup(MemberRef("email", "anna@example.com")) == bruno
    undo(merged)
    assert lookup(MemberRef("email", "anna@example.com")) == double
    bruno.refresh_from_db()
    assert bruno.email == ""


def test_what_was_corrected_since_stays_corrected(bruno, double):
    merged = merge(bruno, double)
    operations.update_member(member=bruno, email="bruno@example.com", at=MERGED_AT, by=None)
    undo(merged)
    assert Member.objects.get(pk=bruno.pk).email == "bruno@example.com"
    assert Member.objects.get(pk=double.pk).email == "anna@example.com"


def test_cards_follow_blocked_ones_too(program, ana, double):
    lost = CardFactory(program=program, member=double, state="blocked", blocked_at=MERGED_AT, blocked_reason="lost")
    merged = merge(ana, double)
    assert Card.objects.filter(member=ana).count() == 3
    issued = operations.issue_card(program=program, member=ana, at=MERGED_AT, by=None)
    undo(merged)
    assert set(Card.objects.filter(member=double)) == set(Card.objects.exclude(member=ana))
    lost.refresh_from_db()
    assert (lost.member, issued.member) == (double, ana)


def test_the_kept_member_is_in_every_program_of_both(ana, double):
    other = ProgramFactory()
    EnrolmentFactory(member=double, program=other, channel="app")
    merged = merge(ana, double)
    assert ana.enrolments.get(program=other).channel == "app"
    undo(merged)
    assert ana.enrolments.get(program=other).status == "left"


def test_who_had_left_comes_back_with_the_other_and_leaves_again(program, ana, double):
    ana.enrolments.update(status="left")
    merged = merge(ana, double)
    assert ana.enrolments.get().status == "active"
    undo(merged)
    assert ana.enrolments.get().status == "left"


@pytest.mark.parametrize(
    ("mine", "theirs", "together"),
    [
        (True, False, False),
        (False, True, False),
        (None, False, False),
        (None, True, True),
        (True, None, True),
        (True, True, True),
        (None, None, None),
    ],
)
def test_the_stricter_consent_wins(ana, double, mine, theirs, together):
    for member, answer in ((ana, mine), (double, theirs)):
        if answer is not None:
            ConsentFactory(member=member, given=answer)
    merged = merge(ana, double)
    assert latest_consents([ana.pk]).get((ana.pk, "email")) is together
    undo(merged)
    assert has_consent(ana.pk, "email") is bool(mine)
    assert has_consent(double.pk, "email") is bool(theirs)


def test_an_answer_given_since_outlives_the_undoing(ana, double):
    ConsentFactory(member=ana, given=True)
    ConsentFactory(member=double, given=False)
    merged = merge(ana, double)
    operations.give_consent(member=ana, channel="email", source="counter", at=MERGED_AT, by=None)
    operations.withdraw_consent(member=ana, channel="email", source="counter", at=MERGED_AT, by=None)
    undo(merged)
    assert not has_consent(ana.pk, "email")


def test_the_place_in_a_household_is_taken_over_with_its_head(program, ana, double, bruno):
    household = operations.found_household(program=program, name="Two", head=double, at=MERGED_AT, by=None)
    join(household, bruno)
    merged = merge(ana, double)
    place = HouseholdMember.objects.current().get(is_head=True)
    assert place.member == ana
    undo(merged)
    assert HouseholdMember.objects.current().get(is_head=True).member == double
    assert household_of(program=program, member_id=ana.pk, at=MERGED_AT) is None


def test_a_household_of_ones_own_goes_first_and_the_other_gets_a_new_head(program, almeidas, ana, double):
    other = operations.found_household(program=program, name="Two", head=double, at=MERGED_AT, by=None)
    carla = EnrolmentFactory(program=program).member
    join(other, carla, at=MERGED_AT)
    merged = merge(ana, double)
    assert household_of(program=program, member_id=ana.pk, at=MERGED_AT) == almeidas
    assert other.places.current().get().member == carla
    assert other.places.current().get().is_head
    undo(merged)
    assert set(other.places.current().values_list("member", "is_head")) == {(carla.pk, True), (double.pk, False)}


def test_merging_again_in_a_row_leads_to_whoever_goes_on_today(ana, double, bruno):
    first = merge(double, bruno)
    second = merge(ana, double)
    assert lookup(MemberRef("id", str(bruno.pk))) == ana
    assert identities(ana.pk) == sorted([ana.pk, double.pk, bruno.pk])
    refused("merged_since", undo, first)
    undo(second)
    assert lookup(MemberRef("id", str(bruno.pk))) == double
    undo(first)
    assert lookup(MemberRef("id", str(bruno.pk))) == bruno


def test_what_cannot_be_merged_says_why(ana, double, bruno):
    refused("merge_with_oneself", merge, ana, ana)
    merge(ana, double)
    refused("member_merged", merge, bruno, double)
    operations.block_member(member=bruno, reason="fraud", at=MERGED_AT, by=None)
    refused("member_blocked", merge, ana, bruno)
    terms = {"keep": ana, "absorb": bruno, "at": MERGED_AT, "by": None}
    refused("reason_needed", operations.merge_members, **terms, reason=" ")


def test_undoing_twice_changes_nothing(ana, double):
    merged = merge(ana, double)
    undo(merged)
    double.refresh_from_db()
    merge(double, MemberFactory())
    assert undo(merged).undone_reason == "two persons after all"
    assert Member.objects.get(pk=double.pk).status == "active"


def test_a_merged_member_is_no_longer_changed(ana, double):
    merge(ana, double)
    for verb in (operations.block_member, operations.unblock_member):
        with pytest.raises(operations.MemberRefused):
            verb(member=double, reason="x", at=MERGED_AT, by=None)
    with pytest.raises(operations.MemberRefused):
        operations.update_member(member=double, first_name="X", at=MERGED_AT, by=None)


def test_the_history_of_both_says_who_and_why(ana, double, administrator):
    merge(ana, double, by=administrator)
    for member in (ana, double):
        latest = Member.history.filter(id=member.pk).latest("history_id")
        assert (latest.history_user, latest.history_change_reason) == (administrator, "the same person")


def test_it_is_announced(ana, double):
    undo(merge(ana, double))
    told = Event.objects.filter(kind__contains="merged").order_by("id")
    assert [(event.kind, event.member_id) for event in told] == [
        ("member.merged", ana.pk),
        ("member.unmerged", ana.pk),
    ]


def test_the_database_absorbs_a_member_once(ana, double, bruno):
    merge(ana, double)
    with pytest.raises(IntegrityError), transaction.atomic():
        MemberMerge.objects.create(keep=bruno, absorb=double, merged_at=MERGED_AT, reason="x")


def test_the_database_knows_into_whom(ana):
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.filter(pk=ana.pk).update(status="merged")
