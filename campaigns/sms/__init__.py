"""How texts go out: a module with `send(to=…, text=…)`, named by the setting `SMS_GATEWAY`.

`campaigns.sms.file` keeps each text in a file, for one machine without a provider; `campaigns.sms.fake` remembers
them, for tests. A module whose texts reach nobody says `REACHES_PEOPLE = False`.
"""

from importlib import import_module

from django.conf import settings


def send(*, to: str, text: str) -> None:
    """Hand the text over. Raises what the gateway raises."""
    import_module(settings.SMS_GATEWAY).send(to=to, text=text)


def is_offered() -> bool:
    """Whether somebody may be asked for a phone number to be texted: not where production has no gateway."""
    reaches_people = getattr(import_module(settings.SMS_GATEWAY), "REACHES_PEOPLE", True)
    return reaches_people or not settings.PRODUCTION
