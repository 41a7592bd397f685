"""Words that no cut may part (an amount and its unit, a date, a time, a name) and words that a part may well begin with; read by cuts."""

from collections.abc import Iterator

from publisher.text.letters import CAPITALS, LETTER
from publisher.text.patterns import late


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LINK_WORDS = _words("""
    afin ainsi alors après avant avec car chez comme contre depuis dont donc dès entre et grâce jusqu jusque lors lorsqu lorsque mais
    malgré ni notamment où ou par parce pendant pour puis puisqu puisque qu quand que qui sans selon si sous sur tandis vers dans""")
SMALL_WORDS = _words("à au aux d de des du en")
_CLINGING = (
    LINK_WORDS
    | SMALL_WORDS
    | _words("""
    a ai ce cet cette ces chaque deux est été étaient était eu faire fait furent fut il elle ils elles on je nous vous j l la le les leur
    leurs ma mes mon n ne nos notre ont plus quatre quelques s sa se sera seront ses si son sont très trois tous toutes un une vos votre
    y être avoir aucun aucune tout toute""")
)
_CIVILITIES = _words("""
    m mm mme mmes mlle mlles me mgr madame monsieur mesdames messieurs mademoiselle maître docteur docteure professeur professeure
    saint sainte""")
_MULTIPLES = _words("million millions milliard milliards millier milliers mille cent cents dizaine dizaines douzaine centaine centaines")
_ANNOUNCING = _words("n° nº § article articles art page pages alinéa")
_STREET = _words("rue avenue av boulevard bd place pl allée allées chemin quai cours impasse square route bis ter")
_OFFICES = _words("""
    maire adjoint adjointe conseiller conseillère président présidente vice-président vice-présidente directeur directrice préfet préfète
    sous-préfet sous-préfète député députée sénateur sénatrice ministre secrétaire chef cheffe responsable élu élue délégué déléguée""")
_PARTICLES = _words("d de des du la le les")

_OPENERS = "«“„\"'‘(["
_FORBIDDEN_STARTS = "»”)],;:!?…%€°‰@"
_YEAR_OR_TIME = late(r"(?:19|20)\d\d|\d{1,2}h\d{0,2}")
_DAYS = "(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
_MONTHS = "(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)"
_DATE = rf"(?:{_DAYS}(?:\s\d{{1,2}}(?:er)?)?|\d{{1,2}}(?:er)?)(?:\s{_MONTHS}(?:\s\d{{4}})?)?"
_TIME = r"\d{1,2}\s?h(?:\s?\d{2})?"
_MOMENT = rf"(?:{_TIME}|{_DATE})\b"
_TITLE = "(?:MM?|M[ml]?l?es?|Mme|Mgr|Dr|Pr|Madame|Monsieur|Mesdames|Messieurs|Maître|Docteure?|Professeure?)"
_TOGETHER = late(
    rf"\b(?i:{_MOMENT}(?>(?:\s(?:au|à|et|-|–)\s{_MOMENT})+))"
    rf"|\b{_TITLE}\.?(?>(?:\s(?:(?:de|du|la|le|Le|La)\s|d['’])?[{CAPITALS}](?>(?:{LETTER}|['’\-])*)\.?){{1,4}})"
)


def together(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans that no cut may enter: `du mardi 3 au jeudi 5 mai`, `le 3 mai à 18 h`, `Mme Anne de Faure`."""
    return (found.span() for found in _TOGETHER.finditer(text))


def tied(left: str, right: str) -> bool:
    """Tell whether a cut between these two words, white space apart, would part what belongs together."""
    if right[0] in _FORBIDDEN_STARTS or left[-1] in _OPENERS:
        return True
    if left.endswith(","):
        return left[-2:-1].isdigit() and (right[0].isdigit() or _plain(right) in _STREET)
    if ends_a_clause(left) or left[-1] in ")]":
        return False
    return (
        left[-1] == "."
        or _numbers(left, right)
        or _plain(left) in _CIVILITIES | _MULTIPLES | _ANNOUNCING
        or _plain(right).startswith("euro")
    )


def ends_a_clause(word: str) -> bool:
    """Tell whether the word ends with a mark behind which one may pause."""
    return word[-1] in ";:!?…" or word.endswith("...")


def is_name(left: str, right: str, after: str) -> bool:
    """Tell whether two words look like one name (`Anne Faure`, `rue du Puits`), words all in capitals aside; `after` follows them."""
    named = _capital(left) or _plain(left) in _STREET
    if not left[-1].isalpha() or not named or (left.isupper() and right.isupper() and len(left) > 1):
        return False
    return _capital(right) or (_plain(right) in _PARTICLES and _capital(after))


def is_office(word: str) -> bool:
    """Tell whether the word names an office, which stays with the name in front of it: `Anne Faure, maire de Bourg`."""
    return word.lower().rstrip(",") in _OFFICES


def begins_a_part(word: str) -> str:
    """Return the word by which link words and small words are known: `qu` for `qu’elle`, `d` for `d’Ivry`."""
    return word.lstrip(_OPENERS).replace("’", "'").partition("'")[0].lower()


def clings(word: str) -> bool:
    """Tell whether a part should not end with this word: an article, a preposition, an auxiliary."""
    return word.lstrip(_OPENERS).replace("’", "'").rpartition("'")[2].lower() in _CLINGING


def _numbers(left: str, right: str) -> bool:
    bare = left.lstrip(_OPENERS)
    if right.lstrip(_OPENERS)[:1].isdigit():
        return True
    if _YEAR_OR_TIME.fullmatch(bare):
        return begins_a_part(right) not in LINK_WORDS | SMALL_WORDS
    return left[-1].isdigit() or bare[:1].isdigit()


def _plain(word: str) -> str:
    return word.strip(_OPENERS + ",;:.").lower()


def _capital(word: str) -> bool:
    return word.lstrip(_OPENERS).replace("’", "'").rpartition("'")[2][:1].isupper()
