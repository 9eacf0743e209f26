"""The card and what hangs on it, to be looked at."""

from django.utils.translation import gettext as _

from loyalty.challenges import operations as challenges
from loyalty.challenges.models import Challenge
from loyalty.lib.periods import local_date
from loyalty.portal.pages import card
from loyalty.portal.views.base import ClubView, MemberView
from loyalty.referrals import operations as referrals
from loyalty.referrals import queries as referral_queries


class Home(ClubView):
    """The member's card; for a stranger the way in."""

    is_listed = True

    def get(self, request):
        if self.visit is None:
            is_open = self.program.earns_on(local_date(self.now, self.program.tzinfo))
            return self.page("welcome", is_open=is_open)
        greeting = ""
        if "welcome" in request.GET:
            greeting = _("You are a member now. This is your card.")
        elif "known" in request.GET:
            greeting = _("You are a member already: this is your card.")
        return self.page("card", greeting=greeting, **card.context(self.enrolment, self.now))


class JoinChallenge(MemberView):
    """Taking part where one has to say so. A challenge of another program is none here."""

    def get(self, request, challenge):
        return self.go("home")

    def post(self, request, challenge):
        row = self.row_or_404(Challenge.objects.filter(program=self.program), pk=challenge)
        try:
            challenges.join_challenge(challenge=row, member_id=self.member.pk, at=self.now)
        except challenges.JoinRefused as refusal:
            return self.page("refused", status=409, refusal=refusal, back=self.address("home"))
        return self.go("home")


class Friends(MemberView):
    """The member's own code and link, made when they are asked for the first time."""

    def get(self, request):
        code = referral_queries.code_of(self.member, program=self.program)
        return self.page(
            "friends",
            terms=referral_queries.referral_program(self.program),
            code=code,
            link=code and referral_queries.link(code),
            earned=referral_queries.earned_by(self.program, self.member),
        )

    def post(self, request):
        try:
            referrals.make_code(program=self.program, member_id=self.member.pk, at=self.now)
        except referrals.ReferralsError as refusal:
            return self.page("refused", status=409, refusal=refusal, back=self.address("home"))
        return self.go("friends")
