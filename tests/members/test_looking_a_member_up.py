"""A reference names one member: by a source’s identifier, a card, a number, an e-mail, a phone. Nobody guesses."""

from datetime import UTC, datetime

import pytest

from members import operations, queries
from members.references import Ambiguous, MemberRef
from tests.factories.members import ExternalIdFactory, MemberFactory

AT = datetime(2026, 3, 1, tzinfo=UTC)


def who(value, kind="any", source="till", region=None):
    reference = MemberRef(kind, value)
    return queries.resolve_many(source, [reference], region)[reference]


def test_each_way_of_naming_ana_finds_her(ana):
    ExternalIdFactory(member=ana, external_id="K-17")
    card = ana.cards.get().number
    for kind, value in [
        ("external_id", "K-17"),
        ("card", card),
        ("card", f" {card[:5]}-{card[5:].lower()} "),
        ("number", ana.number.lower()),
        ("email", "ANA@Example.com"),
        ("phone", "06 12 34 56 78"),
        ("phone", "+33 6 12 34 56 78"),
        ("id", str(ana.pk)),
    ]:
        assert who(value, kind) == ana.pk
        if kind != "id":
            assert who(value) == ana.pk


def test_a_reference_of_one_kind_is_not_read_as_another(ana):
    assert who(ana.number, "card") is None
    assert who("ana@example.com", "phone") is None
    assert who("06 12 34 56 78", "external_id") is None


def test_identifiers_are_those_of_the_source(ana):
    ExternalIdFactory(member=ana, source="shop", external_id="17")
    assert who("17", source="shop") == ana.pk
    assert who("17", source="till") is None


def test_without_a_source_the_identifiers_of_all_sources_count(ana, bruno):
    ExternalIdFactory(member=ana, source="shop", external_id="17")
    assert who("17", source="") == ana.pk
    ExternalIdFactory(member=bruno, source="till", external_id="17")
    assert who("17", source="") == Ambiguous((ana.pk, bruno.pk))
    assert who("17", source="till") == bruno.pk


def test_a_reference_that_fits_two_members_is_an_error_and_never_a_guess(ana, bruno):
    ExternalIdFactory(member=bruno, external_id="0612345678")
    assert who("0612345678") == Ambiguous((ana.pk, bruno.pk))
    with pytest.raises(queries.MemberAmbiguous, match="fits more than one member"):
        queries.lookup(MemberRef("any", "0612345678"), source="till")


def test_saying_the_kind_settles_what_would_be_ambiguous(ana, bruno):
    ExternalIdFactory(member=bruno, external_id="0612345678")
    assert who("0612345678", "external_id") == bruno.pk
    assert who("0612345678", "phone") == ana.pk


def test_two_readings_that_name_one_member_are_no_conflict(ana):
    ExternalIdFactory(member=ana, external_id="0612345678")
    assert who("0612345678") == ana.pk


def test_a_card_counts_while_it_is_active(ana):
    card = ana.cards.get()
    operations.block_card(card=card, reason="lost", at=AT, by=None)
    assert who(card.number) is None


def test_a_phone_is_read_in_the_country_given(db):
    member = MemberFactory(phone="+14155552671")
    assert who("(415) 555-2671", region="US") == member.pk
    assert who("(415) 555-2671", region="FR") is None


@pytest.mark.parametrize(
    "text", ["", "   ", "nobody", "@", "M2", "9" * 400, "\x00", "a\x00b", "\ud800", "é@é", "%", "'"]
)
def test_what_names_nobody_is_answered_calmly(ana, text):
    assert who(text) is None
    for kind in ("id", "external_id", "card", "number", "email", "phone"):
        assert who(text, kind) is None


def test_many_references_are_resolved_in_one_statement(ana, bruno, django_assert_num_queries):
    for n in range(30):
        ExternalIdFactory(external_id=f"K-{n}")
    refs = [MemberRef("any", f"K-{n}") for n in range(30)]
    refs += [MemberRef("any", text) for text in (ana.number, bruno.number, "ana@example.com", "0612345678", "nobody")]
    with django_assert_num_queries(1):
        found = queries.resolve_many("till", refs)
    assert sum(isinstance(member, int) for member in found.values()) == 34
    assert found[MemberRef("any", "nobody")] is None


def test_no_reference_takes_no_statement(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert queries.resolve_many("till", []) == {}


def test_lookup_gives_the_member_or_says_what_is_wrong(ana):
    assert queries.lookup(MemberRef("any", "ana@example.com")) == ana
    with pytest.raises(queries.MemberUnknown, match="No member is known as “nobody”"):
        queries.lookup(MemberRef("any", "nobody"))
