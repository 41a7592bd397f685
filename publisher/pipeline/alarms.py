"""What stops a channel by itself: a lost access pauses it, with an alarm that stays until a person has dealt with it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from publisher.errors import Problem, SendError
from publisher.models import ChannelState, Pause, audit
from publisher.models.people import SERVICE
from publisher.pipeline.reasons import Reason


def stop_channel(channel: str, error: SendError, now: datetime, reason: Reason = Reason.UNAUTHORIZED) -> None:
    """Pause a channel whose access was lost, or that cannot be reached, and raise its alarm."""
    alarm = telling(error)
    with transaction.atomic():
        ChannelState.objects.update_or_create(pk=channel, defaults={"alarm": alarm, "alarm_at": now})
        _, created = Pause.objects.get_or_create(channel=channel, ended_at=None, defaults={"reason": reason, "since": now})
        if created:
            audit.record(SERVICE, "channel.paused", channel, now, {"reason": reason, "error": error.code})


def telling(error: SendError | Problem) -> dict[str, Any]:
    """Return what people read of an error, as JSON values from which its sentence can be made again in any language."""
    params = {name: value if isinstance(value, str | int | float) else str(value) for name, value in error.params.items()}
    return {"code": error.code, "sentence": error.sentence, "params": params}
