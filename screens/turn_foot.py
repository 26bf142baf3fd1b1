"""What ends a form about the open call: saving it, and why that did not work."""

from typing import Final

from client.models.link import LinkState
from screens.stores import Stores
from widgets.component import Handler, see
from widgets.refusals import refusal_sentence, trouble_sentence
from widgets.strings import Words
from widgets.turn_forms import Foot

PLACE: Final = "turn"
"""Where a refusal of what is asked for in such a form is shown."""


def foot(stores: Stores, words: Words, save: Handler) -> Foot:
    """A hook."""
    refusal, link = see(stores.edits).state.refusal, see(stores.link).state
    fault = ""
    if refusal is not None and refusal.place == PLACE:
        fault = trouble_sentence(words, refusal.trouble) if refusal.trouble else ""
        if refusal.why:
            fault = refusal_sentence(words, refusal.why, refusal.obstacle, stores.ticks.now)
    return Foot(save=save, fault=fault, offline=link.state is not LinkState.ONLINE)
