import json
import os
import signal
import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction

from publisher import crashpoints
from publisher.adapters.base import Pace, Recipient, Sessions, Step
from publisher.errors import RateLimited, Refused
from publisher.models import Attempt, Audit, Delivery, DeliveryStep, Pause, audit
from publisher.models.people import SERVICE
from publisher.pipeline import claim, crew, hold, ledger, mailing, resolve, slots, status
from publisher.testing import crash
from publisher.testing.memory import MemorySession
from publisher.testing.memory_platform import accept, dies, not_sent, raises, rate_limited, refuse, unauthorized, unknown
from tests.database import child
from tests.pipeline.town import Town, letter, thread

PRESS = "presse@valmont.example"


def people(count: int) -> tuple[Recipient, ...]:
    return tuple(Recipient(f"redaction{number}@journal.example", f"Rédaction {number}") for number in range(1, count + 1))


@pytest.fixture
def press(town: Town) -> Town:
    opened(town, 7)
    return town


def opened(town: Town, count: int):
    platform = town.channel("mail", Sessions, account=PRESS)
    platform.people = people(count)
    return platform


def planned(town: Town, **parts) -> str:
    name = town.planned(**(parts or {"mail": town.part("mail", payload=letter())}))
    town.clock.move(minutes=1)
    return name


def received(town: Town) -> Counter[str]:
    return Counter(entry["content"]["to"] for entry in town.platforms["mail"].accepted)


def counts(town: Town) -> dict[str, int]:
    return dict(ledger.tally(town.delivery("mail")))


def row(town: Town, number: int) -> DeliveryStep:
    return DeliveryStep.objects.get(delivery=town.delivery("mail"), recipient=f"redaction{number}@journal.example")


def shown(town: Town, name: str) -> dict:
    (step,) = status.one(town.desk, name)["deliveries"][0]["steps"]
    return step


def meanwhile(town: Town, act) -> None:
    """Let something happen inside the first call; the others end after it."""
    done = threading.Event()

    def first() -> None:
        act()
        done.set()

    town.platforms["mail"].script("send", accept(before=first), then=iter(lambda: accept(before=lambda: done.wait(10)), None))


# -------------------------------------------------------------------- what everybody gets


def test_everybody_gets_it_once_with_a_name_and_a_date_of_its_own(press) -> None:
    planned(press)
    press.work()
    assert press.state("mail") == ("delivered", "")
    assert received(press) == Counter(one.address for one in people(7))
    for entry in press.platforms["mail"].accepted:
        kept = DeliveryStep.objects.get(recipient=entry["content"]["to"])
        assert entry["content"] == {
            "to": kept.recipient,
            "message_id": f"<{kept.delivery_id}.{kept.token}@valmont.example>",
            "date": "Tue, 24 Nov 2026 13:01:00 +0100",
            "text": "Bonjour.",
        }


def test_each_row_keeps_what_left_and_the_receipt(press) -> None:
    planned(press)
    press.work()
    delivery = press.delivery("mail")
    sealed = slots.thaw(delivery.payload).steps[0]
    assert len({step.token for step in delivery.steps.all()}) == 7
    for step in delivery.steps.all():
        attempt = step.attempts.get()
        assert attempt.digest == slots.digest(slots.fill(sealed, attempt.slots))
        assert (step.state, attempt.state, step.receipt.remote_id) == ("sent", "accepted", step.message_id)


def test_the_digest_of_a_filled_step_is_that_of_the_step_filled() -> None:
    step = Step(
        "message", "message", {"to": "{recipient}", "text": "« {permalink} »\n{date}", "list": ["{message_id}", {"a": "{recipient}"}]}
    )
    values = {"{recipient}": 'a"b\\c@é.example', "{permalink}": "https://x.example/é", "{date}": "Tue\t1", "{message_id}": "<1@x>"}
    assert slots.digests(step)(values) == slots.digest(slots.fill(step, values))


def test_one_audit_row_tells_of_all_recipients(press) -> None:
    planned(press)
    before = Audit.objects.count()
    press.work()
    told = Audit.objects.filter(sequence__gt=before).exclude(subject="service").values_list("action", "detail")
    assert list(told) == [
        ("delivery.sending", {"from": "planned"}),
        ("mailing.ended", {"sent": 7}),
        ("delivery.delivered", {"from": "sending"}),
    ]


def test_its_status_is_one_step_with_numbers(press) -> None:
    name = planned(press)
    assert shown(press, name)["counts"] == {"pending": 7, "sent": 0, "in_doubt": 0, "failed": 0}
    press.platforms["mail"].refused = {"redaction3@journal.example"}
    press.platforms["mail"].script("send", unknown(accepted=True))
    press.work()
    step = shown(press, name)
    assert (step["id"], step["state"], step["counts"]) == ("message", "in_doubt", {"sent": 5, "in_doubt": 1, "failed": 1})
    assert sorted((one["state"], one["error"]) for one in step["recipients"]) == [
        ("failed", "The memory platform does not know this recipient."),
        ("in_doubt", "The memory platform gave no usable answer."),
    ]
    assert {one["address"] for one in step["recipients"]} == {
        *DeliveryStep.objects.filter(state__in=["in_doubt", "failed"]).values_list("recipient", flat=True)
    }


def test_without_recipients_nothing_is_planned(town) -> None:
    opened(town, 0)
    part = town.part("mail", payload=letter())
    assert part.recipients == ()


# -------------------------------------------------------------------- what is sealed


def test_an_altered_list_is_not_what_was_agreed_to(press) -> None:
    planned(press)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER keep_deliverystep_update")
        cursor.execute("UPDATE publisher_deliverystep SET recipient = 'autre@journal.example' WHERE position = 3")
    press.work()
    assert (press.state("mail"), press.platforms["mail"].accepted) == (("held", "altered"), [])


def test_the_frozen_list_cannot_be_altered_through_us(press) -> None:
    planned(press)
    with pytest.raises(IntegrityError, match="append-only"):
        DeliveryStep.objects.filter(position=3).update(recipient="autre@journal.example")


def test_who_is_dropped_gets_nothing_and_voids_nothing(press) -> None:
    planned(press)
    with transaction.atomic():
        dropped = DeliveryStep.objects.get(position=3)
        DeliveryStep.objects.filter(pk=dropped.pk).update(state="dropped")
        audit.record(SERVICE, "test", "test", press.clock.now())
    press.work()
    assert press.state("mail")[0] == "delivered"
    assert dropped.recipient not in received(press)
    assert len(received(press)) == 6


# -------------------------------------------------------------------- what goes wrong for one of them


def test_one_in_doubt_is_left_to_a_person_when_the_others_have_it(press) -> None:
    planned(press)
    press.platforms["mail"].script("send", accept(), unknown(accepted=False))
    press.work()
    assert (press.state("mail"), counts(press)) == (("held", "undecided"), {"sent": 6, "in_doubt": 1})
    press.clock.move(minutes=5)
    press.work()
    assert sum(received(press).values()) == 6


@pytest.mark.parametrize("accepted", [True, False])
def test_send_again_reaches_only_those_in_doubt_with_the_same_message_id(press, accepted) -> None:
    name = planned(press)
    press.platforms["mail"].script("send", accept(), unknown(accepted=accepted))
    press.work()
    (doubt,) = DeliveryStep.objects.filter(state="in_doubt")
    press.send_again(name)
    press.work()
    assert (press.state("mail"), counts(press)) == (("delivered", ""), {"sent": 7})
    ids = [entry["content"]["message_id"] for entry in press.platforms["mail"].accepted if entry["content"]["to"] == doubt.recipient]
    assert ids == [doubt.message_id] * (1 + accepted)
    assert received(press) - Counter({doubt.recipient: accepted}) == Counter(one.address for one in people(7))


def test_a_recipient_who_confirms_is_settled_by_their_address(press) -> None:
    name = planned(press)
    press.platforms["mail"].script("send", unknown(accepted=True), unknown(accepted=True))
    press.work()
    first, second = DeliveryStep.objects.filter(state="in_doubt").order_by("position")
    me = press.who("camille")
    with pytest.raises(Refused) as caught:
        resolve.published(press.desk, me, name, "https://mail.example/1", first.recipient)
    assert caught.value.code == "not-our-address"
    with pytest.raises(Refused) as caught:
        resolve.published(press.desk, me, name, first.recipient)
    assert caught.value.code == "not-in-doubt"
    resolve.published(press.desk, me, name, first.recipient.upper(), first.recipient)
    assert press.state("mail") == ("held", "undecided")
    resolve.drop(press.desk, me, name, second.recipient)
    assert (press.state("mail"), counts(press)) == (("delivered", "dropped-partly"), {"sent": 6, "dropped": 1})


def test_each_later_round_of_a_mailing_is_in_the_audit(press) -> None:
    """By which a backup from between two rounds is known to have forgotten the second."""
    planned(press)
    press.platforms["mail"].script("send", rate_limited(), rate_limited())
    begun = press.work()
    before = Audit.objects.count()
    press.platforms["mail"].script("send", accept(), rate_limited())
    press.clock.move(minutes=5)
    press.work(begun)
    assert list(Audit.objects.filter(sequence__gt=before).values_list("action", flat=True)) == ["mailing.resumed"]


def test_a_mailing_that_is_killed_after_its_last_message_is_ended_by_the_next_run(press, monkeypatch) -> None:
    planned(press)

    def killed(*arguments: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(mailing._Book, "close", killed)
        with pytest.raises(RuntimeError, match="killed"):
            press.work()
    assert (press.state("mail"), counts(press)) == (("sending", ""), {"sent": 7})
    press.work()
    assert (press.state("mail"), set(received(press).values())) == (("delivered", ""), {1})


def test_an_unknown_recipient_is_named_and_the_others_have_it(press) -> None:
    name = planned(press)
    press.platforms["mail"].refused = {"redaction2@journal.example"}
    press.work()
    assert (press.state("mail"), counts(press)) == (("held", "some-refused"), {"sent": 6, "failed": 1})
    resolve.drop(press.desk, press.who("camille"), name)
    assert press.state("mail") == ("delivered", "dropped-partly")


def test_if_nobody_gets_it_it_failed(press) -> None:
    planned(press)
    press.platforms["mail"].refused = {one.address for one in people(7)}
    press.work()
    assert press.state("mail") == ("failed", "refused")


def test_a_later_refusal_proves_nothing_about_a_call_in_doubt(press) -> None:
    name = planned(press)
    press.platforms["mail"].script("send", unknown(accepted=True))
    press.work()
    press.platforms["mail"].refused = {one.address for one in people(7)}
    press.send_again(name)
    press.work()
    assert (press.state("mail"), counts(press)) == (("held", "undecided"), {"sent": 6, "in_doubt": 1})


def test_who_is_told_to_come_back_gets_it_later_and_nobody_waits_for_them(press) -> None:
    planned(press)
    later = press.clock.now() + timedelta(minutes=7)
    press.platforms["mail"].script("send", rate_limited(later), rate_limited())
    press.work()
    assert (press.state("mail"), counts(press)) == (("sending", ""), {"sent": 5, "pending": 2})
    assert press.delivery("mail").retry_at == press.clock.now() + timedelta(minutes=5)
    press.clock.move(minutes=5)
    press.work()
    assert counts(press) == {"sent": 6, "pending": 1}
    press.clock.move(minutes=2)
    press.work()
    assert (press.state("mail"), set(received(press).values())) == (("delivered", ""), {1})


def test_who_waits_beyond_the_agreed_time_is_left_to_a_person(press) -> None:
    planned(press)
    press.platforms["mail"].script("send", rate_limited(press.clock.now() + timedelta(hours=3)))
    press.work()
    press.clock.move(minutes=190)
    press.work()
    assert (press.state("mail"), counts(press)) == (("held", "late"), {"sent": 6, "pending": 1})


def test_a_connection_lost_before_the_end_of_a_message_is_tried_again(press) -> None:
    planned(press)
    press.platforms["mail"].script("send", not_sent(), not_sent())
    press.work_until_settled()
    assert (press.state("mail"), set(received(press).values())) == (("delivered", ""), {1})
    assert sorted(Attempt.objects.values_list("state", flat=True)) == ["accepted"] * 7 + ["not_sent"] * 2


def test_whatever_a_session_raises_is_a_doubt(press) -> None:
    planned(press)
    press.platforms["mail"].script("send", raises(ZeroDivisionError("ours"), accepted=True))
    press.work()
    assert (press.state("mail"), counts(press)) == (("held", "undecided"), {"sent": 6, "in_doubt": 1})


# -------------------------------------------------------------------- what stops the whole of it


def test_a_lost_access_stops_the_channel_and_the_rest_is_kept(press) -> None:
    planned(press)
    press.platforms["mail"].script("send", accept(), unauthorized())
    press.work()
    assert press.state("mail") == ("sending", "unauthorized")
    assert Pause.objects.get(ended_at=None).channel == "mail"
    assert Attempt.objects.filter(state="not_sent").count() == 1
    press.platforms["mail"].script("send", accept())
    press.unpause("mail")
    press.work()
    assert (press.state("mail"), set(received(press).values())) == (("delivered", ""), {1})


def test_an_access_that_is_refused_at_the_door_stops_the_channel(press) -> None:
    planned(press)
    press.platforms["mail"].script("open", unauthorized(), unauthorized(), unauthorized())
    press.work()
    assert (press.state("mail"), counts(press), Pause.objects.count()) == (("sending", "unauthorized"), {"pending": 7}, 1)
    assert not Attempt.objects.exists()


def test_a_server_that_lets_nobody_in_three_times_in_a_row_stops_the_channel(press) -> None:
    planned(press)
    press.platforms["mail"].script("open", then=iter(not_sent, None))
    press.work()
    assert press.state("mail") == ("sending", "unreachable")
    press.clock.move(minutes=1)
    press.work()
    assert press.state("mail") == ("sending", "unreachable")
    press.clock.move(minutes=2)
    press.work()
    assert (press.state("mail"), Pause.objects.get().reason) == (("sending", "out-of-reach"), "out-of-reach")
    assert not Attempt.objects.exists()
    assert status.waits_for_person(press.clock.now())
    press.platforms["mail"]._scripts.clear()
    press.unpause("mail")
    press.work()
    assert press.state("mail") == ("delivered", "")


def test_one_connection_fewer_is_no_reason_to_stop(press) -> None:
    planned(press)
    press.platforms["mail"].script("open", not_sent(), accept(), not_sent())
    press.work()
    assert (press.state("mail"), set(received(press).values())) == (("delivered", ""), {1})


def test_a_server_that_asks_to_come_back_is_left_alone_until_then(press) -> None:
    planned(press)
    until = press.clock.now() + timedelta(minutes=12)
    press.platforms["mail"].script("open", *[rate_limited(until)] * 3)
    press.work()
    assert (press.state("mail"), press.delivery("mail").retry_at) == (("sending", "rate-limited"), until)


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (lambda town, name: town.pause("mail"), ("sending", "paused")),
        (lambda town, name: town.pause(), ("sending", "paused")),
        (lambda town, name: hold.hold(town.desk, town.who("camille"), name), ("held", "by-person")),
        (lambda town, name: town.cancel(name), ("held", "stopped-midway")),
        (lambda town, name: town.clock.move(minutes=31), ("held", "late")),
        (lambda town, name: town.clock.leap(timedelta(hours=1)), ("sending", "clock-suspect")),
    ],
)
def test_whatever_stops_it_stops_it_before_the_next_message(press, act, state) -> None:
    name = planned(press)
    meanwhile(press, lambda: act(press, name))
    press.work()
    assert press.state("mail") == state
    assert counts(press)["sent"] <= 3
    assert counts(press).get("pending", 0) + counts(press).get("dropped", 0) >= 4


def test_a_service_that_is_asked_to_stop_ends_what_is_under_way_and_begins_nothing(press) -> None:
    planned(press)
    begun = press.service()
    meanwhile(press, begun.ending.set)
    press.work(begun)
    assert (press.state("mail"), press.delivery("mail").claimed_by) == (("sending", ""), None)
    assert counts(press)["sent"] <= 3
    press.work()
    assert (press.state("mail"), set(received(press).values())) == (("delivered", ""), {1})


def test_a_server_that_takes_its_leave_with_a_wait_is_left_alone_by_everybody(press, monkeypatch) -> None:
    planned(press)
    until = press.clock.now() + timedelta(minutes=8)
    real = MemorySession.send

    def send(self, *arguments):
        try:
            return (yield from real(self, *arguments))
        except RateLimited:
            self.usable = False
            raise

    monkeypatch.setattr(MemorySession, "send", send)
    press.platforms["mail"].script("send", rate_limited(until), then=iter(accept, None))
    press.work()
    assert (press.state("mail"), press.delivery("mail").retry_at) == (("sending", "rate-limited"), until)
    assert 1 <= counts(press)["pending"] <= 7
    press.clock.move(minutes=8)
    press.work()
    assert (press.state("mail"), set(received(press).values())) == (("delivered", ""), {1})


def test_a_server_that_left_between_two_messages_is_called_again(press, monkeypatch) -> None:
    planned(press)
    real, left = MemorySession.send, []

    def send(self, *arguments):
        receipt = yield from real(self, *arguments)
        if not left:
            left.append(self)
            threading.Timer(0, lambda: setattr(self, "usable", False)).start()
        return receipt

    monkeypatch.setattr(MemorySession, "send", send)
    press.work_until_settled()
    assert (press.state("mail"), set(received(press).values())) == (("delivered", ""), {1})


def test_another_run_fences_it(press) -> None:
    planned(press)
    meanwhile(press, press.service)
    press.work()
    assert sum(received(press).values()) <= 3
    press.work()
    assert counts(press)["sent"] + counts(press)["in_doubt"] == 7
    assert set(received(press).values()) == {1}


def test_who_cannot_look_a_last_time_calls_nobody_and_leaves_no_doubt(press, monkeypatch) -> None:
    planned(press)
    real, failures = claim.still_open, iter([False, True])

    def locked(*arguments):
        if next(failures, False):
            raise OperationalError("database is locked")
        return real(*arguments)

    monkeypatch.setattr(claim, "still_open", locked)
    press.work()
    press.clock.move(minutes=1)
    press.work_until_settled()
    assert (press.state("mail"), set(received(press).values())) == (("delivered", ""), {1})
    assert not Attempt.objects.filter(tainted=True).exists()


def test_a_locked_database_loses_no_outcome(press, monkeypatch) -> None:
    planned(press)
    real, failures = ledger.settle, iter([True, True])

    def locked(*arguments):
        real(*arguments)
        if arguments[0] and next(failures, False):
            raise OperationalError("database is locked")

    monkeypatch.setattr(ledger, "settle", locked)
    press.work()
    assert (press.state("mail"), set(received(press).values())) == (("delivered", ""), {1})


# -------------------------------------------------------------------- pace


def test_no_more_connections_than_agreed(press) -> None:
    opened(press, 20)
    planned(press)
    press.work()
    assert press.state("mail") == ("delivered", "")
    assert [method for method, _subject in press.platforms["mail"].calls].count("open") == 3


def test_a_minute_holds_only_so_many(press, monkeypatch) -> None:
    planned(press)
    seconds = iter(range(0, 100_000, 10))
    monkeypatch.setattr(crew.time, "monotonic", lambda: next(seconds))
    monkeypatch.setattr(crew, "LOOK", 0.001)
    press.channels["mail"].adapter.pace = crew.Pace(3, per_minute=2)
    press.work()
    assert (press.state("mail"), len(received(press))) == (("delivered", ""), 7)


# -------------------------------------------------------------------- crashes


@pytest.mark.parametrize("place", ["mailing.claimed", "group.pre", "group.committed", "call.pre", "call.answered"])
@pytest.mark.parametrize("visit", [1, 2, 4])
def test_a_kill_leaves_nobody_twice_and_nobody_forgotten(press, place, visit) -> None:
    name = planned(press)

    def die() -> None:
        crash.arm(f"{place}:{visit}")
        press.work()

    assert child(die) in (-9, 0)
    press.work_until_settled()
    assert set(received(press).values()) <= {1}
    doubts = counts(press).get("in_doubt", 0)
    assert doubts <= 3
    assert counts(press).get("sent", 0) + doubts == 7
    assert press.state("mail") == (("held", "undecided") if doubts else ("delivered", ""))
    assert len(shown(press, name)["recipients"]) == doubts


@pytest.mark.parametrize("later", [1, 60 * 5])
def test_a_kill_after_everybody_was_written_down_as_served_ends_it_however_late_it_is(press, later) -> None:
    planned(press)

    def die(place: str) -> None:
        if place == "group.committed" and counts(press) == {"sent": 7}:
            os.kill(os.getpid(), signal.SIGKILL)

    assert child(lambda: (crashpoints.install(die), press.work())) == -9
    press.clock.move(minutes=later)
    press.work_until_settled()
    assert press.state("mail") == ("delivered", "")
    assert received(press) == Counter(person.address for person in people(7))


def test_a_kill_between_the_last_outcome_and_the_end_is_made_good(press, monkeypatch) -> None:
    planned(press)

    def die() -> None:
        monkeypatch.setattr(mailing._Book, "close", lambda book, lost: os._exit(9))
        press.work()

    assert child(die) == 9
    assert (press.state("mail")[0], counts(press)) == ("sending", {"sent": 7})
    press.work()
    assert press.state("mail") == ("delivered", "")
    assert Audit.objects.filter(action="mailing.ended").values_list("detail", flat=True).get() == {"sent": 7}


def test_a_mailing_that_goes_on_after_each_kill_is_not_taken_for_poison(town) -> None:
    opened(town, 50)
    planned(town)
    for _ in range(5):
        town.platforms["mail"].script("send", accept(), accept(), accept(), dies(accepted=True))
        assert child(town.work) == -9
        town.platforms["mail"]._scripts.clear()
    town.work_until_settled()
    assert town.state("mail") == ("held", "undecided")
    assert counts(town)["sent"] + counts(town)["in_doubt"] == 50
    assert set(received(town).values()) == {1}


@pytest.mark.parametrize("accepted", [True, False])
def test_a_kill_inside_a_call_leaves_at_most_the_open_connections_in_doubt(press, accepted) -> None:
    planned(press)
    press.platforms["mail"].script("send", accept(), accept(), dies(accepted=accepted))
    assert child(press.work) == -9
    press.platforms["mail"]._scripts.clear()
    press.work_until_settled()
    assert set(received(press).values()) <= {1}
    assert 1 <= counts(press)["in_doubt"] <= 3
    assert counts(press)["sent"] + counts(press)["in_doubt"] == 7


def test_a_kill_at_the_last_recipient_is_left_to_a_person(town) -> None:
    opened(town, 1)
    planned(town)
    town.platforms["mail"].script("send", dies(accepted=True))
    assert child(town.work) == -9
    town.platforms["mail"]._scripts.clear()
    town.work_until_settled()
    assert (town.state("mail"), counts(town)) == (("held", "undecided"), {"in_doubt": 1})


def test_a_mailing_and_a_thread_of_one_announcement_do_not_disturb_each_other(press) -> None:
    press.channel("memory")
    planned(press, mail=press.part("mail", payload=letter()), memory=press.part("memory", payload=thread("Un.", "Deux.")))
    press.platforms["memory"].script("send", refuse())
    press.work()
    assert (press.state("mail")[0], press.state("memory")[0]) == ("delivered", "failed")
    assert json.dumps(status.everything(press.desk))


def test_a_mailing_that_is_canceled_before_its_time_reaches_nobody(press) -> None:
    name = planned(press)
    before = Audit.objects.count()
    press.cancel(name)
    press.work()
    assert (press.state("mail"), counts(press), press.platforms["mail"].accepted) == (("canceled", "canceled"), {"dropped": 7}, [])
    assert Audit.objects.exclude(subject="service").filter(sequence__gt=before).count() == 1
    assert Delivery.objects.get().recipients.startswith("sha256:")


# -------------------------------------------------------------------- people who stop it while it waits


def slowly(town: Town, monkeypatch) -> None:
    """Let three leave at once, and the others much later."""
    monkeypatch.setattr(type(town.channels["mail"].adapter), "pace", Pace(1, 3))
    monkeypatch.setattr(crew, "MINUTE", 5.0)
    monkeypatch.setattr(crew, "LOOK", 0.1)


def after_three(town: Town, act) -> threading.Thread:
    """Do something as soon as three have it, and nothing is under way."""

    def wait() -> None:
        while len(town.platforms["mail"].accepted) < 3 or Attempt.objects.filter(state="intent").exists():
            time.sleep(0.02)
        act()
        connections.close_all()

    begun = threading.Thread(target=wait)
    begun.start()
    return begun


def test_whom_a_person_drops_while_it_waits_gets_nothing_even_if_it_goes_on_at_once(press, monkeypatch) -> None:
    slowly(press, monkeypatch)
    name = planned(press)

    def person() -> None:
        hold.hold(press.desk, press.who("camille"), name)
        resolve.drop(press.desk, press.who("camille"), name, "redaction5@journal.example")
        hold.resume(press.desk, press.who("camille"), name)

    begun = after_three(press, person)
    press.work()
    begun.join()
    assert received(press) == Counter(one.address for one in people(7) if one.address != "redaction5@journal.example")
    assert press.state("mail") == ("delivered", "dropped-partly")


def test_told_to_stop_while_it_waits_it_stops(press, monkeypatch) -> None:
    slowly(press, monkeypatch)
    monkeypatch.setattr(crew, "MINUTE", 600.0)
    planned(press)
    service = press.service()
    begun = after_three(press, service.ending.set)
    press.work(service)
    begun.join()
    assert (press.state("mail"), counts(press)) == (("sending", ""), {"sent": 3, "pending": 4})
    assert press.delivery("mail").claimed_by is None


def test_a_recipient_who_is_dropped_before_the_time_is_the_only_one_to_get_nothing(press) -> None:
    name = press.planned(mail=press.part("mail", payload=letter()))
    hold.hold(press.desk, press.who("camille"), name)
    resolve.drop(press.desk, press.who("camille"), name, "redaction5@journal.example")
    assert press.state("mail") == ("held", "by-person")
    hold.resume(press.desk, press.who("camille"), name)
    press.clock.move(minutes=1)
    press.work()
    assert (len(received(press)), press.state("mail")) == (6, ("delivered", "dropped-partly"))


def test_one_doubt_that_is_dropped_leaves_the_others_to_a_person(press) -> None:
    name = planned(press)
    press.platforms["mail"].script("send", then=iter(lambda: unknown(accepted=True), None))
    press.work_until_settled()
    resolve.drop(press.desk, press.who("camille"), name, "redaction1@journal.example")
    assert (press.state("mail")[0], counts(press)) == ("held", {"dropped": 1, "in_doubt": 6})


def test_a_call_on_a_step_that_was_given_up_does_not_keep_the_service_from_starting(press) -> None:
    planned(press)
    assert child(lambda: (crash.arm("group.committed"), press.work())) == -signal.SIGKILL
    called = Attempt.objects.filter(state="intent").first()
    DeliveryStep.objects.filter(pk=called.step_id).update(state="dropped")
    press.service()
    called.refresh_from_db()
    assert (called.state, called.step.state) == ("in_doubt", "dropped")
