"""The lines that mail programs write, and those that people write around a text that they send."""

import re
from typing import NamedTuple

from publisher.pipeline.intake.markup import bare
from publisher.text.patterns import late

LONGEST = 1000
_S = r"[^\S\n]"
NAMES = {
    "sender": "de|from|expéditeur",
    "recipient": rf"à|a|to|destinataires?|cc|cci|bcc|copie(?:{_S}à)?|répondre{_S}à|reply-to",
    "subject": "objet|subject|sujet",
    "sent": rf"date|envoyé(?:{_S}le)?|sent",
    "attached": rf"pièces?{_S}jointes?|attachments?|importance|priorité",
}
"""The names of headers, by what they tell."""

_HEADER = late(
    rf"(?:{'|'.join(f'(?P<{kind}>{names})' for kind, names in NAMES.items())}){_S}*:(?:{_S}+(?P<value>.*)|$)", re.IGNORECASE | re.DOTALL
)
_QUOTED = late(r"[ \t]*>[ ]?")
_EDGE = r"(?:[-_–—]{2,}|>)"
_MARK = late(
    rf"(?:{_EDGE}{_S}*)?(?:(?:début{_S}du{_S}|fin{_S}du{_S})?message{_S}(?:transféré|réexpédié|d['’]origine|initial)|(?:begin{_S})?forwarded{_S}message"
    rf"|original{_S}message){_S}*:?(?:{_S}*{_EDGE})?",
    re.IGNORECASE,
)
_WROTE = late(rf"(?:le|on){_S}.{{5,200}}{_S}(?:a{_S}écrit|wrote){_S}*:", re.IGNORECASE)
_PREFIX = late(
    rf"(?:(?:re|tr|fwd?|rép){_S}*:{_S}*|\[[^\[\]]{{1,20}}\]{_S}*|(?:cp|communiqué(?:{_S}de{_S}presse)?){_S}*[:–—-]{_S}*)+", re.IGNORECASE
)
_ALL = rf"(?:{_S}+à{_S}+(?:vous|tous|toutes)(?:{_S}+et{_S}+(?:à{_S}+)?(?:tous|toutes))?)"
# Few lines begin so, and a short command should not compile what they may go on with.
_HELLO_WORDS = ("bonjour", "bonsoir")
_GREETING_WORDS = ("mesdames", "madame", "messieurs", "monsieur", "cher", "chère")
_CLOSING_WORDS = ("bien", "cordialement", "très", "bonne", "sincères", "salutations", "merci")
_FOOTER_WORDS = ("envoyé", "sent", "obtenir", "télécharger", "ce", "pensez", "préservez", "protégeons", "merci", "n'", "n’")
_HELLO = late(rf"(?:bonjour|bonsoir)(?:{_ALL}?{_S}*[,.!]?|(?:{_S}+[^\W\d_][\w’'-]*){{1,4}}{_S}*,)", re.IGNORECASE)
_GREETING = late(
    rf"(?:mesdames|madame|messieurs|monsieur)(?:(?:,|{_S}+et|{_S}+ou){_S}+(?:mesdames|madame|messieurs|monsieur))*{_S}*,"
    rf"|ch(?:er|ère)s?(?:{_S}+[^\W\d_][\w’'-]*){{1,5}}{_S}*,",
    re.IGNORECASE,
)
_CLOSING = late(
    rf"(?:(?:bien{_S}+|très{_S}+)?cordialement|(?:très{_S}+)?bonne{_S}+(?:journée|réception|soirée)|bien{_S}+à{_S}+vous"
    rf"|(?:sincères{_S}+)?salutations|merci{_S}+d['’]avance)(?:{_S}+(?:à{_S}+(?:vous|tous|toutes)|et{_S}+bonne{_S}+\w+))?{_S}*[,!.]?",
    re.IGNORECASE,
)
_FOOTER = late(
    rf"(?:envoyé{_S}+(?:de|depuis|à{_S}+partir{_S}+de){_S}+(?:mon|ma|outlook|yahoo)|sent{_S}+from{_S}+my|obtenir{_S}+outlook|télécharger{_S}+outlook"
    rf"|ce{_S}+(?:message|courriel|mail|e-mail)(?:{_S}+électronique)?{_S}*(?:,|\(|et|ainsi|est|peut|contient)[^\n]*(?:confidentiel|destinataire)"
    rf"|(?:pensez{_S}+à|préservez|protégeons|merci{_S}+de{_S}+penser{_S}+à){_S}*l['’]environnement|n['’]imprimez{_S}+ce)",
    re.IGNORECASE,
)


_COVERING = late(
    rf"\b(?:vous{_S}+trouverez|(?:veuillez|merci{_S}+de|prière{_S}+de|je{_S}+vous{_S}+prie{_S}+de){_S}+(?:bien{_S}+vouloir{_S}+)?trouver"
    rf"|(?:je|nous){_S}+vous{_S}+(?:adress|transmet|envo|communiqu|fai(?:s|sons){_S}+parvenir)\w*)[^.!?\n]{{0,60}}\bci-(?:joint|dessous|après)"
    rf"|^\W*ci-(?:joint|dessous|après)e?s?{_S}*[:,]?{_S}+(?:le{_S}+|notre{_S}+|un{_S}+)?(?:communiqué|texte|cp\b)",
    re.IGNORECASE,
)


class Header(NamedTuple):
    """One header: what it tells (a key of NAMES), and its words, those of a subject without « Tr : » before them."""

    kind: str
    value: str


def header(line: str) -> Header | None:
    """Return the header that the line is; None for anything else."""
    if ":" not in line or len(line) > LONGEST:
        return None
    found = _HEADER.fullmatch(bare(line))
    if not found:
        return None
    kind = next(kind for kind in NAMES if found[kind])
    return Header(kind, _PREFIX.sub("", (found["value"] or "").strip(), count=1))


def is_quoted(line: str) -> bool:
    """Tell whether the line has the sign of a quoted mail."""
    return _QUOTED.match(line) is not None


def unquoted(line: str) -> str:
    """Return the line without the sign of a quoted mail."""
    return _QUOTED.sub("", line, count=1)


def is_mark(line: str) -> bool:
    """Tell whether the line says that a mail follows: « ---- Message transféré ---- », « Le 24 novembre, X a écrit : »."""
    if len(line) > LONGEST:
        return False
    words = line.strip(" \t>*_\u00a0")
    return bool(("message" in words.lower() and _MARK.fullmatch(words)) or (words.endswith(":") and _WROTE.fullmatch(words)))


def is_hello(line: str) -> bool:
    """Tell whether the line greets as only a mail does: « Bonjour à tous, »."""
    return _begins(line, _HELLO_WORDS) and _HELLO.fullmatch(bare(line)) is not None


def is_greeting(line: str) -> bool:
    """Tell whether the line only greets: « Madame, Monsieur, » as well, with which an invitation may begin."""
    return is_hello(line) or (_begins(line, _GREETING_WORDS) and _GREETING.fullmatch(bare(line)) is not None)


def is_closing(line: str) -> bool:
    """Tell whether the line only takes leave: « Bien cordialement, »."""
    return _begins(line, _CLOSING_WORDS) and _CLOSING.fullmatch(bare(line)) is not None


def is_civility(line: str) -> bool:
    """Tell whether the line greets or takes leave."""
    return is_greeting(line) or is_closing(line)


def is_covering(line: str) -> bool:
    """Tell whether the line speaks of the text as of something sent: « Vous trouverez ci-joint le communiqué »."""
    return "ci-" in line.lower() and len(line) <= LONGEST and _COVERING.search(line) is not None


def is_footer(line: str) -> bool:
    """Tell whether the line is one that programs and firms add to every mail."""
    return _begins(line, _FOOTER_WORDS) and _FOOTER.match(bare(line)) is not None


def _begins(line: str, words: tuple[str, ...]) -> bool:
    return len(line) <= LONGEST and bare(line).lower().startswith(words)
