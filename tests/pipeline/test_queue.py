"""Freezing a plan: all of it or nothing, and never the same text twice by mistake."""

import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publisher.announcement import Announcement, ChannelText, Link, PressContact
from publisher.errors import Refused, StorageError
from publisher.models import Actor, Approval, Attempt, Audit, Delivery, DeliveryStep, Manifest, Version
from publisher.models import Announcement as StoredAnnouncement
from publisher.pipeline import queue, schedule
from publisher.pipeline.plan import Plan, Source, Window
from publisher.testing.memory_platform import accept, refuse, unknown
from tests.database import NOON
from tests.disk import full_disk
from tests.pipeline.town import Town, at, thread


def rows() -> dict[str, int]:
    kept = (StoredAnnouncement, Version, Manifest, Delivery, DeliveryStep, Approval, Audit)
    return {model.__name__: model.objects.count() for model in kept}


def test_everything_is_stored_together(town) -> None:
    town.channel("one")
    town.channel("two", account="@mairie")
    name = town.queue(one=town.part("one", "Un.", "Deux."), two=town.part("two", payload=thread("Un.", alternative="Tout.")))
    assert rows() == {"Announcement": 1, "Version": 1, "Manifest": 1, "Delivery": 2, "DeliveryStep": 3, "Approval": 0, "Audit": 1}
    one, two = Delivery.objects.order_by("channel")
    assert (one.announcement_id, one.state, one.due_at, one.not_after, one.wall, one.zone) == (
        name,
        "planned",
        town.clock.now().replace(minute=1),
        town.clock.now().replace(minute=31),
        "12:01",
        "Europe/Paris",
    )
    assert (two.account, two.payload["alternative"][0]["content"]["text"]) == ("@mairie", "Tout.")
    assert list(one.steps.values_list("position", "step", "effect", "after", "state")) == [
        (0, "post-1", "post", "", "pending"),
        (1, "post-2", "post", "post-1", "pending"),
    ]


def test_the_document_is_kept_to_the_byte_with_its_place_and_editor(town) -> None:
    town.channel()
    name = town.queue()
    version = Version.objects.get(announcement=name)
    kept = town.folder / "sources" / version.source_sha256
    assert kept.read_bytes() == Path(version.source_path).read_bytes()
    assert (version.number, version.title, version.editor.name) == (1, "Le marché change de place", "camille")
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == version.source_sha256
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]


def test_a_full_disk_stores_nothing_and_leaves_nothing_behind(town) -> None:
    town.channel()
    plan = town.plan()
    with pytest.raises(StorageError), full_disk(10):
        queue.queue(town.desk, town.who("camille"), plan)
    assert (list((town.folder / "sources").iterdir()), set(rows().values())) == ([], {0})


def test_the_announcement_is_kept_as_values(town) -> None:
    town.channel()
    full = Announcement(
        "T",
        "Corps.",
        date=date(2026, 11, 24),
        contact=PressContact("Camille Dervaux"),
        links=(Link("https://www.example.org", "Site"),),
        embargo_until=datetime(2026, 11, 24, 18, tzinfo=UTC),
        channels={"memory": ChannelText(posts=("Un.",), at=NOON)},
    )
    plan = town.plan()
    queue.queue(town.desk, town.who("camille"), Plan(plan.source, full, plan.parts, (), plan.rendering))
    content = Version.objects.get().content
    assert (content["date"], content["embargo_until"]) == ("2026-11-24", "2026-11-24T18:00:00+00:00")
    assert content["contact"]["name"] == "Camille Dervaux"
    assert content["channels"]["memory"]["posts"] == ["Un."]
    assert "problems" not in content


def test_the_manifest_lists_what_will_leave(town) -> None:
    town.channel("one", account="@mairie", not_after=45)
    due = town.clock.now().replace(minute=5)
    window = Window(due, due.replace(minute=50), None, "")
    town.queue(one=town.part("one", window=window, after=("two",)))
    manifest, delivery = Manifest.objects.get(), Delivery.objects.get()
    assert json.loads(manifest.canonical) == {
        "announcement": delivery.announcement_id,
        "version": 1,
        "deliveries": [
            {
                "delivery": delivery.id,
                "channel": "one",
                "kind": "memory",
                "account": "@mairie",
                "digest": delivery.digest,
                "recipients": "",
                "after": ["two"],
                "policies": {"website_fails": "hold"},
                "due_at": "2026-11-24T12:05:00+00:00",
                "not_after": "2026-11-24T12:50:00+00:00",
                "late": 45,
                "embargo_until": None,
            }
        ],
    }
    assert manifest.hash == "sha256:" + hashlib.sha256(manifest.canonical.encode()).hexdigest()
    assert manifest.sealed_at is None


def test_with_nobody_to_agree_freezing_seals(clock, data_dir) -> None:
    town = Town(clock, data_dir, required=0)
    town.channel()
    part = town.part(window=Window(None, None, None))
    queued = queue.queue(town.desk, town.who("camille"), town.plan(memory=part))
    assert queued.sealed
    assert Approval.objects.values_list("kind", "person").get() == ("automatic", None)
    assert (town.delivery().due_at, town.delivery().not_after) == (NOON, NOON.replace(minute=30))
    town.work()
    assert town.state() == ("delivered", "")


def again(town: Town, title: str = "Le marché change de place", **parts) -> Refused:
    before = rows()
    with pytest.raises(Refused) as caught:
        town.queue(title, **parts)
    assert rows() == before
    return caught.value


def test_the_same_text_twice_is_refused_and_names_the_first(town) -> None:
    town.channel()
    first = town.queue()
    refused = again(town)
    assert (refused.code, refused.params["id"], refused.params["channel"]) == ("already-queued", first, "memory")
    assert str(refused) == f"This text is already planned or published on memory ({first}): cancel that one first, or say --again."


def test_the_same_payload_under_another_title_is_the_same(town) -> None:
    town.channel()
    town.queue()
    assert again(town, "Le marché change de place.").code == "already-queued"


def test_the_same_text_with_another_payload_is_the_same(town) -> None:
    town.channel()
    town.queue()
    assert again(town, memory=town.part("memory", "Autre découpage.")).code == "already-queued"


@pytest.mark.parametrize("state", ["planned", "sending", "delivered", "held"])
def test_what_is_or_may_come_before_readers_counts(town, state) -> None:
    town.channel()
    town.queue()
    Delivery.objects.update(state=state)
    assert again(town).code == "already-queued"


@pytest.mark.parametrize("state", ["failed", "missed", "canceled"])
def test_what_will_not_does_not(town, state) -> None:
    town.channel()
    first = town.queue()
    Delivery.objects.update(state=state)
    assert town.queue() != first


def test_a_rejected_draft_does_not_count(town) -> None:
    town.channel()
    first = town.queue()
    town.reject(first)
    assert town.queue() != first


def half_out(town: Town, name: str) -> None:
    """Its second part is refused, so that it gets another time."""
    town.platforms["memory"].script("send", accept(), refuse())
    town.work()
    schedule.reschedule(town.desk, town.who("camille"), name, at(town.clock, 300).isoformat())
    town.reject(name)


def in_doubt(town: Town, name: str) -> None:
    town.platforms["memory"].script("send", unknown(accepted=True))
    town.work()
    Manifest.objects.filter(announcement=name).update(void_at=town.clock.now())


def under_way(town: Town, name: str) -> None:
    in_doubt(town, name)
    DeliveryStep.objects.update(state="pending")
    Attempt.objects.update(state="intent")


@pytest.mark.parametrize("begin", [half_out, in_doubt, under_way])
def test_what_was_sent_back_counts_once_a_part_of_it_may_be_out(town, begin) -> None:
    town.channel()
    parts = ("Un.", "Deux.")
    first = town.planned(memory=town.part("memory", *parts))
    town.clock.move(minutes=1)
    begin(town, first)
    refused = again(town, memory=town.part("memory", *parts))
    assert (refused.code, refused.params["id"]) == ("already-queued", first)
    assert town.texts() == ["Un."]


def test_another_channel_does_not_count(town) -> None:
    town.channel("one")
    town.channel("two")
    town.queue(one=town.part("one"))
    town.queue(two=town.part("two"))
    assert Delivery.objects.count() == 2


def test_again_allows_it(town) -> None:
    town.channel()
    first = town.queue()
    assert town.queue(again=True) != first


def test_a_text_for_nobody_is_refused(town) -> None:
    town.channel()
    with pytest.raises(Refused) as caught:
        queue.queue(town.desk, Actor(None, "login"), town.plan())
    assert (caught.value.code, rows()["Announcement"]) == ("no-editor", 0)


def test_a_disk_that_refuses_leaves_nothing_half_written(town, monkeypatch) -> None:
    town.channel()
    (town.folder / "sources").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(StorageError):
        town.queue()
    assert rows()["Announcement"] == 0


def test_a_value_without_a_place_is_a_mistake_of_ours(town) -> None:
    town.channel()
    plan = town.plan()
    odd = Plan(Source(plan.source.path, b""), Announcement("T", "C", hashtags=({1, 2},)), plan.parts, (), plan.rendering)
    with pytest.raises(TypeError, match="set has no place"):
        queue.queue(town.desk, town.who("camille"), odd)


def test_ids_are_short_and_unambiguous(town) -> None:
    town.channel()
    names = {town.queue(f"Annonce {number}", memory=town.part("memory", f"Texte {number}")) for number in range(20)}
    assert len(names) == 20
    assert all(name.startswith("a-") and set(name[2:]) <= set("23456789abcdefghijkmnpqrstuvwxyz") and len(name) == 10 for name in names)
    assert all(name.startswith("d-") and len(name) == 10 for name in Delivery.objects.values_list("pk", flat=True))


def test_queries_do_not_grow_with_the_number_of_posts(town) -> None:
    town.channel()
    counts = []
    for number in (1, 20):
        plan = town.plan(f"Annonce {number}", memory=town.part("memory", *(f"Texte {number} {part}" for part in range(number))))
        with CaptureQueriesContext(connection) as counted:
            queue.queue(town.desk, town.who("camille"), plan)
        counts.append(len(counted))
    assert counts[0] == counts[1]
