"""What a merge moves of this room's own, and how it comes back: contact, identifiers, cards, enrolments, consents,
the place in a household. Called by `merging` with both members locked.
"""

from datetime import datetime
from typing import Any

from loyalty.lib.saving import save_as
from members.models import Card, Consent, Enrolment, ExternalId, Household, HouseholdMember, Member
from members.queries import latest_consents

FILLED_IN = ("email", "phone", "first_name", "last_name", "birth_date", "postcode")
ONE_PERSONS = ("email", "phone")  # the database lets one member have them, so they change hands
SOURCE = "merge"
State = HouseholdMember.State


def hand_over(keep: Member, absorb: Member, *, at: datetime, by, reason: str) -> dict[str, Any]:
    """Move everything and return what was moved. The absorbed member's row is marked."""
    earlier = list(Member.objects.filter(merged_into=absorb).order_by("pk").values_list("pk", flat=True))
    Member.objects.filter(pk__in=earlier).update(merged_into=keep)
    moved = {"earlier": earlier, "person": _fill_in(keep, absorb)}
    absorb.status, absorb.merged_into = Member.Status.MERGED, keep
    save_as(absorb, by=by, at=at, reason=reason)
    save_as(keep, by=by, at=at, reason=reason)
    return moved | {
        "external_ids": _move(ExternalId.objects.filter(member=absorb), keep),
        "joined": _join_programs(keep, absorb),
        "cards": _give_cards(list(absorb.cards.all()), keep, at, by),
        "consents": _agree(keep, absorb, at, by),
        "places": _move_places(keep, absorb, at, by),
    }


def part(keep: Member, absorb: Member, moved: dict[str, Any], *, at: datetime, by, reason: str) -> None:
    """Both are persons of their own again; what belongs to whom follows in `bring_back`."""
    _take_out(keep, absorb, moved["person"])
    absorb.status, absorb.merged_into = Member.Status.ACTIVE, None
    save_as(keep, by=by, at=at, reason=reason)
    save_as(absorb, by=by, at=at, reason=reason)
    Member.objects.filter(pk__in=moved["earlier"], merged_into=keep).update(merged_into=absorb)


def bring_back(keep: Member, absorb: Member, moved: dict[str, Any], *, at: datetime, by) -> None:
    ExternalId.objects.filter(member=keep, pk__in=moved["external_ids"]).update(member=absorb)
    _give_cards(list(Card.objects.filter(member=keep, pk__in=moved["cards"])), absorb, at, by)
    _restore_enrolments(moved)
    _restore_consents(keep, moved["consents"], at, by)
    _restore_places(keep, absorb, moved["places"], at, by)


def _fill_in(keep: Member, absorb: Member) -> dict[str, Any]:
    """What only the absorbed member has goes to the kept one. Returns the values before, and what was filled in."""
    filled = {}
    for name in FILLED_IN:
        if not getattr(keep, name) and (value := getattr(absorb, name)):
            filled[name] = value if name == "birth_date" else str(value)
            setattr(keep, name, value)
            if name in ONE_PERSONS:
                setattr(absorb, name, "")
    before = {"tags": keep.tags, "preferences": keep.preferences}
    keep.tags = list(dict.fromkeys([*keep.tags, *absorb.tags]))
    keep.preferences = absorb.preferences | keep.preferences
    return {"filled": filled, "before": before, "after": {"tags": keep.tags, "preferences": keep.preferences}}


def _take_out(keep: Member, absorb: Member, moved: dict[str, Any]) -> None:
    """What was corrected since stays with the kept member."""
    for name, value in moved["filled"].items():
        if str(getattr(keep, name) or "") == value:
            setattr(keep, name, None if name == "birth_date" else "")
        taken = Member.objects.exclude(pk=keep.pk).filter(**{name: value})
        if name in ONE_PERSONS and str(getattr(keep, name)) != value and not taken.exists():
            setattr(absorb, name, value)
    for name, value in moved["after"].items():
        if getattr(keep, name) == value:
            setattr(keep, name, moved["before"][name])


def _move(rows, keep: Member) -> list[int]:
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    rows.update(member=keep)
    return ids


def _give_cards(cards: list[Card], member: Member, at: datetime, by) -> list[int]:
    """Blocked ones too: a lost card that is found must still lead to its owner."""
    for card in cards:
        card.member = member
        save_as(card, by=by, at=at)
    return [card.pk for card in cards]


# Enrolments: the kept member is in every program that either was in, since the earlier day.


def _join_programs(keep: Member, absorb: Member) -> list[int]:
    """Before the rooms above move anything, since points need an enrolment to be summed up in."""
    known = keep.enrolments.values_list("program", flat=True)
    new = []
    for theirs in absorb.enrolments.exclude(program__in=known).order_by("program"):
        mine = Enrolment(member=keep, program_id=theirs.program_id, enrolled_at=theirs.enrolled_at)
        for name in ("channel", "store_id", "terms_version", "terms_accepted_at", "status"):
            setattr(mine, name, getattr(theirs, name))
        mine.save()
        new.append(mine.pk)
    return new


def hand_over_enrolments(keep: Member, absorb: Member) -> dict[str, Any]:
    """Of programs that both are in: the earlier day, and active if either is. Called with the accounts locked, which
    everybody locks before an enrolment.
    """
    known = {enrolment.program_id: enrolment for enrolment in keep.enrolments.select_for_update(no_key=True)}
    moved = []
    for theirs in absorb.enrolments.order_by("program"):
        mine = known[theirs.program_id]
        before = {"status": mine.status, "enrolled_at": mine.enrolled_at}
        mine.enrolled_at = min(mine.enrolled_at, theirs.enrolled_at)
        if theirs.status == Enrolment.Status.ACTIVE:
            mine.status = Enrolment.Status.ACTIVE
        mine.save(update_fields=["enrolled_at", "status"])
        moved.append({"enrolment": mine.pk, "after": mine.status, "before": before})
    return {"enrolments": moved}


def _restore_enrolments(moved: dict[str, Any]) -> None:
    """An enrolment that the merge made cannot be deleted, since things may hang on it: the member has left."""
    for each in moved["enrolments"]:
        enrolment = Enrolment.objects.select_for_update(no_key=True).get(pk=each["enrolment"])
        enrolment.enrolled_at = each["before"]["enrolled_at"]
        if each["enrolment"] in moved["joined"]:
            enrolment.status = Enrolment.Status.LEFT
        elif enrolment.status == each["after"]:
            enrolment.status = each["before"]["status"]
        enrolment.save(update_fields=["enrolled_at", "status"])


# Consents: a no of either is a no; a yes that the other was never asked for is still this person's yes.


def _agree(keep: Member, absorb: Member, at: datetime, by) -> list[dict[str, Any]]:
    answers = latest_consents([keep.pk, absorb.pk])
    moved = []
    for channel in Consent.Channel.values:
        mine, theirs = answers.get((keep.pk, channel)), answers.get((absorb.pk, channel))
        if theirs is None or mine == theirs or mine is False:
            continue
        said = absorb.consents.filter(channel=channel).order_by("recorded_at", "pk").last()
        answer = _answer(keep, channel, theirs, said.wording if said else "", at, by)
        moved.append({"consent": answer.pk, "channel": channel, "before": mine})
    return moved


def _restore_consents(keep: Member, moved: list[dict[str, Any]], at: datetime, by) -> None:
    """Unless the member has answered since; who had never answered has not agreed."""
    for each in moved:
        latest = keep.consents.filter(channel=each["channel"]).order_by("recorded_at", "pk").last()
        if latest is not None and latest.pk == each["consent"]:
            _answer(keep, each["channel"], bool(each["before"]), "", at, by)


def _answer(member: Member, channel: str, given: bool, wording: str, at: datetime, by) -> Consent:
    return Consent.objects.create(
        member=member, channel=channel, given=given, wording=wording, source=SOURCE, recorded_at=at, by=by
    )


# Households: the kept member's own goes first; without one, the absorbed member's place is taken over.


def _move_places(keep: Member, absorb: Member, at: datetime, by) -> list[dict[str, Any]]:
    HouseholdMember.objects.filter(member=absorb, state=State.INVITED).update(state=State.DECLINED, left_at=at)
    moved = []
    for place in HouseholdMember.objects.current().filter(member=absorb).select_related("household"):
        Household.objects.select_for_update().get(pk=place.household_id)
        has_own = HouseholdMember.objects.current().filter(member=keep, program=place.program_id).exists()
        _leave(place, at)
        taken = None
        if not has_own:
            HouseholdMember.objects.filter(household=place.household, member=keep, state=State.INVITED).update(
                state=State.DECLINED, left_at=at
            )
            taken = _join(place.household, keep, place.is_head, at, by).pk
        elif place.is_head:
            _next_head(place.household, at)
        moved.append({"household": place.household_id, "head": place.is_head, "taken": taken})
    return moved


def _restore_places(keep: Member, absorb: Member, moved: list[dict[str, Any]], at: datetime, by) -> None:
    for each in moved:
        household = Household.objects.select_for_update().get(pk=each["household"])
        taken = HouseholdMember.objects.current().filter(pk=each["taken"]).first() if each["taken"] else None
        if each["taken"] and taken is None:
            continue  # the member has left the household since
        is_head = bool(taken and taken.is_head)
        if taken is not None:
            _leave(taken, at)
        if household.closed_at is None:
            _join(household, absorb, is_head, at, by)


def _leave(place: HouseholdMember, at: datetime) -> None:
    place.state, place.left_at = State.LEFT, max(at, place.joined_at or at)
    place.save(update_fields=["state", "left_at"])


def _join(household: Household, member: Member, is_head: bool, at: datetime, by) -> HouseholdMember:
    return HouseholdMember.objects.create(
        household=household,
        program_id=household.program_id,
        member=member,
        state=State.CURRENT,
        is_head=is_head,
        invited_at=at,
        joined_at=at,
        by=by,
    )


def _next_head(household: Household, at: datetime) -> None:
    """Whoever has been in it longest; the household of nobody ends."""
    heir = household.places.current().order_by("joined_at", "pk").first()
    if heir is None:
        household.closed_at = at
        household.save()
        return
    heir.is_head = True
    heir.save(update_fields=["is_head"])
