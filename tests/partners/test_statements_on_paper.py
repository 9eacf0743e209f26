"""A statement as it is printed: nothing is cut, whatever the partner is called and however long its references are."""

import re
from datetime import UTC, date, datetime

import pytest

from loyalty.partners import papers
from loyalty.partners.operations import buy_pack, settle
from tests.factories.partners import NOON, contract_of, drawn

pytestmark = pytest.mark.django_db


def printed(counter, language="en"):
    """What the paper of March says, one text after the other."""
    counter.partner.language = language
    march = settle(
        program=counter.program, partner=counter.partner, month=date(2026, 3, 1), at=datetime(2026, 4, 2, tzinfo=UTC)
    )
    march.partner = counter.partner
    texts = re.findall(rb"\((.*?)\) Tj", drawn(papers.pdf(march)))
    plain = [re.sub(rb"\\(\d{3})", lambda octal: bytes([int(octal[1], 8)]), text).decode("cp1252") for text in texts]
    return [text.replace("\xa0", " ") for text in plain]


def test_a_long_reference_is_printed_whole_on_lines_of_its_own(at_hotel, ana):
    reference = "INVOICE-" + "W" * 60
    at_hotel.sell(ana, 1234, external_id=reference)
    pieces = [text for text in printed(at_hotel) if "WWW" in text]
    assert "".join(pieces) == reference
    assert len(pieces) > 1


def test_prepaid_points_are_printed_beside_each_line_even_where_all_were_used(at_hotel, ana):
    contract_of(at_hotel, billing="prepaid")
    buy_pack(program=at_hotel.program, partner=at_hotel.partner, points=500, price=700, reference="P", at=NOON)
    at_hotel.sell(ana, 500)
    texts = printed(at_hotel, "fr")
    assert {"Prépayés", "02/03/2026"} <= set(texts)
    assert texts.count("-500") == 1
    assert "Points prépayés : 0 reportés, 0 restants." in texts


def test_a_day_is_read_the_same_on_both_sides_of_the_ocean(at_hotel, ana):
    at_hotel.sell(ana, 500)
    assert "2 Mar 2026" in printed(at_hotel)


def test_a_name_from_further_away_keeps_its_letters_without_their_accents(at_hotel):
    at_hotel.partner.name = "Hôtel Łódź Őrség"
    assert "Statement Hôtel Lódz Orség, March 2026" in printed(at_hotel)
