"""Other programs are told what becomes of deliveries: signed, in order, again until they take it, and never a word of the text."""

import dataclasses
import hashlib
import hmac
import json
import logging
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from publisher import config
from publisher.config import Secrets, Webhook
from publisher.models import Audit, Delivery, Hook
from publisher.pipeline import webhooks
from publisher.pipeline.tenure import Tenure
from publisher.testing.memory_platform import refuse
from publisher.worker.embedded import Service

SECRET = "canary-of-at-least-thirty-two-characters"
CANARY = "Le maire annonce un grand projet secret"


class Intranet:
    """A program that is told: what it took, and what it answers."""

    def __init__(self) -> None:
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.hangs = threading.Event()
        self.hangs.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.calls.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
                outer.hangs.wait(30)
                status = outer.answers.pop(0) if outer.answers else 204
                self.send_response(status)
                if status // 100 == 3:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/publisher"

    def told(self) -> list[tuple[str, str | None]]:
        return [(document["event"], document["reason"]) for document in (json.loads(body) for _headers, body in self.calls)]


@pytest.fixture
def intranet() -> Iterator[Intranet]:
    made = Intranet()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.hangs.set()
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def listened(town, intranet):
    """A town that has a channel, and a run of its service whose configuration names the intranet."""
    town.channel()
    begun = told_to(town, Webhook(name="intranet", url=intranet.url))
    tell(begun)  # what was before is history
    return begun


def told_to(town, *hooks: Webhook) -> Tenure:
    begun = town.service()
    secrets = Secrets({hook.variable: SECRET for hook in hooks}, {}, Path())
    changed = dataclasses.replace(begun.desk.config, webhooks=hooks, secrets=secrets)
    return dataclasses.replace(begun, desk=dataclasses.replace(begun.desk, config=changed))


def tell(begun: Tenure) -> None:
    webhooks.tell(begun, webhooks.receivers(begun.desk.config))


def deliver(town, begun: Tenure, title: str = CANARY) -> None:
    town.planned(title, memory=town.part("memory", f"{title}."))
    town.clock.move(minutes=1)
    town.work(begun)


def test_a_delivery_is_told_once_signed_and_without_its_text(town, listened, intranet) -> None:
    deliver(town, listened)
    tell(listened)
    tell(listened)
    ((headers, body),) = intranet.calls
    delivery, event = Delivery.objects.get(), Audit.objects.get(action="delivery.delivered")
    assert json.loads(body) == {
        "format": "publisher.event/1",
        "id": f"{event.sequence}-{event.hash[:16]}",
        "event": "delivered",
        "at": "2026-11-24T13:01:00+01:00",
        "announcement": delivery.announcement_id,
        "delivery": delivery.pk,
        "channel": "memory",
        "reason": None,
    }
    assert (headers["Content-Type"], headers["Publisher-Event"], headers["Publisher-Event-Id"]) == (
        "application/json",
        "delivered",
        f"{event.sequence}-{event.hash[:16]}",
    )
    second = int(town.clock.now().timestamp())
    expected = hmac.new(SECRET.encode(), b"%d.%b" % (second, body), hashlib.sha256).hexdigest()
    assert headers["Publisher-Signature"] == f"t={second},v1={expected}"
    assert CANARY not in body.decode() + str(headers)


def test_only_what_comes_after_it_was_configured_is_told(town, intranet) -> None:
    town.channel()
    deliver(town, town.service())
    begun = told_to(town, Webhook(name="intranet", url=intranet.url))
    tell(begun)
    tell(begun)
    assert intranet.calls == []


def test_what_fails_is_held_or_missed_is_told_with_its_reason_in_order(town, listened, intranet) -> None:
    town.platforms["memory"].script("send", refuse())
    deliver(town, listened, "Refusée")
    name = town.planned("Retenue", memory=town.part("memory", "Retenue."))
    from publisher.pipeline import hold

    hold.hold(town.desk, town.who("camille"), name)
    town.planned("Manquée", memory=town.part("memory", "Manquée."))
    town.clock.move(minutes=60 * 24)
    town.work(listened)
    tell(listened)
    reasons = dict(Audit.objects.filter(action__startswith="delivery.").values_list("action", "detail"))
    assert [event for event, _reason in intranet.told()] == ["failed", "held", "missed"]
    assert intranet.told()[1][1] == reasons["delivery.held"]["reason"]


def test_a_program_hears_only_what_it_asked_for(town, intranet) -> None:
    town.channel()
    begun = told_to(town, Webhook(name="intranet", url=intranet.url, events=("held", "failed")))
    tell(begun)
    deliver(town, begun)
    tell(begun)
    assert intranet.calls == []


@pytest.mark.parametrize("status", [500, 404, 302, 410, 429])
def test_what_is_not_taken_is_told_again_later_and_nothing_after_it_before(town, listened, intranet, caplog, status) -> None:
    intranet.answers = [status]
    deliver(town, listened, "Une")
    deliver(town, listened, "Deux")
    tell(listened)
    tell(listened)
    assert len(intranet.calls) == 1
    assert caplog.messages == [f"Webhook intranet: 127.0.0.1 answered with status {status}. Tried again in 5 s."]
    town.clock.move(5)
    tell(listened)
    ids = [json.loads(body)["id"] for _headers, body in intranet.calls]
    assert ids == [ids[0], ids[0], ids[2]]
    assert int(ids[2].partition("-")[0]) > int(ids[0].partition("-")[0])
    signatures = [headers["Publisher-Signature"] for headers, _body in intranet.calls]
    assert signatures[0] != signatures[1]
    row = Hook.objects.get()
    assert (row.failures, row.retry_at) == (0, None)


def test_it_waits_longer_each_time_and_gives_up_after_a_day(town, listened, intranet, caplog) -> None:
    caplog.set_level(logging.ERROR)
    deliver(town, listened)
    intranet.answers = [503] * 100
    waits = []
    for _ in range(60):
        tell(listened)
        row = Hook.objects.get()
        if row.retry_at is None:
            break
        waits.append((row.retry_at - town.clock.now()).total_seconds())
        town.clock.move(waits[-1])
    assert waits[:7] == [5, 30, 120, 600, 1800, 3600, 3600]
    assert timedelta(seconds=sum(waits)) > webhooks.GIVEN_UP
    act = Audit.objects.get(action="webhook.given-up")
    assert (act.subject, act.detail) == ("intranet", {"event": Audit.objects.get(action="delivery.delivered").sequence})
    assert caplog.messages == [f"Webhook intranet: event {act.detail['event']} is given up. 127.0.0.1 answered with status 503."]
    intranet.answers = []
    deliver(town, listened, "Une autre")
    before = len(intranet.calls)
    tell(listened)
    assert len(intranet.calls) == before + 1


def test_nobody_there_is_a_failure_like_others_and_no_secret_is_written_down(town, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    town.channel()
    begun = told_to(town, Webhook(name="intranet", url="http://127.0.0.1:9/"))
    tell(begun)
    deliver(town, begun)
    tell(begun)
    assert Hook.objects.get().failures == 1
    assert "Webhook intranet: " in caplog.text
    assert SECRET not in caplog.text + repr(webhooks.receivers(begun.desk.config)) + str(list(Hook.objects.values()))


def test_one_that_fails_keeps_no_other_back(town, intranet) -> None:
    town.channel()
    begun = told_to(town, Webhook(name="gone", url="http://127.0.0.1:9/"), Webhook(name="intranet", url=intranet.url))
    tell(begun)
    deliver(town, begun)
    tell(begun)
    assert intranet.told() == [("delivered", None)]


def test_a_service_that_ends_begins_no_call(town, listened, intranet) -> None:
    deliver(town, listened)
    listened.ending.set()
    tell(listened)
    assert intranet.calls == []


def test_a_long_audit_without_anything_to_tell_is_not_read_again_and_again(town, listened, monkeypatch) -> None:
    monkeypatch.setattr(webhooks, "FAR", 2)
    before = Hook.objects.get().sequence
    town.queue()
    town.cancel(town.announcements()[0])
    tell(listened)
    assert Hook.objects.get().sequence == Audit.objects.latest("sequence").sequence > before


def test_no_channel_waits_for_a_program_that_hangs(town, intranet) -> None:
    """One worker, and a receiver that does not answer: the delivery leaves all the same."""
    town.channel()
    begun = told_to(town, Webhook(name="intranet", url=intranet.url))
    tell(begun)
    intranet.hangs.clear()
    one_worker = dataclasses.replace(begun.desk.config, engine=config.Engine(workers=1))
    service = Service(dataclasses.replace(begun, desk=dataclasses.replace(begun.desk, config=one_worker)), until_idle=False)
    deliver(town, begun, "Une")
    service._tell()
    wait_for(lambda: intranet.calls)
    name = town.planned("Deux", memory=town.part("memory", "Deux."))
    town.clock.move(minutes=1)
    service._wake()
    wait_for(lambda: town.announcement_state(name) == "published")
    intranet.hangs.set()
    assert service._lanes.close(20)


def wait_for(true) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.mark.parametrize("secret", ["", "too short"])
def test_a_webhook_without_a_good_secret_is_left_out_and_named_in_the_log(town, intranet, caplog, secret) -> None:
    """Publishing goes on, and so do the others."""
    town.channel()
    lame, good = Webhook(name="in-tranet", url="https://intranet.test/"), Webhook(name="good", url=intranet.url)
    begun = town.service()
    secrets = Secrets({lame.variable: secret, good.variable: SECRET}, {}, Path("/etc/publisher"))
    begun = dataclasses.replace(
        begun, desk=dataclasses.replace(begun.desk, config=dataclasses.replace(begun.desk.config, webhooks=(lame, good), secrets=secrets))
    )
    service = Service(begun, until_idle=False)
    assert [one.hook.name for one in service._tellers.receivers] == ["good"]
    sentence = "[[webhooks]] in-tranet: put a secret of at least 32 characters in /etc/publisher/.env, as WEBHOOK_IN_TRANET_SECRET."
    assert caplog.messages == [f"Webhook in-tranet is told nothing: {sentence}"]
    webhooks.tell(begun, service._tellers.receivers)
    deliver(town, begun)
    webhooks.tell(begun, service._tellers.receivers)
    assert (town.state(), len(intranet.calls)) == (("delivered", ""), 1)
