"""A template's values by name, and the same template with some of them changed.

Each value has a path: `program.expiry_months`, `issuance.points`, `earning_rules.per-dollar.points`, where a row of a
list is named by its code (of a list without codes the first by nothing, the others by their place: 2, 3 …). The last
word alone will do where only one value ends in it: `expiry_months`. Every policy of a program can be set, named by the
template or not.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from loyalty.backoffice.program_templates import ProgramTemplate
from loyalty.programs.models import Program

NOT_SETTINGS = frozenset({"id", "code", "created_at", "logo"})


class SettingRefused(Exception):
    """No value of the template has this name, or several do; or the value is of another kind."""


def settings_of(template: ProgramTemplate) -> dict[str, Any]:
    """Every value by its path, with what it is unless a story says otherwise."""
    found = dict(_walk("program", _policies() | dict(template.program)))
    for part in _parts(template):
        found |= dict(_walk(part, getattr(template, part)))
    return found


def with_settings(template: ProgramTemplate, settings: Mapping[str, Any]) -> ProgramTemplate:
    """The template with these values in the place of its own. Raises `SettingRefused`.

    A moment without a zone is the program's.
    """
    known = settings_of(template)
    changes: dict[str, Any] = {"program": dict(template.program)}
    changes |= {part: _copy(getattr(template, part)) for part in _parts(template)}
    for name, value in settings.items():
        full = _full(name, known)
        if not _is_of_kind(value, known[full]):
            raise SettingRefused(
                _("“%(name)s” cannot be %(value)s; it is %(now)s.")
                % {"name": name, "value": json.dumps(value), "now": known[full]}
            )
        part, _dot, path = full.partition(".")
        _put(changes[part], path, value)
    zone = changes["program"].get("time_zone", Program._meta.get_field("time_zone").get_default())
    return replace(template, **_in_zone(changes, zone))


def _policies() -> dict[str, Any]:
    return {
        field.name: field.get_default()
        for field in Program._meta.concrete_fields
        if field.name not in NOT_SETTINGS and not field.is_relation
    }


def _parts(template: ProgramTemplate) -> list[str]:
    names = [field.name for field in fields(template) if field.name not in ("code", "title", "program")]
    return [name for name in names if getattr(template, name)]


def _full(name: str, known: Mapping[str, Any]) -> str:
    if name in known:
        return name
    paths = [path for path in known if path.endswith(f".{name}")]
    if len(paths) == 1:
        return paths[0]
    if paths:
        raise SettingRefused(_("“%(name)s” could be any of %(paths)s.") % {"name": name, "paths": ", ".join(paths)})
    raise SettingRefused(
        _("There is no setting “%(name)s”; there are %(names)s.") % {"name": name, "names": ", ".join(sorted(known))}
    )


def _walk(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _walk(f"{path}.{key}", each)
    elif _is_rows(value):
        for place, row in enumerate(value, 1):
            name = row.get("code") or (place if place > 1 else "")
            yield from _walk(f"{path}.{name}" if name else path, row)
    else:
        yield path, value


def _is_rows(value: Any) -> bool:
    """Rows of definitions, not a list of texts."""
    return isinstance(value, Sequence) and not isinstance(value, str) and bool(value) and isinstance(value[0], Mapping)


def _is_of_kind(value: Any, now: Any) -> bool:
    """Whether one may stand for the other: a number for a number, true for false. Anything may stand for nothing."""
    if value is None or now is None:
        return True
    if isinstance(now, bool) or isinstance(value, bool):
        return isinstance(now, bool) and isinstance(value, bool)
    if isinstance(now, int | float | Decimal):
        return isinstance(value, int | float) or (isinstance(value, str) and _is_number(value))
    if isinstance(now, list | tuple):
        return isinstance(value, list)
    return isinstance(value, str | int | float)  # some amounts are texts


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _in_zone(value: Any, zone: str) -> Any:
    """The values with the zone at each moment that has none. An unknown zone is refused by the program itself."""
    if isinstance(value, dict):
        return {key: _in_zone(each, zone) for key, each in value.items()}
    if isinstance(value, list):
        return [_in_zone(each, zone) for each in value]
    if not isinstance(value, str) or "T" not in value:
        return value
    try:
        moment = datetime.fromisoformat(value)
        return value if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone)).isoformat()
    except (ValueError, ZoneInfoNotFoundError):
        return value


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copy(each) for key, each in value.items()}
    return [_copy(each) for each in value] if _is_rows(value) else value


def _put(place: Any, path: str, value: Any) -> None:
    """Set the value at a path that `_walk` gave."""
    if isinstance(place, list):
        code, _dot, rest = path.partition(".")
        row = next((row for number, row in enumerate(place, 1) if (row.get("code") or str(number)) == code), None)
        _put(place[0] if row is None else row, path if row is None else rest, value)
        return
    head, _dot, rest = path.partition(".")
    if rest:
        _put(place[head], rest, value)
    else:
        place[head] = value
