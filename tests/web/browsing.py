"""What a person at a browser types and reads."""

import re
import time
from html import unescape

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache

from publisher.adapters.base import Recipient, Sessions
from publisher.testing.memory_platform import unknown
from tests.pipeline.town import letter
from tests.web.conftest import SECRET


def code(secret: str = SECRET) -> str:
    """The code that everybody's application shows now, and long enough for it to arrive."""
    if (left := 30 - time.time() % 30) < 3:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def next_code() -> str:
    """The code of a later moment, for somebody who has used one already."""
    cache.clear()
    return code()


def alerts(answer) -> list[str]:
    return re.findall(r'class="alert[^>]*>([^<]*)</p>', answer.content.decode())


def text(answer) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())))


def mailed(town) -> str:
    """A mailing to four people, one of whom was refused and one is in doubt."""
    platform = town.channel("memory", Sessions, account="presse@valmont.example")
    platform.people = tuple(Recipient(f"r{number}@journal.example", f"Rédaction {number}") for number in range(1, 5))
    platform.refused = {"r2@journal.example"}
    name = town.planned(memory=town.part("memory", payload=letter()))
    platform.script("send", unknown(accepted=False))
    town.clock.move(minutes=1)
    town.work_until_settled()
    assert town.state()[0] == "held"
    return name
