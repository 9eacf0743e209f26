"""Rates as readers write them."""

import pytest
from django.utils.translation import override

from loyalty.lib.wording import percent_text


@pytest.mark.parametrize(
    ("rate", "english", "french"),
    [
        (57.46, "57.5%", "57,5\N{NO-BREAK SPACE}%"),
        (0, "0.0%", "0,0\N{NO-BREAK SPACE}%"),
        (100.0, "100.0%", "100,0\N{NO-BREAK SPACE}%"),
        (None, "–", "–"),
    ],
)
def test_a_rate_is_rounded_and_written_in_the_readers_language(rate, english, french):
    with override("en"):
        assert percent_text(rate) == english
    with override("fr"):
        assert percent_text(rate) == french
