"""Programs to begin with: each module of `gallery` holds one `TEMPLATE`, as plain data, and nothing else.

A template is where a retailer begins. `load` makes a program of it; from then on the program is the retailer's own.
Loading the template again adds what the program lacks and changes nothing that is there, whatever was edited.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ProgramTemplate:
    """What a program starts with. The mappings are the arguments of the operations that make the rows (`loading.py`).

    `title` is a lazy translation of what the program is, in a sentence. A reward is named by its code wherever
    another part gives it. Rules without a start date hold for everything that ever happened, so that a log of old
    purchases can be loaded.
    """

    code: str
    title: Any
    program: Values
    rewards: Sequence[Values] = ()
    earning_rules: Sequence[Values] = ()
    burn_rules: Sequence[Values] = ()
    issuance: Sequence[Values] = ()
    referrals: Sequence[Values] = ()  # one
    tiers: Sequence[Values] = ()  # one, with its tiers
    punch_cards: Sequence[Values] = ()
    plans: Sequence[Values] = ()
    challenges: Sequence[Values] = ()
    code_batches: Sequence[Values] = ()
    segments: Sequence[Values] = ()
    offers: Sequence[Values] = ()
    partners: Sequence[Values] = ()  # each with its contract


def templates() -> dict[str, ProgramTemplate]:
    """Every template by its code."""
    modules = [import_module(f"{__name__}.gallery.{module.name}") for module in iter_modules(_gallery())]
    return {module.TEMPLATE.code: module.TEMPLATE for module in modules}


def _gallery():
    return import_module(f"{__name__}.gallery").__path__
