"""Whether the audit is whole: no row altered, removed, added or moved, and its end not cut off since the head was last copied."""

from publisher import storage
from publisher.errors import Refused
from publisher.i18n import N_
from publisher.models import Audit
from publisher.models.audit import HEAD, Head, broken
from publisher.pipeline.desk import Desk


def verify(desk: Desk) -> Head:
    """Read the whole audit; return its head. Raises Refused: `audit-broken`, `audit-cut`, `audit-rewritten`, `audit-head-missing`."""
    with storage.explained(desk.config):
        number = broken()
        if number is not None:
            sentence = N_(
                "The audit is not what it was: row %(number)d was altered, removed or put in. Keep this database, and compare it."
            )
            raise Refused("audit-broken", sentence, number=number)
        head, copied = Head.stored(), Head.copied()
        if (copied is None and head.sequence) or (copied and copied.sequence < 0):
            sentence = N_("The file %(name)s is missing or damaged: nobody can tell whether the end of the audit was cut off.")
            raise Refused("audit-head-missing", sentence, name=HEAD)
        if copied and copied.sequence > head.sequence:
            sentence = N_("The end of the audit is missing: its last row was number %(copied)d, now it is %(count)d.")
            raise Refused("audit-cut", sentence, copied=copied.sequence, count=head.sequence)
        if not continues(copied):
            sentence = N_("The audit was written anew: row %(number)d is not the one that was copied to %(name)s.")
            raise Refused("audit-rewritten", sentence, number=copied.sequence if copied else 0, name=HEAD)
    return head


def continues(copied: Head | None) -> bool:
    """Tell whether the audit holds the head that was copied: if not, this database is an older one, or not the same.

    Without a copy only an audit that has not begun does: the copy is made before the first row.
    """
    if copied is None:
        return Head.stored() == Head()
    return copied == Head() or Audit.objects.filter(sequence=copied.sequence, hash=copied.hash).exists()
