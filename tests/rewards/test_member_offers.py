"""What members only are shown: for whom, from when, early for some."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from rewards import rules
from rewards.models import Offer
from rewards.operations import set_offer
from rewards.queries import offers_for
from tests.factories.members import MemberFactory
from tests.factories.programs import ProgramFactory
from tests.factories.rewards import SPRING, RewardFactory

DAY = timedelta(days=1)
GOLD = rules.Membership(tier="gold")
PLAIN = rules.Membership()


@pytest.mark.parametrize(
    ("terms", "member", "day", "seen"),
    [
        ({}, PLAIN, 0, True),
        ({}, None, 0, False),
        ({"tiers": {"gold"}}, PLAIN, 0, False),
        ({"tiers": {"gold"}}, GOLD, 0, True),
        ({"plans": {"prime"}}, rules.Membership(plan="prime"), 0, True),
        ({"tags": {"vip"}}, rules.Membership(tags=frozenset({"vip"})), 0, True),
        ({"tiers": {"gold"}, "early": -3, "first": 0}, GOLD, -3, True),
        ({"tiers": {"gold"}, "early": -3, "first": 0}, GOLD, -4, False),
        ({"tiers": {"gold"}, "early": -3, "first": 0}, PLAIN, -1, False),
        ({"tiers": {"gold"}, "early": -3, "first": 0}, PLAIN, 0, True),
        ({"last": 2}, PLAIN, 2, False),
        ({"last": 2}, PLAIN, 1, True),
    ],
)
def test_who_sees_an_offer_when(terms, member, day, seen):
    moment = {name: SPRING + terms[name] * DAY if name in terms else None for name in ("early", "first", "last")}
    audience = rules.Audience(*(frozenset(terms.get(name, ())) for name in ("tiers", "plans", "tags")))
    offer = rules.OfferTerms(audience, moment["early"], moment["first"], moment["last"])
    assert rules.sees_offer(offer, at=SPRING + day * DAY, member=member) is seen


@pytest.mark.django_db
class TestInAProgram:
    def names(self, program, member, at=SPRING):
        return [offer.code for offer in offers_for(program=program, member_id=member.pk, at=at)]

    def test_each_member_sees_what_is_for_them_soonest_to_end_first(self, program, ana, bruno):
        terms = {"program": program, "at": SPRING, "name_en": "X", "name_fr": "X"}
        set_offer(**terms, code="all")
        set_offer(**terms, code="soon", valid_to=SPRING + DAY)
        set_offer(**terms, code="gold", audience_tiers=["gold"], discount_code="GOLD10")
        set_offer(**terms, code="off", is_active=False)
        ana.enrolments.update(tier="gold")
        assert self.names(program, ana) == ["soon", "all", "gold"]
        assert self.names(program, bruno) == ["soon", "all"]
        assert self.names(program, MemberFactory()) == []

    def test_set_twice_there_is_one(self, program):
        for name in ("A", "B"):
            set_offer(program=program, code="x", at=SPRING, name_en=name, name_fr=name)
        assert Offer.objects.get().name_en == "B"

    def test_nonsense_is_refused_at_its_field(self, program):
        terms = {"program": program, "code": "x", "at": SPRING, "name_en": "X", "name_fr": "X"}
        for field, wrong in {
            "early_from": {"early_from": SPRING, "valid_from": SPRING + DAY},
            "reward": {"reward": RewardFactory(program=ProgramFactory())},
            "__all__": {"valid_from": SPRING, "valid_to": SPRING},
        }.items():
            with pytest.raises(ValidationError) as refusal:
                set_offer(**terms, **wrong)
            assert field in refusal.value.error_dict

    def test_the_database_refuses_an_end_before_the_start(self, program):
        row = {"program": program, "code": "x", "name_en": "X", "name_fr": "X"}
        with pytest.raises(IntegrityError), transaction.atomic():
            Offer.objects.create(**row, valid_from=SPRING, valid_to=SPRING - DAY)

    def test_marketing_makes_one_with_days_of_the_program(self, client, program, marketer):
        client.force_login(marketer)
        form = {"program": program.pk, "code": "early", "name_en": "Early", "name_fr": "Avant", "is_active": "on"}
        form |= {"text_en": "", "text_fr": "", "audience_tiers": "gold", "audience_plans": "", "audience_tags": ""}
        days = {"first_day": "2026-03-10", "last_day": "2026-03-20", "early_day": "2026-03-08"}
        refused = client.post(reverse("admin:rewards_offer_add"), form | days | {"early_day": "2026-03-11"})
        assert "early_day" in refused.context["adminform"].errors
        client.post(reverse("admin:rewards_offer_add"), form | days)
        offer = Offer.objects.get()
        assert offer.early_from.isoformat() == "2026-03-07T23:00:00+00:00"
        assert offer.valid_to.isoformat() == "2026-03-20T23:00:00+00:00"
