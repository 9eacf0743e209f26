"""What others may ask about messages, and what every message of a batch needs to know."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import QuerySet

from campaigns import rules
from campaigns.models import DAYS_BEFORE, EmailSetting, Message, Occasion
from loyalty.ledger.currencies import Currency
from loyalty.ledger.queries import expiring
from loyalty.lib.periods import Every, period_end, start_of_day
from loyalty.programs.models import Program

# By currency: (last usable day as ISO date, points or minor units), soonest first
Lots = dict[str, list[tuple[str, int]]]


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


def to_lose(*, program: Program, after: datetime, before: datetime) -> list[QuerySet]:
    """What lapses in (after, before], of each currency that members hold."""
    return [expiring(program=program, after=after, before=before, currency=currency) for currency in Currency.values]


def lots_to_lose(
    *, program: Program, member_ids: Collection[int], periods: Collection[str], at: datetime
) -> dict[tuple[int, str], Lots]:
    """What these members would lose from `at` on, by member and period (a month), day by day. A statement for each
    currency."""
    tz = program.tzinfo
    last_month = max(periods)
    end = period_end(datetime.strptime(last_month, "%Y-%m").date(), Every.MONTH)  # noqa: DTZ007  # a month, no moment
    found: dict[tuple[int, str], dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for rows in to_lose(program=program, after=at, before=start_of_day(end, tz)):
        for row in rows.filter(account__member__in=member_ids):
            days = found[row["member_id"], rules.period_of(row["expires_at"], tz)][row["account__currency"]]
            day = rules.last_usable_day(row["expires_at"], tz).isoformat()
            days[day] = days.get(day, 0) + row["points"]
    return {key: {name: list(days.items()) for name, days in of.items()} for key, of in found.items()}
