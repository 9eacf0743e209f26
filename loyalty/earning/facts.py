"""Everything that the database knows about a batch of activities, read in one statement once its accounts are locked.

One row is (what, number, name, text, text, number): an enrolment, a store, an activity that is recorded already, what a
capped rule has granted. Four queries would say the same more plainly, and would be most of the cost of a single earn.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from loyalty.earning import kinds
from loyalty.earning.caps import BUDGET
from loyalty.earning.counters import Counters
from loyalty.lib import sql


class KnownMember(NamedTuple):
    is_enrolled: bool
    is_active: bool
    tags: frozenset[str]


class KnownStore(NamedTuple):
    id: int
    tz: tzinfo | None
    is_open: bool


class KnownActivity(NamedTuple):
    id: int
    fingerprint: str
    member_id: int


@dataclass(slots=True)
class BatchFacts:
    members: dict[int, KnownMember] = field(default_factory=dict)
    stores: dict[str, KnownStore] = field(default_factory=dict)
    activities: dict[str, KnownActivity] = field(default_factory=dict)
    counters: Counters = field(default_factory=Counters)
    kinds: set[str] = field(default_factory=set)


# A budget is shared by all members, so its row is locked as well, after the accounts.
_BUDGETS = "SELECT id, rule_code, points FROM earning_ruleusage WHERE program_id = %(program)s AND member_id IS NULL"
_FACTS = """
WITH budgets AS ({budgets})
SELECT 'member', m.id, e.status, m.status, CAST(m.tags AS text), 0
FROM members_member m LEFT JOIN members_enrolment e ON e.member_id = m.id AND e.program_id = %(program)s
WHERE m.id {members}
UNION ALL
SELECT 'store', id, code, time_zone, '', CASE WHEN is_active THEN 1 ELSE 0 END
FROM programs_store WHERE program_id = %(program)s AND code {stores}
UNION ALL
SELECT 'activity', id, external_id, fingerprint, '', member_id
FROM earning_activity WHERE program_id = %(program)s AND source = %(source)s AND external_id {activities}
UNION ALL
SELECT 'usage', member_id, rule_code, period, CAST(id AS text), points
FROM earning_ruleusage WHERE program_id = %(program)s AND member_id {members} AND period {periods}
UNION ALL
SELECT 'budget', id, rule_code, '', '', points FROM budgets
"""
_KIND = """
UNION ALL
SELECT 'kind', 0, '{name}', '', '', 0 WHERE EXISTS (SELECT 1 FROM {table} WHERE program_id = %(program)s)
"""


def read_facts(
    *,
    program_id: int,
    source: str,
    member_ids: Collection[int],
    external_ids: Collection[str],
    stores: Collection[str],
    periods: Collection[str],
) -> BatchFacts:
    """`periods` are the days and months of the batch, as the keys of the counters name them."""
    facts = BatchFacts()
    used = "".join(_KIND.format(name=kind.name, table=kind.table._meta.db_table) for kind in kinds.KINDS)
    query = (_FACTS + used).format(
        budgets=_BUDGETS + (" ORDER BY id FOR UPDATE" if sql.is_postgresql() else ""),
        **{name: sql.among(name) for name in ("members", "stores", "activities", "periods")},
    )
    params = {
        "program": program_id,
        "source": source,
        "members": sql.many(member_ids),
        "stores": sql.many(stores),
        "activities": sql.many(external_ids),
        "periods": sql.many(periods),
    }
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        for what, number, name, text, more, amount in cursor:
            if what == "member":
                facts.members[number] = KnownMember(name == "active", text == "active", frozenset(json.loads(more)))
            elif what == "store":
                facts.stores[name] = KnownStore(number, ZoneInfo(text) if text else None, bool(amount))
            elif what == "activity":
                facts.activities[name] = KnownActivity(number, text, amount)
            elif what == "usage":
                facts.counters.known(int(more), number, name, text, amount)
            elif what == "kind":
                facts.kinds.add(name)
            else:
                facts.counters.known(number, None, name, BUDGET, amount)
    return facts
