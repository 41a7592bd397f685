"""Step of intake: links whose addresses stand elsewhere (`[words][1]`, `[1]: https://…`) get them where they are read."""

import re

from publisher.pipeline.intake import markup
from publisher.pipeline.intake.draft import Draft
from publisher.text.patterns import late

_LABEL = r"\[(?!\^)(?P<label>[^\[\]\n]{1,100})\]"
_DEFINITION = late(rf"^[ ]{{0,3}}{_LABEL}:[ \t]*(?P<rest>[^\n]*)", re.MULTILINE)
_TARGET = late(r"<?(?P<target>(?:https?://|mailto:|www\.)[^\s<>]{1,1000})>?(?:[ \t]+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?[ \t]*")
_USE = late(r"(?<![\]\\!])\[(?P<words>[^\[\]\n]{1,500})\](?:[ ]?\[(?P<name>[^\[\]\n]{0,100})\])?(?![\[(:])")


def resolve(text: str, draft: Draft) -> str:
    """Return the text with its references as plain links; addresses that nothing refers to are set aside.

    « [1]: Depuis 1998 » is no address: it is kept as words, where Markdown would hide it.
    """
    if "]:" not in text:
        return text
    targets: dict[str, str] = {}
    lines: dict[str, str] = {}

    def defined(match: re.Match[str]) -> str:
        target = _TARGET.fullmatch(match["rest"])
        if target is None:
            return f"\\{match[0].lstrip()}"
        label = _key(match["label"])
        targets.setdefault(label, target["target"])
        lines.setdefault(label, match[0])
        return ""

    def used(match: re.Match[str]) -> str:
        label = _key(match["name"] or match["words"])
        if label not in targets:
            return match[0]
        lines.pop(label, None)
        return f"[{match['words']}](<{targets[label]}>)"

    text = markup.outside_code(text, lambda part: _DEFINITION.sub(defined, part))
    if targets:
        text = markup.outside_code(text, lambda part: _USE.sub(used, part))
    draft.asides += [(0, line) for line in lines.values()]
    return text


def _key(label: str) -> str:
    return " ".join(label.casefold().split(" "))
