"""What a card says: on the receipt, in the decision, as a picture, in both languages."""

import pytest
from django.utils.translation import override

from loyalty.punchcards.queries import HeldCard
from loyalty.punchcards.sentences import explain, receipt_line
from loyalty.punchcards.templatetags.punchcards import picture

NBSP = "\N{NO-BREAK SPACE}"


def held(punches, of=5, punch_on="visit"):
    return HeldCard("coffee", "Café", punch_on, punches, of, "Boisson", 1)


@pytest.mark.parametrize(
    ("card", "english", "french"),
    [
        (held(3), f"Café: 3{NBSP}/{NBSP}5, 2 more visits", f"Café{NBSP}: 3{NBSP}/{NBSP}5, encore 2 visites"),
        (held(4), f"Café: 4{NBSP}/{NBSP}5, 1 more visit", f"Café{NBSP}: 4{NBSP}/{NBSP}5, encore 1 visite"),
        (
            held(0, punch_on="item"),
            f"Café: 0{NBSP}/{NBSP}5, 5 more items",
            f"Café{NBSP}: 0{NBSP}/{NBSP}5, encore 5 articles",
        ),
        (
            held(3, punch_on="amount"),
            f"Café: 3{NBSP}/{NBSP}5, 2 more punches",
            f"Café{NBSP}: 3{NBSP}/{NBSP}5, encore 2 tampons",
        ),
    ],
)
def test_the_line_of_a_receipt(card, english, french):
    assert receipt_line(card) == english
    with override("fr"):
        assert receipt_line(card) == french


def outcome(reason, **more):
    return {"effect": "punch", "reason": reason, "card": "coffee", "name_en": "Coffee", "name_fr": "Café"} | more


@pytest.mark.parametrize(
    ("told", "english"),
    [
        (
            outcome("punched", given=1, completed=0, punches=3, of=5),
            "Coffee: 1 punch. The card stands at 3 punches of 5.",
        ),
        (
            outcome("punched", given=13, completed=1, rewards=1, punches=3, of=10),
            "Coffee: 13 punches. 1 card was filled. 1 reward was given. The card stands at 3 punches of 10.",
        ),
        (
            outcome("punched", given=2, wanted=6, limit="day", completed=0, punches=2, of=10),
            "Coffee: 2 punches. A limit of the day trimmed it. The card stands at 2 punches of 10.",
        ),
        (
            outcome("punched", given=1, completed=1, punches=0, of=5),
            "Coffee: 1 punch. 1 card was filled. Its reward had been given before. The card stands at 0 punches of 5.",
        ),
        (
            outcome("taken_back", taken=2, reopened=1, kept=1, punches=8, of=10),
            "Coffee: 2 punches taken back. 1 reward was used and stays; the card gives no second one. "
            "The card stands at 8 punches of 10.",
        ),
        (outcome("no_matching_items"), "Coffee: None of the items that punch the card was there."),
        (outcome("of_the_future"), "Coffee: of_the_future"),
    ],
)
def test_a_decision_is_told(told, english):
    assert explain(told, currency="EUR") == english


def test_a_decision_is_told_in_french():
    with override("fr"):
        told = explain(outcome("punched", given=1, completed=0, punches=3, of=5), currency="EUR")
    assert told == f"Café{NBSP}: 1 tampon. La carte en est à 3{NBSP}tampons sur{NBSP}5."


@pytest.mark.parametrize("of", [1, 5, 6, 7, 10, 12, 23, 100])
def test_a_picture_has_all_its_holes_inside(of):
    import xml.etree.ElementTree as ET

    svg = ET.fromstring(picture(name="<Café> & co", punches=of // 2, of=of, key="k"))
    holes = [each for each in svg if each.tag.endswith("circle")]
    assert len(holes) == of
    assert sum(each.get("class") == "punched" for each in holes) == of // 2
    width, height = int(svg.get("width")), int(svg.get("height"))
    assert all(0 < int(each.get("cx")) < width and 0 < int(each.get("cy")) < height for each in holes)
    assert len({(each.get("cx"), each.get("cy")) for each in holes}) == of


def test_a_picture_is_told_to_who_cannot_see_it():
    svg = picture(name="Café", punches=3, of=5, key="k", more="2 more visits")
    assert 'role="img"' in svg
    assert "<title" in svg
    assert "3 of 5 punched, 2 more visits" in svg
