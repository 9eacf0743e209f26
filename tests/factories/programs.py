"""Programs, their stores and the staff.

The shared cast: “Les Halles”, a French program in points and euros, its store in Lyon, Claire the clerk there,
Malik of marketing and Alice who may do everything. Ask for them by the fixtures; make others with the factories.
"""

import factory
import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from loyalty.programs.models import Program, Store


class ProgramFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Program

    code = factory.Sequence(lambda n: f"program-{n}")
    name = factory.Sequence(lambda n: f"Program {n}")
    money_currency = "EUR"
    time_zone = "Europe/Paris"


class StoreFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Store

    program = factory.SubFactory(ProgramFactory)
    code = factory.Sequence(lambda n: f"store-{n}")
    name = factory.Sequence(lambda n: f"Store {n}")


class UserFactory(factory.django.DjangoModelFactory):
    """A member of staff, signed in with “secret”; `groups=["clerk"]` gives roles, `stores=[...]` places of work."""

    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"staff-{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")
    password = factory.django.Password("secret")
    is_staff = True

    @factory.post_generation
    def groups(self, create, names, **kwargs):
        for name in names or ():
            self.groups.add(Group.objects.get_or_create(name=name)[0])

    @factory.post_generation
    def stores(self, create, stores, **kwargs):
        self.stores.add(*(stores or ()))


@pytest.fixture
def program(db):
    return ProgramFactory(code="les-halles", name="Les Halles", currency_name_en="points", currency_name_fr="points")


@pytest.fixture
def store(program):
    return StoreFactory(program=program, code="lyon", name="Lyon Part-Dieu")


@pytest.fixture
def clerk(store):
    return UserFactory(username="claire", groups=["clerk"], stores=[store])


@pytest.fixture
def marketer(db):
    return UserFactory(username="malik", groups=["marketing"])


@pytest.fixture
def administrator(db):
    return UserFactory(username="alice", is_superuser=True)
