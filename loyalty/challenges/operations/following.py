"""What activities do to challenges: steps are added, refunds take steps back, wins come of the sums and go with them.

Everything is judged by when the activity occurred. The members' accounts are locked by the caller, so that a member's
progress has one writer. A load of the past takes no part. The number of statements does not depend on how many
activities come at once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db.models import Q

from loyalty.challenges import history, rules
from loyalty.challenges.models import Challenge, ChallengeProgress, ChallengeStep, Participation
from loyalty.challenges.operations.audience import Known, known_members
from loyalty.challenges.operations.winning import Standing, settle, told
from loyalty.challenges.terms import policy_of, terms_of
from loyalty.programs.kinds import Effect, Happened, Refunded
from loyalty.programs.models import Program

Place = tuple[int, int, str]  # challenge, member, period


@dataclass(frozen=True, slots=True)
class NewStep:
    place: Place
    activity_id: int
    day: date
    value: int
    amount: int = 0
    category: str = ""
    undoes: int | None = None


@dataclass(slots=True)
class Batch:
    """What a batch of activities meets: the challenges that may be touched, and who the members are."""

    program: Program
    happened: Sequence[Happened]
    policy: rules.Policy
    challenges: dict[int, Challenge] = field(default_factory=dict)
    terms: dict[int, rules.Terms] = field(default_factory=dict)
    members: dict[int, Known] = field(default_factory=dict)
    joined: dict[tuple[int, int], datetime] = field(default_factory=dict)

    def learn(self, challenges: Iterable[Challenge]) -> None:
        for challenge in challenges:
            self.challenges.setdefault(challenge.pk, challenge)
            self.terms.setdefault(challenge.pk, terms_of(challenge))

    def may_take_part(self, challenge: Challenge, happened: Happened) -> bool:
        if not self.terms[challenge.pk].runs_at(happened.occurred_at):
            return False
        member = self.members.get(happened.member_id)
        if member is None or not self.terms[challenge.pk].audience.admits(*member):
            return False
        if not challenge.is_opt_in:
            return True
        joined_at = self.joined.get((challenge.pk, happened.member_id))
        return joined_at is not None and joined_at <= happened.occurred_at


def follow(*, program, happened: Sequence[Happened], at: datetime, by=None) -> list[Effect]:
    """Count the activities and give, or take back, what the members have won or lost with them."""
    present = [each for each in happened if not each.is_history]
    if not present:
        return []
    batch = Batch(program, present, policy_of(program))
    _read(batch)
    steps = _steps(batch)
    touched = _write(batch, steps, at)
    refunds = _refund_steps(batch, [(each, each.refund_of) for each in present if each.refund_of])
    touched |= _write(batch, refunds, at)
    if not touched:
        return []
    steps += refunds
    last = {step.place: step.activity_id for step in steps}
    taken = {step.place for step in steps if step.value < 0}
    by_id = {each.activity_id: each for each in present}
    standing = [
        Standing(batch.challenges[place[0]], batch.terms[place[0]], touched[place], by_id[last[place]], place in taken)
        for place in sorted(touched)
    ]
    return [*_effects(steps, last, batch), *settle(program=program, standing=standing, at=at, by=by)]


def _read(batch: Batch) -> None:
    moments = [each.occurred_at for each in batch.happened if not each.refund_of]
    if not moments:
        return
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=max(moments)) | Q(goal=Challenge.Goal.NEW_CATEGORY)
    going = Q(valid_to__isnull=True) | Q(valid_to__gt=min(moments))
    running = Challenge.objects.filter(begun, going, program=batch.program, is_active=True)
    batch.learn(running.select_related("reward", "badge"))
    if not batch.challenges:
        return
    ids = {each.member_id for each in batch.happened}
    batch.members = known_members(batch.program, ids)
    if opt_in := [each.pk for each in batch.challenges.values() if each.is_opt_in]:
        rows = Participation.objects.filter(challenge__in=opt_in, member__in=ids)
        batch.joined = {
            (challenge, member): joined_at
            for challenge, member, joined_at in rows.values_list("challenge", "member", "joined_at")
        }


def _steps(batch: Batch) -> list[NewStep]:
    """What the activities add, in the order in which they happened."""
    happened = sorted(batch.happened, key=lambda each: (each.occurred_at, each.activity_id))
    steps: list[NewStep] = []
    tried: list[tuple[Challenge, Happened, rules.Goods]] = []
    for each in happened:
        if each.refund_of:
            continue
        for challenge in batch.challenges.values():
            terms = batch.terms[challenge.pk]
            goods = rules.goods_of(each, terms.conditions, batch.policy)
            if goods is None:
                continue
            if challenge.goal == Challenge.Goal.NEW_CATEGORY:
                tried.append((challenge, each, goods))
            elif batch.may_take_part(challenge, each) and (value := terms.adds(goods)):
                steps.append(_step(batch, challenge, each, value, goods))
    return [*steps, *_new_categories(batch, tried)] if tried else steps


def _step(batch: Batch, challenge: Challenge, each: Happened, value: int, goods: rules.Goods, category="") -> NewStep:
    day = rules.day_of(each.occurred_at, batch.policy)
    place = (challenge.pk, each.member_id, rules.period_of(challenge.period, day))
    return NewStep(place, each.activity_id, day, value, goods.amount, category)


def _new_categories(batch: Batch, tried: list[tuple[Challenge, Happened, rules.Goods]]) -> list[NewStep]:
    """A step for each category bought for the first time. Where an earlier purchase comes to light, the one that had
    counted for another period was not the first."""
    categories = {category for _challenge, _each, goods in tried for category in goods.categories}
    members = {each.member_id for _challenge, each, _goods in tried}
    first = history.first_bought(program=batch.program, member_ids=members, categories=categories)
    firsts = {
        (challenge.pk, each.member_id, category): (challenge, each, goods)
        for challenge, each, goods in tried
        for category in rules.newly_bought(first, each, goods)
    }
    counted = _counted(firsts)
    steps = []
    for key, (challenge, each, goods) in sorted(firsts.items(), key=lambda item: item[0]):
        step = _step(batch, challenge, each, 1, goods, key[2]) if batch.may_take_part(challenge, each) else None
        before = counted.get(key)
        if before is None or step is None or before.place != step.place:
            steps += [step] if step else []
            if before:
                steps.append(replace(before, activity_id=each.activity_id, value=-1, undoes=before.activity_id))
    return steps


def _counted(keys: Collection[tuple[int, int, str]]) -> dict[tuple[int, int, str], NewStep]:
    """What counts so far, by challenge, member and category."""
    rows = ChallengeStep.objects.filter(
        progress__challenge__in={challenge for challenge, _member, _category in keys},
        member__in={member for _challenge, member, _category in keys},
        category__in={category for _challenge, _member, category in keys},
    )
    sums: dict[NewStep, int] = defaultdict(int)
    for row in rows.select_related("progress"):
        place = (row.progress.challenge_id, row.member_id, row.progress.period)
        sums[NewStep(place, row.undoes or row.activity_id, row.day, 1, 0, row.category)] += row.value
    return {(*step.place[:2], step.category): step for step, value in sums.items() if value > 0}


def _refund_steps(batch: Batch, refunds: Sequence[tuple[Happened, Refunded]]) -> list[NewStep]:
    """What the refunds take of what their purchases had added, by the rows that say so."""
    if not refunds:
        return []
    purchases = {of.activity_id for _each, of in refunds}
    added: dict[int, dict[tuple[int, str], _Added]] = defaultdict(dict)
    rows = ChallengeStep.objects.filter(Q(activity_id__in=purchases, undoes=None) | Q(undoes__in=purchases))
    related = ("progress__challenge__reward", "progress__challenge__badge")
    for row in rows.select_related(*related).order_by("id"):
        batch.learn([row.progress.challenge])
        place = (row.progress.challenge_id, row.member_id, row.progress.period)
        if row.undoes is None:
            added[row.activity_id][row.progress_id, row.category] = _Added(place, row.day, row.value, row.amount)
        else:
            added[row.undoes][row.progress_id, row.category].taken -= row.value
    steps = []
    for each, of in refunds:
        for (_progress, category), what in added[of.activity_id].items():
            taken = rules.to_take(
                batch.terms[what.place[0]],
                rules.Added(value=what.value, amount=what.amount, taken=what.taken),
                amount=of.amount,
                refunded=of.refunded,
            )
            if taken:
                what.taken += taken
                steps.append(NewStep(what.place, each.activity_id, what.day, -taken, 0, category, of.activity_id))
    return steps


@dataclass(slots=True)
class _Added:
    place: Place
    day: date
    value: int
    amount: int
    taken: int = 0


def _write(batch: Batch, steps: Sequence[NewStep], at: datetime) -> dict[Place, ChallengeProgress]:
    """The rows of the steps, and the progress that each belongs to."""
    if not steps:
        return {}
    places = {step.place for step in steps}
    ChallengeProgress.objects.bulk_create(
        [ChallengeProgress(challenge_id=c, member_id=m, period=p, updated_at=at) for c, m, p in sorted(places)],
        ignore_conflicts=True,
    )
    found = ChallengeProgress.objects.filter(
        challenge__in={place[0] for place in places}, member__in={place[1] for place in places}
    )
    progress = {(row.challenge_id, row.member_id, row.period): row for row in found}
    ChallengeStep.objects.bulk_create(
        [
            ChallengeStep(
                progress=progress[step.place],
                member_id=step.place[1],
                activity_id=step.activity_id,
                undoes=step.undoes,
                day=step.day,
                category=step.category,
                value=step.value,
                amount=step.amount,
            )
            for step in steps
        ]
    )
    return {place: progress[place] for place in places}


def _effects(steps: Sequence[NewStep], last: dict[Place, int], batch: Batch) -> list[Effect]:
    """Activities that counted, where a later one of the same batch says how far they came."""
    return [
        Effect(step.activity_id, told(batch.challenges[step.place[0]], "counted"))
        for step in steps
        if step.value > 0 and last[step.place] != step.activity_id
    ]
