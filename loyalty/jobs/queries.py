"""What other rooms may read of jobs."""

from loyalty.jobs.models import Job


def find(*, name: str, scope="", period="") -> Job | None:
    return Job.objects.filter(name=name, scope=scope, period=period).first()


def settled(*, scope: str) -> set[tuple[str, str]]:
    """(name, period) of everything in a scope that nobody has to run any more."""
    states = [Job.State.SUCCEEDED, Job.State.CANCELLED]
    return set(Job.objects.filter(scope=scope, state__in=states).values_list("name", "period"))


def count(*, state: str) -> int:
    """How many jobs are in a state (a `Job.State`)."""
    return Job.objects.filter(state=state).count()
