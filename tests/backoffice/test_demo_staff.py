"""The logins that the demonstration prints: one for each role, each with the rights of that role alone."""

import stat
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from loyalty.backoffice.demo.shop import open_shop
from loyalty.backoffice.demo.staff import hire
from loyalty.backoffice.roles import ROLES

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture
def program(db):
    return open_shop(at=LONG_AGO)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "logins.txt"


def test_every_role_has_a_login_that_opens_the_admin(program, file, client):
    logins = hire(program, file)

    assert [login.role for login in logins] == list(ROLES)
    for login in logins:
        client.logout()
        form = {"username": login.username, "password": login.password}
        answer = client.post(reverse("admin:login"), form, follow=True)
        assert answer.status_code == 200
        assert answer.wsgi_request.user.username == login.username


def test_nobody_has_more_than_the_role(program, file):
    hire(program, file)

    for user in User.objects.all():
        assert not user.is_superuser
        assert user.groups.count() == 1
        assert not user.user_permissions.exists()


def test_people_at_a_counter_work_in_one_store(program, file):
    hire(program, file)

    assert {user.username: user.stores.count() for user in User.objects.all() if user.stores.exists()} == {
        "demo-store-manager": 1,
        "demo-clerk": 1,
    }


def test_the_file_is_its_owners_alone(program, file):
    hire(program, file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_second_run_tells_the_same_passwords(program, file):
    assert hire(program, file) == hire(program, file)


def test_a_password_that_was_changed_is_not_told(program, file):
    hire(program, file)
    clerk = User.objects.get(username="demo-clerk")
    clerk.set_password("one of their own")
    clerk.save()

    for _run in range(3):
        assert "demo-clerk" not in [login.username for login in hire(program, file)]
    clerk.refresh_from_db()
    assert clerk.check_password("one of their own")


def test_where_the_file_is_lost_passwords_are_new(program, file):
    before = hire(program, file)
    file.unlink()

    after = hire(program, file)

    assert {login.username for login in after} == {login.username for login in before}
    assert not {login.password for login in after} & {login.password for login in before}
