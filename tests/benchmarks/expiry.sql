-- The nightly expiry as one statement written by hand: what the project's chunks are measured against.
-- It takes what `ledger.operations.expire` takes, of all members at once.
WITH key AS (
    INSERT INTO ledger_postingkey (program_id, source, external_id, recorded_at)
    VALUES (%(program)s, 'expiry', %(day)s, now()) RETURNING id
), due AS (
    SELECT lot.id AS lot_id, lot.account_id, lot.member_id, lot.remaining
    FROM ledger_lot lot
    JOIN ledger_account account ON account.id = lot.account_id
    WHERE account.program_id = %(program)s AND lot.remaining > 0 AND NOT lot.is_pending
      AND lot.earned_at < %(at)s AND lot.expires_at <= %(at)s
), lapsed AS (
    SELECT account_id, member_id, SUM(remaining)::bigint AS points, nextval('ledger_entry_id_seq') AS entry_id
    FROM due
    GROUP BY account_id, member_id
), entries AS (
    INSERT INTO ledger_entry (id, account_id, member_id, key_id, kind, points, shortfall, effective_at, recorded_at, reason)
    SELECT entry_id, account_id, member_id, key.id, 'expire', -points, 0, %(at)s, now(), '' FROM lapsed, key
), allocations AS (
    INSERT INTO ledger_allocation (entry_id, lot_id, member_id, points)
    SELECT lapsed.entry_id, due.lot_id, due.member_id, due.remaining FROM due JOIN lapsed USING (account_id)
), lots AS (
    UPDATE ledger_lot SET remaining = 0 FROM due WHERE ledger_lot.id = due.lot_id
), accounts AS (
    UPDATE ledger_account SET available = available - lapsed.points FROM lapsed WHERE ledger_account.id = lapsed.account_id
)
UPDATE members_enrolment SET balance = balance - lapsed.points FROM lapsed
WHERE members_enrolment.member_id = lapsed.member_id AND members_enrolment.program_id = %(program)s
