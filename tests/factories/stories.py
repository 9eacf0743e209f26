"""Stories told in a test's own database: `tell("yes2you", events…)` returns what `manage.py simulate` would print."""

import json

from loyalty.backoffice.program_templates import templates
from loyalty.backoffice.program_templates.loading import load
from loyalty.backoffice.program_templates.settings import with_settings
from loyalty.backoffice.simulation.replay import Replay
from loyalty.backoffice.simulation.story import read_story


def tell(name, *events, **settings):
    story = read_story(json.dumps({"settings": settings, "events": events}))
    program, _is_new = load(with_settings(templates()[name], story.settings), at=story.eve)
    return Replay(program).tell(story)


def at(moment, member, do, **fields):
    return {"at": moment, "member": member, "do": do, **fields}


def check(moment):
    return {"at": moment, "do": "check"}


def seen(result, member, number=-1):
    """How the member stood at the last check, or at another one."""
    return result["checks"][number]["members"][member]


def points(result, member, number=-1):
    return seen(result, member, number)["balances"]["points"]


def vouchers(result, member, number=-1):
    """Reward, value and state of each, oldest first."""
    held = seen(result, member, number)["vouchers"]
    return [(voucher["reward"], voucher["value"], voucher["state"]) for voucher in held]
