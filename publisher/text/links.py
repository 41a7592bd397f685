"""Where a plain text holds web addresses, with or without scheme, as X finds them: read by counting and typography.

The grammar is that of npm twitter-text 3.1.0, the last official release, read in one pass over each word: an address
starts after a boundary, its domain is the longest one that ends in a known top-level domain, and the punctuation
around it stays out. A missing space makes one too: "terminé.Il". Offsets inside a word are in UTF-16 units, as there.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from publisher.text import _tlds
from publisher.text.patterns import late

Span = tuple[int, int]

SHARED, RETIRED, RECENT = (frozenset(words.split()) for words in (_tlds.SHARED, _tlds.RETIRED, _tlds.RECENT))
DISPUTED = RETIRED | RECENT
ALL = SHARED | DISPUTED

_LONGEST_TLD = max(map(len, ALL))
_LONGEST_ADDRESS = 4096
_LONGEST_LABEL = 63
_LONGEST_SLUG = 40
_ASSUMED_SCHEME = "https://"

# Character classes of the official grammar, for use inside [ ]; Latin and Cyrillic with every letter whose capital is there.
# Never re.IGNORECASE instead: Python folds ſ to s, the official expression does not.
_SPACE = r"\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_INVALID = r"\ufffe\ufeff\uffff"
_NOT_IN_DOMAIN = rf"!'#%&()*+,\\\-./:;<=>?@\[\]^_{{|}}~${_SPACE}{_INVALID}\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"
_LATIN = (
    r"\xc0-\xd6\xd8-\xf6\xf8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0260\u0263\u0268\u0269\u026f\u0272\u0275\u0280\u0283"
    r"\u0288-\u028c\u0292\u02bb\u0300-\u036f\u0399\u03b9\u1e00-\u1eff\u1fbe\u2c65\u2c66\u2c7e\u2c7f\ua7dc"
)
_PATH_LAST = rf"A-Za-z0-9\u0400-\u04ff\u1c80-\u1c87+\-=_#/{_LATIN}"
_PATH_INNER = r"!*';:,.$%\[\]\u2013~@|&"
_QUERY_LAST = r"A-Za-z0-9\-_&=#/"
_QUERY_INNER = r"!?*'@();:+$%\[\].,~|"

# Possessive quantifiers (++, *+) make each of these linear: on hostile text ("a.a.a.a…") nothing backtracks.
# as \S, but with the separators that are no space to the official expression
_DOTTED_WORD = late(r"(?<![\S\x1c-\x1f])(?>(?:[^\s.]++|[\x1c-\x1f])*)\.[\S\x1c-\x1f]++")
_HTTP = r"[Hh][Tt][Tt][Pp][Ss]?://"
_SCHEME = late(_HTTP)
_START = late(rf"(?<![A-Za-z0-9@＠$#＃{_INVALID}])(?:{_HTTP})?(?=[^{_NOT_IN_DOMAIN}])")
_LABEL = late(rf"[^{_NOT_IN_DOMAIN}]++(?>(?:[-_]++[^{_NOT_IN_DOMAIN}]++)*)")
_LATIN_LABELS = late(rf"(?>(?:[-A-Za-z0-9{_LATIN}]++\.)+)")
_LATIN_TLD = late(r"[A-Za-z]++(?![0-9@+\-])")
_PUNYCODE_TLD = late(r"[Xx][Nn]--[-0-9A-Za-z]++")
_GOES_ON = late(r"[0-9A-Za-z@+\-]")
_PORT = late(r":[0-9]++")
_PARENTHESES = (
    rf"\((?:[{_PATH_LAST}{_PATH_INNER}]++|[{_PATH_LAST}{_PATH_INNER}]*+\([{_PATH_LAST}{_PATH_INNER}]++\)[{_PATH_LAST}{_PATH_INNER}]*+)\)"
)
_QUERY = late(rf"\?(?>(?:[{_QUERY_INNER}]*+[{_QUERY_LAST}]++)+)")
_SHORTENED = late(rf"{_HTTP}[Tt]\.[Cc][Oo]/([0-9A-Za-z]++)")
_DOT = late(r"\.")
_LABEL_SEPARATOR = late(r"[.\u3002\uff0e\uff61]")
_ASCII = late(r"[\x20-\x7e]*")
_BEYOND_BMP = late(r"[\U00010000-\U0010ffff]")


def find(text: str) -> Iterator[Span]:
    """Yield where the addresses of an NFC text start and end, by every top-level domain of 2019 or of today."""
    for word in dotted_words(text):
        units = as_units(word[0])
        found = spans(units, opens=word.start() == 0, known=ALL)
        for start, end in converted(found, units, from_units):
            yield word.start() + start, word.start() + end


def dotted_words(text: str) -> Iterator[re.Match[str]]:
    """Yield the words, between spaces, that hold a full stop: an address never leaves one."""
    return _DOTTED_WORD.finditer(text)


def top_level_domains(units: str) -> set[str]:
    """Return the known top-level domains that follow a full stop of the word: without any it holds no address."""
    ends = ((dot.end(), _tld_end(units, dot.end(), ALL)) for dot in _DOT.finditer(units))
    return {units[start:end].lower() for start, end in ends if end}


def spans(units: str, *, opens: bool, known: frozenset[str]) -> Iterator[Span]:
    """Yield the addresses of one dotted word; `opens`: it stands at the very start of the text.

    There, the official expression prefers to take the first sign for a boundary: "évian.fr" is é and "vian.fr".
    """
    second = _START.match(units, 1) if opens else None
    position = 1 if second and _Labels(units, second.end(), known).domain_end(second.end()) else 0
    labels = None
    while start := _START.search(units, position):
        domain_start = start.end()
        if labels is None or domain_start >= labels.stop:
            labels = _Labels(units, domain_start, known)
        domain_end = labels.domain_end(domain_start)
        if domain_end is None:
            position = labels.next_start()
            scheme = _SCHEME.search(units, start.start() + 1, position + len("://"))
            position = scheme.start() if scheme else position  # what ended the labels may be a scheme: "—https://…"
            continue
        has_path, end = _tail(units, domain_end)
        position = end + 1  # the sign after an address is the boundary of the next one
        domain = units[domain_start:domain_end]
        if len(start[0] or _ASSUMED_SCHEME) + end - start.start() > _LONGEST_ADDRESS or not _resolvable(domain, known):
            continue
        if start[0]:
            yield from _with_scheme(units, start.start(), end)
        elif units[domain_start - 1 : domain_start] not in tuple("-_./"):
            yield from _without_scheme(domain, domain_start, end - domain_end if has_path else 0, known)


class _Labels:
    """Labels with a full stop after each, as far as they go on, read once for all addresses that may start among them.

    The longest domain ends with the last known top-level domain. But the label before that must be free of underscores,
    which are for subdomains: a label that is not serves only a start beyond its last underscore.
    """

    def __init__(self, units: str, start: int, known: frozenset[str]) -> None:
        self.stop = start  # no address starts among the labels, or before this place, but those found by domain_end
        self._end: int | None = None
        self._last = -1
        self._spoiled: deque[tuple[int, int, int]] = deque()
        while label := _LABEL.match(units, self.stop):
            self.stop = label.end()
            if units[self.stop : self.stop + 1] != ".":
                break
            self.stop += 1
            end = _tld_end(units, self.stop, known)
            underscore = label[0].rfind("_")
            if end and underscore >= 0:
                self._spoiled.append((label.start() + underscore + 1, label.end(), end))
            elif end:
                self._end, self._last = end, label.end()

    def domain_end(self, start: int) -> int | None:
        """Return the end of the longest domain from here; starts must be asked in order."""
        if start < self._last:
            return self._end
        while self._spoiled and self._spoiled[0][1] <= start:
            self._spoiled.popleft()
        return self._spoiled[0][2] if self._spoiled and self._spoiled[0][0] <= start else None

    def next_start(self) -> int:
        """Return the place from which another address may start, when none does at the last one asked."""
        return self._spoiled[0][0] if self._spoiled else self.stop


def _tld_end(units: str, start: int, known: frozenset[str]) -> int | None:
    """Return the end of the known top-level domain that starts here."""
    latin = _LATIN_TLD.match(units, start)
    if latin and latin[0].lower() in known:
        return latin.end()
    punycode = _PUNYCODE_TLD.match(units, start)
    if punycode:
        return punycode.end()
    window = units[start : start + _LONGEST_TLD]
    if not window.isascii():
        for length in range(len(window), 0, -1):
            if window[:length].lower() in known and not _GOES_ON.match(units, start + length):
                return start + length
    return None


def _tail(units: str, position: int) -> tuple[bool, int]:
    """Tell whether a path follows the domain, and return the end of the address, past port, path and query."""
    port = _PORT.match(units, position)
    position = port.end() if port else position
    path = _path().match(units, position) if units.startswith("/", position) else None
    position = path.end() if path else position
    query = _QUERY.match(units, position)
    return path is not None, query.end() if query else position


@cache
def _path() -> re.Pattern[str]:
    """Compile the dearest pattern of all at first need: few texts hold an address with a path."""
    return re.compile(rf"/(?>(?:{_PARENTHESES})*)(?>(?:(?>(?:[{_PATH_INNER}]++|{_PARENTHESES})*)[{_PATH_LAST}]++(?>(?:{_PARENTHESES})*))*)")


def _resolvable(domain: str, known: frozenset[str]) -> bool:
    """Tell whether the labels keep to the length that names may have on the network."""
    if domain.startswith("xn--") and not any(_latin_parts(domain, known)):
        return False
    return all(0 < _network_length(label) <= _LONGEST_LABEL for label in domain.split("."))


def _network_length(label: str) -> int:
    label = from_units(label)
    if len(label) > _LONGEST_LABEL:
        return len(label)  # the encoded form is never shorter, and encoding it would take quadratic time
    return len(".".join(map(_network_form, _LABEL_SEPARATOR.split(label))))


def _network_form(label: str) -> str:
    return label if _ASCII.fullmatch(label) else "xn--" + label.encode("punycode").decode("ascii")


def _with_scheme(units: str, start: int, end: int) -> Iterator[Span]:
    """Yield the address; one of X's own shortener ends with its slug."""
    shortened = _SHORTENED.match(units, start, end)
    if not shortened:
        yield start, end
    elif len(shortened[1]) <= _LONGEST_SLUG:
        yield start, end if units[shortened.end() : shortened.end() + 1] == "?" else shortened.end()


def _without_scheme(domain: str, start: int, path_length: int, known: frozenset[str]) -> Iterator[Span]:
    """Yield the parts of the domain that are Latin throughout, the last one longer by the path.

    As in the official counter, a part stands where its letters are first met, and where the last one is not the end
    of the domain its path is counted from there all the same.
    """
    parts = list(_latin_parts(domain, known))
    last = 0
    for number, part in enumerate(parts, 1):
        first = domain.index(part, last)
        last = first + len(part)
        yield start + first, start + last + (path_length if number == len(parts) else 0)


def _latin_parts(domain: str, known: frozenset[str]) -> Iterator[str]:
    for labels in _LATIN_LABELS.finditer(domain):
        dots = _DOT.finditer(domain, labels.start(), labels.end())
        ends = [end for dot in dots if (end := _tld_end(domain, dot.end(), known))]
        if ends:
            yield domain[labels.start() : ends[-1]]


def converted(found: Iterable[Span], text: str, convert: Callable[[str], str]) -> Iterator[Span]:
    """Yield spans of the text as spans of the converted text: from UTF-16 units to characters, or back."""
    done = position = 0
    for start, end in found:
        first = position + len(convert(text[done:start]))
        position = first + len(convert(text[start:end]))
        done = end
        yield first, position


def as_units(text: str) -> str:
    """Return the text in UTF-16 units: two surrogates for each character beyond the Basic Multilingual Plane."""
    return _BEYOND_BMP.sub(_surrogates, text)


def _surrogates(character: re.Match[str]) -> str:
    high, low = divmod(ord(character[0]) - 0x10000, 0x400)
    return chr(0xD800 + high) + chr(0xDC00 + low)


def from_units(units: str) -> str:
    """Return the text of UTF-16 units."""
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
