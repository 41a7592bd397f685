"""[[webhooks]]: the programs that are told what becomes of deliveries."""

import itertools
from dataclasses import dataclass
from pathlib import Path

from publisher.config import rules
from publisher.config.secrets import Secret, Secrets
from publisher.config.tables import Where, read
from publisher.errors import ConfigError
from publisher.i18n import N_

LEAST_SECRET = 32
"""Characters of a secret that nobody guesses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A program that is told; its secret is WEBHOOK_NAME_SECRET."""

    name: rules.WebhookName
    url: rules.Address
    events: rules.Events = rules.EVENTS

    @property
    def variable(self) -> str:
        """The name of its secret."""
        return f"WEBHOOK_{self.name.upper().replace('-', '_')}_SECRET"

    def secret(self, secrets: Secrets) -> Secret:
        """Return the secret that signs what it is told. Raises ConfigError if it is missing or could be guessed."""
        secret = secrets.find(self.variable)
        if secret is None or len(secret.reveal()) < LEAST_SECRET:
            sentence = N_("[[webhooks]] %(name)s: put a secret of at least %(least)d characters in %(file)s, as %(variable)s.")
            told = {"name": self.name, "least": LEAST_SECRET, "file": secrets.env_file, "variable": self.variable}
            raise ConfigError("webhook-secret", sentence, **told)
        return secret


def read_webhooks(value: object, file: str, folder: Path) -> tuple[Webhook, ...]:
    """Return the programs. Their names give the names of secrets, so two that are too alike are refused. Raises ConfigError."""
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        sentence = N_("%(file)s: each program that is told has a section of its own; write [[webhooks]], with two brackets.")
        raise ConfigError("not-a-list", sentence, file=file)
    hooks = tuple(read(Webhook, table, Where(file, "[webhooks]", folder)) for table in value)
    for one, other in itertools.combinations(hooks, 2):
        if one.variable == other.variable:
            sentence = N_("%(file)s: the names of the webhooks “%(one)s” and “%(other)s” are too alike; change one of them.")
            raise ConfigError("webhook-name", sentence, file=file, one=one.name, other=other.name)
    return hooks
