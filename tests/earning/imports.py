"""Files for import tests, and the command as somebody types it."""

import json
from io import StringIO

from django.core.management import CommandError, call_command

HEADER = "external_id,member,occurred_at,kind,amount,currency,store,refunds,sku,quantity"


class Outcome:
    """What a run of the command left: its exit code, the report on stdout, the words on stderr."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def report(self):
        return json.loads(self.out)

    @property
    def counts(self):
        return tuple(self.report[name] for name in ("rows", "imported", "duplicates", "errors"))


def import_activities(*arguments, program="les-halles", as_json=True):
    out, err, code = StringIO(), StringIO(), 0
    options = ["--program", program, *(["--json"] if as_json else [])]
    try:
        call_command("import_activities", *map(str, arguments), *options, stdout=out, stderr=err)
    except CommandError as error:
        code = error.returncode
        err.write(str(error))
    return Outcome(code, out.getvalue(), err.getvalue())
