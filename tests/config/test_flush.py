"""Transactional tests leave the database as the migrations made it."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection

from loyalty.lib import append_only


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_flush_takes_what_a_test_wrote_and_nothing_else(turn):
    assert not Group.objects.filter(name="written by the other turn").exists()
    assert Permission.objects.filter(codename="view_member").exists()
    assert append_only.missing(connection) == []

    Group.objects.create(name="written by the other turn")
