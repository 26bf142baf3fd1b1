"""What people say back: the employee to a whisper, the caller to a person who took over.  Words in, words out."""

import random
import re

_THEY = re.compile(r"\b(she|he|they)(?:'s|'re)? (\w+)", re.I)
_POSSESSIVE = re.compile(
    r"\b(?:his|their|her(?= (?!(?:a|an|the|that|to|about|if|when|for|and|or|at|on|in|back|know)\b)[a-z]))\b", re.I
)
_OBJECT = re.compile(r"\b(her|him|them|the caller|the customer)\b", re.I)
_SECOND_PERSON = {"is": "are", "was": "were", "has": "have", "does": "do", "goes": "go"}
_INVERTED = frozenset({"are", "were", "can", "could", "will", "would", "should", "may"})
_LEAD_IN = re.compile(
    r"^(please\s+)?(tell|say|mention|let)\s+(to\s+)?(her|him|them|the caller)?\s*(know)?\s*(that|:)?\s*", re.I
)
_OFFER = re.compile(
    r"\d+\s?(%|percent)|\b(discount|for free|free|on the house|complimentary|voucher|gift|offer)\b", re.I
)
_STATEMENT = re.compile(r"^(she|he|they|we|i|you|it|there|the|this|that)\b", re.I)
_OFFER_VERB = re.compile(r"^(please\s+)?(offer|give)\s+(her|him|them|the caller)?\s*", re.I)
_APOLOGY = re.compile(r"\b(apologi[sz]e|sorry|apology)\b", re.I)
_APOLOGY_FOR = re.compile(r"\b(?:for|about) (.+)$", re.I)
_CALLBACK = re.compile(r"\bcall\s?-?back\b|\bcall (her|him|them|you) back\b|\bring (her|him|them) back\b", re.I)
_ASK = re.compile(r"^(please\s+)?ask\s+(her|him|them|the caller)?\s*", re.I)

_ES_LINES = {
    "offer": "Le puedo ofrecer lo siguiente: {rest}.",
    "apology": "Le pido disculpas, de verdad.",
    "callback": "¿A qué hora le viene bien que le devolvamos la llamada?",
    "other": "Permítame añadir: {rest}.",
}


def line_from_whisper(whisper: str, language: str) -> tuple[str, str]:
    """What the employee says because of a whisper, and what it is: offer, apology, callback, question or other."""
    words = " ".join(whisper.split()).rstrip(".!")
    kind = _kind(words)
    if language == "es":
        rest = _to_you(_OFFER_VERB.sub("", words))
        return _ES_LINES.get(kind, _ES_LINES["other"]).format(rest=rest), kind
    return _english(words, kind), kind


def _kind(words: str) -> str:
    if _CALLBACK.search(words):
        return "callback"
    if _APOLOGY.search(words):
        return "apology"
    if _ASK.match(words):
        return "question"
    return "offer" if _OFFER.search(words) and not _STATEMENT.match(words) else "other"


def _english(words: str, kind: str) -> str:
    match kind:
        case "callback":
            return "Would you like us to call you back? Which time would suit you best?"
        case "apology":
            found = _APOLOGY_FOR.search(words)
            return f"I am really sorry about {_to_you(found[1])}." if found else "I am really sorry about that."
        case "question":
            return f"May I ask: {_question(_to_you(_ASK.sub('', words)))}"
        case "offer":
            return f"I have just checked with the team: I can offer you {_offer(words)}. How does that sound?"
        case _:
            return f"Let me add: {_lower_first(_to_you(_LEAD_IN.sub('', words)))}."


def _offer(words: str) -> str:
    rest = _to_you(_LEAD_IN.sub("", _OFFER_VERB.sub("", words)))
    return _lower_first(re.sub(r"^(an?\s+)?offer( of)?\s+", "", rest, flags=re.I))


def _question(words: str) -> str:
    about = re.match(r"^(if|whether|for|about)\s+", words, re.I)
    plain = words[about.end() :].rstrip("?") if about else words.rstrip("?")
    if about and about[1].lower() in ("for", "about"):
        return f"what is {plain}?"
    found = re.match(r"you (\w+) ?(.*)", plain)
    if found is None:
        return f"{plain}?"
    verb, rest = found[1], f" {found[2]}" if found[2] else ""
    return f"{verb} you{rest}?" if verb in _INVERTED else f"do you {verb}{rest}?"


def _to_you(words: str) -> str:
    """The same words said to the person they are about: "she wants her colour" as "you want your colour"."""
    words = _POSSESSIVE.sub("your", words)
    words = _THEY.sub(_second_person, words)
    return _OBJECT.sub("you", words)


def _second_person(found: re.Match[str]) -> str:
    contracted, verb = "'" in found[0], found[2]
    if contracted:
        return f"you are {verb}"
    if found[1].lower() == "they":
        return f"you {verb}"
    plain = verb[:-1] if verb.endswith("s") and not verb.endswith("ss") else verb
    return f"you {_SECOND_PERSON.get(verb, plain)}"


def _lower_first(words: str) -> str:
    first = words.split(" ", 1)[0]
    keep = first.isupper() or first in ("I", "I'm", "I'll")
    return words if keep or not words else words[0].lower() + words[1:]


_TO_WHISPER = {
    "en": {
        "offer": ("Oh. That would help, thank you.", "That is kind of you. All right.", "Okay, I can live with that."),
        "apology": ("All right. I appreciate that.", "Okay. Thank you for saying so."),
        "callback": ("Tomorrow morning, some time after ten.", "This afternoon around four would be good."),
        "question": ("Yes, that is right.", "Hm, I think so, yes."),
        "other": ("Okay, good to know.", "All right, thanks.", "I see. Thank you."),
    },
    "es": {
        "offer": ("Ah, muy bien, se lo agradezco.",),
        "apology": ("Está bien, gracias.",),
        "callback": ("Mañana por la mañana, después de las diez.",),
        "question": ("Sí, así es.",),
        "other": ("De acuerdo, gracias.",),
    },
}


def answer_to_whisper(kind: str, language: str, rng: random.Random) -> str:
    """The caller's short answer to a line that came of a whisper."""
    return rng.choice(_TO_WHISPER[language][kind])


_HUMAN_PATTERNS = (
    ("bye", re.compile(r"\b(bye|goodbye|have a (good|nice|great|lovely)|take care|adiós|hasta luego)\b", re.I)),
    ("apology", re.compile(r"\b(sorry|apologi[sz]e|lo siento|disculpe)\b", re.I)),
    ("offer", re.compile(r"\d+\s?(%|percent)|\b(free|on the house|discount|refund|make it right|gratis)\b", re.I)),
    ("when", re.compile(r"\b(what time|which day|when|what day|a qué hora|cuándo)\b.*\?", re.I)),
    ("name", re.compile(r"\b(your name|who am i speaking|cómo se llama)\b", re.I)),
    ("phone", re.compile(r"\b(your (phone |best )?number|reach you)\b", re.I)),
    ("helped", re.compile(r"\b(anything else|something else|algo más)\b", re.I)),
    ("greeting", re.compile(r"\b(this is|speaking|my name is|i'm the (owner|manager)|soy|le habla)\b", re.I)),
    ("what", re.compile(r"\b(what happened|how can i help|tell me|what('s| is) (wrong|going on))\b", re.I)),
    ("question", re.compile(r"\?\s*$")),
)
_TO_HUMAN = {
    "en": {
        "bye": ("Thank you. Bye.", "Thanks for your help. Goodbye."),
        "apology": ("All right. Thank you for saying that.", "Okay. I appreciate it."),
        "offer": ("Well, that is fair. Thank you.", "Okay, that would make up for it."),
        "when": ("Thursday after four would be best.", "Tomorrow around eleven, if you have that."),
        "name": ("It's {name}.",),
        "phone": ("The number I'm calling from is fine.",),
        "helped": ("No, that's everything. Thank you.", "That was all, thanks."),
        "greeting": ("Oh, good, a person. Hello.", "Hi. Thank you for picking up."),
        "what": (
            "It's what I just told your assistant. I'd like it sorted out today, if that's possible.",
            "I just want to know who takes care of this.",
        ),
        "question": ("Yes, that works for me.", "Yes, please.", "I think so, yes."),
        "other": ("Okay.", "All right, I understand.", "Okay, thank you.", "Good. That helps."),
    },
    "es": {
        "bye": ("Gracias. Adiós.",),
        "apology": ("Está bien, se lo agradezco.",),
        "offer": ("Me parece justo, gracias.",),
        "when": ("El jueves después de las cuatro.",),
        "name": ("Me llamo {name}.",),
        "phone": ("Este mismo número está bien.",),
        "helped": ("No, eso es todo. Gracias.",),
        "greeting": ("Ah, qué bien. Hola.",),
        "what": ("Es lo que le acabo de explicar a su asistente.",),
        "question": ("Sí, por favor.", "Sí, me viene bien."),
        "other": ("De acuerdo.", "Muy bien, entiendo."),
    },
}


def answer_to_human(text: str, language: str, name: str | None, rng: random.Random) -> tuple[str, bool]:
    """What the caller answers to a person's words, and whether that was the goodbye."""
    kind = next((kind for kind, pattern in _HUMAN_PATTERNS if pattern.search(text)), "other")
    said = rng.choice(_TO_HUMAN[language][kind]).format(name=name or "a customer of yours")
    return said, kind == "bye"


_WAITING = {
    "en": ("Hello? Is somebody there?", "Hello? Are you still on the line?", "I'm still holding."),
    "es": ("¿Hola? ¿Hay alguien?", "¿Sigue ahí?", "Sigo esperando."),
}
_GIVING_UP = {
    "en": "Nobody seems to be there. I'll try again another time. Goodbye.",
    "es": "Parece que no hay nadie. Llamaré en otro momento. Adiós.",
}
_HAND_OVER = {
    "en": ("One moment, here is {name}.", "Let me put {name} on the line.", "I'll hand you over to {name}."),
    "es": ("Un momento, le paso con {name}.", "Le comunico con {name}."),
}
_BACK = {
    "en": "Thank you, {name}. This is {employee} again. {note}",
    "es": "Gracias, {name}. Soy {employee} otra vez. {note}",
}
_BACK_PLAIN = {"en": "Where were we?", "es": "Sigamos."}
_BACK_NOTED = {
    "en": "{name} has told me what the two of you settled.",
    "es": "{name} ya me contó en qué quedaron.",
}
_DAY_DONE = {"en": "Is there anything else I can do for you?", "es": "¿Le puedo ayudar en algo más?"}
_THATS_ALL = {
    "en": ("No, that's all. Thank you, bye.", "No, thanks. Bye."),
    "es": ("No, eso es todo. Gracias, adiós.",),
}
_BOOKING_GONE = {
    "en": (
        "I'm sorry, I have to correct myself: that time has just been taken, so nothing is booked.",
        "Oh. All right, then I'll call again. Bye.",
    ),
    "es": (
        "Lo siento, tengo que corregirme: esa hora ya está ocupada y no hay nada reservado.",
        "Vaya. Entonces vuelvo a llamar. Adiós.",
    ),
}


def still_waiting(asked: int, language: str) -> str:
    """What a caller says into a silence, for the `asked`-th time from 0."""
    said = _WAITING[language]
    return said[min(asked, len(said) - 1)]


def giving_up(language: str) -> str:
    return _GIVING_UP[language]


def hand_over(name: str, language: str, rng: random.Random) -> str:
    return rng.choice(_HAND_OVER[language]).format(name=name)


def taking_back(name: str, employee: str, note: str | None, language: str) -> str:
    """The employee's first words after a hand back, acknowledging the note.

    An offer, an apology or a question in it is made to the caller; anything else stays between the two of them.
    """
    said = _BACK_PLAIN[language]
    if note and note.strip():
        line, kind = line_from_whisper(note, language)
        said = _BACK_NOTED[language].format(name=name) if kind == "other" else line
    return _BACK[language].format(name=name, employee=employee, note=said)


def anything_else(language: str, rng: random.Random) -> tuple[str, str]:
    """The last question of the employee and the caller's goodbye, when a script has run out."""
    return _DAY_DONE[language], rng.choice(_THATS_ALL[language])


def booking_gone(language: str) -> tuple[str, str]:
    """The employee's and the caller's words when a booking turns out to be impossible."""
    return _BOOKING_GONE[language]
