"""What the members room knows of people who may be one, read for a batch of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import chain

from django.db import connection
from django.db.models import Case, Q, QuerySet, When
from django.utils.crypto import salted_hmac

from loyalty.lib import sql
from loyalty.referrals.models import Device, ReferralCode
from loyalty.referrals.models.referral import DEAD
from loyalty.referrals.rules import Person, normalised_email
from members.models import Card, Enrolment, HouseholdMember, Member

Gathered = defaultdict[int, set[str]]


def persons(program, member_ids: Collection[int], at: datetime) -> dict[int, Person]:
    """By member: everything that tells people apart, what they had before or were merged from included.

    A constant number of statements.
    """
    if not member_ids:
        return {}
    rows = list(Member.objects.filter(Q(pk__in=member_ids) | Q(merged_into__in=member_ids)))
    person_of = {row.pk: row.pk if row.pk in member_ids else row.merged_into_id or row.pk for row in rows}
    emails, phones = _addresses(rows, person_of)
    cards = _gathered(person_of, *(_cards(model, person_of) for model in (Card, Card.history.model)))  # type: ignore[attr-defined]
    devices = _gathered(person_of, Device.objects.filter(member__in=person_of).values_list("member", "fingerprint"))
    places = HouseholdMember.objects.in_it(at).filter(program=program, member__in=member_ids)
    households = dict(places.values_list("member", "household"))
    enrolments = Enrolment.objects.filter(program=program, member__in=member_ids, status=Enrolment.Status.ACTIVE)
    enrolled = set(enrolments.values_list("member", flat=True))
    return {
        row.pk: Person(
            id=row.pk,
            is_active=row.status == Member.Status.ACTIVE and row.pk in enrolled,
            is_blocked=row.status == Member.Status.BLOCKED,
            emails=frozenset(emails[row.pk] - {""}),
            phones=frozenset(phones[row.pk] - {""}),
            cards=frozenset(cards[row.pk]),
            devices=frozenset(devices[row.pk]),
            household=households.get(row.pk),
            last_name=row.last_name,
            postcode=row.postcode,
            birth_date=row.birth_date,
        )
        for row in rows
        if row.pk in member_ids
    }


def _addresses(rows: Iterable[Member], person_of: Mapping[int, int]) -> tuple[Gathered, Gathered]:
    """E-mails and phones of now and of before."""
    former = Member.history.model.objects.filter(id__in=person_of)  # type: ignore[attr-defined]
    known = [(row.pk, row.email, str(row.phone)) for row in rows]
    known += former.order_by().values_list("id", "email", "phone").distinct()
    emails = ((number, normalised_email(email)) for number, email, _phone in known)
    phones = ((number, str(phone)) for number, _email, phone in known)
    return _gathered(person_of, emails), _gathered(person_of, phones)


def _cards(model, person_of: Mapping[int, int]):
    held = model.objects.filter(member_id__in=person_of)
    return held.order_by().values_list("member_id", "number").distinct()


def _gathered(person_of: Mapping[int, int], *pairs: Iterable[tuple[int, str]]) -> Gathered:
    """What is known of the rows of members, by person."""
    found: Gathered = defaultdict(set)
    for number, value in chain(*pairs):
        found[person_of[number]].add(value)
    return found


def codes_of(program, member_id: int) -> QuerySet[ReferralCode]:
    """The member's codes, their own first, then those of whom they were merged from."""
    mine = ReferralCode.objects.filter(Q(member=member_id) | Q(member__merged_into=member_id), program=program)
    return mine.order_by(Case(When(member=member_id, then=0), default=1), "pk")


def fingerprint_of(device: str) -> str:
    """The keyed hash under which a device is kept."""
    return salted_hmac("loyalty.referrals.device", device).hexdigest()[:32]


def chains(program, member_ids: Collection[int]) -> dict[int, int]:
    """Who brought each of the members, and who brought those, up to the first: friend → referrer. One statement."""
    if not member_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _CHAINS.format(start=sql.among("start"), dead=sql.among("dead")),
            {"program": program.pk, "start": sql.many(set(member_ids)), "dead": sql.many(DEAD)},
        )
        return dict(cursor.fetchall())


# UNION drops what was found before, so that even a circle would end.
_CHAINS = """
WITH RECURSIVE above (friend, referrer) AS (
    SELECT friend_id, referrer_id FROM referrals_referral
    WHERE program_id = %(program)s AND NOT (state = 'refused' AND reason {dead}) AND referrer_id IS NOT NULL
    AND friend_id {start}
    UNION
    SELECT r.friend_id, r.referrer_id FROM referrals_referral r JOIN above ON r.friend_id = above.referrer
    WHERE r.program_id = %(program)s AND NOT (r.state = 'refused' AND r.reason {dead}) AND r.referrer_id IS NOT NULL
)
SELECT friend, referrer FROM above
"""
