"""Each text a file under `VAR_DIR/sms`, named by its moment, as e-mails are kept where no server is configured."""

from uuid import uuid4

from django.conf import settings
from django.utils import timezone

REACHES_PEOPLE = False


def send(*, to: str, text: str) -> None:
    folder = settings.VAR_DIR / "sms"
    folder.mkdir(exist_ok=True)
    name = f"{timezone.now():%Y%m%d-%H%M%S}-{uuid4().hex[:8]}.txt"
    (folder / name).write_text(f"To: {to}\n\n{text}\n", encoding="utf-8")
