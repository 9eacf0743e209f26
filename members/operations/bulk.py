"""Members by the thousand, known by another system's identifiers only."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from loyalty.lib import codes, sql
from loyalty.programs.models import Program
from members.models import Enrolment, ExternalId, Member
from members.references import CODE_LENGTH, NUMBER_LETTER

# Columns that a member without any personal data has; the tables keep no defaults of their own.
_UNKNOWN = {"first_name": "", "last_name": "", "email": "", "phone": "", "postcode": "", "name_key": ""}
_MEMBER = {"preferences": "{}", "tags": "[]", "status": Member.Status.ACTIVE.value, **_UNKNOWN}
_ENROLMENT = {"status": Enrolment.Status.ACTIVE.value, "terms_version": "", "purchases": 0, "spend": 0, "balance": 0}


@transaction.atomic
def create_many(
    *, program: Program, source: str, newcomers: Mapping[str, datetime], at: datetime, channel: str = "import"
) -> dict[str, int]:
    """Create and enrol a member for each identifier of `source`, enrolled at the moment given; their ids.

    The statements are as many for a thousand as for one, and there are no history rows. The caller knows that nobody
    has these identifiers: where somebody came first it raises `IntegrityError` and nothing is created.
    """
    count = len(newcomers)
    ids = sql.reserve({Member: count, ExternalId: count, Enrolment: count})
    member_ids = list(ids[Member])
    enrolled = [sql.moment(moment) for moment in newcomers.values()]
    numbers = codes.generate(count, CODE_LENGTH, prefix=NUMBER_LETTER)
    sql.write(
        [
            _insert(
                Member,
                _MEMBER | {"language": program.language, "created_at": sql.moment(at)},
                ("id", "number"),
                zip(member_ids, numbers, strict=True),
            ),
            _insert(
                ExternalId,
                {"source": source},
                ("id", "member_id", "external_id"),
                zip(ids[ExternalId], member_ids, newcomers, strict=True),
            ),
            _insert(
                Enrolment,
                _ENROLMENT | {"program_id": program.pk, "channel": channel},
                ("id", "member_id", "enrolled_at"),
                zip(ids[Enrolment], member_ids, enrolled, strict=True),
            ),
        ]
    )
    return dict(zip(newcomers, member_ids, strict=True))


def _insert(model, same, columns, rows) -> sql.Insert:
    """Rows of which only `columns` differ; all of them share the columns in `same`."""
    values = tuple(same.values())
    return sql.Insert(model, (*columns, *same), [row + values for row in rows])
