"""Staff found a household, invite, let people join and leave; what makes no sense is refused at its field."""

import pytest
from django.urls import reverse

from members.models import Household, HouseholdMember
from tests.factories.members import EnrolmentFactory, MemberFactory
from tests.factories.programs import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, program):
    client.force_login(UserFactory(groups=["support"]))
    client.cookies["django_language"] = "en"
    return client


def act(desk, row, action, **data):
    name = f"admin:members_{row._meta.model_name}_{action}"
    return desk.post(reverse(name, args=[row.pk]), data, follow=True)


def found(desk, program, **changes):
    form = {"program": program.pk, "kind": "family", "name": "Almeida", "head": "ana@example.com", "pools": "on"}
    return desk.post(reverse("admin:members_household_add"), form | changes)


def test_support_founds_a_household_in_one_form(desk, program, ana):
    found(desk, program)
    household = Household.objects.get()
    assert household.pools
    assert [(place.member, place.is_head) for place in household.places.all()] == [(ana, True)]
    assert household.history.get().history_user is not None


def test_the_head_is_somebody_known_and_of_the_program(desk, program, ana):
    answer = found(desk, program, head="nobody@example.com")
    assert answer.context["adminform"].errors["head"] == ["No member is known as “nobody@example.com”."]
    MemberFactory(email="zoe@example.com")
    answer = found(desk, program, head="zoe@example.com")
    assert answer.context["adminform"].errors["head"] == ["This member is not enrolled in the household’s program."]
    assert not Household.objects.exists()


def test_who_is_in_a_household_cannot_head_another(desk, program, almeidas):
    answer = found(desk, program, name="Second")
    assert "belongs to the household “The Almeidas” already" in answer.context["adminform"].errors["head"][0]


def test_a_member_is_invited_accepts_and_leaves(desk, program, almeidas):
    carla = EnrolmentFactory(program=program, member__email="carla@example.com").member
    act(desk, almeidas, "invite", member="carla@example.com")
    place = HouseholdMember.objects.get(member=carla)
    act(desk, place, "accept", confirmed="on")
    place.refresh_from_db()
    assert place.state == "current"
    act(desk, place, "make_head", confirmed="on")
    assert HouseholdMember.objects.get(is_head=True).member == carla
    answer = act(desk, place, "leave", confirmed="on")
    assert "make somebody else the head" in answer.content.decode()
    act(desk, HouseholdMember.objects.get(member__first_name="Ana"), "make_head", confirmed="on")
    act(desk, place, "leave", confirmed="on")
    place.refresh_from_db()
    assert place.state == "left"


def test_a_declined_invitation_is_told(desk, program, almeidas):
    carla = EnrolmentFactory(program=program, member__email="carla@example.com").member
    act(desk, almeidas, "invite", member="carla@example.com")
    place = HouseholdMember.objects.get(member=carla)
    act(desk, place, "decline", confirmed="on")
    place.refresh_from_db()
    assert place.state == "declined"


def test_the_name_and_the_pooling_can_be_changed(desk, almeidas):
    page = reverse("admin:members_household_change", args=[almeidas.pk])
    counts = {"places-TOTAL_FORMS": 0, "places-INITIAL_FORMS": 0}
    desk.post(page, {"name": "Almeida & sons"} | counts)
    almeidas.refresh_from_db()
    assert (almeidas.name, almeidas.pools) == ("Almeida & sons", False)


def test_a_household_is_found_by_its_name_and_by_its_members(desk, almeidas):
    for text in ("almeidas", "ana@example.com"):
        shown = desk.get(reverse("admin:members_household_changelist"), {"q": text}).content.decode()
        assert "The Almeidas" in shown
    shown = desk.get(reverse("admin:members_household_changelist"), {"q": "nobody"}).content.decode()
    assert "The Almeidas" not in shown


def test_the_members_page_shows_the_household_and_what_it_can_spend(desk, program, almeidas, ana):
    shown = desk.get(reverse("admin:members_member_overview", args=[ana.pk])).content.decode()
    assert "The Almeidas" in shown
    assert "Bruno Bernard" in shown
    assert "Can be spent together" in shown
