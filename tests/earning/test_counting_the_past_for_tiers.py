"""A program gets tiers later: what members did before counts after all, once, without rewards, and says why."""

import pytest

from loyalty.earning import replaying
from loyalty.jobs import operations as jobs
from loyalty.jobs.models import Job
from loyalty.tiers.models import Qualification
from tests.factories.merging import merge
from tests.factories.programs import UserFactory
from tests.factories.tiers import Trail, day, outdoor_tiers

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail(program, ana):
    return Trail(program, ana)


def replay(program, on="2025-05-01"):
    job = replaying.start(program=program, at=day(on))
    return jobs.run(job, at=day(on)).report["activities"]


def test_what_was_done_before_leads_to_a_tier_and_names_the_activity(program, trail):
    trail.buy("2023-06-01", 9000)
    trail.buy("2025-02-01", 1500)
    reaching = trail.buy("2025-03-01", 1500, ticket="T")
    trail.refund("2025-03-02", "T", 200)
    outdoor_tiers(program)
    assert trail.tier == ""
    assert replay(program) == 4
    assert trail.tier == "basecamp"
    assert (trail.history[0], trail.history[-1]) == (("reached", "summit"), ("reached", "basecamp"))
    assert trail.vouchers == []
    assert reaching.activity_id in trail.member.tier_memberships.values_list("activity_id", flat=True)
    before = list(trail.member.tier_memberships.order_by("pk").values())
    assert replay(program, "2025-05-02") == 0
    assert list(trail.member.tier_memberships.order_by("pk").values()) == before


def test_what_counts_already_counts_once(program, trail):
    trail.buy("2025-02-01", 1500)
    outdoor_tiers(program)
    trail.buy("2025-03-01", 600)
    assert trail.tier == ""
    assert replay(program) == 1
    assert (trail.tier, Qualification.objects.count()) == ("basecamp", 2)
    assert trail.history == [("reached", "basecamp")]


def test_of_two_members_who_are_one_person_all_of_it_counts(program, trail, double):
    trail.buy("2025-02-01", 1500)
    Trail(program, double).buy("2025-02-02", 1500)
    merge(trail.member, double, at=day("2025-03-01"))
    outdoor_tiers(program)
    assert replay(program) == 2
    assert trail.tier == "basecamp"


def test_marketing_begins_it_at_the_program_of_tiers(program, client):
    row = outdoor_tiers(program)
    address = f"/admin/tiers/tierprogram/{row.pk}/replay/"
    client.force_login(UserFactory(groups=["marketing"]), backend="django.contrib.auth.backends.ModelBackend")
    assert "No rewards come of it" in client.get(address).content.decode()
    assert client.post(address, {"confirmed": "on"}).status_code == 302
    assert Job.objects.get(name=replaying.NAME).scope == program.code
