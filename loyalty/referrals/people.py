"""What the members room knows of people who may be one, read for a batch of them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db import connection
from django.utils.crypto import salted_hmac

from loyalty.lib import sql
from loyalty.referrals.models import Device
from loyalty.referrals.models.referral import DEAD
from loyalty.referrals.rules import Person, normalised_email
from members.models import Card, Enrolment, HouseholdMember, Member


def persons(program, member_ids: Collection[int], at: datetime) -> dict[int, Person]:
    """By member: everything that tells people apart, what they had before included. A constant number of statements."""
    if not member_ids:
        return {}
    emails, phones, cards, devices = (defaultdict[int, set[str]](set) for _ in range(4))
    members = Member.objects.filter(pk__in=member_ids)
    former = Member.history.model.objects.filter(id__in=member_ids)  # type: ignore[attr-defined]
    for rows in (members, former):
        for member_id, email, phone in rows.order_by().values_list("id", "email", "phone").distinct():
            emails[member_id].add(normalised_email(email))
            phones[member_id].add(str(phone))
    for rows in (Card.objects, Card.history.model.objects):  # type: ignore[attr-defined]
        held = rows.filter(member_id__in=member_ids).order_by().values_list("member_id", "number")
        for member_id, number in held.distinct():
            cards[member_id].add(number)
    for member_id, fingerprint in Device.objects.filter(member__in=member_ids).values_list("member", "fingerprint"):
        devices[member_id].add(fingerprint)
    places = HouseholdMember.objects.in_it(at).filter(program=program, member__in=member_ids)
    households = dict(places.values_list("member", "household"))
    enrolled = set(
        Enrolment.objects.filter(program=program, member__in=member_ids, status="active").values_list(
            "member", flat=True
        )
    )
    return {
        member.pk: Person(
            id=member.pk,
            is_active=member.status == Member.Status.ACTIVE and member.pk in enrolled,
            is_blocked=member.status == Member.Status.BLOCKED,
            emails=frozenset(emails[member.pk] - {""}),
            phones=frozenset(phones[member.pk] - {""}),
            cards=frozenset(cards[member.pk]),
            devices=frozenset(devices[member.pk]),
            household=households.get(member.pk),
            last_name=member.last_name,
            postcode=member.postcode,
            birth_date=member.birth_date,
        )
        for member in members
    }


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
