"""What a person should look at before an announcement leaves: notices that intake raises, and changes nothing for."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from publisher.announcement import Announcement
from publisher.errors import Problem, Severity
from publisher.i18n import N_
from publisher.pipeline.intake import embargoes
from publisher.text import wishes
from publisher.text.patterns import late

# Addresses and file names hold full stops of their own.
_WORD = late(r"[^ \t\n\u00a0\u202f]+")
_ADDRESS = late(r"://|^\W*www\.|@")
_MISSING_SPACE = late(r"[^\W\d_A-ZÀ-ÖØ-ÞŒ]{2}[»”)]?\.[A-ZÀ-ÖØ-ÞŒ][^\W_]*")
# What authors leave for later, and the marks of those who correct.
_UNFINISHED = late(
    r"\[(?i:[àa][ \u00a0](?:compléter|préciser|vérifier|confirmer|définir|valider|voir|insérer)|tbc|tbd"
    r"|todo|commentaire|insérer|nom|date|lieu|heure|xx)\b[^\[\]\n]{0,80}\]"
    r"|\[[A-Z]{2,3}[0-9]{1,2}\]|\{(?:\+\+|--|>>|~~|==)[^{}\n]{0,80}\}|\?{3,}[^?\n]{0,60}\?{3,}|\?{3,}"
    r"|(?<![^\W_])(?:XX{1,5}(?![^\W_])|TBC|TBD|TODO)(?![^\W_])"
    r"|(?i:lorem[ ]ipsum)"
)
_STRUCK = late(r"~~(?=[^\s~])([^~\n]{1,200}?)(?<=[^\s~])~~")
_PLAIN_HTTP = late(r"\bhttp://[^\s<>()\[\]\"]+", re.IGNORECASE)
# More of the same says nothing new.
_MOST = 10


def remarks(announcement: Announcement) -> Iterator[Problem]:
    """Yield the remarks on a whole announcement."""
    text = "\n\n".join(part for part in (announcement.title, announcement.standfirst, announcement.body_markdown) if part)
    if not announcement.media:
        yield _notice("no-image", N_("There is no image: the announcement will be less visible on social networks."))
    if announcement.contact and not announcement.contact.email:
        yield _notice("contact-without-email", N_("The press contact has no mail address."))
    for struck in islice(_STRUCK.finditer(text), _MOST):
        sentence = N_("“%(words)s” is struck out, and most channels would show it as if it stood: delete it.")
        yield Problem(Severity.ERROR, "struck-out", sentence, {"words": struck[1]})
    for unfinished in islice(_UNFINISHED.finditer(text), _MOST):
        sentence = N_("“%(words)s” looks unfinished: complete or delete it.")
        yield Problem(Severity.ERROR, "unfinished-text", sentence, {"words": unfinished[0]})
    for url in _plain_http(announcement, text):
        yield _notice("link-plain-http", N_("The link %(url)s is not protected (http): check whether it works with https."), url=url)
    for words in islice(_missing_spaces(text), _MOST):
        sentence = N_("A space is missing in “%(words)s”: some networks will make a link of it.")
        yield _notice("missing-space-makes-a-link", sentence, words=words)


def held_back(announcement: Announcement) -> Iterator[Problem]:
    """Yield the problem of a wish, anywhere in the text or in what was set aside, that no embargo answers."""
    written = (part for own in announcement.channels.values() for part in (own.title, own.text, own.html, *(own.posts or ())))
    texts = (announcement.title, announcement.standfirst, announcement.body_markdown, *written, *announcement.set_aside)
    wish = wishes.find("\n\n".join(text for text in texts if text)) if announcement.embargo_until is None else None
    if wish:
        yield embargoes.in_text(wish)


def _plain_http(announcement: Announcement, text: str) -> Iterable[str]:
    urls = [link.url for link in announcement.links if link.url.lower().startswith("http://")]
    urls += [match[0].rstrip(".,;:!?") for match in _PLAIN_HTTP.finditer(text)]
    return islice(dict.fromkeys(urls), _MOST)


def _missing_spaces(text: str) -> Iterator[str]:
    for word in _WORD.finditer(text):
        if "." in word[0] and not _ADDRESS.search(word[0]) and (found := _MISSING_SPACE.search(word[0])):
            yield word[0][_beginning(word[0], found.start()) : found.end()]


def _beginning(word: str, position: int) -> int:
    while position and word[position - 1].isalnum():
        position -= 1
    return position


def _notice(code: str, sentence: str, **params: object) -> Problem:
    return Problem(Severity.NOTICE, code, sentence, params)
