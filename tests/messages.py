"""Messages for translation: as the source uses them, as a .po file holds them. Needs no gettext tools."""

import ast
import re
from typing import NamedTuple

from django.utils.translation.template import templatize

# Where the message stands among the arguments, and whether it has a context before it and a plural after it.
FUNCTIONS = {
    f"{n}{p}gettext{suffix}": (bool(n), bool(p)) for n in ("", "n") for p in ("", "p") for suffix in ("", "_lazy")
} | {"gettext_noop": (False, False)}
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
TEMPLATE_CALL = re.compile(rf"\b(n?p?gettext|_)\(({STRING}(?:,\s*{STRING})*)", re.DOTALL)


class Message(NamedTuple):
    text: str
    context: str = ""
    plural: str = ""


def in_python(source):
    tree = ast.parse(source)
    aliases = _aliases(tree)
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            function = aliases.get(_called_name(call.func))
            strings = [argument.value for argument in call.args if _is_string(argument)]
            if function and len(strings) >= 1 + sum(FUNCTIONS[function]):
                yield _message(function, strings)


def in_template(source):
    for function, arguments in TEMPLATE_CALL.findall(templatize(source)):
        yield _message(function.replace("_", "gettext"), ast.literal_eval(f"[{arguments}]"))


def _message(function, strings):
    has_plural, has_context = FUNCTIONS[function]
    context = strings.pop(0) if has_context else ""
    return Message(strings[0], context, strings[1] if has_plural else "")


def _aliases(tree):
    """What the module calls Django's functions: `_` mostly, their own names through `translation.` too."""
    imported = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in FUNCTIONS
    }
    return imported | {f"translation.{name}": name for name in FUNCTIONS}


def _called_name(function):
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return f"{function.value.id}.{function.attr}"
    return function.id if isinstance(function, ast.Name) else None


def _is_string(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def in_po(source):
    """Message → its translations; one, or one for each plural form. Untranslated and fuzzy messages are left out."""
    entries = {}
    for block in re.split(r"\n\s*\n", source):
        lines = [line for line in block.splitlines() if not line.startswith("#~")]
        if any(line.startswith("#,") and "fuzzy" in line for line in lines):
            continue
        fields = _fields(line for line in lines if line and not line.startswith("#"))
        translations = [text for name, text in fields.items() if name.startswith("msgstr")]
        if fields.get("msgid") and all(translations):
            message = Message(fields["msgid"], fields.get("msgctxt", ""), fields.get("msgid_plural", ""))
            entries[message] = translations
    return entries


def _fields(lines):
    fields = {}
    for line in lines:
        if not line.startswith('"'):
            keyword, line = line.split(" ", 1)
            fields[keyword] = ""
        fields[keyword] += ast.literal_eval(line)
    return fields
