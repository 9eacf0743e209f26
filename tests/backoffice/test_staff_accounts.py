"""Administrators look after staff; nobody makes themselves more than they are."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from tests.factories.programs import UserFactory

pytestmark = pytest.mark.django_db
User = get_user_model()


@pytest.fixture
def change():
    def change(browser, user, **fields):
        form = {"username": user.username, "is_active": "on", "is_staff": "on", **fields}
        return browser.post(f"/admin/auth/user/{user.pk}/change/", form)

    return change


def test_an_administrator_gives_somebody_a_role(as_role, clerk, change):
    finance = Group.objects.get(name="finance")

    response = change(as_role("administrator"), clerk, groups=[finance.pk])

    assert response.status_code == 302
    assert list(clerk.groups.all()) == [finance]


def test_an_administrator_makes_nobody_a_superuser(as_role, clerk, change):
    administrator = as_role("administrator")

    change(administrator, clerk, is_superuser="on")
    change(administrator, administrator.user, is_superuser="on")

    assert not User.objects.filter(is_superuser=True).exists()


def test_an_administrator_does_not_touch_a_superuser(as_role, administrator, change):
    browser = as_role("administrator")

    assert change(browser, administrator, is_active="").status_code == 403
    password = {"password1": "a-new-long-one-77", "password2": "a-new-long-one-77"}
    assert browser.post(f"/admin/auth/user/{administrator.pk}/password/", password).status_code == 403


def test_single_rights_are_not_given(as_role, clerk, change):
    change(as_role("administrator"), clerk, user_permissions=["1"])

    assert not clerk.user_permissions.exists()


def test_a_new_colleague_is_made_with_a_password(as_role):
    form = {"username": "nadia", "usable_password": "true", "password1": "a-new-long-one-77"}

    as_role("administrator").post("/admin/auth/user/add/", form | {"password2": "a-new-long-one-77"})

    assert User.objects.get(username="nadia").check_password("a-new-long-one-77")


def test_people_who_leave_are_not_deleted(sign_in, administrator):
    colleague = UserFactory()

    response = sign_in(administrator).post(f"/admin/auth/user/{colleague.pk}/delete/", {"post": "yes"})

    assert response.status_code == 403
    assert User.objects.filter(pk=colleague.pk).exists()


def test_roles_are_listed_in_the_readers_language(as_role, text_of):
    assert "Clerk" in text_of(as_role("administrator").get("/admin/auth/group/"))
