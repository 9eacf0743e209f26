from django.utils.translation import gettext as _

from rewards.rules import Refusal


class RewardsError(Exception):
    """Something that rewards refuse. `code` is for machines, the text for people."""

    def __init__(self, refusal: Refusal):
        super().__init__(str(refusal.message))
        self.code = str(refusal.code)


class ReferenceReused(RewardsError):
    """The same source and identifier came before with other content: an answer to a retry would be a lie."""

    def __init__(self, source: str, external_id: str):
        sentence = _("“%(external_id)s” of %(source)s was used before for something else.")
        super().__init__(Refusal("reference_reused", sentence % {"external_id": external_id, "source": source}))
