"""[web.oidc]: the provider of identities at which people may sign in instead of typing their password here."""

from dataclasses import dataclass, field
from typing import Literal

from publisher.config import rules
from publisher.config.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Oidc:
    """ProConnect, Keycloak, Entra ID or any other that speaks OpenID Connect; without an issuer there is none."""

    issuer: rules.Address | None = None
    """Its address, letter by letter as it names itself; its description is below it."""
    client_id: rules.Line | None = None
    """Under which name it knows us."""
    button: rules.Name = "ProConnect"
    """What people read on the button."""
    claim: Literal["email", "sub"] = "email"
    """By what an account is found the first time: its address, or nothing but the identifier that an administrator linked."""
    email_is_verified: bool = False
    """Whether the provider vouches for every address without saying so each time."""
    scopes: rules.Words = ("openid", "email")
    """What is asked for."""
    acr_values: rules.Words = ()
    """Levels of which one is needed; none: any will do."""
    hosts: rules.Hosts = ()
    """Other hosts at which the provider answers us; besides the issuer's nothing else is called."""
    client_secret: Secret | None = field(default=None, repr=False)
    """Looked up under OIDC_CLIENT_SECRET when it is needed."""
