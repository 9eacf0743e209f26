"""What the member decides: who may write, in which language, everything to take along, to be forgotten."""

from django.http import JsonResponse
from django.utils.translation import gettext as _

from loyalty.earning.operations import record_consent
from loyalty.portal import forms, operations
from loyalty.portal.operations.erasing import TIME_TO_THINK, open_request
from loyalty.portal.views.base import MemberView, ProvedView
from members.exporting import export_member
from members.models import Consent
from members.operations import update_member, withdraw_consent
from members.queries import latest_consents

SOURCE = "portal"
EXPORTS = 5  # an hour


class Preferences(MemberView):
    """Saying no is always possible; saying yes needs the code, since it is recorded as the member's own word."""

    def get(self, request):
        answers = latest_consents([self.member.pk])
        wordings = forms.wordings(self.program)
        consents = [
            {
                "channel": channel,
                "name": Consent.Channel(channel).label,
                "wording": wordings.get(channel, ""),
                "given": answers.get((self.member.pk, channel), False),
            }
            for channel in Consent.Channel.values
            if channel in wordings or answers.get((self.member.pk, channel))
        ]
        language = forms.LanguageForm(program=self.program, initial={"language": self.member.language})
        return self.page("preferences", consents=consents, language_form=language, erasure=open_request(self.member.pk))


class Consents(MemberView):
    def back_to(self):
        return self.address("preferences")

    def get(self, request):
        return self.go("preferences")

    def post(self, request):
        channel, wordings = request.POST.get("channel", ""), forms.wordings(self.program)
        if request.POST.get("given") != "yes":
            if latest_consents([self.member.pk]).get((self.member.pk, channel)):
                withdraw_consent(member=self.member, channel=channel, source=SOURCE, at=self.now, by=None)
        elif not self.visit.is_proved:
            return self.ask_to_sign_in()
        elif channel in wordings:
            wording = str(wordings[channel])
            record_consent(member=self.member, channel=channel, source=SOURCE, wording=wording, at=self.now, by=None)
        return self.go("preferences")


class Language(MemberView):
    def get(self, request):
        return self.go("preferences")

    def post(self, request):
        form = forms.LanguageForm(request.POST, program=self.program)
        if form.is_valid():
            update_member(member=self.member, language=form.cleaned_data["language"], at=self.now, by=None)
        return self.go("preferences")


class Export(ProvedView):
    """Everything about the member as a file. A POST, so that no link on another page can set it off."""

    def back_to(self):
        return self.address("preferences")

    def get(self, request):
        return self.go("preferences")

    def post(self, request):
        try:
            operations.check_often(what="export", who=str(self.member.pk), limit=EXPORTS, at=self.now)
        except operations.TooOften as refusal:
            return self.page("refused", status=429, refusal=refusal, back=self.back_to())
        return JsonResponse(
            export_member(member=self.member),
            json_dumps_params={"ensure_ascii": False, "indent": 2},
            headers={"Content-Disposition": f'attachment; filename="member-{self.member.number}.json"'},
        )


class Erasure(ProvedView):
    """Asks once more and says what is lost; then there are days to think better of it."""

    def back_to(self):
        return self.request.path

    def get(self, request):
        return self.form_page()

    def post(self, request):
        if request.POST.get("sure") != "yes":
            return self.form_page(status=422, error=_("Tick the box if you are sure."))
        operations.request_erasure(program=self.program, member=self.member, at=self.now)
        return self.go("erasure")

    def form_page(self, status=200, error=""):
        return self.page(
            "erasure",
            status=status,
            error=error,
            request_open=open_request(self.member.pk),
            days=TIME_TO_THINK.days,
            enrolments=self.member.enrolments.filter(status="active").select_related("program"),
        )


class KeepAccount(ProvedView):
    def back_to(self):
        return self.address("erasure")

    def get(self, request):
        return self.go("erasure")

    def post(self, request):
        operations.withdraw_erasure(member=self.member, at=self.now)
        return self.go("preferences")
