"""A secret is kept sealed: readable by us, telling nothing to whoever has the table, noticed when it was changed."""

import pytest

from loyalty.lib.sealing import CannotUnseal, seal, unseal

LONG = "clé — " * 200


@pytest.mark.parametrize("text", ["s", "whsec_" + "x" * 40, LONG])
def test_what_was_sealed_is_read_again(text):
    assert unseal(seal(text)) == text


def test_nothing_stays_nothing():
    assert (seal(""), unseal("")) == ("", "")


def test_the_same_secret_never_looks_the_same():
    assert seal("secret") != seal("secret")
    assert "secret" not in seal("secret")


def test_whoever_changes_a_sign_is_noticed():
    sealed = seal("secret")
    for place in range(0, len(sealed), 7):
        other = "A" if sealed[place] != "A" else "B"
        with pytest.raises(CannotUnseal):
            unseal(sealed[:place] + other + sealed[place + 1 :])
    for nonsense in ("A", "é", "QUJD", "=" * 9):
        with pytest.raises(CannotUnseal):
            unseal(nonsense)


def test_under_another_key_it_is_read_while_the_old_key_is_kept(settings):
    sealed = seal("secret")
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key"

    with pytest.raises(CannotUnseal):
        unseal(sealed)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert unseal(sealed) == "secret"
