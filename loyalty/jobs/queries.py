"""What other rooms may read of jobs."""

from datetime import date

from loyalty.jobs.models import Job


def find(*, name: str, scope="", period="") -> Job | None:
    return Job.objects.filter(name=name, scope=scope, period=period).first()


def settled(*, scope: str, since: date) -> set[tuple[str, str]]:
    """(name, period) of the daily jobs of a scope, from that day on, that nobody has to run any more."""
    states = [Job.State.SUCCEEDED, Job.State.CANCELLED]
    jobs = Job.objects.filter(scope=scope, state__in=states, period__gte=since.isoformat())
    return set(jobs.values_list("name", "period"))


def count(*, state: str) -> int:
    """How many jobs are in a state (a `Job.State`)."""
    return Job.objects.filter(state=state).count()
