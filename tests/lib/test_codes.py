import math
from collections import Counter

import pytest

from loyalty.lib import codes


def test_a_code_has_its_prefix_its_symbols_and_a_right_check():
    for code in codes.generate(50, length=9, prefix="C"):
        assert len(code) == 11
        assert code[0] == "C"
        assert set(code) <= set(codes.ALPHABET)
        assert codes.is_valid(code)


def test_look_alikes_are_not_in_the_alphabet():
    assert len(set(codes.ALPHABET)) == 31
    assert not set("01ILO") & set(codes.ALPHABET)


def test_a_voucher_code_holds_at_least_80_bits():
    [code] = codes.generate(1)
    assert (len(code) - 1) * math.log2(len(codes.ALPHABET)) >= 80


def test_codes_of_one_call_all_differ():
    assert len(set(codes.generate(20_000, length=4))) == 20_000


def test_every_single_wrong_symbol_is_found():
    [code] = codes.generate(1, prefix="M")
    for place, right in enumerate(code):
        for wrong in set(codes.ALPHABET) - {right}:
            assert not codes.is_valid(code[:place] + wrong + code[place + 1 :])


def test_every_exchange_of_two_symbols_is_found():
    for code in codes.generate(20, prefix="C"):
        for left in range(len(code)):
            for right in range(left + 1, len(code)):
                symbols = list(code)
                symbols[left], symbols[right] = symbols[right], symbols[left]
                exchanged = "".join(symbols)
                assert codes.is_valid(exchanged) == (exchanged == code)


def test_what_somebody_typed_is_brought_to_the_stored_form():
    [code] = codes.generate(1)
    typed = f" {code[:4]}-{code[4:9].lower()} {code[9:]}\n"
    assert codes.normalise(typed) == code


@pytest.mark.parametrize("text", ["", "A", "O0I1", "é2", "２２", "A" * 400])
def test_what_is_not_a_code_is_not_valid(text):
    assert not codes.is_valid(text)


def test_every_symbol_has_the_same_chance():
    seen = Counter("".join(code[:-1] for code in codes.generate(20_000)))
    expected = seen.total() / len(codes.ALPHABET)
    chi_squared = sum((seen[symbol] - expected) ** 2 / expected for symbol in codes.ALPHABET)
    assert chi_squared < 100  # 30 degrees of freedom: once in a thousand million runs


def test_a_code_too_long_for_its_check_is_refused():
    with pytest.raises(ValueError, match="at most 30"):
        codes.generate(1, length=30)


def test_more_codes_than_the_symbols_can_tell_apart_are_refused():
    with pytest.raises(ValueError, match="too few symbols"):
        codes.generate(1_000, length=2)
