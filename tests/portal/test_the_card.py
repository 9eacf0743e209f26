"""The card on the phone: everything at a glance, and nothing that a finder of a receipt could use."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from loyalty.ledger import operations as ledger
from loyalty.referrals.operations import set_referral_program
from members.links import card_link
from members.operations import block_card, replace_card
from rewards.operations import issue_voucher
from tests.factories.challenges import ChallengeFactory
from tests.factories.members import LONG_AGO, MemberFactory
from tests.factories.programs import ProgramFactory
from tests.factories.punchcards import PunchCardProgramFactory
from tests.factories.rewards import SPRING, give_points
from tests.factories.subscriptions import add_plan, subscribe
from tests.factories.tiers import outdoor_tiers

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def path_of(link):
    return "/club" + link.partition("/club")[2]


@pytest.fixture
def link(ana):
    return path_of(card_link(enrolment=ana.enrolments.get(), at=NOW))


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOW, tick=True):
        yield


def test_a_link_opens_the_card_and_proves_nothing(program, ana, coffee, link, phone):
    voucher = issue_voucher(program=program, reward=coffee, member_id=ana.pk, at=NOW)
    assert phone.get(link).headers["location"] == "/club/les-halles/"
    card = phone.get().content.decode()
    assert ana.cards.get().number in card
    assert "Almeida" not in card
    assert "Ana" not in card
    assert ana.email not in card
    assert voucher.code not in card
    for guarded in ["vouchers/", "history/", "enter-code/", "erasure/"]:
        assert phone.get(guarded).headers["location"].endswith(f"/sign-in/?next=/club/les-halles/{guarded}")
    for guarded in ["preferences/export/", "erasure/", "erasure/keep/", "enter-code/"]:
        assert "/sign-in/" in phone.post(guarded).headers["location"]


def test_the_card_shows_all_that_is_on_its_way(program, ana, coffee, link, phone):
    outdoor_tiers(program)
    PunchCardProgramFactory(program=program, name_fr="Carte café")
    ChallengeFactory(program=program, name_fr="Trois visites")
    subscribe(program, ana, add_plan(program), NOW)
    set_referral_program(program=program, referrer_points=5, at=LONG_AGO)
    issue_voucher(program=program, reward=coffee, member_id=ana.pk, at=NOW)
    give_points(program, ana, 1200, expires_at=datetime(2026, 3, 31, 22, tzinfo=UTC))
    give_points(program, ana, 34, active_at=NOW + timedelta(days=9), at=NOW)
    program.offers.create(code="club", name_fr="Vente privée", name_en="Private sale", discount_code="CLUB10")
    phone.get(link)
    card = " ".join(phone.get().content.decode().replace("\xa0", " ").replace("\u202f", " ").split())
    for expected in [
        "1 200",
        "et 34 en attente",
        "31 mars 2026",
        "Carte café",
        "Trois visites",
        "Vente privée",
        "CLUB10",
        "1 bon prêt à l’emploi",
        "Parrainer un ami",
        "<progress",
        "Votre abonnement",
    ]:
        assert expected in card, expected


def test_a_link_dies_with_its_card_with_time_and_where_it_was_changed(ana, link, phone):
    card = ana.cards.get()
    with time_machine.travel(NOW + timedelta(days=60), tick=False):
        assert phone.get(link).status_code == 302
    with time_machine.travel(NOW + timedelta(days=61), tick=False):
        assert phone.get(link).status_code == 404
    assert phone.get(link[:-3] + "xx/").status_code == 404
    replace_card(card=card, reason="lost", at=NOW, by=None)
    assert phone.get(link).status_code == 404
    assert "Se connecter" in phone.get(link, headers={"accept-language": "fr"}).content.decode()


def test_a_link_of_one_program_opens_no_card_of_another(ana, link, phone):
    other = ProgramFactory()
    assert phone.get(link.replace("les-halles", other.code)).status_code == 404


def test_who_has_no_card_gets_a_link_too_and_shows_the_members_number(bruno, phone):
    phone.get(path_of(card_link(enrolment=bruno.enrolments.get(), at=NOW)))
    assert bruno.number in phone.get().content.decode()


def test_opening_ones_own_link_does_not_end_the_proof(ana, link, ana_at_home):
    ana_at_home.get(link)
    assert ana_at_home.get("vouchers/").status_code == 200


def test_another_members_link_shows_that_card_and_ends_the_session_before(program, ana_at_home, bruno):
    ana_at_home.get(path_of(card_link(enrolment=bruno.enrolments.get(), at=NOW)))
    assert ana_at_home.get("vouchers/").status_code == 302


def test_a_blocked_card_is_not_shown_as_the_card(ana, ana_at_home):
    card = ana.cards.get()
    block_card(card=card, reason="lost", at=NOW, by=None)
    html = ana_at_home.get().content.decode()
    assert card.number not in html
    assert ana.number in html


def test_the_history_goes_on_where_the_page_before_ended(program, ana, ana_at_home):
    for number in range(25):
        give_points(program, ana, 1000 + number, at=SPRING + timedelta(minutes=number // 2))
    first = ana_at_home.get("history/").content.decode()
    older = first.partition('href="?before=')[2].partition('"')[0]
    second = ana_at_home.get(f"history/?before={older}").content.decode()
    amounts = [f"+1\u202f{number:03d}" for number in range(25)]
    shown = [[amount in page.replace("\xa0", "\u202f") for amount in amounts] for page in (first, second)]
    assert shown == [[False] * 5 + [True] * 20, [True] * 5 + [False] * 20]
    assert "before=" not in second


def test_the_history_tells_once_what_a_late_night_undid_and_did_anew(program, ana, ana_at_home):
    bread, returned = ledger.Cause("test", "bread"), ledger.Cause("test", "returned")
    of_ana = {"program": program, "member_id": ana.pk}
    ledger.earn(**of_ana, points=100, cause=bread, at=SPRING)
    ledger.take_back(**of_ana, points=70, earned_by=bread, cause=returned, at=SPRING + timedelta(days=5))
    ledger.redeem_steps(
        program=program,
        at=SPRING + timedelta(days=1),
        step=100,
        source="issuance",
        first_member=ana.pk,
        last_member=ana.pk,
    )
    html = ana_at_home.get("history/").content.decode()
    assert html.count("-70") == 1
    assert "+70" not in html


@pytest.mark.parametrize("made_up", ["x", "2026-03-02_1", "2026-03-02T12:00:00+00:00_x", "_", "9999-99-99T99:99Z_1"])
def test_a_made_up_place_in_the_history_is_its_beginning(program, ana, ana_at_home, made_up):
    give_points(program, ana, 77)
    assert "+77" in ana_at_home.get("history/", data={"before": made_up}).content.decode()


def test_the_history_says_what_the_night_made_of_points(program, ana, ana_at_home):
    give_points(program, ana, 300)
    cause = ledger.Cause("issuance", f"2026-03-01:{ana.pk}")
    ledger.redeem(program=program, member_id=ana.pk, points=300, cause=cause, at=NOW)
    assert "Émission mensuelle, mars 2026" in ana_at_home.get("history/").content.decode()


def test_the_history_is_the_members_own(program, ana_at_home, bruno):
    give_points(program, bruno, 77)
    ledger.adjust(
        program=program, member_id=bruno.pk, points=5, reason="x", cause=ledger.Cause("test", "a"), at=NOW, by=None
    )
    assert "+77" not in ana_at_home.get("history/").content.decode()


def test_taking_part_in_a_challenge_is_one_click(program, ana, ana_at_home):
    challenge = ChallengeFactory(program=program, is_opt_in=True)
    ana_at_home.post(f"challenges/{challenge.pk}/")
    assert challenge.participations.filter(member=ana).exists()
    foreign = ChallengeFactory(program=ProgramFactory(), is_opt_in=True)
    assert ana_at_home.post(f"challenges/{foreign.pk}/").status_code == 404
    for_all = ChallengeFactory(program=program)
    assert ana_at_home.post(f"challenges/{for_all.pk}/").status_code == 409


def test_a_member_gets_a_link_for_friends(program, ana, ana_at_home):
    assert ana_at_home.post("friends/").status_code == 409
    set_referral_program(program=program, referrer_points=5, at=LONG_AGO)
    assert ana_at_home.post("friends/").status_code == 302
    assert f"/r/{ana.referral_codes.get().code}" in ana_at_home.get("friends/").content.decode()


def test_the_pages_speak_the_members_language(program, phone, mailoutbox):
    bob = MemberFactory(email="bob@example.com", language="en")
    bob.enrolments.create(program=program, enrolled_at=LONG_AGO)
    phone.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    phone.sign_in(bob.email)
    response = phone.get()
    assert response.headers["Content-Language"] == "en"
    assert '<html lang="en">' in phone.html
    phone.post("preferences/language/", {"language": "fr"})
    assert '<html lang="fr">' in phone.get().content.decode()
