"""Which members: the same conditions for the admin's list, the API and segments."""

import django_filters as filters
from django.conf import settings
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty.lib import money
from loyalty.lib.periods import ONE_DAY, start_of_day
from loyalty.programs.models import Program
from members.models import Consent, Enrolment, Member

DECIMALS_WITHOUT_PROGRAM = "EUR"
MOST_DAYS = 36_500


class OfEnrolment:
    """A filter of the enrolment, not of the member: all of them together must fit one enrolment."""


class ProgramFilter(OfEnrolment, filters.ModelChoiceFilter):
    pass


class EnrolmentNumberFilter(OfEnrolment, filters.NumberFilter):
    pass


class EnrolmentTextFilter(OfEnrolment, filters.CharFilter):
    pass


class EnrolmentBooleanFilter(OfEnrolment, filters.BooleanFilter):
    pass


class SpendFilter(OfEnrolment, filters.NumberFilter):
    """An amount of money as people write it; the table holds minor units."""

    def filter(self, queryset, value):
        if value is None:
            return queryset
        program = self.parent.form.cleaned_data.get("program")
        currency = program.money_currency if program else DECIMALS_WITHOUT_PROGRAM
        return super().filter(queryset, value.scaleb(money.exponent(currency)))


class DayFilter(OfEnrolment, filters.DateFilter):
    """A day of the program's zone; the last day of a range is included."""

    def filter(self, queryset, value):
        if value is None:
            return queryset
        program = self.parent.form.cleaned_data.get("program")
        tz = program.tzinfo if program else timezone.get_current_timezone()
        day = value + ONE_DAY if self.lookup_expr == "lt" else value
        return super().filter(queryset, start_of_day(day, tz))


class QuietFilter(EnrolmentNumberFilter):
    """No activity for at least so many days; who enrolled since then has not been quiet."""

    def filter(self, queryset, value):
        if value is None:
            return queryset
        since = self.parent.at - int(value) * ONE_DAY
        return queryset.alias(latest=Coalesce("last_activity_at", "enrolled_at")).filter(latest__lte=since)


class MemberFilter(filters.FilterSet):
    """`at` is the moment from which days are counted back: now, unless said otherwise."""

    search = filters.CharFilter(label=_("search"), method="filter_search")
    status = filters.ChoiceFilter(label=_("status"), choices=Member.Status.choices)
    language = filters.ChoiceFilter(label=_("language"), choices=settings.LANGUAGES)
    tag = filters.CharFilter(label=_("tag"), method="filter_tag")
    consent = filters.ChoiceFilter(label=_("consent for"), choices=Consent.Channel.choices, method="filter_consent")
    program = ProgramFilter(
        label=_("program"), field_name="program", queryset=Program.objects.all(), to_field_name="code"
    )
    last_activity_from = DayFilter(label=_("last activity from"), field_name="last_activity_at", lookup_expr="gte")
    last_activity_to = DayFilter(label=_("last activity until"), field_name="last_activity_at", lookup_expr="lt")
    quiet_days = QuietFilter(label=_("days without activity"), min_value=1, max_value=MOST_DAYS)
    purchases_min = EnrolmentNumberFilter(label=_("purchases from"), field_name="purchases", lookup_expr="gte")
    purchases_max = EnrolmentNumberFilter(label=_("purchases up to"), field_name="purchases", lookup_expr="lte")
    spend_min = SpendFilter(label=_("spend from"), field_name="spend", lookup_expr="gte")
    spend_max = SpendFilter(label=_("spend up to"), field_name="spend", lookup_expr="lte")
    balance_min = EnrolmentNumberFilter(label=_("balance from"), field_name="balance", lookup_expr="gte")
    balance_max = EnrolmentNumberFilter(label=_("balance up to"), field_name="balance", lookup_expr="lte")

    tier = EnrolmentTextFilter(label=_("tier"), field_name="tier")
    plan = EnrolmentTextFilter(label=_("plan"), field_name="plan")
    segment = EnrolmentTextFilter(label=_("segment"), field_name="segments", lookup_expr="has_item")
    priority = EnrolmentBooleanFilter(label=_("priority support"), field_name="has_priority")

    class Meta:
        model = Member
        fields = []

    def __init__(self, *args, at=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.at = at or timezone.now()

    def filter_queryset(self, queryset):
        enrolments = Enrolment.objects.all()
        for name, value in self.form.cleaned_data.items():
            if isinstance(self.filters[name], OfEnrolment):
                enrolments = self.filters[name].filter(enrolments, value)
            else:
                queryset = self.filters[name].filter(queryset, value)
        if enrolments.query.where:
            queryset = queryset.filter(pk__in=enrolments.values("member"))
        return queryset

    def filter_search(self, queryset, name, value):
        return queryset.search(value)

    def filter_tag(self, queryset, name, value):
        return queryset.tagged(value)

    def filter_consent(self, queryset, name, value):
        return queryset.consenting(value)
