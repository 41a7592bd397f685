"""A whole mailing through a real mail server: everybody gets it, once."""

import os
from collections import Counter
from datetime import timedelta
from email import message_from_bytes

import pytest
import trustme

from publisher.adapters.base import Message, Recipient
from publisher.adapters.email import Config, Email
from publisher.adapters.registry import Channel
from publisher.clock import SystemClock
from publisher.config import Network, Secret
from publisher.pipeline import ledger
from publisher.pipeline.plan import HOLD, WEBSITE_FAILS, Planned, Window
from tests.e2e import postfix
from tests.e2e.postfix import Postfix
from tests.pipeline.town import Town

pytestmark = [
    pytest.mark.skipif(postfix.COMMAND is None, reason="Postfix is not installed (Debian: postfix)"),
    pytest.mark.skipif(os.geteuid() != 0, reason="Postfix needs root to start its parts"),
]

COUNT = 2000
MESSAGE = Message("email", "communique", "L’été", parts={"prefix": "[CP]", "text": "L’été commence.", "html": "<p>L’été commence.</p>"})


def test_a_mailing_of_two_thousand_is_delivered_once_to_each(data_dir, tmp_path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    town, people = Town(SystemClock(), data_dir), tuple(Recipient(f"redaction{number}@journal.example") for number in range(COUNT))
    with Postfix(authority) as server:
        login = {"user": Secret(postfix.USER), "password": Secret(postfix.PASSWORD), "network": Network(ca_file=tmp_path / "ca.pem")}
        place = {"account": "presse@valmont.example", "host": server.host, "port": server.port, "helo": "publisher.valmont.example"}
        config = Config(adapter="email", connections=10, **place, **login)
        adapter = Email(config)
        town.channels["mail"] = Channel("mail", "email", config, adapter)
        now = town.clock.now()
        window = Window(now, now + timedelta(hours=4), None)
        part = Planned(town.channels["mail"], adapter.prepare(MESSAGE), window, (), {WEBSITE_FAILS: HOLD}, people)
        town.approve(town.queue(mail=part), now=True)
        town.work()
        assert (town.state("mail"), ledger.tally(town.delivery("mail"))) == (("delivered", ""), {"sent": COUNT})
        found = Counter(str(message_from_bytes(content)["Delivered-To"]) for content in server.wait_for("journal", COUNT))
    assert found == Counter(one.address for one in people)
