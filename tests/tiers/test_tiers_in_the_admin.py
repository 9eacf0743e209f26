"""A program of tiers on one page: thresholds as people write them, nonsense at its field, a look at whom it moves."""

import pytest
from django.urls import reverse

from loyalty.tiers.models import Tier, TierMembership, TierProgram
from tests.factories.programs import ProgramFactory
from tests.factories.tiers import Trail, day, gift

pytestmark = pytest.mark.django_db
ADD = "/admin/tiers/tierprogram/add/"
NAMES = ("code", "threshold")


@pytest.fixture
def browser(as_role):
    return as_role("marketing")


def page(program, *tiers, **terms):
    """What the browser sends: each tier as (code, threshold) or a mapping of its fields."""
    rows = [each if isinstance(each, dict) else dict(zip(NAMES, each, strict=True)) for each in tiers]
    known = sum("id" in row for row in rows)
    sent = {
        "program": program.pk,
        "metric": "points",
        "measured_over": "year",
        "grace_days": 0,
        "jump": "landed",
    } | terms
    sent |= {"tiers-TOTAL_FORMS": len(rows), "tiers-INITIAL_FORMS": known, "tiers-MIN_NUM_FORMS": 0}
    for place, row in enumerate(rows):
        code = row.get("code", "")
        defaults = {"name_en": code.title(), "name_fr": code.title(), "multiplier": "1", "is_active": "on"}
        sent |= {f"tiers-{place}-{name}": value for name, value in (defaults | row).items()}
    return sent


def standing(program, **thresholds):
    """The tiers that stand, with other thresholds."""
    tiers = Tier.objects.filter(tier_program__program=program).order_by("threshold")
    return [
        {
            "id": tier.pk,
            "tier_program": tier.tier_program_id,
            "code": tier.code,
            "threshold": thresholds.get(tier.code, tier.threshold),
            "reward": tier.reward_id or "",
        }
        for tier in tiers
    ]


def errors_of(response):
    """Each message at its field."""
    (formset,) = response.context["inline_admin_formsets"]
    found = dict(response.context["adminform"].form.errors)
    for place, form in enumerate(formset.formset.forms):
        found |= {f"{place}-{name}": messages for name, messages in form.errors.items()}
    return {name: " ".join(messages) for name, messages in found.items()} | (
        {"all": " ".join(formset.formset.non_form_errors())} if formset.formset.non_form_errors() else {}
    )


def test_tiers_are_built_on_one_page(browser, program):
    assert browser.get(ADD).status_code == 200
    reward = gift(program, 20)
    silver = {"code": "silver", "threshold": "2000", "reward": reward.pk, "perks_fr": "Salon", "perks_en": "Lounge"}
    response = browser.post(ADD, page(program, silver, ("gold", "3500"), soft_landing="on"))
    assert response.status_code == 302, errors_of(response)
    row = TierProgram.objects.get()
    assert row.soft_landing
    assert list(row.tiers.values_list("code", "threshold", "reward")) == [
        ("silver", 2000, reward.pk),
        ("gold", 3500, None),
    ]


def test_money_is_written_with_decimals(browser, program):
    browser.post(ADD, page(program, ("silver", "500.50"), metric="spend"))
    assert Tier.objects.get().threshold == 50050
    address = f"/admin/tiers/tierprogram/{TierProgram.objects.get().pk}/change/"
    assert 'value="500.50"' in browser.get(address).content.decode()


@pytest.mark.parametrize(
    ("tiers", "terms", "field"),
    [
        ([("a", "20"), ("b", "10")], {}, "1-threshold"),
        ([("a", "20"), ("b", "20")], {}, "1-threshold"),
        ([("a", "-1")], {}, "0-threshold"),
        ([("a", "1.5")], {}, "0-threshold"),
        ([("a", "x")], {}, "0-threshold"),
        ([("a", "1.555")], {"metric": "spend"}, "0-threshold"),
        ([{"code": "a", "threshold": "1", "multiplier": "0"}], {}, "0-multiplier"),
        ([{"code": "a", "threshold": "1", "recurs": "month"}], {}, "0-recurring_reward"),
        ([{"code": "a b", "threshold": "1"}], {}, "0-code"),
        ([{"code": "a", "threshold": "1", "name_fr": ""}], {}, "0-name_fr"),
        ([("a", "1")], {"measured_over": "rolling"}, "months"),
        ([("a", "1")], {"metric": "count"}, "kinds"),
        ([("a", "1")], {"grace_days": "999"}, "grace_days"),
        ([], {}, "all"),
    ],
)
def test_nonsense_is_refused_at_its_field(browser, program, tiers, terms, field):
    response = browser.post(ADD, page(program, *tiers, **terms))
    assert response.status_code == 200
    assert field in errors_of(response)
    assert not TierProgram.objects.exists()


def test_two_tiers_of_one_code_are_refused(browser, program):
    response = browser.post(ADD, page(program, ("a", "1"), ("a", "2")))
    assert response.status_code == 200
    assert not TierProgram.objects.exists()


def test_a_reward_of_another_program_is_refused(browser, program):
    foreign = gift(ProgramFactory(), 20)
    response = browser.post(ADD, page(program, {"code": "a", "threshold": "1", "reward": foreign.pk}))
    assert "0-reward" in errors_of(response)


def test_activities_of_ones_own_may_be_counted(browser, program):
    browser.post(ADD, page(program, ("a", "4"), metric="count", kinds=["review"], own_kinds="flight"))
    assert TierProgram.objects.get().kinds == ["review", "flight"]


@pytest.fixture
def walkers(program, tiers, ana, bruno):
    """Ana has 2,100 points and Basecamp, Bruno 1,500 and nothing."""
    Trail(program, ana).buy("2025-04-03", 2100)
    Trail(program, bruno).buy("2025-04-03", 1500)
    return Trail(program, ana), Trail(program, bruno)


@pytest.fixture
def change(browser, program, walkers, time_machine):
    time_machine.move_to(day("2025-04-10"))

    def change(seen=False, **thresholds):
        address = f"/admin/tiers/tierprogram/{program.tier_program.pk}/change/"
        sent = page(program, *standing(program, **thresholds))
        return browser.post(address, sent | ({"_seen": "1"} if seen else {}))

    return change


def moved(response):
    return [(move.tier.code, move.now, move.rise, move.fall) for move in response.context["moves"]]


def test_whom_a_change_raises_is_shown_before_it_is_saved(change, program, walkers):
    response = change(basecamp=1400)
    assert moved(response) == [("basecamp", 1, 1, 0), ("halfdome", 0, 0, 0), ("summit", 0, 0, 0)]
    assert Tier.objects.get(code="basecamp").threshold == 2000
    assert change(seen=True, basecamp=1400).status_code == 302
    assert Tier.objects.get(code="basecamp").threshold == 1400
    assert [trail.night("2025-04-11") and trail.tier for trail in walkers] == ["basecamp", "basecamp"]


def test_who_would_no_longer_have_enough_is_shown_too(change):
    assert moved(change(basecamp=2500))[0] == ("basecamp", 1, 0, 1)


def test_a_change_that_moves_nobody_is_saved_at_once(change):
    assert change(summit=6000).status_code == 302
    assert Tier.objects.get(code="summit").threshold == 6000


def test_tiers_that_stand_keep_their_order(change):
    assert "0-threshold" in errors_of(change(basecamp=4000)) or "1-threshold" in errors_of(change(basecamp=4000))


def test_members_times_are_to_be_read(as_role, program, walkers, text_of):
    browser = as_role("support")
    assert "Basecamp" in text_of(browser.get("/admin/tiers/tiermembership/"))
    row = TierMembership.objects.get()
    assert "2,100 points" in text_of(browser.get(f"/admin/tiers/tiermembership/{row.pk}/change/"))
    assert browser.post(f"/admin/tiers/tiermembership/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert text_of(browser.get("/admin/tiers/qualification/")).count(" €2,100.00 ") == 1


def test_a_tier_is_set_by_hand_with_a_reason_and_an_end(as_role, program, walkers, ana):
    browser = as_role("support")
    enrolment = ana.enrolments.get()
    address = reverse("admin:members_enrolment_set_tier", args=[enrolment.pk])
    refused = browser.post(address, {"tier": "summit", "until": "2020-01-01", "reason": "x"})
    assert "until" in refused.context["form"].errors
    assert browser.post(address, {"tier": "summit", "until": "2099-01-01", "reason": "Founder"}).status_code == 302
    assert walkers[0].tier == "summit"
    address = reverse("admin:members_enrolment_end_tier", args=[enrolment.pk])
    assert browser.post(address, {"reason": "No"}).status_code == 302
    assert TierMembership.objects.get(ends_at=None, member=ana).note == "No"


def test_the_member_page_says_what_is_missing(as_role, program, walkers, ana, text_of, time_machine):
    time_machine.move_to(day("2025-04-10"))
    text = text_of(as_role("support").get(f"/admin/members/member/{ana.pk}/overview/"))
    assert "1,400 points to Halfdome." in text
    assert "Enough to keep Basecamp after Dec. 31, 2025." in text
    time_machine.move_to(day("2026-04-10"))
    walkers[0].night("2026-01-01")
    text = text_of(as_role("support").get(f"/admin/members/member/{ana.pk}/overview/"))
    assert "2,000 points more by Dec. 31, 2026 to keep Basecamp." in text


def test_analysts_read_and_do_not_write(as_role, tiers):
    browser = as_role("analyst")
    assert browser.get(f"/admin/tiers/tierprogram/{tiers.pk}/change/").status_code == 200
    assert browser.post(f"/admin/tiers/tierprogram/{tiers.pk}/change/", {}).status_code == 403
