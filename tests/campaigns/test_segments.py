"""Members who fit conditions, under a name: worked out by a job, and what an offer can be meant for."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from campaigns import conditions, operations
from campaigns.models import Segment
from loyalty.backoffice.nightly import run_night
from loyalty.jobs import operations as jobs
from loyalty.jobs.models import Job
from loyalty.lib.periods import local_date
from members.models import Enrolment
from rewards.operations import set_offer
from rewards.queries import offers_for
from tests.factories.campaigns import NOON, TODAY
from tests.factories.members import EnrolmentFactory, MemberFactory
from tests.factories.programs import ProgramFactory

pytestmark = pytest.mark.django_db


def enrolled(program, **summary):
    return EnrolmentFactory(program=program, **summary).member


def define(program, code="x", conditions=None, **terms):
    terms = {"name_en": "X", "name_fr": "X", "conditions": conditions or {"purchases_min": "10"}} | terms
    return operations.set_segment(program=program, code=code, at=NOON, **terms)


def night(program, day=TODAY):
    return jobs.run(jobs.ensure(name="segments", scope=program.code, period=day.isoformat(), by=None, at=NOON), at=NOON)


def segments_of(member, program):
    return Enrolment.objects.get(member=member, program=program).segments


def test_members_come_and_go_with_their_figures(program):
    regular, rare = enrolled(program, purchases=12), enrolled(program, purchases=2)
    define(program, "regulars")
    define(program, "everyone", {"purchases_min": "0"})
    assert night(program).report == {"changed": 2}
    assert segments_of(regular, program) == ["everyone", "regulars"]
    assert segments_of(rare, program) == ["everyone"]
    Enrolment.objects.filter(member=regular).update(purchases=9)
    assert night(program, TODAY + timedelta(days=1)).report == {"changed": 1}
    assert segments_of(regular, program) == ["everyone"]
    assert Segment.objects.get(code="regulars").members == 0


def test_all_conditions_must_fit_and_only_active_members_of_the_program_do(program):
    fits = enrolled(program, purchases=12, tier="gold")
    enrolled(program, purchases=12)
    enrolled(ProgramFactory(), purchases=12, tier="gold")
    left = enrolled(program, purchases=12, tier="gold", status="left")
    blocked = MemberFactory(status="blocked")
    EnrolmentFactory(program=program, member=blocked, purchases=12, tier="gold")
    asked = {"purchases_min": "10", "tier": "gold"}
    assert set(conditions.matching(asked, program=program, at=NOON)) == {fits}
    define(program, conditions=asked)
    night(program)
    assert [segments_of(member, program) for member in (fits, left, blocked)] == [["x"], [], []]


def test_days_without_activity_are_counted_back_from_the_night(program):
    quiet = enrolled(program, last_activity_at=NOON - timedelta(days=90))
    enrolled(program, last_activity_at=NOON - timedelta(days=89))
    never = enrolled(program, enrolled_at=NOON - timedelta(days=200))
    enrolled(program, enrolled_at=NOON)
    assert set(conditions.matching({"quiet_days": "90"}, program=program, at=NOON)) == {quiet, never}


def test_who_is_in_the_segment_sees_its_offer(program):
    regular, rare = enrolled(program, purchases=12), enrolled(program, purchases=2)
    set_offer(program=program, code="o", at=NOON, name_en="O", name_fr="O", audience_segments=["regulars"])
    define(program, "regulars")
    night(program)
    shown = [offers_for(program=program, member_id=member.pk, at=NOON) for member in (regular, rare)]
    assert list(map(len, shown)) == [1, 0]
    define(program, "regulars", is_active=False)
    night(program, TODAY + timedelta(days=1))
    assert offers_for(program=program, member_id=regular.pk, at=NOON) == []


@pytest.mark.parametrize(("days_ago", "members"), [(1, None), (0, 1)])
def test_a_night_of_the_past_leaves_them_to_the_night_of_today(program, days_ago, members):
    enrolled(program, purchases=12)
    define(program)
    today = local_date(timezone.now(), program.tzinfo)
    day = today - timedelta(days=days_ago)
    run_night(program=program, as_of=day, since=day, only="segments", at=timezone.now())
    assert Segment.objects.get().members == members


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"purchases_min": "many"}, "Purchases from"),
        ({"search": "ana"}, "search"),
        ({"segment": "x"}, "segment"),
        ({"quiet_days": "1000000000000"}, "Days without activity"),
    ],
)
def test_a_condition_that_makes_no_sense_is_named(program, asked, told):
    with pytest.raises(ValidationError) as refusal:
        define(program, conditions=asked)
    assert told in str(refusal.value.error_dict["conditions"])


def test_the_database_refuses_a_segment_of_everybody(program):
    with pytest.raises(IntegrityError), transaction.atomic():
        Segment.objects.create(program=program, code="all", name_en="All", name_fr="Tous", conditions={})


class TestInTheAdmin:
    @pytest.fixture
    def desk(self, client, marketer):
        client.force_login(marketer)
        return client

    def form(self, program, **asked):
        return {"program": program.pk, "code": "big", "name_en": "Big", "name_fr": "Gros", "is_active": "on"} | asked

    def test_marketing_defines_one_and_it_is_worked_out_at_once(self, desk, program):
        big = enrolled(program, spend=20_000)
        enrolled(program, spend=1_000)
        desk.post(reverse("admin:campaigns_segment_add"), self.form(program, spend_min="150.50", language="fr"))
        segment = Segment.objects.get()
        assert segment.conditions == {"language": "fr", "spend_min": "150.50"}
        jobs.run(Job.objects.get(name="segments_anew"), at=NOON)
        assert segments_of(big, program) == ["big"]
        page = desk.get(reverse("admin:campaigns_segment_changelist")).content.decode()
        assert "Spend from: 150.50" in page
        listed = desk.get(reverse("admin:members_member_changelist"), {"program": program.code, "segment": "big"})
        assert [member.pk for member in listed.context["cl"].result_list] == [big.pk]

    def test_its_conditions_stand_in_the_form_again(self, desk, program):
        segment = define(program, conditions={"spend_min": "150.50", "language": "fr"})
        address = reverse("admin:campaigns_segment_change", args=[segment.pk])
        form = desk.get(address).context["adminform"].form
        assert (form["spend_min"].value(), form["language"].value()) == ("150.50", "fr")
        desk.post(address, self.form(program, language="en"))
        segment.refresh_from_db()
        assert (segment.code, segment.conditions) == ("x", {"language": "en"})

    def test_without_a_condition_it_is_refused(self, desk, program):
        answer = desk.post(reverse("admin:campaigns_segment_add"), self.form(program))
        assert "Give one condition" in answer.content.decode()
        assert not Segment.objects.exists()
