"""What was frozen, drawn channel by channel as its readers will see it: the very texts that people agree to, never rendered anew."""

import logging
from collections.abc import Mapping
from typing import NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from publisher.errors import Refused
from publisher.i18n import _
from publisher.pipeline import frozen, preview
from publisher.pipeline.desk import Desk
from publisher.pipeline.preview.view import StepView

log = logging.getLogger(__name__)


class Seen(NamedTuple):
    """What there is to remark about the announcement, and to see of each delivery by its id."""

    remarks: SafeString = SafeString()
    sections: Mapping[str, SafeString] = {}


def last_round(here: Desk, name: str) -> Seen:
    """Return what the last round of an announcement froze; nothing if that cannot be drawn. Raises StorageError.

    A channel that config.toml no longer has cannot be.
    """
    try:
        made = frozen.rendering(here, name)
    except Refused:
        return Seen()
    kept = made.frozen
    if kept is None:
        raise AssertionError(f"{name} was read back as it was queued")

    def address(channel: str, step: StepView) -> str:
        return reverse("leaf", args=[kept.id, kept.parts[channel].id, step.id])

    try:
        remarks, shown = preview.as_parts(made, here.config, address)
    except Exception:  # another release, or an adapter of somebody else, froze what no card shows: the plain text is there all the same
        log.exception(_("This should not have happened; the service goes on."))
        return Seen()
    # made by the preview's own templates, which escape
    return Seen(mark_safe(remarks), {kept.parts[channel].id: mark_safe(html) for channel, html in shown.items()})  # noqa: S308
