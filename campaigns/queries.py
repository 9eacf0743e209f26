"""What others may ask about messages, and what every message of a batch needs to know."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from campaigns import rules
from campaigns.models import DAYS_BEFORE, EmailSetting, Message, Occasion
from loyalty.ledger.queries import expiring
from loyalty.lib.periods import Every, period_end, start_of_day
from loyalty.programs.models import Program

# (last usable day as ISO date, points), soonest first
Lots = list[tuple[str, int]]


def setting(program: Program, occasion: str) -> EmailSetting | None:
    return EmailSetting.objects.filter(program=program, occasion=occasion).first()


def is_sent(program: Program, occasion: str) -> bool:
    """Whether the program sends this e-mail at all. It does unless somebody switched it off."""
    return not EmailSetting.objects.filter(program=program, occasion=occasion, is_active=False).exists()


def days_before(program: Program) -> int:
    """How many days before the expiry members are told."""
    own = setting(program, Occasion.POINTS_EXPIRING)
    return own.days_before if own else DAYS_BEFORE


def settings_of(messages: Iterable[Message]) -> dict[tuple[int, str], EmailSetting]:
    rows = EmailSetting.objects.filter(program__in={message.program_id for message in messages})
    return {(row.program_id, row.occasion): row for row in rows}


def lots_to_lose(
    *, program: Program, member_ids: Collection[int], periods: Collection[str], at: datetime
) -> dict[tuple[int, str], Lots]:
    """What these members would lose from `at` on, by member and period (a month), day by day. One statement."""
    tz = program.tzinfo
    last_month = max(periods)
    end = period_end(datetime.strptime(last_month, "%Y-%m").date(), Every.MONTH)  # noqa: DTZ007  # a month, no moment
    rows = expiring(program=program, after=at, before=start_of_day(end, tz))
    found: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    for row in rows.filter(account__member__in=member_ids, account__currency="points"):
        days = found[row["member_id"], rules.period_of(row["expires_at"], tz)]
        day = rules.last_usable_day(row["expires_at"], tz).isoformat()
        days[day] = days.get(day, 0) + row["points"]
    return {key: list(days.items()) for key, days in found.items()}
