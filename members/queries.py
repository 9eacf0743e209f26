"""What other rooms may ask about members: who a reference means, and what a member has agreed to."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from members.models import Consent, Enrolment, Household, HouseholdMember, Member, MemberMerge
from members.references import Ambiguous, MemberRef, readings

Found = int | Ambiguous | None

_SELECT = {
    "id": "SELECT 'id', CAST(id AS text), COALESCE(merged_into_id, id) FROM members_member WHERE id {among}",
    "external_id": (
        "SELECT 'external_id', external_id, member_id FROM members_externalid "
        "WHERE external_id {among} AND %s IN ('', source)"
    ),
    "card": "SELECT 'card', number, member_id FROM members_card WHERE state = 'active' AND number {among}",
    "number": "SELECT 'number', number, COALESCE(merged_into_id, id) FROM members_member WHERE number {among}",
    # The conditions on emptiness are those of the unique indexes, which serve nothing without them.
    "email": (
        "SELECT 'email', email, COALESCE(merged_into_id, id) FROM members_member "
        "WHERE NOT (email = '') AND UPPER(email) {among_upper}"
    ),
    "phone": (
        "SELECT 'phone', phone, COALESCE(merged_into_id, id) FROM members_member "
        "WHERE NOT (phone = '') AND phone {among}"
    ),
}
_AMONG = {
    "postgresql": {"among": "= ANY(%s)", "among_upper": "= ANY(ARRAY(SELECT UPPER(v) FROM unnest(%s::text[]) AS v))"},
    "sqlite": {
        "among": "IN (SELECT value FROM json_each(%s))",
        "among_upper": "IN (SELECT UPPER(value) FROM json_each(%s))",
    },
}


class LookupRefused(Exception):
    """The reference names nobody, or not one person alone. `code` is for machines, the text for people."""

    code = ""


class MemberUnknown(LookupRefused):
    code = "member_unknown"


class MemberAmbiguous(LookupRefused):
    code = "member_ambiguous"


def lookup(reference: MemberRef, *, source: str = "", region: str | None = None) -> Member:
    """The one member that the reference means. Raises `MemberUnknown` or `MemberAmbiguous`."""
    found = resolve_many(source, [reference], region)[reference]
    if isinstance(found, Ambiguous):
        raise MemberAmbiguous(_("“%(value)s” fits more than one member.") % {"value": reference.value})
    if found is None:
        raise MemberUnknown(_("No member is known as “%(value)s”.") % {"value": reference.value})
    return Member.objects.get(pk=found)


def resolve_many(source: str, refs: Iterable[MemberRef], region: str | None = None) -> dict[MemberRef, Found]:
    """Who each reference means: a member's id, `Ambiguous`, or None. One statement however many there are.

    “any” is read as all that the text can be: the source's own identifier, a card, a number, an e-mail, a phone. Where
    two readings name two members it is ambiguous, even if one of them is the source's own: points on the wrong account
    are worse than a refusal. Cards count while they are active. `region` is the country of phone numbers written
    without one; an empty `source` means the identifiers of all sources.
    """
    read = {ref: readings(ref, region) for ref in dict.fromkeys(refs)}
    found = _members_of(source, read.values())
    answers: dict[MemberRef, Found] = {}
    for ref, values in read.items():
        ids = set().union(*(found.get(pair, ()) for pair in values.items()))
        answers[ref] = Ambiguous(tuple(sorted(ids))) if len(ids) > 1 else next(iter(ids), None)
    return answers


def identities(member_id: int) -> list[int]:
    """The member, and everybody who was merged into the member: whose rows tell of this person."""
    return [member_id, *Member.objects.filter(merged_into=member_id).order_by("pk").values_list("pk", flat=True)]


def present(member_ids: Iterable[int]) -> dict[int, int]:
    """By id, who that member is today: another one, where the two were merged."""
    rows = Member.objects.filter(pk__in=member_ids)
    return {pk: merged_into or pk for pk, merged_into in rows.values_list("pk", "merged_into")}


def open_merges(member_id: int) -> list[MemberMerge]:
    """The merges by which the member became whoever goes on, the first one first; locked."""
    found = []
    while merge := MemberMerge.objects.select_for_update().filter(absorb=member_id, undone_at__isnull=True).first():
        found.append(merge)
        member_id = merge.keep_id
    return found


def member_range(*, program) -> tuple[int | None, int | None]:
    """The first and the last member id of the program, over which jobs run in chunks; None where it has no members."""
    ends = Enrolment.objects.filter(program=program).aggregate(first=Min("member_id"), last=Max("member_id"))
    return ends["first"], ends["last"]


def has_consent(member_id: int, channel: str) -> bool:
    """Whether the member's latest answer about the channel is yes. No answer is no."""
    return bool(members_with_consent([member_id], channel))


def members_with_consent(member_ids: Iterable[int], channel: str) -> set[int]:
    """Those of the members whose latest answer about the channel is yes."""
    answers = latest_consents(member_ids).items()
    return {member_id for (member_id, about), given in answers if given and about == channel}


def latest_consents(member_ids: Iterable[int]) -> dict[tuple[int, str], bool]:
    """The answer that holds, by member and channel; one statement. Who never answered is not in it."""
    records = Consent.objects.filter(member_id__in=member_ids).order_by("recorded_at", "pk")
    return {(member, channel): given for member, channel, given in records.values_list("member_id", "channel", "given")}


def not_enrolled(program, member_ids: Iterable[int]) -> set[int]:
    """Those of the members who have never joined the program."""
    member_ids = set(member_ids)
    return member_ids - set(
        Enrolment.objects.filter(program=program, member_id__in=member_ids).values_list("member_id", flat=True)
    )


def household_of(*, program, member_id: int, at: datetime) -> Household | None:
    """The household of the program to which the member belonged at that moment."""
    place = HouseholdMember.objects.in_it(at).filter(program=program, member=member_id).select_related("household")
    found = place.first()
    return found.household if found else None


def pool_of(*, program, member_id: int, at: datetime) -> list[int]:
    """Whose points the member may spend: the member first, then those of a household that pools, in order of id."""
    household = household_of(program=program, member_id=member_id, at=at)
    return [member_id, *givers(household, member_id, at)] if household else [member_id]


def givers(household: Household, member_id: int, at: datetime) -> list[int]:
    """The others of the household whose points the member may spend; nobody where it does not pool."""
    if not household.pools:
        return []
    places = HouseholdMember.objects.in_it(at).filter(household=household).exclude(member=member_id)
    return list(places.able_to_give(household.program_id).order_by("member").values_list("member", flat=True))


def _members_of(source, all_values):
    """Who answers to each (kind, value), in one statement."""
    wanted = defaultdict(set)
    for values in all_values:
        for kind, value in values.items():
            wanted[kind].add(value)
    if not wanted:
        return {}
    statement = " UNION ALL ".join(_SELECT[kind] for kind in wanted).format(**_AMONG[connection.vendor])
    params = []
    for kind, values in wanted.items():
        params.append(_list([int(value) for value in values] if kind == "id" else list(values)))
        if kind == "external_id":
            params.append(source)
    found = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        for kind, value, member_id in cursor.fetchall():
            found[kind, value.lower() if kind == "email" else value].add(member_id)
    return found


def _list(values: list):
    return values if connection.vendor == "postgresql" else json.dumps(values)
