"""How far the story has come: a bar for a person at a terminal, a line a month for a file."""

import time
from datetime import date

from django.utils.translation import gettext as _

WIDTH = 32
SECONDS_BETWEEN_LINES = 0.1


class Progress:
    """Draws on a command's `stderr`, which may be no terminal."""

    def __init__(self, first: date, end: date, stderr):
        self._out = stderr
        self._first, self._end = first, end
        self._next = 0.0
        self._is_terminal = stderr.isatty()

    def on_day(self, day: date) -> None:
        if not self._is_terminal:
            if day == self._first or day.day == 1:
                self._write(f"{day:%Y-%m}\n")
        elif time.monotonic() >= self._next:
            self._draw(day)
            self._next = time.monotonic() + SECONDS_BETWEEN_LINES

    def finish(self) -> None:
        if self._is_terminal:
            self._draw(self._end)
            self._write("\n")

    def _draw(self, day: date) -> None:
        share = (day - self._first) / (self._end - self._first) if self._end > self._first else 1
        bar = "█" * int(share * WIDTH)
        text = _("the days up to %(day)s") % {"day": day.isoformat()}
        self._write(f"\r{bar:·<{WIDTH}} {share:4.0%}  {text} ")

    def _write(self, text: str) -> None:
        self._out.write(text, style_func=str, ending="")  # news, not an error
        self._out.flush()
