"""A town whose people sit at their browsers."""

from collections.abc import Callable, Iterator

import pytest

from tests.database import clock, data_dir, template  # noqa: F401 - fixtures; first: it sets Django up
from tests.pipeline.town import Town

from allauth.mfa.models import Authenticator  # isort: skip
from allauth.mfa.totp.internal.auth import TOTP  # isort: skip
from django.core.cache import cache  # isort: skip
from django.test import Client  # isort: skip
from django.utils import translation  # isort: skip
from publisher.web import desk, sessions  # noqa: F401 - isort: skip; sessions begin to count once the module is there

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def town(clock, data_dir) -> Iterator[Town]:  # noqa: F811 - as above
    made = Town(clock, data_dir)
    made.channel("memory")
    desk.open_for(made.desk)
    cache.clear()
    with translation.override("en"):
        yield made


@pytest.fixture
def browser(town: Town) -> Callable[[str], Client]:
    """Return the browser of somebody who is signed in, with a second factor."""

    def signed_in(name: str) -> Client:
        person, client = town.who(name).person, Client(SERVER_NAME="localhost")
        if not Authenticator.objects.filter(user=person).exists():
            TOTP.activate(person, SECRET)
        client.force_login(person)
        return client

    return signed_in
