"""Two scripts that run beside the pages, under addresses of the counter: what a browser lets them do depends on those.

The worker stands between the counter's pages and the server, and no other pages. The reader looks for a code in a
picture of the camera; compiling WebAssembly is allowed to it alone, and to no page.
"""

import json

from csp.constants import WASM_UNSAFE_EVAL
from csp.decorators import csp_update
from django.http import HttpResponse
from django.templatetags.static import static
from django.views.decorators.http import require_safe


@require_safe
def worker(request):
    return _script("counter/waiting.js", "counter/worker.js")


@require_safe
@csp_update({"script-src": [WASM_UNSAFE_EVAL]})
def reader(request):
    where = f"const WASM = {json.dumps(static('counter/vendor/zxing/zxing_reader.wasm'))};\n"
    return _script("counter/vendor/zxing/zxing_reader.js", "counter/reader.js", first=where)


def _script(*files, first=""):
    sources = ", ".join(json.dumps(static(each)) for each in files)
    return HttpResponse(f"{first}importScripts({sources});\n", content_type="text/javascript; charset=utf-8")
