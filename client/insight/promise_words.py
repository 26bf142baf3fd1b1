"""The words in which an employee promises something, or says that it is done, in English and Spanish.

A pattern is looked for in one sentence.  It has to name who does it and what is done: "a text would be nice" is no
promise.  What only sounds like one is in `NO_PROMISE`.
"""

import re
from typing import Final

from client.models.promises import PromiseKind

_WHO: Final = (
    r"(?:i|we|they|he|she|some(?:one|body)(?: (?:from|in|on|at) (?:the|our) [\w ]{1,24}?)?"
    r"|(?:the|our|my) (?:\w+ )?(?:team|owner|manager|office|front desk|desk|doctor|dentist|mechanic|stylist|staff"
    r"|technician|receptionist|colleagues?|reception)|one of (?:us|the \w+|our \w+|my \w+)|a colleague|[a-z]{2,14})"
)
_WILL: Final = (
    rf"(?:{_WHO}(?:'ll| will| shall|'(?:m|re|s) going to| (?:am|are|is) going to|'(?:m|re) gonna)"
    r"(?: (?:just|quickly|also|then|personally|gladly|happily|definitely|certainly|make sure (?:that )?\w+(?: can)?"
    r"|be sure to|go ahead and|get (?:it|that) \w+ and|have \w+(?: \w+){0,4}?|ask \w+(?: \w+){0,3}? to"
    r"|get \w+(?: \w+)? to"
    r"|see to it that \w+(?: \w+)?))*"
    r"|\b(?:let me|allow me to)(?: (?:just|quickly|go ahead and))*)"
)
_DONE: Final = r"\b(?:i|we)(?:'ve| have)(?: (?:just|now|already|also|gone ahead and))*|\b(?:i|we) just"
_TOLD: Final = (
    r"(?:text|sms|e-?mail|message|confirmation|link|reminder|directions|address|quote|estimate|invoice|receipt"
    r"|details"
    r"|information|info|form|forms|price list|whatsapp|copy|paperwork|summary|brochure)"
)
_APPOINTMENT: Final = r"(?:appointment|booking|reservation|visit|slot|table|cleaning|cut|colou?r|consultation|service)"

_CANCEL: Final = (
    rf"{_WILL} (?:cancel|call off|take (?:you|that|it) off)\b",
    rf"(?:{_DONE}) (?:cancell?ed|taken you off|removed your {_APPOINTMENT}|called (?:it|that) off)\b",
    rf"\b(?:your|the|that|this)(?: [\w']+){{0,3}} {_APPOINTMENT}(?: [\w']+){{0,4}}? (?:is"
    rf"|has been)(?: now)? cancell?ed\b",
    r"\b(?:consider|that'?s|it'?s)(?: it| that)?(?: now| all)? cancell?ed\b",
)
_MOVE: Final = (
    rf"{_WILL} (?:move|reschedule|shift|push|switch|change) (?:you|it|that|this|your|the)\b",
    rf"(?:{_DONE}) (?:moved|rescheduled|shifted|pushed|switched|changed) (?:you|it|that|this|your|the)\b",
    rf"\b(?:your|the)(?: [\w']+)? {_APPOINTMENT} (?:is|has been) (?:now )?(?:moved|rescheduled|changed)\b",
    r"\byou(?:'re| are) (?:now )?(?:moved|rescheduled) (?:to|for)\b",
)
_BOOKING: Final = (
    rf"{_WILL} (?:book|schedule|reserve|pencil|put) (?:you|that|it|this|your|the|an?)\b(?! call| text| message"
    rf"| note| through)",
    rf"{_WILL} (?:set (?:that|it|this) up|get (?:you|that|it) (?:booked|scheduled|in)\b|add you to|put you (?:down"
    rf"|in|on)\b)",
    rf"(?:{_DONE}) (?:booked|scheduled|reserved|pencil+ed|made|set up|put you (?:down|in)|got you (?:down|in|booked)"
    r"|added you to)\b(?! a note| sure| it clear)",
    r"\byou(?:'re| are)(?: now| all)? (?:booked|confirmed|scheduled|down for|in for|set for)\b",
    rf"\b(?:your|the|that)(?: [\w']+){{0,2}} {_APPOINTMENT}(?: [\w']+){{0,6}}? (?:is|has been) (?:now )?"
    r"(?:booked|confirmed|scheduled|reserved|made)\b",
    r"\b(?:i|we) have you (?:down|in|booked)\b|\bthat'?s (?:booked|confirmed|all booked)\b|\bit'?s (?:booked"
    r"|reserved)\b",
    r"\b(?:we|i)'?(?:ll| will) see you (?:on|at|this|next|tomorrow)\b",
)
_MESSAGE: Final = (
    rf"{_WILL} (?:send|text|e-?mail|message|forward|whatsapp|shoot|drop|resend|ping)\b(?! (?:it|that|this|him|her"
    rf"|them) (?:to|on to) "
    r"(?:the|our|my) (?:team|owner|manager))",
    rf"(?:{_DONE}) (?:sent|texted|e-?mailed|messaged|forwarded)\b",
    rf"\byou(?:'ll| will| should|'re going to)(?: also| then| just)? (?:get|receive|have|see"
    rf"|find)(?: [\w'-]+){{0,5}}? {_TOLD}\b",
    rf"\b(?:a|the|your)(?: [\w'-]+){{0,2}} {_TOLD}(?: [\w'-]+){{0,4}}? (?:is on (?:its|the) way|will (?:be|follow"
    rf"|come|reach)"
    r"|has been sent|is coming|goes out|will go out)\b",
)
_CALL_BACK: Final = (
    rf"{_WILL} (?:call|ring|phone|return your call|get back to you|reach out|follow up with you|contact you"
    rf"|be in touch"
    r"|get in touch|give you (?:a|another) (?:quick )?(?:call|ring|shout|bell)|call back|be (?:calling"
    r"|ringing) you)\b"
    r"(?! (?:him|her|them|the|that|your|my|our|an ambulance|\d))",
    r"\byou(?:'ll| will| can expect to| should) (?:hear (?:back )?from|get (?:a|your) call|have (?:a|your) call"
    r"|receive a call)\b",
    r"\b(?:expect|you'll have|look out for) (?:a|our|his|her|their) (?:call|ring)\b",
)
_PASS_ON: Final = (
    rf"{_WILL} (?:let|tell|inform|notify|alert|pass|relay|mention|make a note|note|write|leave|log|flag|raise"
    rf"|bring|put in a word|put (?:that|it|this) "
    r"in)\b(?! (?:you|me|us)\b| go\b| off\b)",
    rf"(?:{_DONE}) (?:told|informed|notified|alerted|passed|relayed|noted|left a (?:note|message)|made a note"
    rf"|written (?:it|that)"
    r"|logged|flagged|let (?:\w+ ){1,3}know)\b",
)

# How people say it without saying that they will.
_CANCEL_MEANT: Final = (
    r"\boff (?:the|our|my) (?:calendar|books?|schedule|list|diary)\b|\b(?:is"
    r"|it's) (?:now )?free again\b(?![^.!?]{0,30}\binstead)",
    r"\b(?:est[aá]|queda|est[aá]n|quedan) (?:ya )?libres?(?: otra vez| de nuevo)\b|\bya est[aá] libre\b"
    r"|\bborrad[ao] de la agenda\b",
    r"\b(?:gone|removed|taken|struck|scratched|released|dropped|cleared|deleted|scrapped"
    r"|wiped)(?: \w+){0,2}? (?:from|off|out of) "
    r"(?:the|our|your) (?:plan|calendar|schedule|books?|diary|list|system)\b|\b(?:i'm|i am|we're"
    r"|i've) (?:now )?(?:cancell?ing|removing|dropping"
    r"|scratching|deleting|releasing|cancell?ed)\b",
    r"\b(?:la|lo|le|te) (?:quito|quitamos|borro|elimino|retiro|doy de baja)\b|\b(?:cancelad|anulad"
    r"|borrad)[ao]s?\b(?=[^.!?]{0,40}$)",
)
_MOVE_MEANT: Final = (
    r"\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|\w+ o'clock) it is\b[^.!?]*\b(?:same"
    r"|instead|again|now)\b",
    r"\b(?:swapped|traded|brought) (?:you|it|that|your)\b[^.!?]{0,30}\b(?:to|for|forward)\b|\b(?:adelant|retras"
    r"|traslad)(?:o|ado|amos)\b",
    r"\b(?:i'm|i am|we're) (?:now )?(?:moving|rescheduling|switching|changing|swapping|pushing) (?:you|it|that"
    r"|your|the)\b"
    r"|\b(?:same (?:hour|time)|instead)\b[^.!?]*\b(?:released|free(?:d)? up|open again)\b",
    r"\b(?:cambiad|movid|reprogramad)[ao]s?\b(?=[^.!?]{0,40}$)",
)
_BOOKING_MEANT: Final = (
    r"\b(?:is|are) (?:all )?yours\b|\b(?:saved?|saving|kept|keeping|held|holding|block(?:ed|ing)|secured|set aside"
    r"|got)(?: \w+){0,2}? "
    r"(?:a|the|that|your|this|one) (?:\w+ )?(?:chair|spot|slot|place|seat|time|hour|room|table|opening)\b",
    r"\byour name(?:'s| is) (?:on|in|next to|against|beside|down)\b|\b(?:locked|penned"
    r"|marked) (?:you|it|that) (?:in|down)\b|\b(?:wrote|written) you (?:in|down)\b"
    r"|\b(?:in|on) (?:the|our) (?:book|books|calendar|schedule|diary) (?:for|now)\b",
    r"\b(?:es|son) suy[ao]s?\b|\b(?:le|te) (?:guardo|aparto|he guardado|he apartado)\b|\bapuntad[ao] en la agenda\b",
    r"\b(?:i'm|i am|we're|i've|we've) (?:now |just )?(?:grabb|book|add|reserv|schedul|secur|hold|lock|squeez|sign"
    r"|writ(?=\w* you\b)|penc|register|enroll?)"
    r"(?:ing|ed|l?ing|ling|bing|ten|led)?\b(?! (?:up )?(?:a|one|this|that|it) (?:note|down)| (?:a |one )?(?:note"
    r"|message)| one for)",
    r"^(?:\w+, )?(?:apuntad|reservad|agendad|anotad)[ao]s? (?:a|para|el|con|de)\b|\b(?:la|lo|le|te) (?:meto"
    r"|incluyo|inscribo|a[ñn]ado)\b",
)
_MESSAGE_MEANT: Final = (
    r"\b(?:head(?:s|ing|ed)|going|goes|coming|comes|on (?:its|the) way|land(?:s|ing)|arriv(?:es|ing)|reach(?:es"
    r"|ing)|flying|pops? up|sitting|be)"
    r"(?: \w+){0,3}? (?:to|in|on|into|at) your (?:phone|inbox|e-?mail|mobile|cell|messages|screen|mailbox)\b",
    r"\bleav(?:es|ing) (?:my|our) outbox\b|\b(?:check|watch|look at|keep an eye on) your (?:phone|inbox|e-?mail"
    r"|messages|texts)\b",
    r"\b(?:sale|va|llega|est[aá]|cae)(?: \w+){0,3}? (?:para|a|en|hacia) su (?:tel[eé]fono|m[oó]vil|celular|correo"
    r"|bandeja|e-?mail)\b",
    r"^(?:\w+[,.] )?(?:re)?(?:sending|texting|emailing|forwarding|messaging)\b|\b(?:i'm|i am|we're) (?:now "
    r"|just )?(?:re)?(?:sending|texting|emailing|forwarding)\b"
    r"|\b(?:will be |is )?(?:waiting |there )?(?:in|on) your (?:inbox|mailbox|phone)\b",
    r"\b(?:text|message|e-?mail|nudge|reminder|note|ping)(?: \w+){0,2}? from us\b|\b(?:en|a) su (?:bandeja|correo"
    r"|m[oó]vil|tel[eé]fono)\b",
)
_CALL_BACK_MEANT: Final = (
    r"\b(?:expect|await|look forward to)\b[^.!?]{0,40}\b(?:phone|call|ring)\b|\bpicks? up the phone\b"
    r"|\bon the phone (?:to|with) you\b",
    r"\byou(?:'ll| will) (?:have|get) (?:an|your|the|a) (?:answer|reply|response|word|callback)\b|\byou(?:'ll"
    r"| will) be hearing\b"
    r"|\b(?:call|ring)(?: is| will be)?(?: \w+)? coming your way\b",
    r"\b(?:la|lo|le|te) tendr[aá]n? al tel[eé]fono\b|\btendr[aá]s? (?:noticias|una respuesta|una llamada"
    r"|su respuesta)\b",
    r"\b(?:calls?|rings?|phones?|telephones?|contacts?|calling|ringing|phoning"
    r"|contacting) you(?: back)?\b(?! (?:names|at the))"
    r"|\b(?:gets?|getting) (?:back to|in touch with|hold of) you\b|\breach(?:es|ing)? out to you\b",
    r"\b(?:la|lo|le|te|les) (?:telefonea|contacta|llama|marca)(?:n|r[aá]n?|mos)?\b|\b(?:devuelve"
    r"|devuelven) la llamada\b",
)
_PASS_ON_MEANT: Final = (
    r"\b(?:goes|going|gone|straight) (?:straight |right |directly )?(?:to|over to) (?:dr\.?|doctor|mr|mrs|ms"
    r"|the (?:owner|manager|team|doctor)|[a-z]+'s)\b",
    r"\b(?:put|putting) (?:the|a|your|in the|in a|that) request\b|\b(?:typing|writing|jotting|leaving"
    r"|scribbling)(?: \w+){0,3}? (?:up|down|note|message|word)\b",
    r"\b(?:note|message|word)(?: \w+){0,3}? (?:on|in) (?:her|his|their|the \w+'s) (?:desk|inbox|file|screen|chart)\b"
    r"|\b(?:will|'ll) (?:find|see|read|have) (?:it|this|that|your (?:note|message|words))(?: \w+){0,3}? (?:before"
    r"|when|first|by|as soon)\b",
    r"\b(?:le|les) llega(?:r[aá])? (?:su|el|la|una?) (?:nota|mensaje|recado)\b|\bqueda (?:anotado"
    r"|apuntado) (?:para|en su ficha)\b",
    r"\b(?!i\b|you\b|we\b)\w+ (?:hears?|learns?|reads?|gets?|sees?|knows?|finds?) (?:about )?(?:it|this|that"
    r"|your (?:note|message))\b"
    r"[^.!?]*\b(?:moment|minute|soon|before|when|first|today|tonight|tomorrow|now|by)\b|\b(?:i'm|i am) (?:writing"
    r"|leaving|making|adding|putting)"
    r"(?: \w+){0,3}? (?:note|message|one for|on (?:her|his|their|your))\b|\b(?:i'm|i am) (?:telling|letting"
    r"|informing|passing|flagging)\b",
    r"\b(?:lo|la) (?:ver[aá]|leer[aá]|tendr[aá]|sabr[aá])n?\b[^.!?]*\b(?:cuando|en cuanto|antes|hoy|ficha)\b"
    r"|^anotad[ao]\b",
)

_QUE: Final = r"(?:le|la|lo|te|les|os|se lo|se la|te lo|te la)"
_VA: Final = rf"(?:(?:{_QUE} )?(?:voy|vamos|va|van) a\b)"
_CITA: Final = r"(?:cita|reserva|hora|turno|sesi[oó]n|consulta)"
_AVISO: Final = (
    r"(?:mensaje|sms|correo|e-?mail|confirmaci[oó]n|enlace|recordatorio|direcci[oó]n|presupuesto|factura|whatsapp"
    r"|datos|detalles)"
)
_ES_CANCEL: Final = (
    rf"\b(?:{_QUE} )?(?:cancelo|anulo|cancelar[eé]|anular[eé])\b|{_VA} (?:cancelar|anular)",
    r"\b(?:he|hemos|acabo de) (?:cancel|anul)\w+|\bqueda(?:r[aá])? (?:cancelad|anulad)[ao]\b",
)
_ES_MOVE: Final = (
    rf"\b(?:{_QUE} )?(?:cambio|muevo|paso|cambiar[eé]|mover[eé]|pasar[eé]) (?:la|su|tu|esa) {_CITA}"
    rf"|{_VA} (?:cambiar|mover)",
    r"\b(?:he|hemos|acabo de) (?:cambi|mov|reprogram)\w+|\bqueda(?:r[aá])? (?:cambiad|movid|reprogramad)[ao]\b",
)
_ES_BOOKING: Final = (
    rf"\b{_QUE} (?:reservo|apunto|agendo|anoto|reservar[eé]|apuntar[eé]|agendar[eé]|doy cita|pongo)\b"
    rf"|{_VA} (?:reservar|apuntar|agendar)",
    rf"\b{_QUE} (?:he|hemos) (?:reservad|apuntad|agendad|dad|puest)o\b|\bacabo de (?:reservar|apuntar|agendar)",
    r"\b(?:queda|qued[oó]|ha quedado|est[aá])(?: ya)? (?:reservad|apuntad|agendad|confirmad|anotad)[ao]s?\b",
    rf"\bya tiene (?:su |la )?{_CITA}\b|\b(?:su|la) {_CITA}(?: \S+){{0,5}}? (?:est[aá]|queda) (?:reservada"
    rf"|confirmada|agendada)",
)
_ES_MESSAGE: Final = (
    rf"\b{_QUE} (?:env[ií]o|mando|escribo|enviar[eé]|mandar[eé]|escribir[eé]|enviaremos|mandaremos|enviamos"
    rf"|mandamos)\b"
    r"|\b(?:voy|vamos|va) a (?:enviar|mandar|escribir)(?:le|la|lo|te)\b",
    rf"\b{_QUE} (?:voy|vamos|va) a (?:enviar|mandar|escribir)\b|\b{_QUE} (?:he|hemos) (?:enviad|mandad|escrit)o\b",
    rf"\b(?:recibir[aá]s?|le llegar[aá]|te llegar[aá]|va a recibir)(?: \S+){{0,4}}? {_AVISO}\b",
)
_ES_CALL_BACK: Final = (
    rf"\b{_QUE} (?:llamo|llamar[eé]|llamar[aá]n?|llamaremos|llamamos|devuelvo la llamada|devolveremos la llamada"
    r"|devolver[aá]n? la llamada)\b",
    rf"\b{_QUE} (?:voy|vamos|va|van) a (?:llamar|devolver)\b|\b(?:voy|vamos|va|van) a llamar(?:le|la|lo|te)\b",
    r"\bnos (?:pondremos|ponemos|vamos a poner) en contacto\b|\bse pondr[aá]n? en contacto\b|\bhar[eé] que (?:le"
    r"|la|lo|te) llam\w+",
)
_ES_PASS_ON: Final = (
    r"\b(?:se lo (?:digo|dir[eé]|paso|pasar[eé]|comento|comentar[eé]|har[eé] saber)|dejo (?:una nota|un recado"
    r"|el recado|anotado)"
    r"|dejar[eé] (?:una nota|un recado|el recado|anotado)|paso el (?:recado|mensaje)|pasar[eé] el (?:recado"
    r"|mensaje))\b",
    r"\b(?:le )?(?:aviso|avisar[eé]|avisamos|avisaremos|informo|informar[eé]) a(?:l)? (?:la |el |los |las )?\w+"
    r"|\bvoy a avisar a\b|\bhe (?:avisado|informado|dejado)\b",
)


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


PROMISES: Final[dict[PromiseKind, re.Pattern[str]]] = {
    PromiseKind.CANCEL: _any_of(*_CANCEL, *_ES_CANCEL, *_CANCEL_MEANT),
    PromiseKind.MOVE: _any_of(*_MOVE, *_ES_MOVE, *_MOVE_MEANT),
    PromiseKind.BOOKING: _any_of(*_BOOKING, *_ES_BOOKING, *_BOOKING_MEANT),
    PromiseKind.MESSAGE: _any_of(*_MESSAGE, *_ES_MESSAGE, *_MESSAGE_MEANT),
    PromiseKind.CALL_BACK: _any_of(*_CALL_BACK, *_ES_CALL_BACK, *_CALL_BACK_MEANT),
    PromiseKind.PASS_ON: _any_of(*_PASS_ON, *_ES_PASS_ON, *_PASS_ON_MEANT),
}
"""In the order in which a sentence is asked; the first that is in it decides."""

NO_PROMISE: Final = _any_of(
    # An offer, a wish, a condition of the caller's, an ability.
    r"\b(?:would you like|do you want|shall|should|may|can|could|might) (?:i|we|me|us)\b|\bif you(?:'d"
    r"| would)? (?:like|want|prefer|wish)\b",
    r"\b(?:i|we|they|you) (?:can|could|would|might|may)\b(?! expect)|\b(?:i|we)'d (?:be happy|love|like|have) to\b"
    r"|\bhappy to\b",
    r"\b(?:unless|in case|as soon as you|once you|when you|if you|if we|if i|before i|before we|until you"
    r"|let me know)\b",
    # It is denied, doubted, or lies with somebody else.
    r"\b(?:won't|will not|can't|cannot|couldn't|could not|unable|not able|isn't|aren't|don't|doesn't|didn't"
    r"|haven't|hasn't|never)\b",
    r"\b(?:you'll need to|you will need to|you'll have to|you have to|please (?:call|text|send|email|ring|cancel))\b",
    r"\b(?:usually|normally|always|every (?:client|customer|patient|time)|our policy|by default)\b",
    r"\b(?:yesterday|last (?:week|month|time|night|year)|ago|the other day|earlier this week)\b",
    r"\?\s*$",
    r"\b(?:quiere que|desea que|prefiere que|le gustar[ií]a|si (?:quiere|desea|prefiere|lo|me|le|usted)|puedo"
    r"|podemos|podr[ií]a)\b",
    r"\bno (?:le|la|lo|se|te|puedo|podemos|voy|vamos|queda|he|hemos)\b|\b(?:ayer|la semana pasada|normalmente"
    r"|siempre)\b",
)
"""A sentence in which one of these stands promises nothing."""
