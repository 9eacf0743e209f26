"""The queue and a worker process understand each other."""

from celery import current_app


def test_a_task_is_done_by_another_process(worker):
    current_app.send_task("celery.backend_cleanup")

    worker.wait_until(
        lambda: "celery.backend_cleanup" in worker.log.read_text() and "succeeded" in worker.log.read_text()
    )
