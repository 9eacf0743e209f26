"""Marketing builds challenges, codes, draws and games in forms; staff read and help."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.test import Client

from loyalty.challenges import operations
from loyalty.challenges.models import Badge, Challenge, CodeBatch, Draw, InstantWin, Invitation, Occasion
from loyalty.challenges.operations import batches
from loyalty.jobs import operations as jobs
from loyalty.jobs.models import Job
from tests.earning.desk import NOON
from tests.factories.challenges import (
    APRIL,
    MARCH,
    ChallengeFactory,
    CodeBatchFactory,
    InstantWinFactory,
    OccasionFactory,
    codes_of,
    march_draw,
)
from tests.factories.earning import EarningRuleFactory
from tests.factories.programs import StoreFactory, UserFactory

NAMES = {"code": "xq", "name_en": "March", "name_fr": "Mars"}


@pytest.fixture
def browser(db):
    def sign_in(role="marketing", language="en", stores=()):
        browser = Client(headers={"accept-language": language})
        user = UserFactory(groups=[role], stores=stores)
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return sign_in


def add(browser, table, program, **fields):
    return browser.post(f"/admin/challenges/{table}/add/", {"program": program.pk, **NAMES, **fields})


def errors(response):
    return response.context["adminform"].form.errors


CHALLENGE = {"goal": "count", "target": 3, "times": 1, "points": 50, "chosen_kinds": ["visit"], "is_active": "on"}


def test_three_visits_in_march(browser, program, store):
    terms = CHALLENGE | {"first_day": "2026-03-01", "last_day": "2026-03-31", "stores": [store.code]}
    response = add(browser(), "challenge", program, **terms)
    assert response.status_code == 302, errors(response)
    challenge = Challenge.objects.get()
    assert (challenge.valid_from, challenge.valid_to) == (MARCH, APRIL)
    assert (challenge.kinds, challenge.stores, challenge.points) == (["visit"], ["lyon"], 50)
    assert challenge.history.count() == 1


def test_money_is_typed_with_decimals(browser, program):
    terms = CHALLENGE | {"goal": "amount", "target": "", "target_amount": "99.50", "minimum_amount": "5"}
    add(browser(), "challenge", program, **terms | {"chosen_kinds": ["purchase"]})
    challenge = Challenge.objects.get()
    assert (challenge.target_amount, challenge.minimum_amount) == (99_50, 5_00)


def test_a_kind_of_ones_own(browser, program):
    add(browser(), "challenge", program, **CHALLENGE | {"own_kinds": "recycling, repair"})
    assert Challenge.objects.get().kinds == ["visit", "recycling", "repair"]


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"target": ""}, "target"),
        ({"goal": "amount"}, "target_amount"),
        ({"goal": "streak"}, "every"),
        ({"points": ""}, "points"),
        ({"chosen_kinds": []}, "chosen_kinds"),
        ({"goal": "new_category"}, "chosen_kinds"),
        ({"first_day": "2026-03-02", "last_day": "2026-03-01"}, "last_day"),
        ({"minimum_amount": "1.234"}, "minimum_amount"),
        ({"target": "-1"}, "target"),
        ({"target": "9999999999999"}, "target"),
        ({"code": "no spaces"}, "code"),
    ],
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_nonsense_is_refused_at_its_field(browser, program, wrong, field, language):
    response = add(browser(language=language), "challenge", program, **CHALLENGE | wrong)
    assert field in errors(response)
    assert not Challenge.objects.exists()


def test_a_store_of_another_program_is_refused(browser, program):
    other = StoreFactory(code="paris")
    response = add(browser(), "challenge", program, **CHALLENGE | {"stores": [other.code]})
    assert "stores" in errors(response)


def test_a_challenge_under_way_keeps_its_terms(browser, desk, three_visits):
    desk.visit()
    address = f"/admin/challenges/challenge/{three_visits.pk}/change/"
    page = browser().get(address)
    assert b'name="target"' not in page.content
    assert b"3 activities" in page.content
    response = browser().post(
        address, {"name_en": "Visits", "name_fr": "Visites", "target": 1, "points": 9, "last_day": "2026-04-15"}
    )
    assert response.status_code == 302, errors(response)
    three_visits.refresh_from_db()
    assert (three_visits.name_en, three_visits.target, three_visits.points) == ("Visits", 3, 50)
    assert three_visits.valid_to == datetime(2026, 4, 15, 22, tzinfo=UTC)
    assert three_visits.kinds == ["visit"]


def test_who_only_reads_sees_it_all(browser, program, store):
    challenge = ChallengeFactory(
        program=program,
        stores=["lyon"],
        tiers=["gold"],
        minimum_amount=5_00,
        valid_to=APRIL,
        goal="streak",
        every="day",
    )
    page = browser("finance").get(f"/admin/challenges/challenge/{challenge.pk}/change/").content.decode()
    for text in ("lyon", "gold", "€5.00", "3 days in a row"):
        assert text in page


def test_a_badge(browser, program):
    add(browser(), "badge", program, icon="eco")
    assert Badge.objects.get().name_fr == "Mars"


def test_codes_are_asked_for_and_downloaded_once(browser, program):
    marketing = browser()
    response = add(marketing, "codebatch", program, quantity=4, points=20, last_day="2026-12-31")
    assert response.status_code == 302, errors(response)
    batch = CodeBatch.objects.get()
    assert batch.valid_to == datetime(2026, 12, 31, 23, tzinfo=UTC)
    address = f"/admin/challenges/codebatch/{batch.pk}/download/"
    assert b"still being made" in marketing.post(address, {"kept": "on"}, follow=True).content
    jobs.run(Job.objects.get(name=batches.JOB), at=NOON)
    assert "text/html" in marketing.post(address, follow=True).headers["content-type"]  # who does not promise gets none
    response = marketing.post(address, {"kept": "on"})
    assert response.headers["content-disposition"] == 'attachment; filename="codes-xq.csv"'
    assert len(list(csv.reader(StringIO(response.content.decode())))) == 5
    assert marketing.post(address, {"kept": "on"}).status_code == 403


def test_only_dates_and_limits_of_a_batch_change(browser, program):
    batch = CodeBatchFactory(program=program)
    response = browser().post(
        f"/admin/challenges/codebatch/{batch.pk}/change/",
        {"name_en": "A", "name_fr": "B", "points": 999, "quantity": 9, "per_day_limit": 2},
    )
    assert response.status_code == 302, errors(response)
    batch.refresh_from_db()
    assert (batch.name_en, batch.points, batch.quantity, batch.per_day_limit) == ("A", 20, 3, 2)


def test_a_batch_is_stopped(browser, program):
    batch = CodeBatchFactory(program=program)
    browser().post(f"/admin/challenges/codebatch/{batch.pk}/stop/")
    batch.refresh_from_db()
    assert batch.stopped_at is not None


def test_support_finds_the_code_that_a_member_holds(browser, desk, program):
    used, free, _other = codes_of(CodeBatchFactory(program=program))
    desk.enter(used)
    support = browser("support")
    page = support.get("/admin/challenges/entrycode/", {"q": used.lower()}).content.decode()
    assert "Ana Almeida" in page
    assert free[-4:] not in page
    assert "Ana Almeida" in support.get("/admin/challenges/entrycode/", {"q": "ana"}).content.decode()


DRAW = {"winners": 1, "substitutes": 1, "points": 500, "chosen_kinds": ["purchase"], "is_active": "on"}


def test_a_draw(browser, program):
    terms = DRAW | {"last_day": "2026-03-31", "draw_date": "2026-04-02", "per_amount": "10"}
    response = add(browser(), "draw", program, **terms)
    assert response.status_code == 302, errors(response)
    draw = Draw.objects.get()
    assert (draw.per_amount, draw.valid_to, len(draw.commitment), draw.seed) == (10_00, APRIL, 64, "")


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"last_day": ""}, "last_day"),
        ({"draw_date": "2026-03-31"}, "draw_date"),
        ({"winners": "0"}, "winners"),
        ({"points": ""}, "prize_fr"),
    ],
)
def test_a_draw_that_makes_no_sense(browser, program, wrong, field):
    terms = DRAW | {"last_day": "2026-03-31", "draw_date": "2026-04-02"} | wrong
    assert field in errors(add(browser(), "draw", program, **terms))


def test_a_draw_is_held_and_a_winner_disqualified(browser, desk, program):
    draw = march_draw(program)
    desk.record()
    marketing = browser()
    with time_machine.travel(APRIL, tick=False):
        assert b"not yet the day" in marketing.post(f"/admin/challenges/draw/{draw.pk}/hold/").content
    with time_machine.travel(APRIL + timedelta(days=1), tick=False):
        marketing.post(f"/admin/challenges/draw/{draw.pk}/hold/")
        page = marketing.get(f"/admin/challenges/draw/{draw.pk}/change/").content.decode()
        draw.refresh_from_db()
        assert draw.seed
        assert draw.seed in page
        assert "gives the same winners" in page
        win = draw.wins.get()
        address = f"/admin/challenges/drawwin/{win.pk}/disqualify/"
        assert marketing.post(address, {"reason": ""}).status_code == 200
        marketing.post(address, {"reason": "an employee"})
    win.refresh_from_db()
    assert (win.state, win.reason) == ("disqualified", "an employee")


GAME = {"chance_wins": 1, "chance_of": 50, "points": 10, "stock": 5, "chosen_kinds": ["purchase"], "is_active": "on"}


def test_an_instant_win(browser, program):
    add(browser(), "instantwin", program, **GAME)
    game = InstantWin.objects.get()
    assert (game.chance_wins, game.chance_of, game.stock) == (1, 50, 5)
    response = add(browser(), "instantwin", program, **GAME | {"chance_wins": 60, "code": "b"})
    assert "chance_of" in errors(response)


def test_the_chance_stands_once_somebody_played(browser, desk, program):
    game = InstantWinFactory(program=program, chance_of=1, stock=9)
    desk.record()
    response = browser().post(
        f"/admin/challenges/instantwin/{game.pk}/change/",
        {"name_en": "A", "name_fr": "B", "chance_of": 1000, "stock": 100, "chosen_kinds": ["visit"]},
    )
    assert response.status_code == 302, errors(response)
    game.refresh_from_db()
    assert (game.name_en, game.chance_of, game.stock, game.kinds) == ("A", 1, 8, ["visit"])


def test_the_stock_is_changed_by_its_own_verb(browser, program):
    game = InstantWinFactory(program=program, stock=9)
    address = f"/admin/challenges/instantwin/{game.pk}/stock/"
    assert b"look again" in browser().post(address, {"stock": 20, "seen": 8}).content
    browser().post(address, {"stock": 20, "seen": 9})
    game.refresh_from_db()
    assert game.stock == 20


WHEN = {"starts_at_0": "2026-03-20", "starts_at_1": "18:00", "ends_at_0": "2026-03-20", "ends_at_1": "21:00"}


def test_an_occasion(browser, program, ana):
    marketing = browser()
    response = add(marketing, "occasion", program, **WHEN, places=10)
    assert response.status_code == 302, errors(response)
    occasion = Occasion.objects.get()
    assert occasion.starts_at == datetime(2026, 3, 20, 17, tzinfo=UTC)
    with time_machine.travel(NOON, tick=False):
        marketing.post(f"/admin/challenges/occasion/{occasion.pk}/invite/")
        invitation = Invitation.objects.get()
        marketing.post(f"/admin/challenges/invitation/{invitation.pk}/accept/")
    invitation.refresh_from_db()
    assert (invitation.member, invitation.state) == (ana, "accepted")
    response = add(marketing, "occasion", program, **WHEN | {"ends_at_1": "17:00", "code": "b"})
    assert "ends_at" in errors(response)


@pytest.fixture
def expected(program, store, ana):
    occasion = OccasionFactory(program=program, store=store)
    return operations.accept(occasion=occasion, member_id=ana.pk, at=NOON)


def test_who_is_there_earns(browser, desk, program, store, expected):
    EarningRuleFactory(program=program, kind="attendance", effect="fixed", points=15, per_amount=None)
    manager = browser("store manager", stores=[store])
    with time_machine.travel(expected.occasion.starts_at, tick=False):
        address = f"/admin/challenges/invitation/{expected.pk}/attend/"
        assert "15 points" in manager.post(address, follow=True).content.decode()
    expected.refresh_from_db()
    assert (expected.state, desk.points) == ("attended", 15)
    assert program.activities.get().kind == "attendance"


def test_of_an_attendance_that_is_refused_nothing_is_left(browser, program, store, ana, expected):
    ana.enrolments.update(status="left")
    with time_machine.travel(expected.occasion.starts_at, tick=False):
        page = browser("store manager", stores=[store]).post(f"/admin/challenges/invitation/{expected.pk}/attend/")
    assert page.status_code == 200
    expected.refresh_from_db()
    assert (expected.state, program.activities.count()) == ("accepted", 0)


def test_a_store_manager_sees_the_own_occasions(browser, program, store, expected):
    other = browser("store manager", stores=[StoreFactory(program=program)])
    assert b"Ana" not in other.get("/admin/challenges/invitation/").content
    assert other.get(f"/admin/challenges/invitation/{expected.pk}/change/").status_code == 302


def test_the_member_page_shows_what_the_member_takes_part_in(browser, desk, program, ana, three_visits, expected):
    desk.visit()
    with time_machine.travel(NOON, tick=False):
        page = browser("support").get(f"/admin/members/member/{ana.pk}/overview/").content.decode()
    for text in ("Three visits in March", "1 of 3", "Tasting"):
        assert text in page


def test_the_balance_page_says_why(browser, desk, program, ana, three_visits):
    for day in range(3):
        desk.visit(day=day)
    page = browser("support").get(f"/admin/ledger/account/{ana.accounts.get().pk}/why/").content.decode()
    assert "Challenge won: Three visits in March" in page


def test_a_draw_with_tickets_keeps_its_terms(browser, desk, program):
    draw = march_draw(program)
    desk.record()
    response = browser().post(
        f"/admin/challenges/draw/{draw.pk}/change/",
        {"name_en": "A", "name_fr": "B", "winners": 9, "draw_date": "2027-01-01", "is_active": "on"},
    )
    assert response.status_code == 302, errors(response)
    draw.refresh_from_db()
    assert (draw.name_en, draw.winners, draw.draw_date) == ("A", 1, date(2026, 4, 2))
