"""E-mails in the admin: what was sent and why something was not, how a program words it, and how it looks."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from campaigns import letters, operations, queries, samples
from campaigns.forms import ExampleForm, TestForm
from campaigns.models import EmailSetting, Message, Occasion
from campaigns.operations.batch import Batch
from campaigns.unsubscribing import NOBODY, address
from loyalty.lib.admin import ExportMixin, HistoryAdmin, MemberSearchMixin, ViewOnlyAdmin
from loyalty.programs.models import Program

STATE_COLOURS = {"queued": "info", "sending": "info", "sent": "success", "skipped": "warning", "failed": "danger"}
TEXTS = ["subject_en", "intro_en", "subject_fr", "intro_fr"]


@admin.register(Message)
class MessageAdmin(MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    list_display = ["member", "occasion", "period", "program", "shown_state", "reason", "created_at", "sent_at"]
    list_filter = ["state", "program", "occasion", "language", "reason"]
    list_select_related = ["member", "program"]
    ordering = ["-id"]
    actions = ["try_again"]
    export_fields = ["member__number", "program__code", "occasion", "period", "state", "reason", "sent_at"]
    fieldsets = [
        (None, {"fields": ["member", "program", "occasion", "period", "language", "subject"]}),
        (_("State"), {"fields": ["state", "reason", "error", "attempts"]}),
        (_("Times"), {"fields": ["created_at", "due_at", "claimed_at", "sent_at"]}),
    ]
    change_form_after_template = "admin/campaigns/message.html"

    @display(description=_("state"), label=STATE_COLOURS, ordering="state")
    def shown_state(self, message):
        return message.state, message.get_state_display()

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        message = self.get_object(request, object_id) if object_id else None
        if message is not None and self.has_view_permission(request, message):
            extra_context = {**(extra_context or {}), "letter": _letter(message)}
        return super().changeform_view(request, object_id, form_url, extra_context)

    def has_retry_permission(self, request):
        return request.user.has_perm("campaigns.retry_message")

    @admin.action(description=_("Send the selected failed messages again"), permissions=["retry"])
    def try_again(self, request, queryset):
        ids = list(queryset.values_list("pk", flat=True))
        count = operations.requeue(message_ids=ids, by=request.user, at=timezone.now())
        text = ngettext("%(count)s message is queued again.", "%(count)s messages are queued again.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS if count else messages.WARNING)


@admin.register(EmailSetting)
class EmailSettingAdmin(HistoryAdmin):
    list_display = ["program", "occasion", "is_active", "days_before"]
    list_filter = ["program", "occasion", "is_active"]
    list_select_related = ["program"]
    ordering = ["program__name", "occasion"]
    autocomplete_fields = ["program"]
    conditional_fields = {"days_before": "occasion == 'points_expiring'"}
    actions_list = ["examples"]
    actions_detail = ["own_examples"]
    fieldsets = [
        (
            None,
            {
                "fields": ["program", "occasion", "is_active", "days_before"],
                "description": _("Without settings of its own a program sends the standard e-mails."),
            },
        ),
        (_("Own texts"), {"fields": TEXTS, "description": _("What is empty is said in the standard words.")}),
    ]

    @action(description=_("Look at the e-mails"), url_path="examples", permissions=["view"], icon="visibility")
    def examples(self, request):
        if request.method == "POST":
            return self._send_test(request)
        first = Program.objects.first()
        chosen = ExampleForm(request.GET if "program" in request.GET else _choice(first, Occasion.WELCOME))
        context = self.admin_site.each_context(request)
        context |= {"title": _("Look at the e-mails"), "opts": self.opts, "form": chosen}
        if chosen.is_valid():
            context |= {
                "choice": chosen.cleaned_data,
                "examples": _examples(**chosen.cleaned_data),
                "may_test": self._may_test(request),
            }
        return TemplateResponse(request, "admin/campaigns/examples.html", context)

    @action(description=_("Look at the e-mails"), url_path="own-examples", permissions=["view"], icon="visibility")
    def own_examples(self, request, object_id):
        setting = self.get_object(request, object_id)
        if setting is None:
            raise Http404
        return _to_examples(setting.program, setting.occasion)

    def _may_test(self, request):
        return request.user.has_perm("campaigns.test_emailsetting")

    def _send_test(self, request):
        if not self._may_test(request):
            raise PermissionDenied
        form = TestForm(request.POST)
        if not form.is_valid():
            return redirect("admin:campaigns_emailsetting_examples")
        if not request.user.email:
            messages.error(request, gettext("Your account has no e-mail address to send it to."))
        else:
            self._try_test(request, form.cleaned_data)
        return _to_examples(form.cleaned_data["program"], form.cleaned_data["occasion"])

    def _try_test(self, request, choice):
        try:
            operations.send_test(**choice, to=request.user.email, by=request.user, at=timezone.now())
        except operations.CannotSend as refusal:
            messages.error(request, str(refusal))
        else:
            text = gettext("The example is on its way to %(address)s.") % {"address": request.user.email}
            messages.success(request, text)


def _choice(program, occasion):
    return {"program": program.pk if program else None, "occasion": str(occasion)}


def _to_examples(program, occasion):
    return redirect(f"{reverse('admin:campaigns_emailsetting_examples')}?{urlencode(_choice(program, occasion))}")


def _examples(program, occasion):
    """(code, name, letter) in each language."""
    setting, now = queries.setting(program, occasion), timezone.now()
    return [
        (code, translation.gettext(name), samples.letter(program, occasion, code, now, setting))
        for code, name in (("fr", "French"), ("en", "English"))
    ]


def _letter(message):
    """What the member reads; nothing where the member was never written to.

    Without the real unsubscribe address: staff must not unsubscribe anybody by trying the link.
    """
    if message.state == Message.State.SKIPPED:
        return None
    batch = Batch([message], timezone.now())
    return letters.compose(
        program=message.program,
        occasion=message.occasion,
        language=message.language,
        first_name=message.member.first_name,
        number=message.member.number,
        figures=message.context or batch.figures(message),
        unsubscribe_url=address(NOBODY),
        setting=queries.setting(message.program, message.occasion),
    )
