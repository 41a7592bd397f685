"""Step of intake: what a mail program puts around a text that is pasted from it (headers, > before each line, a signature).

It is set aside, for none of it was written to be published. Lines are emptied rather than removed, so that their numbers stay true.
"""

from collections.abc import Sequence
from itertools import takewhile

from publisher.errors import Problem, Severity
from publisher.i18n import N_
from publisher.pipeline.intake import contacts, mail_lines
from publisher.pipeline.intake.draft import Draft
from publisher.pipeline.intake.source import BLANK

_FEWEST_HEADERS = 2
_SURE_HEADERS = 3
_FEWEST_QUOTED = 4
_MOST_QUOTED = 0.8  # a communiqué may quote somebody; a mail that is quoted is quoted whole
_DEEPEST_QUOTATION = 9
_MOST_HEADERS = 20
_LONGEST_SIGNATURE = 15
_LONGEST_ENDING = 8
_LONGEST_LETTER = 40


def without_mail(text: str, draft: Draft) -> str:
    """Return the text without what a mail program put around it; its subject is kept for a document without a title."""
    return _Reader(text, draft).read()


class _Reader:
    """Empties the lines of one text that are a mail's, and counts the texts between them."""

    def __init__(self, text: str, draft: Draft) -> None:
        self._lines = text.split("\n")
        self._draft = draft
        self._is_mail = False

    def read(self) -> str:
        self._unquote()
        texts = self._take_headers()
        self._take_signature()
        self._take_footer()
        first = self._first()
        if self._is_mail or (first is not None and mail_lines.is_hello(self._lines[first])):
            self._take_civilities()
            sentence = N_("The text was pasted from a mail: sender, recipients, signature and the like were set aside. Check what is left.")
            self._draft.problems.append(Problem(Severity.NOTICE, "mail-set-aside", sentence))
        for line in self._lines[:_LONGEST_LETTER]:
            if mail_lines.is_covering(line):
                sentence = N_("“%(verbatim)s” speaks to whoever receives a mail: delete what is no part of the announcement.")
                self._draft.problems.append(Problem(Severity.ERROR, "covering-letter", sentence, {"verbatim": line.strip(BLANK)}))
        if texts > 1:
            sentence = N_("The document holds the texts of several mails: keep that of the announcement, and delete the others.")
            self._draft.problems.append(Problem(Severity.ERROR, "several-mails", sentence))
        return "\n".join(self._lines)

    def _unquote(self) -> None:
        """Take the > off a mail that is quoted whole, as often as it is there."""
        for _ in range(_DEEPEST_QUOTATION):
            written = [line for line in self._lines if line.strip(BLANK)]
            quoted = sum(1 for line in written if mail_lines.is_quoted(line))
            if quoted < max(_FEWEST_QUOTED, len(written) * _MOST_QUOTED):
                return
            self._is_mail = True
            self._lines = [mail_lines.unquoted(line) for line in self._lines]

    def _take_headers(self) -> int:
        """Empty headers and the marks of forwarded mails; return how many texts they part."""
        headers = [mail_lines.header(line) for line in self._lines]
        texts, in_text, is_marked = 0, False, True
        index = 0
        while index < len(self._lines):
            line = self._lines[index]
            end = index + 1 if mail_lines.is_mark(line) else self._end_of_headers(index, headers, is_marked=is_marked)
            if end > index:
                self._empty(index, end, is_mail=end > index + 1 or not headers[index])  # « Objet : » alone may head a letter
                is_marked, in_text = True, False
            elif line.strip(BLANK):
                texts += not in_text and not mail_lines.is_civility(line)
                in_text = in_text or not mail_lines.is_civility(line)
                is_marked = False
            index = max(end, index + 1)
        return texts

    def _end_of_headers(self, start: int, headers: Sequence[mail_lines.Header | None], *, is_marked: bool) -> int:
        """Return the index behind the headers that begin here, `start` itself if none do.

        They stand at the top or below a mark; elsewhere only as many as no text would have.
        """
        found: list[mail_lines.Header] = []
        end = start
        if headers[start] is None:
            return start
        for index in range(start, min(len(self._lines), start + _MOST_HEADERS)):
            line, header = self._lines[index], headers[index]
            if not (header or (found and end == index and line.startswith((" ", "\t")))):  # headers may go on below, indented
                if line.strip(BLANK) or index > end:
                    break
                continue
            found += [header] if header else []
            end = index + 1
        kinds = {header.kind for header in found}
        alone = is_marked and kinds == {"subject"}
        enough = "sender" in kinds and len(kinds) >= (_FEWEST_HEADERS if is_marked else _SURE_HEADERS)
        if not (alone or enough):
            return start
        subject = next((header.value for header in found if header.kind == "subject"), None)
        self._draft.subject_line = self._draft.subject_line or subject
        return end

    def _take_signature(self) -> None:
        """Empty what stands below the last line « -- », unless it is the press contact."""
        start = next((index for index in range(len(self._lines) - 1, 0, -1) if self._lines[index].rstrip(BLANK) == "--"), 0)
        below = [line for line in self._lines[start + 1 :] if line.strip(BLANK)]
        if not start or not 0 < len(below) <= _LONGEST_SIGNATURE or any(map(contacts.opens, below)):
            return
        # the space behind is the rule of mail programs; without it the line may part the text from its last section
        if self._lines[start] == "-- " or (not self._lines[start - 1].strip(BLANK) and contacts.has_way(below)):
            self._empty(start, len(self._lines))

    def _take_footer(self) -> None:
        """Empty what programs and firms add to every mail: « Envoyé de mon iPhone », « Ce message est confidentiel »."""
        for index in self._last():
            if mail_lines.is_footer(self._lines[index]):
                self._empty(index, index + 1)

    def _take_civilities(self) -> None:
        """Empty the greeting, and the end of a letter (« Cordialement, » and who signs)."""
        first = self._first()
        if first is not None and mail_lines.is_greeting(self._lines[first]):
            self._empty(first, first + 1)
        closing = next((index for index in reversed(self._last()) if mail_lines.is_closing(self._lines[index])), None)
        if closing is not None and not any(map(contacts.opens, self._lines[closing:])):
            self._empty(closing, len(self._lines))

    def _first(self) -> int | None:
        """Return the index of the first line that holds something."""
        return next((index for index, line in enumerate(self._lines) if line.strip(BLANK)), None)

    def _last(self) -> list[int]:
        """Return the indexes of the last lines that hold something."""
        backwards = (index for index in range(len(self._lines) - 1, -1, -1) if self._lines[index].strip(BLANK))
        return [index for _, index in takewhile(lambda pair: pair[0] < _LONGEST_ENDING, enumerate(backwards))][::-1]

    def _empty(self, start: int, end: int, *, is_mail: bool = True) -> None:
        verbatim = "\n".join(self._lines[start:end]).strip("\n")
        self._draft.asides.append((start + 1, verbatim))
        self._lines[start:end] = [""] * (end - start)
        self._is_mail |= is_mail
