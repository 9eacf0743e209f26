from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from loyalty.jobs import registry
from loyalty.jobs.registry import Beat
from loyalty.webhooks import exporting


def register() -> None:
    exporting.register()
    registry.schedule(
        Beat(
            name="webhooks.export_members",
            title=_("Begin the day’s export of members"),
            task="webhooks.export_members",
            every=timedelta(hours=1),
        )
    )
    registry.schedule(
        Beat(
            name="webhooks.tell",
            title=_("Tell others what happened"),
            task="webhooks.tell",
            every=timedelta(seconds=15),
        )
    )
    registry.schedule(
        Beat(
            name="webhooks.forget_settled",
            title=_("Forget webhook deliveries of long ago"),
            task="webhooks.forget_settled",
            every=timedelta(days=1),
        )
    )
