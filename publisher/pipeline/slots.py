"""The places that an approved text leaves open, and how they are filled just before the intent (delivery.md §3). Pure."""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from publisher.adapters import base
from publisher.adapters.base import PERMALINK, Payload, Step, as_json
from publisher.errors import Refused
from publisher.i18n import N_

UNSUBSCRIBE = "{unsubscribe}"
SLOTS: Mapping[str, str] = {
    PERMALINK: N_("address of the page"),
    UNSUBSCRIBE: N_("address to leave the list"),
    "{recipient}": N_("address of the recipient"),
    "{message_id}": N_("identifier of the message"),
    "{date}": N_("time of sending"),
}
"""The closed list, and what people read as long as they are open; typed by hand they would be filled too."""

RECIPIENT = "{recipient}"
MESSAGE_ID = "{message_id}"
DATE = "{date}"
PERSONAL = (RECIPIENT, MESSAGE_ID)
"""Those that differ from one recipient to the other."""

_TOLD = ("left_out", "added", "moved", "not_carried")
"""What a payload tells of the text that it was made of."""

ANY = re.compile("|".join(map(re.escape, SLOTS)))


def thaw(frozen: Mapping[str, Sequence[Any]]) -> Payload:
    """Return the payload that `freeze` made JSON values of; one of an earlier release tells nothing of what became of the text."""
    steps, alternative = (tuple(Step(**step) for step in frozen.get(part, ())) for part in ("steps", "alternative"))
    left_out, added, moved, not_carried = (tuple(map(str, frozen.get(part, ()))) for part in _TOLD)
    return Payload(steps, alternative, left_out, added, moved, not_carried=not_carried)


def freeze(payload: Payload) -> dict[str, object]:
    """Return the payload as the JSON values that are kept: what leaves, and what became of the text, for those who must agree."""
    leaving = {"steps": as_json(payload.steps), "alternative": as_json(payload.alternative)}
    return {**leaving, **{part: list(getattr(payload, part)) for part in _TOLD}}


def used(steps: Sequence[Step]) -> set[str]:
    """Return the slots that the steps leave open."""
    return set(ANY.findall(json.dumps(as_json(steps))))


def fill(step: Step, values: Mapping[str, str | None], leave: Collection[str] = ()) -> Step:
    """Return the step with its slots filled, except those to `leave` open; None takes away the lines that hold the slot.

    Raises Refused (`slot-unfilled`).
    """
    for slot in (slot for slot, value in values.items() if value is None):
        step = _without(step, slot)

    def value(match: re.Match[str]) -> str:
        found = values.get(match[0])
        if found is not None:
            return found
        if match[0] in leave:
            return match[0]
        sentence = N_("The text of %(step)s leaves %(slot)s open, and nothing fills it on this channel.")
        raise Refused("slot-unfilled", sentence, step=step.id, slot=match[0])

    return _changed(step, lambda text: ANY.sub(value, text))


def is_empty(step: Step) -> bool:
    """Tell whether nothing is left of a step that had a text."""
    return step.content.get("text") == ""


def digest(step: Step) -> str:
    """Return the hash of one filled step, by the rule of `Payload.digest`."""
    return Payload((step,)).digest


def digests(step: Step) -> Callable[[Mapping[str, str]], str]:
    """Return what gives the hash of the step filled with values: the same as by `fill` and `digest`, without building it each time."""
    pieces = [(piece, piece.encode()) for piece in re.split(f"({ANY.pattern})", Payload((step,)).canonical)]
    quoted = json.JSONEncoder(ensure_ascii=False).encode

    def filled(values: Mapping[str, str]) -> str:
        return base.digest(b"".join([quoted(values[piece])[1:-1].encode() if piece in values else plain for piece, plain in pieces]))

    return filled


def leads_to(url: str | None, hosts: Collection[str]) -> bool:
    """Tell whether the address may stand in a text: http or https, on one of the hosts."""
    return url is not None and url.isprintable() and " " not in url and host(url) in hosts


def host(url: str) -> str | None:
    """Return the host of an http or https address in lower case, None for anything else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in {"http", "https"} else None


def _without(step: Step, slot: str) -> Step:
    """Return the step without the lines that hold the slot, nor the empty lines before them."""
    lines = re.compile(rf"\n*[^\n]*{re.escape(slot)}[^\n]*")
    return _changed(step, lambda text: lines.sub("", text).removeprefix("\n") if slot in text else text)


def _changed(step: Step, change: Callable[[str], str]) -> Step:
    return replace(step, content={key: _mapped(value, change) for key, value in step.content.items()})


def _mapped(value: object, change: Callable[[str], str]) -> object:
    """Return a JSON value with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _mapped(part, change) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(part, change) for part in value]
    return value
