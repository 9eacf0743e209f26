"""Everything that is known about one person, as plain JSON: what the member may ask for and take along."""

from datetime import date, datetime
from typing import Any

from members import registry
from members.models import Card, Consent, Enrolment, ExternalId, HouseholdMember, Member
from members.queries import identities


def export_member(*, member: Member) -> dict[str, Any]:
    """This room's own data, then each room's under its name. Whoever was merged into the member is the same person."""
    ids = identities(member.pk)
    own = {
        "member": _columns(member, without=("id", "name_key", "merged_into")),
        "merged": [
            _columns(other, without=("id", "name_key", "merged_into"))
            for other in Member.objects.filter(pk__in=ids[1:]).order_by("pk")
        ],
        "enrolments": _rows(Enrolment.objects.filter(member__in=ids).select_related("program", "store")),
        "cards": _rows(Card.objects.filter(member__in=ids).select_related("program")),
        "external_ids": _rows(ExternalId.objects.filter(member__in=ids)),
        "consents": _rows(Consent.objects.filter(member__in=ids)),
        "households": _rows(HouseholdMember.objects.filter(member__in=ids).select_related("household", "program")),
        "history": [
            _columns(version, without=("id", "name_key", "merged_into", "history_id", "history_user"))
            for version in Member.history.filter(id__in=ids).order_by("history_date", "history_id")
        ],
    }
    rooms = [part for part in registry.parts() if part.export is not None]
    return own | {part.name: part.export(member_ids=ids) for part in rooms if part.export}


def _rows(rows) -> list[dict[str, Any]]:
    return [_columns(row, without=("id", "member", "by")) for row in rows.order_by("pk")]


def _columns(row, without: tuple[str, ...]) -> dict[str, Any]:
    return {
        field.name: _plain(getattr(row, field.name)) for field in row._meta.concrete_fields if field.name not in without
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | str | list | dict) else str(value)
