"""The front matter: YAML between two `---` lines, read strictly into plain values with the line each stands on."""

import re

from publisher.i18n import N_
from publisher.pipeline.intake.front_values import Value, error
from publisher.text.patterns import late

__all__ = ["Value", "error", "split"]

_OPENING = late(r"(?:[ \t]*\n)*---[ \t]*\n")
_CLOSING = late(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_KEY = late(r"(?:[ \t]*(?:#.*)?\n)*['\"]?[^\W\d]\w*['\"]?[ \t]*:(?:\s|$)")


def split(text: str, name: str) -> tuple[dict[str, Value], str]:
    """Return the keys of the front matter and the text below it.

    Two rules around a banner are no front matter. Raises IntakeError `front-matter`.
    """
    opening = _OPENING.match(text)
    if not opening:
        return {}, text
    closing = _CLOSING.search(text, opening.end())
    has_keys = _KEY.match(text, opening.end())
    if not closing:
        if has_keys:
            raise error(N_("The front matter of %(name)s has no end: close it with a line “---”."), name=name)
        return {}, text
    source = text[opening.end() : closing.start()]
    if not has_keys and source.strip():
        return {}, text
    above = text.count("\n", 0, opening.end())
    from publisher.pipeline.intake import yaml_values  # most documents have no front matter, and YAML is slow to load

    return yaml_values.read(source, name, above), text[closing.end() :]
