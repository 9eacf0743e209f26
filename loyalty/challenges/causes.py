"""Why this room moved points, in words: the causes that it wrote into the ledger, read back."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.challenges.models import ChallengeCompletion, DrawWin, EntryCode, InstantPlay

UNDONE = "_undone"
TEXTS = {
    "challenge": gettext_lazy("Challenge won: %(what)s"),
    "code": gettext_lazy("Code entered: %(what)s"),
    "draw": gettext_lazy("Prize draw won: %(what)s"),
    "instant_win": gettext_lazy("Instant win: %(what)s"),
}


def causes_in_words(causes: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The words of those of the causes (source, identifier) that are this room's. A constant number of statements."""
    mine: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for source, external_id in causes:
        kind = source.removesuffix(UNDONE)
        if kind in TEXTS and external_id.partition(":")[0].isdigit():
            mine[kind].add((source, external_id))
    words = {}
    for kind, found in mine.items():
        names = _names(kind, {int(external_id.partition(":")[0]) for _source, external_id in found})
        for source, external_id in found:
            what = names.get(int(external_id.partition(":")[0]))
            if what:
                text = str(TEXTS[kind]) % {"what": what}
                words[source, external_id] = _("%(what)s, taken back") % {"what": text} if source != kind else text
    return words


def _names(kind: str, ids: set[int]) -> dict[int, str]:
    """What each of the rows behind the causes belongs to."""
    if kind == "code":
        return {code.pk: str(code.batch) for code in EntryCode.objects.filter(pk__in=ids).select_related("batch")}
    if kind == "challenge":
        wins = ChallengeCompletion.objects.filter(pk__in=ids).select_related("progress__challenge")
        return {win.pk: str(win.progress.challenge) for win in wins}
    if kind == "draw":
        return {win.pk: str(win.draw) for win in DrawWin.objects.filter(pk__in=ids).select_related("draw")}
    return {play.pk: str(play.game) for play in InstantPlay.objects.filter(pk__in=ids).select_related("game")}
