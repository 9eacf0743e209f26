"""A bare Django view that runs the statements of one recorded request again, for another member and another bill.

Served by gunicorn for `bench_api.py`, which writes what is replayed to the file named by `REPLAY`: the statements as
text, and the marks in them that differ from request to request.
"""

import json
import os
from itertools import count
from pathlib import Path

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application

REPLAY = json.loads(Path(os.environ["REPLAY"]).read_text())
settings.configure(
    ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="bench", MIDDLEWARE=[], DATABASES=REPLAY["databases"]
)
django.setup()

from django.db import connection, transaction  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402

STATEMENTS, MARKS, ANSWER = REPLAY["statements"], REPLAY["marks"], REPLAY["answer"]
numbers = count(10**12 + os.getpid() * 10**7, 10)


def record(request):
    body = json.loads(request.body)
    number = next(numbers)
    fresh = {mark: str(number + offset) for mark, offset in MARKS["ids"].items()}
    fresh |= {MARKS["bill"]: body["external_id"], MARKS["key"]: request.headers["Idempotency-Key"]}
    fresh |= dict(zip(MARKS["member"], REPLAY["members"][body["member"]["id"]], strict=True))
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in STATEMENTS:
            for mark, value in fresh.items():
                statement = statement.replace(mark, value)
            cursor.execute(statement)
            if MARKS["claim"] in statement:
                cursor.nextset()
                fresh[MARKS["record"]] = str(cursor.fetchone()[0])
            elif cursor.description:
                cursor.fetchall()
    return HttpResponse(ANSWER, status=201, content_type="application/json")


urlpatterns = [path("api/v1/activities", record)]
application = get_wsgi_application()
