"""Something of everything that members can take part in, for the shop in which everything has happened."""

from datetime import timedelta

from loyalty.challenges import operations as challenges
from loyalty.challenges.operations.batches import make_codes
from loyalty.earning.operations import ActivityInput, MemberRef, record_activity
from tests.factories.challenges import BadgeFactory, ChallengeFactory, InstantWinFactory, OccasionFactory, march_draw
from tests.factories.rewards import RewardFactory

DAY = timedelta(days=1)
XQ = {"name_fr": "Xq", "name_en": "Xq"}


def take_part(program, store, member, now, by):
    gift = RewardFactory(program=program, product="Xq", **XQ)
    badge = BadgeFactory(program=program, **XQ)
    ChallengeFactory(
        program=program, target=1, points=5, badge=badge, reward=gift, kinds=["visit", "xq"], stores=[store.code], **XQ
    )
    ChallengeFactory(program=program, goal="streak", every="day", period="month", most_winners=5, is_opt_in=True, **XQ)
    ChallengeFactory(program=program, goal="amount", target=None, target_amount=50_00, minimum_amount=5_00, **XQ)
    InstantWinFactory(program=program, chance_of=1, stock=5, reward=gift, kinds=["visit"], **XQ)
    draws = {"points": 5, "kinds": ["visit"], "at": now - 20 * DAY, "valid_from": None, **XQ}
    held = march_draw(program, valid_to=now, draw_date=now.date(), **draws)
    march_draw(program, valid_to=now + DAY, draw_date=(now + 2 * DAY).date(), **draws)
    batch = challenges.generate_codes(program=program, code="xq", quantity=2, points=5, at=now - DAY, by=by, **XQ)
    code = make_codes(batch=batch, first=1, last=2)[0]
    for kind, typed in (("visit", ""), ("code", code)):
        activity = ActivityInput(
            external_id=f"xq-{kind}",
            member=MemberRef("id", str(member.pk)),
            kind=kind,
            occurred_at=now - timedelta(hours=10),
            store=store.code,
            code=typed,
        )
        record_activity(program=program, source="till", activity=activity, at=now, by=by)
    challenges.hold_draw(draw=held, at=now, by=by)
    occasion = OccasionFactory(program=program, store=store, places=3, **XQ)
    challenges.invite(occasion=occasion, at=now, by=by)
    challenges.accept(occasion=occasion, member_id=member.pk, at=now, by=by)
