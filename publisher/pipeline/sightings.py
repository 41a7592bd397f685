"""What a person saw online of a call in doubt: it counts only if it is ours, and not the one that is known already."""

from datetime import datetime

from django.db.models import Q

from publisher.adapters import base
from publisher.adapters.base import Idempotency, Recognises
from publisher.adapters.registry import Channel
from publisher.errors import Refused
from publisher.i18n import N_
from publisher.models import Actor, Attempt, Receipt
from publisher.pipeline import outcome, slots


def receipt(channel: Channel, attempt: Attempt, url: str, now: datetime, actor: Actor) -> base.Receipt:
    """Return the receipt of what a person saw: at an address, or, for a recipient, in the mailbox of that address. Raises Refused."""
    row, told = attempt.step, {"seen_by": actor.name}
    if not row.recipient:
        remote_id = _recognised(channel, url, outcome.first_intent(attempt))
        _refuse_known(channel, url, remote_id)
        return base.Receipt(row.step, remote_id, url, now, told)
    if url.casefold() != row.recipient.casefold():
        sentence = N_("“%(url)s” is not the recipient in doubt: say --published %(recipient)s once they confirm that they have it.")
        raise Refused("not-our-address", sentence, url=url, recipient=row.recipient)
    return base.Receipt(row.step, row.message_id, None, now, told)


def _recognised(channel: Channel, url: str, since: datetime) -> str | None:
    """Return the id that the address stands for, None where the adapter cannot tell. Raises Refused."""
    if slots.host(url) is None:
        raise Refused("not-an-address", N_("“%(url)s” is not a web address: copy it from the browser."), url=url)
    if not isinstance(channel.adapter, Recognises):
        return None
    remote_id = channel.adapter.recognise(url, since)
    if remote_id is None:
        sentence = N_("“%(url)s” is not the address of what was sent to %(channel)s: open what was published and copy its address.")
        raise Refused("not-our-address", sentence, url=url, channel=channel.name)
    return remote_id


def _refuse_known(channel: Channel, url: str, remote_id: str | None) -> None:
    """Refuse the address of something that is known already: what follows would be attached to the wrong part. Raises Refused."""
    if channel.adapter.traits.idempotency is Idempotency.CLIENT_ID:
        return  # the name is ours, and the same page may be published again
    receipts = Receipt.objects.filter(step__delivery__channel=channel.name)
    known = receipts.filter(Q(url=url) if remote_id is None else Q(remote_id=remote_id)).select_related("step").first()
    if known:
        sentence = N_("“%(url)s” is the address of %(step)s, which is known already: copy the one of the part in doubt.")
        raise Refused("already-known", sentence, url=url, step=known.step)
