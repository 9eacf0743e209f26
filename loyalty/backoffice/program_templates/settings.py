"""A template's values by name, and the same template with some of them changed.

Each value has a path: `program.expiry_months`, `issuance.points`, `earning_rules.per-dollar.points`, where a row of a
list is named by its code (the first row of a list without codes by nothing). The last word alone will do where only one
value ends in it: `expiry_months`. Every policy of a program can be set, named by the template or not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from django.utils.translation import gettext as _

from loyalty.backoffice.program_templates import ProgramTemplate
from loyalty.programs.models import Program

NOT_SETTINGS = frozenset({"id", "code", "created_at", "logo"})


class UnknownSetting(Exception):
    """No value of the template has this name, or several do."""


def settings_of(template: ProgramTemplate) -> dict[str, Any]:
    """Every value by its path, with what it is unless a story says otherwise."""
    found = dict(_walk("program", _policies() | dict(template.program)))
    for part in _parts(template):
        found |= dict(_walk(part, getattr(template, part)))
    return found


def with_settings(template: ProgramTemplate, settings: Mapping[str, Any]) -> ProgramTemplate:
    """The template with these values in the place of its own. Raises `UnknownSetting`."""
    known = settings_of(template)
    changes: dict[str, Any] = {"program": dict(template.program)}
    changes |= {part: _copy(getattr(template, part)) for part in _parts(template)}
    for name, value in settings.items():
        part, _dot, path = _full(name, known).partition(".")
        _put(changes[part], path, value)
    return replace(template, **changes)


def _policies() -> dict[str, Any]:
    return {
        field.name: field.get_default()
        for field in Program._meta.concrete_fields
        if field.name not in NOT_SETTINGS and not field.is_relation
    }


def _parts(template: ProgramTemplate) -> list[str]:
    return [field.name for field in fields(template) if field.name not in ("code", "title", "program")]


def _full(name: str, known: Mapping[str, Any]) -> str:
    if name in known:
        return name
    paths = [path for path in known if path.endswith(f".{name}")]
    if len(paths) == 1:
        return paths[0]
    if paths:
        raise UnknownSetting(_("“%(name)s” could be any of %(paths)s.") % {"name": name, "paths": ", ".join(paths)})
    raise UnknownSetting(
        _("There is no setting “%(name)s”; there are %(names)s.") % {"name": name, "names": ", ".join(sorted(known))}
    )


def _walk(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _walk(f"{path}.{key}", each)
    elif _is_rows(value):
        for row in value:
            yield from _walk(f"{path}.{row['code']}" if "code" in row else path, row)
    else:
        yield path, value


def _is_rows(value: Any) -> bool:
    """Rows of definitions, not a list of texts."""
    return isinstance(value, Sequence) and not isinstance(value, str) and bool(value) and isinstance(value[0], Mapping)


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copy(each) for key, each in value.items()}
    return [_copy(each) for each in value] if _is_rows(value) else value


def _put(place: Any, path: str, value: Any) -> None:
    """Set the value at a path that `_walk` gave."""
    if isinstance(place, list):
        code, _dot, rest = path.partition(".")
        row = next((row for row in place if row.get("code") == code), None)
        _put(place[0] if row is None else row, path if row is None else rest, value)
        return
    head, _dot, rest = path.partition(".")
    if rest:
        _put(place[head], rest, value)
    else:
        place[head] = value
