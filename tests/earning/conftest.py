"""What the tests of earning share beside the cast: a program's simplest rule, files to import."""

import pytest

from tests.earning.desk import Desk
from tests.earning.imports import HEADER
from tests.factories.earning import EarningRuleFactory


@pytest.fixture
def write(tmp_path):
    """A CSV file of these rows under `HEADER`; missing cells at the end are empty."""

    def write(*rows, header=HEADER, name="purchases.csv", encoding="utf-8"):
        commas = header.count(",")
        lines = [header, *(row + "," * max(commas - row.count(","), 0) for row in rows)]
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return path

    return write


@pytest.fixture
def base_rule(program):
    """One point for each full euro."""
    return EarningRuleFactory(program=program, code="base")


@pytest.fixture
def desk(program, ana, base_rule):
    """Where Ana's purchases earn one point for each full euro."""
    return Desk(program, ana)
