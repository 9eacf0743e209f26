"""Members, cards and consents, narrowed down."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Upper

from loyalty.lib import codes
from loyalty.lib.fields import FoldedField, folded
from members import references

SHORTEST_CODE = 5
FEW = 500


class MemberQuerySet(models.QuerySet):
    def active(self):
        return self.filter(status="active")

    def tagged(self, tag):
        return self.filter(tags__has_item=tag)

    def consenting(self, channel):
        """Members whose latest answer about the channel is yes."""
        consents = self.model.consents.rel.related_model.objects.filter(channel=channel)
        return self.filter(Exists(consents.latest_answers().filter(member=OuterRef("pk"), given=True)))

    def with_email(self, email):
        """Whoever has this e-mail, in capitals or not."""
        return self.exclude(email="").alias(upper_email=Upper("email")).filter(upper_email=email.strip().upper())

    def search(self, text, region=None):
        """Whom a line typed by staff may mean: beginnings of words of the name, of the e-mail, of a number; a phone.

        Few matches are looked up at once and narrow by their keys. For many, the condition stays a condition: a list
        ordered by key soon meets its first page, where for a few it would read the whole table.
        """
        text = " ".join(text.split())
        if not text:
            return self
        if not text.isprintable():
            return self.none()
        condition = self._meaning(text, region)
        matches = self.model.objects.alias(upper_email=Upper("email")).filter(condition).order_by()
        keys = list(matches.values_list("pk", flat=True)[: FEW + 1])
        if len(keys) <= FEW:
            return self.filter(pk__in=keys)
        return self.alias(upper_email=Upper("email")).filter(condition)

    def _meaning(self, text, region):
        by_email = ~Q(email="") & Q(upper_email__begins=text.upper())
        if "@" in text:
            return by_email
        named = Q(pk__in=self._identified_by(text, region))
        if any(sign.isdigit() for sign in text):
            return named | by_email
        return named | _has_words(text)

    def _identified_by(self, text, region):
        """Keys first: one condition over several tables would read all of each."""
        members = self.model.objects.order_by()
        found = [members.filter(external_ids__external_id=text)]
        if phone := references.as_phone(text, region):
            found.append(members.exclude(phone="").filter(phone=phone))
        code = codes.normalise(text)
        if len(code) >= SHORTEST_CODE and set(codes.ALPHABET).issuperset(code):
            found.append(members.filter(number__begins=code))
            found.append(members.filter(cards__number__begins=code))
        keys = [members.values_list("pk") for members in found]
        return [key for (key,) in keys[0].union(*keys[1:])]


def _has_words(text):
    words = folded(text).split()
    if not words:
        return Q(pk__in=[])
    return Q(*(Q(name_key__contains=FoldedField.key(word)) for word in words))


class CardQuerySet(models.QuerySet):
    def ready(self):
        return self.filter(state="ready")

    def active(self):
        return self.filter(state="active")


class ConsentQuerySet(models.QuerySet):
    def latest_answers(self):
        """The records that hold: no later one of the same member and channel."""
        later = self.model.objects.filter(
            Q(recorded_at__gt=OuterRef("recorded_at")) | Q(recorded_at=OuterRef("recorded_at"), pk__gt=OuterRef("pk")),
            member=OuterRef("member"),
            channel=OuterRef("channel"),
        )
        return self.filter(~Exists(later))


class HouseholdMemberQuerySet(models.QuerySet):
    def current(self):
        return self.filter(state="current")

    def in_it(self, at):
        """Whoever belonged to the household at that moment, whatever came later."""
        return self.filter(Q(left_at__isnull=True) | Q(left_at__gt=at), joined_at__lte=at)

    def able_to_give(self, program):
        """Those whose points can be spent: neither blocked nor gone from the program."""
        return self.filter(
            member__status="active", member__enrolments__program=program, member__enrolments__status="active"
        )
