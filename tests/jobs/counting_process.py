"""A worker process that counts from 1 to 100 in chunks of 10 on the database of the environment, and may be killed.

    python -m tests.jobs.counting_process [NUMBER before|after]

The process kills itself with SIGKILL while it works on the chunk that holds NUMBER: before the commit, when the
effect and the progress are written, or after it.
"""

import os
import signal
import sys

import django
from django.core.management import call_command
from django.db import transaction


def main(number=0, when=""):
    os.environ["DJANGO_SETTINGS_MODULE"] = "loyalty.config.settings"
    django.setup()
    from loyalty.jobs import registry
    from tests.factories.jobs import ask, run, say

    def work(run):
        for first, last in run.chunks(1, 100, size=10):
            dies = first <= number <= last
            with transaction.atomic():
                say(range(first, last + 1))
                run.advance(cursor=last, counted=last - first + 1)
                if dies and when == "before":
                    os.kill(os.getpid(), signal.SIGKILL)
            if dies:
                os.kill(os.getpid(), signal.SIGKILL)

    call_command("migrate", "jobs", verbosity=0)
    call_command("migrate", "events", verbosity=0)
    registry.register(registry.JobKind(name="count", title="Count", work=work))
    run(ask())


if __name__ == "__main__":
    main(*([int(sys.argv[1]), sys.argv[2]] if len(sys.argv) > 1 else []))
