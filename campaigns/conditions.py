"""The conditions of a segment: those of the list of members, kept as texts by their names.

The program is the segment's own; a search is for one person, and a segment made of segments could turn in a circle.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.forms import Field
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from loyalty.programs.models import Program
from members.filters import MemberFilter
from members.models import Enrolment, Member

NOT_ASKED = ("program", "search", "segment", "status")
NAMES = [name for name in MemberFilter.base_filters if name not in NOT_ASKED]


def fields() -> dict[str, Field]:
    """A form field for each."""
    return {name: MemberFilter.base_filters[name].field for name in NAMES}


def matching(conditions: Mapping[str, str], *, program: Program, at: datetime) -> QuerySet[Member]:
    """Active members of the program who fit all the conditions; nobody where a condition makes no sense any more."""
    enrolled = Enrolment.objects.filter(program=program, status=Enrolment.Status.ACTIVE)
    members = Member.objects.active().filter(pk__in=enrolled.values("member"))
    asked = _asked(conditions, program, queryset=members, at=at)
    return asked.qs if asked.is_valid() else members.none()


def faults(conditions: Mapping[str, str], program: Program) -> list[str]:
    """What is wrong with them, for a reader."""
    unknown = sorted(set(conditions) - set(NAMES))
    asked = _asked({name: text for name, text in conditions.items() if name in NAMES}, program)
    wrong = [f"{_label(asked, name)}: {text}" for name, texts in asked.errors.items() for text in texts]
    return [_("Unknown condition: %(name)s.") % {"name": name} for name in unknown] + wrong


def in_words(conditions: Mapping[str, str], program: Program) -> str:
    """As a reader knows them from the list of members, in that order: “Tier: gold · Purchases from: 10”."""
    asked = _asked(conditions, program)
    words = [{"name": _label(asked, name), "value": _value(asked, name)} for name in NAMES if name in conditions]
    return " · ".join(_("%(name)s: %(value)s") % each for each in words)


def _asked(conditions, program, **options) -> MemberFilter:
    return MemberFilter({**conditions, "program": program.code}, **options)


def _label(asked, name):
    return capfirst(str(asked.form.fields[name].label))


def _value(asked, name):
    """The choice's own words where there are choices."""
    choices = dict(getattr(asked.form.fields[name].widget, "choices", ()))
    return str(choices.get(asked.data[name], asked.data[name]))
