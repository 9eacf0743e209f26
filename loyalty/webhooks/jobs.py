from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from loyalty.jobs import registry
from loyalty.jobs.registry import Beat


def register() -> None:
    registry.schedule(
        Beat(
            name="webhooks.tell",
            title=_("Tell others what happened"),
            task="webhooks.tell",
            every=timedelta(seconds=15),
        )
    )
