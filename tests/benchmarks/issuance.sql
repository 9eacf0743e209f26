-- The monthly issuance as one statement written by hand: what the project's chunks are measured against.
-- It takes what `rewards.operations.issue_month` takes, of all members at once, and knows no retry and no refusal.
WITH spendable AS (
    SELECT lot.id AS lot_id, lot.account_id, lot.member_id, lot.remaining,
           SUM(lot.remaining) OVER (
               PARTITION BY lot.account_id
               ORDER BY lot.expires_at IS NULL, lot.expires_at, lot.earned_at, lot.id ROWS UNBOUNDED PRECEDING
           ) AS upto,
           SUM(lot.remaining) OVER (PARTITION BY lot.account_id) AS total
    FROM ledger_lot lot
    JOIN ledger_account account ON account.id = lot.account_id
    WHERE account.program_id = %(program)s AND account.currency = 'points'
      AND account.debt = 0 AND account.available >= %(step)s
      AND lot.remaining > 0 AND NOT lot.is_pending AND lot.earned_at < %(at)s AND lot.active_at <= %(at)s
      AND (lot.expires_at IS NULL OR lot.expires_at > %(at)s)
      AND EXISTS (SELECT 1 FROM members_member member WHERE member.id = lot.member_id AND member.status = 'active')
), taken AS (
    SELECT lot_id, account_id, member_id,
           LEAST(remaining, total - MOD(total, %(step)s) - (upto - remaining))::bigint AS points
    FROM spendable
    WHERE upto - remaining < total - MOD(total, %(step)s)
), takers AS (
    SELECT account_id, member_id, SUM(points)::bigint AS points,
           nextval('ledger_postingkey_id_seq') AS key_id, nextval('ledger_entry_id_seq') AS entry_id,
           nextval('rewards_voucher_id_seq') AS voucher_id
    FROM taken
    GROUP BY account_id, member_id
), keys AS (
    INSERT INTO ledger_postingkey (id, program_id, source, external_id, recorded_at)
    SELECT key_id, %(program)s, 'issuance', %(day)s || ':' || member_id, now() FROM takers
), entries AS (
    INSERT INTO ledger_entry (id, account_id, member_id, key_id, kind, points, shortfall, effective_at, recorded_at, reason)
    SELECT entry_id, account_id, member_id, key_id, 'redeem', -points, 0, %(at)s, now(), '' FROM takers
), allocations AS (
    INSERT INTO ledger_allocation (entry_id, lot_id, member_id, points)
    SELECT takers.entry_id, taken.lot_id, taken.member_id, taken.points
    FROM taken JOIN takers ON takers.account_id = taken.account_id
), lots AS (
    UPDATE ledger_lot SET remaining = remaining - taken.points FROM taken WHERE ledger_lot.id = taken.lot_id
), accounts AS (
    UPDATE ledger_account SET available = available - takers.points FROM takers WHERE ledger_account.id = takers.account_id
), summaries AS (
    UPDATE members_enrolment SET balance = balance - takers.points FROM takers
    WHERE members_enrolment.member_id = takers.member_id AND members_enrolment.program_id = %(program)s
), vouchers AS (
    INSERT INTO rewards_voucher (
        id, code, program_id, member_id, value, state, uses, uses_allowed, issued_at, reserved_for, withdrawn_reason
    )
    SELECT voucher_id, upper(left(replace(gen_random_uuid()::text, '-', ''), 21)), %(program)s, member_id,
           points / %(step)s * %(value)s, 'unused', 0, 1, %(at)s, '', ''
    FROM takers
)
INSERT INTO rewards_issuance (program_id, member_id, month, points, value, voucher_id)
SELECT %(program)s, member_id, %(day)s::date, points, points / %(step)s * %(value)s, voucher_id FROM takers
