"""What a program's settings refuse, each message at its field."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from loyalty.programs import operations


def create(**policies):
    return operations.create_program(code="new", name="New", at=timezone.now(), by=None, **policies)


def test_a_program_without_any_choice_is_complete(db):
    program = create()
    assert (program.expiry, program.expiry_months, program.refund_policy) == ("rolling", 12, "debt")


@pytest.mark.parametrize(
    "field, policies",
    [
        ("expiry_months", {"expiry": "rolling", "expiry_months": None}),
        ("expiry_months", {"expiry": "inactivity", "expiry_months": 0}),
        ("expiry_days", {"expiry": "fixed", "expiry_days": []}),
        ("expiry_days", {"expiry": "fixed", "expiry_days": ["31-12"]}),
        ("expiry_days", {"expiry": "fixed", "expiry_days": ["02-30"]}),
        ("expiry_days", {"expiry": "fixed", "expiry_days": ["6-30"]}),
        ("expiry_days", {"expiry_days": "12-31"}),
        ("excluded_skus", {"excluded_skus": [12]}),
        ("time_zone", {"time_zone": "Paris"}),
        ("money_currency", {"money_currency": "euro"}),
        ("phone_region", {"phone_region": "Fr"}),
        ("colour", {"colour": "blue"}),
        ("max_activity_age_days", {"max_activity_age_days": 10_000}),
        ("language", {"language": "xx"}),
    ],
)
def test_a_setting_that_cannot_be_kept_is_refused_at_its_field(db, field, policies):
    with pytest.raises(ValidationError) as refused:
        create(**policies)
    assert list(refused.value.message_dict) == [field]


def test_points_may_expire_on_leap_day(db):
    assert create(expiry="fixed", expiry_days=["02-29", "12-31"]).expiry_days == ["02-29", "12-31"]


def test_a_code_names_one_program(program):
    with pytest.raises(ValidationError) as refused:
        operations.create_program(code=program.code, name="Twin", at=timezone.now(), by=None)
    assert "code" in refused.value.message_dict


@pytest.mark.parametrize("name, size", [("logo.svg", 10), ("logo.png", 1_000_001)])
def test_a_logo_of_another_kind_or_too_large_is_refused(db, name, size):
    with pytest.raises(ValidationError) as refused:
        create(logo=SimpleUploadedFile(name, b"x" * size))
    assert "logo" in refused.value.message_dict


def test_the_currency_has_a_name_in_each_language(program):
    program.currency_name_fr, program.currency_name_en = "étoiles", "stars"
    with translation.override("fr"):
        assert program.currency_name == "étoiles"
    with translation.override("en"):
        assert program.currency_name == "stars"
