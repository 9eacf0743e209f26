"""The clock of the members' pages."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from loyalty.jobs import registry
from loyalty.jobs.registry import Beat


def register() -> None:
    registry.schedule(
        Beat(
            name="portal.hourly",
            title=_("Erase members who asked for it, forget old codes"),
            task="portal.hourly",
            every=timedelta(hours=1),
        )
    )
