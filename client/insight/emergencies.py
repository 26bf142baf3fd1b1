"""Whether words tell of an emergency: a body, a fire or a car in danger, or help that is called for.

Ways to say it in English and Spanish.  What is said not to be so, and "the emergency number", are none.
"""

import re
from functools import lru_cache
from typing import Final

_GAP: Final = r"(?:(?!n['’]t\b|\b(?:not?|never|nada|ni)\b)[^.?!]){0,30}"
"""What may stand between two words that belong together."""

_BODY: Final = r"\b(?:scalp|skin|face|forehead|lips?|eye(?:lid)?s?|tongue|mouth|throat|neck|jaw)\b"
_BURNS: Final = r"\b(?:burning(?! question)|swelling|swelled|swollen|blistering|blisters)\b"
_CUERPO: Final = (
    r"\b(?:cuero cabelludo|cabeza|piel|cara|frente|labios?|p[aá]rpados?|ojos?|lengua|boca|garganta|cuello"
    r"|mand[ií]bula)\b"
)
_ARDE: Final = r"\b(?:hinch(?:a|an|ad[oa]s?|ando)|ard(?:e|en|iendo)|quema(?:n|ndo)?)\b"
_HELP: Final = (
    rf"\b(?:call(?:ed|ing)?|dial(?:l?ed|l?ing)?|need|get|send)\b{_GAP}\b(?:911|112|ambulance|paramedics?)\b"
    rf"|\bllam(?:e|en|a|o|ar|ando|[eé])\b{_GAP}\b(?:911|112|ambulancia)\b|\bnecesit\w+ una ambulancia\b"
)
_BURNING: Final = rf"{_BODY}{_GAP}{_BURNS}|\b(?:burning|swollen)\b (?:on |in |of )?(?:(?:my|his|her|the) )?{_BODY}"
_ARDIENDO: Final = rf"{_CUERPO}{_GAP}{_ARDE}|{_ARDE}{_GAP}{_CUERPO}"

_SIGNS: Final = (
    ("emergency", r"\bemergency\b(?! (?:number|line|phone|contact|hours|brake|exit|kit|fee)\b)"),
    *((stem, _HELP) for stem in ("911", "112", "ambulanc", "paramedic")),
    ("breath", r"\bcan(?:'|’|no)?t breathe\b|\b(?:hard|hardly|trouble|difficulty|struggling to) breath(?:e|ing)\b"),
    ("breathing", r"\b(?:not|stopped|isn['’]t) breathing\b|\bbreathing (?:feels|is) (?:so |very )?(?:tight|shallow)\b"),
    ("chok", r"\bchok(?:es|ing)\b"),
    ("bleeding", r"\bbleeding\b"),
    ("chest", rf"\bchest pain\b|\btight(?:ness)? in (?:my|his|her|the) chest\b|\bchest\b{_GAP}\b(?:tight|hurts)\b"),
    ("heart attack", r"\bheart attack\b"),
    ("having a", r"\bhaving a (?:stroke|seizure)\b"),
    ("numb", r"\bleft (?:arm|side)\b[^.?!]{0,12}\bnumb\b"),
    ("unconscious", r"\bunconscious\b"),
    ("unresponsive", r"\bunresponsive\b"),
    ("passed out", r"\bpassed out\b"),
    ("wak", r"\b(?:won['’]t|not|can['’]t) wak(?:e|ing) up\b"),
    ("faint", r"(?<!almost )(?<!nearly )\bfaint(?:ed|ing)\b"),
    ("collapsed", r"\b(?:s?he|they|who|just|has|mom|dad|wife|husband|son|daughter) collapsed\b"),
    ("severe pain", r"\bsevere pain\b"),
    ("unbearable", r"\bunbearable\b"),
    ("knocked", r"\bknocked (?:out|my)\b[^.?!]{0,20}\b(?:tooth|teeth)\b"),
    ("allergic reaction", r"\ballergic reaction\b"),
    ("anaphyla", r"\banaphyla\w+"),
    ("overdose", r"\boverdosed?\b"),
    ("suicid", r"\bsuicid\w+"),
    *((stem, _BURNING) for stem in ("burning", "swell", "swollen", "blister")),
    ("gas", r"\bgas leak\b|\bsmell(?:s|ing)? (?:of )?gas\b|\bfuga de gas\b|\bolor a gas\b"),
    ("carbon monoxide", r"\bcarbon monoxide\b"),
    ("burst", r"\bburst pipe\b|\bpipe (?:has )?burst\b"),
    ("flooding", r"\bflooding\b"),
    ("fire", r"\bon fire\b|\bcaught fire\b|\bthere(?:['’]s| is) a fire\b"),
    ("smok", rf"\bsmok(?:e|ing)\b{_GAP}\b(?:hood|bonnet|engine|dashboard|outlet|socket)\b|\bfull of smoke\b"),
    (
        "brake",
        rf"\bbrakes?\b(?! (?:pads?|lights?|fluid|discs?|job)\b){_GAP}"
        r"\b(?:failed\b(?! (?:\w+ )?(?:inspection|test|smog)\b)|(?:gave|went) (?:out|soft)|stopped working)"
        r"|\bno brakes\b|\bbrakes (?:don['’]t|aren['’]t|do not|are not) work(?:ing)?\b",
    ),
    ("emergencia", r"(?<!n[uú]mero de )\bemergencia\b"),
    ("urgente", r"\bes urgente\b"),
    ("respira", r"\bno pued[eo] respirar\b|\b(?:cuesta (?:mucho )?|dificultad para )respirar\b|\bno respira\b"),
    ("falta el aire", r"\bfalta el aire\b"),
    ("ahog", r"\bse (?:est[aá] )?ahog(?:a|ando)\b"),
    ("sangr", r"\bsangr(?:a|ando|ado)\b"),
    ("pecho", r"\b(?:dolor|opresi[oó]n|presi[oó]n) (?:de|en) (?:el )?pecho\b"),
    ("infarto", r"\binfarto\b"),
    ("convulsi", r"\bconvulsi\w+"),
    ("brazo izquierdo", r"\bbrazo izquierdo\b[^.?!]{0,12}\b(?:dormido|adormecido)\b"),
    ("dolor", r"\bdolor (?:muy fuerte|insoportable)\b"),
    ("inconsciente", r"\binconsciente\b"),
    ("no ", r"\bno (?:despierta|reacciona)\b"),
    ("desmay", r"\bse (?:ha |me )?desmay(?:[oó]|ado)\b"),
    ("desplom", r"\bse desplom[oó]\b"),
    ("reacci", r"\breacci[oó]n al[eé]rgica\b"),
    ("sobredosis", r"\bsobredosis\b"),
    *((stem, _ARDIENDO) for stem in ("hinch", "ard", "quema")),
    ("incendio", r"\bincendio\b"),
    ("en llamas", r"\ben llamas\b"),
    ("humo", rf"\bhumo\b{_GAP}\b(?:motor|cap[oó]|cofre)\b"),
    (
        "freno",
        rf"\bfrenos?\b{_GAP}\bfall(?:aron|an|[oó])\b|\bfall(?:aron|an) los frenos\b|\bsin frenos\b"
        r"|\bfrenos no (?:me )?(?:responden|funcionan|sirven)\b",
    ),
)
"""What has to be in a text, and how it stands there: most texts hold none of it, and are not searched."""

_PATTERNS: Final = tuple((stem, re.compile(pattern, re.IGNORECASE)) for stem, pattern in _SIGNS)

_NO_EMERGENCY: Final = re.compile(
    r"\b(?:not|isn['’]?t|no)\b[^.?!]{0,12}\bemergency\b"
    r"|\b(?:not|isn['’]?t|no|nobody|never|stopped|hasn['’]t)\b (?:an? |any |really )?"
    r"(?:bleeding|swollen|fainted|burning)\b"
    r"|\b(?:no need|don['’]t (?:need|have|want)|without having) to (?:call|get|dial)\b"
    r"|\bno es (?:una |ninguna )?emergencia\b|\bno es urgente\b|\bno (?:sangra|arde)\b|\bno hace falta llamar\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def tells_emergency(text: str) -> bool:
    lowered = text.lower()
    near = [pattern for stem, pattern in _PATTERNS if stem in lowered]
    if not near:
        return False
    said = _NO_EMERGENCY.sub(" ", text)
    return any(pattern.search(said) for pattern in near)
