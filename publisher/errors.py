"""The whole error tree, and the remarks (problems) that stop nothing.

PublisherError                     one clear sentence: what, where, remedy
├── UsageError                     the command was called wrongly                      (exit 2)
├── ConfigError                    config.toml, .env or the environment
├── IntakeError                    a document that cannot become an announcement
├── RenderError                    a template or a text that cannot become a payload
│   └── Unsupported                the channel cannot carry this (found at prepare)
├── Refused                        the rules do not allow it: rights, visa, state, time
├── StorageError                   database or data directory unusable
├── AlreadyRunning                 another service holds this data directory           (exit 75)
└── SendError                      outcome of one call; a closed set, delivery.md §4
    ├── NotSent                    failed before the first byte left: may be repeated
    ├── RateLimited                the platform says when to come back
    ├── Unauthorized               token or permission lost: the channel is paused
    ├── Rejected                   a documented refusal: a person decides
    └── OutcomeUnknown             anything else: looked up, or held; never repeated blindly

Errors carry a stable code and parameters; the sentence is English source text, translated when shown.
What a platform said word for word is evidence for the operator and never part of the sentence.
"""

import errno
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, NamedTuple

from publisher.i18n import N_, _


class PublisherError(Exception):
    """Something that a person must know, in one sentence."""

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, sentence: str, /, **params: object) -> None:
        """Keep the stable code, the English source sentence and the values of its %(name)s places."""
        super().__init__(code, sentence, params)
        self.code = code
        self.sentence = sentence
        self.params: Mapping[str, object] = MappingProxyType(params)

    def __str__(self) -> str:
        """Return the sentence in the current language."""
        return _(self.sentence) % self.params


class UsageError(PublisherError):
    """The command was called wrongly."""

    exit_code = 2


class ConfigError(PublisherError):
    """A key, a value or a secret of the configuration is wrong or missing."""


class IntakeError(PublisherError):
    """The document cannot become an announcement."""


class RenderError(PublisherError):
    """A template or a text cannot become a payload."""


class Unsupported(RenderError):
    """The channel cannot carry what the message holds."""


class Refused(PublisherError):
    """The rules do not allow it."""


class StorageError(PublisherError):
    """The database or the data directory cannot be used."""


class AlreadyRunning(PublisherError):
    """Another service holds this data directory."""

    exit_code = 75


class Evidence(NamedTuple):
    """What a platform answered, word for word, for the operator: status, chosen headers, start of the body."""

    status: int | None = None
    headers: Mapping[str, str] = {}
    body: str = ""


_REASONS: Mapping[int, str] = {
    errno.ENOSPC: N_("the disk is full; make room"),
    errno.EDQUOT: N_("your share of the disk is used up; make room"),
    errno.EROFS: N_("the disk is read-only; choose another place, or make it writable"),
    errno.EACCES: N_("its rights do not allow it; choose another place, or change them"),
    errno.EPERM: N_("its rights do not allow it; choose another place, or change them"),
    errno.ENOENT: N_("there is no such folder; correct the path"),
    errno.EEXIST: N_("a part of its path is a file; correct the path"),
    errno.ENOTDIR: N_("a part of its path is a file; correct the path"),
    errno.EISDIR: N_("it is a folder; correct the path"),
    errno.ENAMETOOLONG: N_("its name is too long; choose a shorter one"),
    errno.EFBIG: N_("it would be larger than this system allows; raise that limit"),
    errno.EIO: N_("the disk fails; have it checked"),
}


def reason(error: OSError) -> str:
    """Return what the system refused, and the remedy, in the current language; in its own words where we have none."""
    known = _REASONS.get(error.errno or 0)
    return _(known) if known else str(error.strerror or error)


def unwritable(error: OSError, path: object) -> StorageError:
    """Return the error for a file that could not be written."""
    return StorageError("unwritable", N_("%(path)s cannot be written: %(reason)s."), path=path, reason=reason(error))


class SendError(PublisherError):
    """The outcome of a call that gave no receipt."""

    def __init__(self, code: str, sentence: str, /, *, evidence: Evidence | None = None, **params: object) -> None:
        """Keep the evidence beside the sentence."""
        super().__init__(code, sentence, **params)
        self.evidence = evidence or Evidence()


class NotSent(SendError):
    """Nothing left: the failure came before the first byte of the request."""


class RateLimited(SendError):
    """The platform asks to wait."""

    def __init__(
        self, code: str, sentence: str, /, *, retry_at: datetime | None = None, evidence: Evidence | None = None, **params: object
    ) -> None:
        """Keep the aware instant from which the platform accepts calls again; None: it did not say."""
        super().__init__(code, sentence, evidence=evidence, **params)
        self.retry_at = retry_at


class Unauthorized(SendError):
    """The token or a permission is lost."""


class Rejected(SendError):
    """The platform refused, in a documented way: nothing was published."""


class OutcomeUnknown(SendError):
    """Nobody can tell yet whether it was published."""


class Severity(StrEnum):
    """How much a problem weighs: an error blocks queueing, a warning asks to look, a notice informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Problem(NamedTuple):
    """A remark on an announcement or on one channel's text; `code` is stable, `sentence` is English source text."""

    severity: Severity
    code: str
    sentence: str
    params: Mapping[str, object] = {}
    channel: str | None = None
    step: str | None = None

    @property
    def message(self) -> str:
        """The sentence in the current language."""
        return _(self.sentence) % self.params
