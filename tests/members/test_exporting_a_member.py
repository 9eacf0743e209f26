"""Everything about one person as JSON: from every room, through a merge, and of nobody else."""

import json
from datetime import timedelta

import pytest

from members.exporting import export_member
from rewards.operations import redeem_reward
from tests.factories.earning import ActivityFactory, DecisionFactory
from tests.factories.members import ConsentFactory
from tests.factories.merging import MERGED_AT, merge
from tests.factories.rewards import give_points

pytestmark = pytest.mark.django_db


def test_every_room_tells_what_it_knows(program, ana, coffee):
    ConsentFactory(member=ana)
    DecisionFactory(activity=ActivityFactory(program=program, member=ana, external_id="T-1"))
    give_points(program, ana, 130, at=MERGED_AT)
    redeem_reward(program=program, member_id=ana.pk, reward=coffee, source="till", external_id="G1", at=MERGED_AT)
    told = json.loads(json.dumps(export_member(member=ana)))
    assert told["member"]["email"] == "ana@example.com"
    assert told["enrolments"][0]["program"] == "Les Halles"
    assert told["cards"][0]["number"] == ana.cards.get().number
    assert told["consents"][0]["given"] is True
    assert [entry["points"] for entry in told["ledger"][0]["entries"]] == [130, -100]
    assert told["earning"][0]["identifier"] == "T-1"
    assert told["rewards"]["redemptions"][0]["points"] == 100
    assert {"campaigns", "analytics"} <= told.keys()


def test_the_history_is_part_of_it(ana):
    ana.first_name = "Anna"
    ana.save()
    assert [version["first_name"] for version in export_member(member=ana)["history"]][-1] == "Anna"


def test_a_merged_row_is_the_same_person_and_nobody_else_is(program, ana, double, bruno):
    ActivityFactory(program=program, member=double, external_id="of-double")
    ActivityFactory(program=program, member=bruno, external_id="of-bruno")
    merge(ana, double, at=MERGED_AT + timedelta(days=1))
    text = json.dumps(export_member(member=ana))
    assert "of-double" in text
    assert "anna@example.com" in text
    assert "of-bruno" not in text
    assert "Bruno" not in text
