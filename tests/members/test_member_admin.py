"""Staff find a member, correct the data, record a consent, block; they never delete."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from members import queries
from members.models import Member
from tests.factories.members import ConsentFactory, ExternalIdFactory, MemberFactory
from tests.factories.programs import UserFactory

LIST = reverse("admin:members_member_changelist")
FORM = {"first_name": "", "last_name": "", "birth_date": "", "language": "fr", "email": "", "phone": ""}
FORM |= {"postcode": "", "tags": "", "preferences": "{}"}


@pytest.fixture
def desk(client, administrator):
    client.force_login(administrator)
    client.cookies["django_language"] = "en"
    return client


def page(member, action="change"):
    return reverse(f"admin:members_member_{action}", args=[member.pk])


def correct(desk, member, **changes):
    """Send the member's page back as a browser does, with the tables below the form."""
    shown = desk.get(page(member))
    tables = [inline.formset.management_form for inline in shown.context["inline_admin_formsets"]]
    counts = {table.add_prefix(name): table[name].value() for table in tables for name in table.fields}
    return desk.post(page(member), FORM | counts | changes)


def listed(desk, **conditions):
    return desk.get(LIST, conditions).content.decode()


def test_the_search_box_finds_what_staff_type(desk, ana, bruno):
    for text in ("almeida", "ANA@example.com", "06 12 34 56 78", ana.cards.get().number):
        found = listed(desk, q=text)
        assert ana.number in found
        assert bruno.number not in found


def test_the_filters_narrow_the_list_and_keep_the_search(desk, ana, bruno):
    assert bruno.number not in listed(desk, language="fr")
    assert ana.number in listed(desk, q="ana", language="fr")
    assert ana.number not in listed(desk, q="ana", language="en")


def test_a_filter_that_cannot_be_read_says_so_and_lists_nobody(desk, ana):
    shown = listed(desk, balance_min="many")
    assert "Enter a number." in shown
    assert ana.number not in shown


def test_a_new_member_gets_a_number_and_the_phone_in_one_form(desk, administrator):
    desk.post(reverse("admin:members_member_add"), FORM | {"first_name": "Zoé", "phone": "06 98 76 54 32"})
    zoe = Member.objects.get(first_name="Zoé")
    assert zoe.number.startswith("M")
    assert str(zoe.phone) == "+33698765432"
    assert zoe.history.get().history_user == administrator


def test_a_taken_e_mail_is_refused_at_its_field(desk, ana):
    answer = desk.post(reverse("admin:members_member_add"), FORM | {"email": "Ana@Example.com"})
    assert answer.context["adminform"].errors["email"] == ["Another member has this e-mail."]
    assert Member.objects.count() == 1


def test_a_correction_is_saved_with_its_author(desk, ana, administrator):
    correct(desk, ana, first_name="Anna", email="ana@example.com", tags="vip, wine")
    ana.refresh_from_db()
    assert (ana.first_name, ana.tags) == ("Anna", ["vip", "wine"])
    assert ana.history.latest("history_id").history_user == administrator
    assert "alice" in desk.get(page(ana, "history")).content.decode()


def test_the_members_page_shows_cards_identifiers_and_consents(desk, ana):
    ExternalIdFactory(member=ana, external_id="K-17")
    ConsentFactory(member=ana, source="telephone")
    shown = desk.get(page(ana)).content.decode()
    for text in (ana.cards.get().number, "K-17", "telephone", "Les Halles"):
        assert text in shown


def test_nobody_deletes_a_member(desk, ana):
    assert desk.post(page(ana, "delete"), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in listed(desk)


def test_an_erased_member_can_be_read_and_not_changed(desk, ana):
    Member.objects.update(status=Member.Status.ERASED)
    assert desk.get(page(ana)).status_code == 200
    assert desk.post(page(ana), FORM | {"first_name": "Ana"}).status_code == 403


def test_a_consent_by_telephone_is_recorded_with_the_clerk_who_heard_it(desk, ana, administrator):
    url = page(ana, "record_consent")
    assert desk.get(url).status_code == 200
    desk.post(url, {"channel": "email", "given": "yes", "source": "telephone", "wording": ""})
    assert queries.has_consent(ana.pk, "email")
    assert ana.consents.get().by == administrator
    desk.post(url, {"channel": "email", "given": "no", "source": "telephone", "wording": ""})
    assert not queries.has_consent(ana.pk, "email")


def test_a_member_is_blocked_with_a_reason_and_unblocked(desk, ana):
    desk.post(page(ana, "block"), {"reason": ""})
    ana.refresh_from_db()
    assert ana.status == Member.Status.ACTIVE
    desk.post(page(ana, "block"), {"reason": "fraud"})
    ana.refresh_from_db()
    assert ana.status == Member.Status.BLOCKED
    assert desk.get(page(ana, "block")).status_code == 403
    desk.post(page(ana, "unblock"), {"reason": "cleared"})
    ana.refresh_from_db()
    assert ana.status == Member.Status.ACTIVE


def test_an_identifier_is_added_unless_it_names_somebody_else(desk, ana, bruno):
    desk.post(page(ana, "add_external_id"), {"source": "shop", "external_id": "17"})
    assert ana.external_ids.get().external_id == "17"
    refused = desk.post(page(bruno, "add_external_id"), {"source": "shop", "external_id": "17"})
    assert "already names a member" in refused.content.decode()
    assert not bruno.external_ids.exists()


def test_a_member_without_a_card_gets_one(desk, bruno, program):
    desk.post(page(bruno, "give_card"), {"program": program.pk, "card": ""})
    assert bruno.cards.get().state == "active"


@pytest.mark.parametrize("number", ["C2222222222223", "hello"])
def test_a_mistyped_card_number_is_refused_at_its_field(desk, bruno, program, number):
    answer = desk.post(page(bruno, "give_card"), {"program": program.pk, "card": number})
    assert "This is no card number: check each sign." in answer.content.decode()
    assert not bruno.cards.exists()


def test_a_card_in_use_is_refused_in_words(desk, ana, bruno, program):
    answer = desk.post(page(bruno, "give_card"), {"program": program.pk, "card": ana.cards.get().number})
    assert "This card is in use already." in answer.content.decode()


def test_who_may_only_look_sees_no_verb(client, ana):
    reader = UserFactory()
    may = Permission.objects.filter(codename__in=["view_member", "view_all_stores"])
    reader.user_permissions.set(may)
    client.force_login(reader)
    assert client.get(page(ana)).status_code == 200
    for verb in ("record_consent", "give_card", "add_external_id", "block"):
        assert client.post(page(ana, verb), {}).status_code == 403


def test_exported_names_are_no_formulas(desk):
    MemberFactory(first_name='=HYPERLINK("http://evil.example","x")', last_name="@SUM(A1)")
    chosen = [str(pk) for pk in Member.objects.values_list("pk", flat=True)]
    answer = desk.post(LIST, {"action": "export_csv", "_selected_action": chosen})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert "'@SUM" in text


def test_the_list_takes_no_more_statements_for_more_members(desk, ana, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        listed(desk)
    MemberFactory.create_batch(20)
    with django_assert_max_num_queries(20):
        listed(desk)
