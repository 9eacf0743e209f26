"""What other rooms may ask about challenges, badges and codes. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet, Sum

from loyalty.challenges import drawing, rules
from loyalty.challenges.models import (
    BadgeAward,
    Challenge,
    ChallengeProgress,
    ChallengeStep,
    CodeBatch,
    Draw,
    EntryCode,
    Invitation,
    Participation,
)
from loyalty.challenges.operations.audience import known_members
from loyalty.challenges.operations.codes import known_codes
from loyalty.challenges.operations.draws import tickets_of
from loyalty.challenges.terms import policy_of, terms_of
from loyalty.lib import codes
from loyalty.programs.models import Program


@dataclass(frozen=True, slots=True)
class Progress:
    """A challenge as one member sees it: `count` of `goal` on the way to the next win, until `ends_at`.

    Both are minor units where the goal is an amount. Who has not joined a challenge that must be joined has none of it
    counted.
    """

    challenge: Challenge
    count: int
    goal: int
    completions: int
    is_over: bool  # won as often as can be
    is_joined: bool
    ends_at: datetime | None

    @property
    def share(self) -> int:
        """How far it is, in whole percents."""
        return self.count * 100 // self.goal


def progress_of(*, program: Program, member_id: int, at: datetime) -> list[Progress]:
    """The challenges that run at that moment and that the member may take part in, by their codes."""
    member = known_members(program, [member_id]).get(member_id)
    if member is None:
        return []
    policy, today = policy_of(program), rules.day_of(at, policy_of(program))
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=at)
    going = Q(valid_to__isnull=True) | Q(valid_to__gt=at)
    running = Challenge.objects.filter(begun, going, program=program, is_active=True).select_related("reward", "badge")
    open_to = [(each, terms_of(each)) for each in running.order_by("code")]
    open_to = [(each, terms) for each, terms in open_to if terms.audience.admits(*member)]
    joined = set(
        Participation.objects.filter(member=member_id, joined_at__lte=at).values_list("challenge_id", flat=True)
    )
    rows = ChallengeProgress.objects.filter(member=member_id, challenge__in=[each.pk for each, _terms in open_to])
    kept = {(row.challenge_id, row.period): row for row in rows}
    found = []
    for each, terms in open_to:
        row = kept.get((each.pk, rules.period_of(each.period, today)))
        count = _streak(row, terms, today) if terms.goal == Challenge.Goal.STREAK else row and row.count
        won = row.completions if row else 0
        found.append(
            Progress(
                challenge=each,
                count=rules.shown(terms, count or 0, won),
                goal=terms.needed,
                completions=won,
                is_over=terms.times is not None and won >= terms.times,
                is_joined=not each.is_opt_in or each.pk in joined,
                ends_at=rules.period_ends_at(terms, today, policy.tz),
            )
        )
    return found


def _streak(row: ChallengeProgress | None, terms: rules.Terms, today: date) -> int:
    """The streak that is still alive on that day."""
    if row is None:
        return 0
    days = ChallengeStep.objects.filter(progress=row).values("day").annotate(total=Sum("value")).filter(total__gt=0)
    return rules.streak(terms.every, days.values_list("day", flat=True), today)


def badges_of(*, program: Program, member_id: int, at: datetime) -> Sequence[BadgeAward]:
    """The badges that the member has at that moment, oldest first."""
    held = Q(revoked_at__isnull=True) | Q(revoked_at__gt=at)
    awards = BadgeAward.objects.filter(held, badge__program=program, member=member_id, awarded_at__lte=at)
    return list(awards.select_related("badge").order_by("awarded_at", "pk"))


def find_code(text: str) -> QuerySet[EntryCode]:
    """The code that somebody has in hand, in whichever program: for staff, who may know whether it was used."""
    plain = codes.normalise(text)
    found = [code.pk for program in Program.objects.all() for code in known_codes(program, [plain]).values()]
    return EntryCode.objects.filter(pk__in=found)


def takes_codes(program: Program) -> bool:
    """Whether there are codes that members of the program can enter."""
    return CodeBatch.objects.filter(program=program).exists()


def draws_due(*, program: Program, day: date) -> QuerySet[Draw]:
    """The draws of the program that are to be held by the night before that day and have not been."""
    due = Draw.objects.filter(program=program, is_active=True, drawn_at=None, draw_date__lte=day)
    return due.order_by("draw_date", "pk")


def has_night(*, program: Program, day: date) -> bool:
    """Whether the night before that day has a draw to hold or an occasion to close."""
    over = Invitation.objects.filter(occasion__program=program, state=Invitation.State.ACCEPTED)
    # A day of any time zone has begun 14 hours before it does in UTC.
    return draws_due(program=program, day=day).exists() or over.filter(occasion__ends_at__date__lte=day).exists()


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a draw that was held can be followed: the seed is the one committed to, the tickets are those that were
    in the drum, and drawing again finds the same members."""

    seed: bool
    tickets: bool
    winners: bool

    @property
    def is_sound(self) -> bool:
        return self.seed and self.tickets and self.winners


def verify_draw(*, draw: Draw) -> Verified | None:
    """Draw again and compare; None where the draw has not been held."""
    if draw.drawn_at is None:
        return None
    tickets = tickets_of(draw)
    drawn = drawing.draw(draw.seed, tickets, draw.winners + draw.substitutes)
    kept = list(draw.wins.order_by("rank").values_list("entry_id", flat=True))
    return Verified(
        seed=drawing.commitment_of(draw.seed) == draw.commitment,
        tickets=drawing.digest_of(tickets) == draw.tickets_digest,
        winners=[ticket.entry for ticket in drawn] == kept,
    )


def invitations_of(*, program: Program, member_id: int) -> QuerySet[Invitation]:
    """The member's invitations, the next occasion first."""
    mine = Invitation.objects.filter(occasion__program=program, member=member_id)
    return mine.select_related("occasion__store").order_by("-occasion__starts_at", "pk")
