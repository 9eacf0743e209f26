"""Programs of tiers, with a verb of the room above theirs: what members did before counts after all."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from loyalty.earning import replaying
from loyalty.jobs.operations import UnknownJob
from loyalty.lib.admin import VerbMixin
from loyalty.tiers.admin.programs import TierProgramAdmin as OwnTierProgramAdmin
from loyalty.tiers.models import TierProgram
from members.forms import ConfirmForm

admin.site.unregister(TierProgram)


@admin.register(TierProgram)
class TierProgramAdmin(VerbMixin, OwnTierProgramAdmin):
    actions_detail = ["replay"]

    @action(description=_("Count the past"), url_path="replay", permissions=["change"], icon="history")
    def replay(self, request, object_id):
        def perform(row, data):
            replaying.start(program=row.program, at=timezone.now(), by=request.user)
            return gettext("It has begun in the background; its progress is among the jobs.")

        return self.act(
            request,
            object_id,
            title=_("Count what members did before the program had tiers"),
            form_class=ConfirmForm,
            perform=perform,
            refusals=UnknownJob,
            explanation=_(
                "Everything recorded so far counts, with the points of then. Members rise to what they have reached; "
                "the history of each says by which activity. No rewards come of it. Done again, it changes nothing."
            ),
        )
