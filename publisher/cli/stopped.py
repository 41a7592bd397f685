"""How the verbs that stop things, or let them go on, tell where each delivery stands now."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from publisher.cli.output import print_json

if TYPE_CHECKING:
    from publisher.models import Delivery


def sentence(stop: Mapping[str, Any]) -> str:
    """Return in words what is stopped, by whom and why."""
    from publisher.i18n import _

    place = {"channel": stop["channel"], "name": stop["by"] or _("the service"), "reason": stop["reason"]}
    if stop["channel"] is None:
        return _("Everything is stopped, by %(name)s: %(reason)s") % place
    return _("%(channel)s is stopped, by %(name)s: %(reason)s") % place


def kept_back(channel: str, delivery: str) -> str:
    """Return in words that somebody keeps a delivery back, and how it goes on."""
    from publisher.i18n import _

    return _("%(channel)s is held: nothing leaves there before “publisher resume %(id)s”.") % {"channel": channel, "id": delivery}


def report(deliveries: "Sequence[Delivery]", form: str) -> int:
    """Print one line each; exit code 3 if one of them now waits for a decision that nobody asked for."""
    from publisher.models.states import DeliveryState
    from publisher.pipeline.reasons import Reason, explain

    if form == "json":
        rows = [{"id": row.id, "channel": row.channel, "state": row.state, "reason": row.reason or None} for row in deliveries]
        print_json({"format": "publisher.deliveries/1", "deliveries": rows})
    else:
        from publisher.i18n import _
        from publisher.pipeline.state_words import STATES

        for row in deliveries:
            place = {"channel": row.channel, "id": row.id, "state": _(STATES[row.state]), "why": explain(row.reason)}
            print((_("%(channel)s (%(id)s): %(state)s. %(why)s") % place).rstrip())
    asked_for = (Reason.BY_PERSON, "")
    return 3 if any(row.state == DeliveryState.HELD and row.reason not in asked_for for row in deliveries) else 0
