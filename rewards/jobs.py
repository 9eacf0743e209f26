"""What rewards do in the background: monthly issuance, promised rewards, batches of codes, lapsed reservations."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.jobs import registry
from loyalty.jobs.registry import Beat, DailyJob, JobKind, first_of_month
from loyalty.jobs.run import Run
from loyalty.lib.periods import start_of_day
from loyalty.programs.models import Program
from members.queries import member_range
from rewards import operations, queries
from rewards.models import VoucherBatch
from rewards.operations.batches import JOB as BATCH

CHUNK = 20_000
ENTITLED_TOGETHER = 5_000
CODES_TOGETHER = 10_000
CARDS_TOGETHER = 1_000


def issue(run: Run) -> None:
    program = Program.objects.get(code=run.scope)
    at = start_of_day(run.day, program.tzinfo)
    for first, last in run.chunks(*member_range(program=program), size=CHUNK):
        with transaction.atomic():
            issued = operations.issue_month(program=program, at=at, first_member=first, last_member=last)
            run.advance(cursor=last, **issued._asdict())


def has_rule(program: Program, day: date) -> bool:
    return queries.issues_monthly(program=program)


def entitlements(run: Run) -> None:
    program = Program.objects.get(code=run.scope)
    at = start_of_day(run.day, program.tzinfo)
    for first, last in run.chunks(*queries.members_owed(program=program, at=at), size=ENTITLED_TOGETHER):
        with transaction.atomic():
            issued = operations.issue_entitlements(program=program, at=at, first_member=first, last_member=last)
            run.advance(cursor=last, **issued._asdict())


def is_owed(program: Program, day: date) -> bool:
    return queries.owes_entitlements(program=program, day=day)


def expire_gift_cards(run: Run) -> None:
    program = Program.objects.get(code=run.scope)
    at = start_of_day(run.day, program.tzinfo)
    done = run.cursor
    while True:
        run.check()
        with transaction.atomic():
            expired = operations.expire_gift_cards(program=program, at=at, most=CARDS_TOGETHER)
            if not expired.cards:
                return
            done += expired.cards
            run.advance(cursor=done, done=expired.cards, **expired._asdict())


def has_expired_cards(program: Program, day: date) -> bool:
    return queries.owes_expired_gift_cards(program=program, day=day)


def make_codes(run: Run) -> None:
    batch = VoucherBatch.objects.get(pk=run.period)
    run.expect(batch.quantity)
    made = batch.made
    while made < batch.quantity:
        run.check()
        with transaction.atomic():
            count = operations.fill_voucher_batch(batch=batch, at=run.at, most=CODES_TOGETHER)
            if not count:  # withdrawn meanwhile
                return
            made += count
            run.advance(cursor=made, done=count, codes=count)


def register() -> None:
    registry.register(
        JobKind(
            name=BATCH,
            title=_("Make a batch of vouchers"),
            work=make_codes,
            permission="rewards.add_voucherbatch",
            labels={"codes": _("codes")},
        )
    )
    registry.register(
        DailyJob(
            name="issuance",
            title=_("Monthly issuance"),
            order=30,
            work=issue,
            is_due=first_of_month,
            has_work=has_rule,
            labels={"vouchers": _("vouchers"), "points": _("points"), "value": _("value, in minor units")},
        )
    )
    registry.register(
        DailyJob(
            name="gift_cards",
            title=_("Expire gift cards"),
            order=22,
            work=expire_gift_cards,
            has_work=has_expired_cards,
            labels={"cards": _("cards"), "value": _("value, in minor units")},
        )
    )
    registry.register(
        DailyJob(
            name="entitlements",
            title=_("Issue promised rewards"),
            order=32,
            work=entitlements,
            has_work=is_owed,
            labels={"vouchers": _("vouchers"), "out_of_stock": _("owed, because the stock did not reach")},
        )
    )
    registry.schedule(
        Beat(
            name="rewards.release_lapsed_reservations",
            title=_("Release vouchers that no sale holds any longer"),
            task="rewards.release_lapsed_reservations",
            every=timedelta(minutes=5),
        )
    )
