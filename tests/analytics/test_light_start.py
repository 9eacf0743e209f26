"""Commands that forecast nothing do not wait for scipy."""

import subprocess
import sys

from django.conf import settings


def test_starting_loads_neither_scipy_nor_numpy():
    script = "import django, sys; django.setup(); print(sorted({'numpy', 'scipy'} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", script], cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert result.stdout.strip() == "[]", result.stderr
