"""The groups of a new installation: what the table says, no less and no more, and never against an administrator."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from loyalty.backoffice import groups, roles

pytestmark = pytest.mark.django_db


def granted(group):
    return set(group.permissions.values_list("content_type__app_label", "codename"))


@pytest.mark.parametrize("role", roles.ROLES)
def test_a_role_has_what_the_table_says(role):
    assert granted(Group.objects.get(name=role)) == set(groups.permissions(role))


def test_making_the_roles_again_keeps_what_an_administrator_added():
    clerks = Group.objects.get(name="clerk")
    extra = Permission.objects.get(content_type__app_label="members", codename="add_member")
    clerks.permissions.add(extra)
    before = granted(clerks)

    groups.install(apps)

    assert granted(clerks) == before
    assert Group.objects.filter(name="clerk").count() == 1


def test_nobody_may_delete_what_holds_or_explains_money():
    kept = {"ledger", "rewards", "earning", "members", "programs", "campaigns", "analytics", "jobs", "events"}
    deletable = {
        (role, app, codename)
        for role in roles.ROLES
        for app, codename in groups.permissions(role)
        if codename.startswith("delete_") and app in kept
    }

    assert deletable == set()
