"""Full stops that end no sentence: abbreviations, initials and list numbers of French press texts; read by sentences.

A rule looks at the word before the full stop, at the words before that one and at the word that follows, in a bounded window.
"""

from publisher.text.letters import CAPITALS, LETTER
from publisher.text.patterns import late


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Before a name. Capitals count: `M. Martin`, but `une rampe de 150 m. Le maire`.
_NAMES = _words("M MM Mme Mmes Mlle Mlles Me Mes Dr Drs Pr Prs Mgr Sr St Ste Vve Lt Cdt Cne Gal Sgt Ch Cl Fr Jn Ph Th Prof prof Gén gén")
# Before what they announce: an address, a number, a source. Never last.
_ANNOUNCING = _words("""
    tél fax rens réf env cf ex p.ex i.e e.g c.-à-d n.b p.-s bd bld boul av pl rte fg all imp sq rés résid bât apt appt esc ch r n nº
    dir resp prés adj secr trad op ets sté assoc féd vs""")
_DOTTED = _words("h.t n.b p.-s r.s.v.p t.t.c")
_MONTHS = _words("janv févr fév avr juil juill sept oct nov déc")
# Last before a capital only: `etc. Le`, but `etc. et`, `p. 12`, `art. 5`.
_EITHER = _MONTHS | _words("""
    etc j.-c art p pp v vol no nos chap fig ann sect al éd coll hab pers arr dép sup inf max min suppl id ibid cit int ext cie
    h.t r.s.v.p s.v.p t.t.c""")
# A capital after these is a mark, not an initial: `bâtiment B. Les`.
_MARKED = _words("""
    accès acte aile allée annexe arrêt axe bât bâtiment bloc case catégorie chapitre classe colonne division école entrée escalier
    étape formule groupe hall hépatite îlot immeuble lettre ligne liste livre lot module niveau note offre option parcours parking
    partie pavillon permis phase place plan point porte poule quai résidence rer salle scénario secteur section série site sortie
    stand taille tarif terminal titre tome tour tram tranche tribune type variante vitamine voie zone""")
# No name begins with these; `Le`, `La`, `Du`, `De`, `Des` begin some (J.-M. Le Goff), so that they settle nothing after an initial.
_OPENING_WORDS = _words("""
    afin ainsi après au aucun aucune aux avant avec car ce cela ces cet cette chaque comme dans depuis donc dès elle elles en enfin
    et grâce il ils les leur leurs lors lorsque mais mes nos notre nous on or ou où par pendant plusieurs pour quand que qui sa sans
    selon ses si son sous sur tous tout toute toutes un une voici vos votre vous à ça c’ c' j’ j' n’ n' qu’ qu' s’ s'""")
_ARTICLES = _words("le la l’ l' du de d’ d' des")

_WINDOW = 48
_WORD_BEFORE = late(r"[^\s(«“\"\[/,;:–—]++$")
_LAST_WORD = late(rf"({LETTER}++)[\W_]*+$")
_SERIES = late(rf"(?:[{CAPITALS}]\d?(?:,|\s(?:et|ou|à))\s)+$")
_WORD_AFTER = late(rf"{LETTER}u?['’]|{LETTER}++")
_INITIALS = late(rf"{LETTER}(?>(?:[.\-]{{1,2}}{LETTER})*)")
_LIST_MARK = late(rf"[\W_]*+(?:\d{{1,3}}|{LETTER}|[IVX]{{1,5}}|[ivx]{{1,4}})(?>(?:\.\d{{1,2}})*)")
_ERA = late(r"(?:av|apr|avant|après)\.?\s$")
_LETTERS_OF_A_BODY = 3  # initials from three letters on are rather those of a body: `S.N.C.F. Le trafic`

_DAY_OF_MONTH = late(r"\d{1,2}(?:er)?\s(?:janv|févr?\b|mars|avr|mai|juin|juil|août|sept|oct|nov|déc)")
# Words that are abbreviations only before this.
_BEFORE = {
    "art": late(r"[LRDA][.*]?[\s-]?\d"),
    "port": late(r"0\d"),
    "t": late(r"\d"),
    **dict.fromkeys(("lun", "mar", "mer", "jeu", "ven", "vend", "sam", "dim"), _DAY_OF_MONTH),
}


def ends(text: str, start: int, stop: int, following: int) -> bool:
    """Tell whether the full stop at `stop` may end the sentence begun at `start`; the next word begins at `following`."""
    window = text[max(start, stop - _WINDOW) : stop]
    found = _WORD_BEFORE.search(window)
    if found is None:
        return True
    word, before = found[0], window[: found.start()]
    if stop - start < _WINDOW and _LIST_MARK.fullmatch(window):
        return False
    if word.isdigit() and len(word) == 1 and before.rstrip().endswith((":", ";")):  # `Trois étapes : 1. Inscrivez-vous`
        return False
    return _word_ends(word.replace("’", "'").rpartition("'")[2], before, text[following : following + _WINDOW])


def _word_ends(word: str, before: str, after: str) -> bool:
    known = word.lower()
    counted = before.rstrip()[-1:].isdigit()
    if known in _BEFORE and _BEFORE[known].match(after) and not counted:
        return False
    if word.isupper() and _INITIALS.fullmatch(word) and word not in _NAMES and known not in _DOTTED and not _ERA.search(before):
        return _initials_end(word, before, after)
    if known in _ANNOUNCING:
        return False
    if known in _EITHER:
        return (counted and known not in _MONTHS) or after[:1].isupper()
    return word not in _NAMES or _next_word(after) in _OPENING_WORDS or _marks(before)


def _initials_end(word: str, before: str, after: str) -> bool:
    if len(word) == 1 and (_marks(before) or before.rstrip().endswith("°")):  # `30 °C`, `30° C`
        return True
    numbered = before.rstrip()[-1:].isdigit()  # `au 12 B. Le`
    likely = numbered or sum(map(str.isupper, word)) >= _LETTERS_OF_A_BODY
    return _next_word(after) in (_OPENING_WORDS | _ARTICLES if likely else _OPENING_WORDS)


def _marks(before: str) -> bool:
    """Tell whether the words before a capital make it a mark: `bâtiment B`, `lignes A et B`."""
    noun = _LAST_WORD.search(_SERIES.sub("", before))
    return noun is not None and not _MARKED.isdisjoint({noun[1].lower(), noun[1].lower().removesuffix("s")})


def _next_word(after: str) -> str:
    found = _WORD_AFTER.match(after)
    return found[0].lower() if found else ""
