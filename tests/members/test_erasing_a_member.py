"""A member is forgotten: nothing says any more who it was, and what explains money stays under a pseudonym."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import models

from campaigns.models import Message
from loyalty.earning.operations import ActivityInput, MemberRef, enrol_member, record_activities, record_activity
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.models import Entry
from members import operations
from members.models import Card, Consent, Household, Member, Suppression
from members.queries import has_consent, lookup, resolve_many
from tests.factories.campaigns import MessageFactory
from tests.factories.earning import EarningRuleFactory
from tests.factories.households import join
from tests.factories.members import ConsentFactory, EnrolmentFactory, ExternalIdFactory
from tests.factories.merging import MERGED_AT, merge
from tests.factories.rewards import RewardFactory, give_points

pytestmark = pytest.mark.django_db
AT = MERGED_AT + timedelta(days=1)
SECRETS = ("Xanadu", "Quirke", "xanadu@example.com", "33612340099", "69777", "K-secret", "1987-06-05", "velvet")


@pytest.fixture
def xanadu(program, store):
    """Somebody with something everywhere, under names that nothing else holds."""
    EarningRuleFactory(program=program, code="base")
    member = enrol_member(
        program=program,
        first_name="Xanadu",
        last_name="Quirke",
        email="xanadu@example.com",
        phone="+33612340099",
        postcode="69777",
        birth_date="1987-06-05",
        tags=["velvet"],
        preferences={"size": "velvet"},
        consents=["email"],
        at=MERGED_AT,
    ).member
    ExternalIdFactory(member=member, external_id="K-secret")
    operations.issue_card(program=program, member=member, at=MERGED_AT, by=None)
    operations.update_member(member=member, first_name="Xanadu B", at=MERGED_AT, by=None)
    purchase = ActivityInput(
        external_id="T1",
        kind="purchase",
        occurred_at=MERGED_AT,
        member=MemberRef("id", str(member.pk)),
        amount=50_00,
    )
    record_activity(program=program, source="till", activity=purchase, at=MERGED_AT)
    reward = RewardFactory(program=program)
    reward.vouchers.create(program=program, member=member, code="V1", value=500, issued_at=MERGED_AT)
    MessageFactory(program=program, member=member, subject="Hello Xanadu", context={"name": "Xanadu"})
    return member


def erase(member, *, at=AT):
    return operations.erase_member(member=member, reason="asked by letter", at=at, by=None)


def everything_written():
    """Every text of every table of the project and of the admin's log."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in ("auth", "contenttypes", "sessions", "axes", "django_celery_beat"):
            continue
        texts = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField | models.DateField)
        ]
        for row in model._base_manager.values_list(*texts) if texts else ():
            yield f"{model.__name__}: {json.dumps(row, default=str)}"


def test_nothing_in_any_table_says_who_it_was(xanadu, administrator):
    LogEntry.objects.log_actions(administrator.pk, [xanadu], 2, change_message="x", single_object=True)
    number = xanadu.number
    before = list(everything_written())
    assert all(any(secret in text for text in before) for secret in SECRETS)
    erase(xanadu)
    told = [text for text in everything_written() for secret in (*SECRETS, number) if secret in text]
    assert told == []


def test_what_explains_money_stays_under_a_pseudonym(xanadu):
    erase(xanadu)
    member = Member.objects.get(pk=xanadu.pk)
    assert member.status == "erased"
    assert member.number != xanadu.number
    assert member.activities.filter(kind="purchase").get().amount == 50_00
    assert list(Entry.objects.order_by("id").values_list("kind", "points")) == [("earn", 50), ("adjust", -50)]
    assert audit_ledger().drift == []


def test_nothing_can_be_used_any_more(program, xanadu):
    card = xanadu.cards.get()
    erase(xanadu)
    card = Card.objects.get(pk=card.pk)
    assert (card.state, card.member) == ("blocked", None)
    assert xanadu.vouchers.get().state == "withdrawn"
    assert Message.objects.get(member=xanadu).state == "skipped"
    assert not has_consent(xanadu.pk, "email")
    refs = [MemberRef("email", "xanadu@example.com"), MemberRef("external_id", "K-secret")]
    assert set(resolve_many("till", refs).values()) == {None}
    assert xanadu.enrolments.get().status == "left"


def test_whoever_was_merged_into_the_member_is_forgotten_too(ana, double):
    merge(ana, double)
    erase(ana)
    told = [text for text in everything_written() if "almeida" in text.lower() or "anna@" in text]
    assert told == []
    with pytest.raises(operations.MemberRefused):
        erase(double)


def test_a_debt_is_written_off(program, xanadu):
    from loyalty.ledger.operations import Cause, take_back

    take_back(
        program=program, member_id=xanadu.pk, points=80, earned_by=Cause("x", "x"), cause=Cause("x", "y"), at=MERGED_AT
    )
    erase(xanadu)
    account = xanadu.accounts.get()
    assert (account.available, account.debt) == (0, 0)
    assert audit_ledger().drift == []


def test_a_household_goes_on_and_that_of_nobody_loses_its_name(program, almeidas, ana, bruno):
    erase(ana)
    assert almeidas.places.current().get().member == bruno
    assert almeidas.places.current().get().is_head
    erase(bruno)
    household = Household.objects.get()
    assert (household.name, household.closed_at) == ("–", AT)
    assert set(household.history.values_list("name", flat=True)) == {"–"}


def test_erasing_again_changes_nothing(xanadu):
    number = erase(xanadu).number
    assert erase(xanadu).number == number


class TestComingBack:
    def test_an_import_enrols_nobody_under_an_identifier_of_the_forgotten(self, program, xanadu):
        erase(xanadu)
        rows = [
            ActivityInput(
                external_id=f"N{name}",
                kind="purchase",
                occurred_at=AT,
                member=MemberRef("any", name),
                amount=1000,
            )
            for name in ("K-secret", "K-other")
        ]
        answers = record_activities(program=program, source="till", activities=rows, at=AT, enrol=True)
        assert [getattr(answer, "code", None) for answer in answers] == ["member_unknown", None]

    def test_an_import_cannot_agree_for_the_forgotten(self, program, xanadu):
        erase(xanadu)
        again = operations.enrol(
            program=program, email="XANADU@example.com", channel="import", consents=["email"], at=AT, by=None
        ).member
        assert not has_consent(again.pk, "email")
        assert Suppression.objects.exists()

    def test_who_comes_back_and_agrees_is_written_to_again(self, program, xanadu):
        erase(xanadu)
        again = operations.enrol(
            program=program, email="xanadu@example.com", channel="web", consents=["email"], at=AT, by=None
        ).member
        assert has_consent(again.pk, "email")
        assert lookup(MemberRef("email", "xanadu@example.com")) == again

    def test_no_message_goes_to_a_suppressed_address(self, program, xanadu):
        from campaigns.operations.batch import Batch

        erase(xanadu)
        again = EnrolmentFactory(program=program, member__email="xanadu@example.com").member
        ConsentFactory(member=again)
        message = MessageFactory(program=program, member=again)
        assert Batch([message], message.due_at).reason_not_to_send(message) == "no_consent"
        assert Consent.objects.filter(member=again, given=True).exists()

    def test_the_table_of_suppressed_addresses_cannot_be_read_back(self, xanadu, settings):
        erase(xanadu)
        first = set(Suppression.objects.values_list("digest", flat=True))
        assert all(len(each) == 64 and set(each) <= set("0123456789abcdef") for each in first)
        from members.suppression import Address, digest

        assert digest(Address("email", "Xanadu@Example.com ")) in first
        settings.SUPPRESSION_KEY = "another"
        assert digest(Address("email", "xanadu@example.com")) not in first


def test_points_and_places_of_others_stay(program, xanadu, ana, bruno, almeidas):
    give_points(program, bruno, 70)
    join(almeidas, xanadu, at=MERGED_AT)
    erase(xanadu)
    assert bruno.accounts.get().available == 70
    assert almeidas.places.current().count() == 2
