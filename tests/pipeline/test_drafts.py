"""Drafts: nothing is overwritten unseen, nothing that was written is lost, and what is queued is what was seen."""

import signal
import threading
from datetime import datetime

import pytest

from publisher.errors import Refused
from publisher.models import Announcement, Audit, Delivery, Draft, Person
from publisher.pipeline import approve, drafts, frozen
from publisher.pipeline.drafts import Become, Outdated
from publisher.pipeline.plan import Request
from publisher.testing import crash
from tests.database import StillClock, child

TEXT = {"title": "Le marché s’installe", "body": "Le marché va place Haute, de 8 h à 13 h."}


@pytest.fixture
def camille(town):
    return town.who("camille")


@pytest.fixture
def draft(town, camille):
    town.channel()
    return drafts.save(town.desk, camille, drafts.begin(town.desk, camille).id, 1, TEXT)


def test_what_is_saved_is_there_and_counts_one_version_further(town, camille, draft) -> None:
    assert (draft.fields, draft.version, draft.editor.name) == (TEXT, 2, "camille")
    assert drafts.save(town.desk, camille, draft.id, 2, TEXT).version == 2
    assert [one.id for one in drafts.unfinished()] == [draft.id]


def test_an_empty_draft_that_was_left_is_taken_up_again(town, camille) -> None:
    town.channel()
    assert drafts.begin(town.desk, camille).id == drafts.begin(town.desk, camille).id
    assert drafts.begin(town.desk, town.who("dominique")).id != drafts.begin(town.desk, camille).id
    assert drafts.unfinished() == []


def test_nobody_overwrites_what_a_colleague_wrote_meanwhile(town, camille, draft) -> None:
    drafts.save(town.desk, town.who("dominique"), draft.id, 2, TEXT | {"title": "Autre titre"})
    with pytest.raises(Outdated, match="dominique has changed this draft"):
        drafts.save(town.desk, camille, draft.id, 2, TEXT | {"title": "Mon titre"})
    assert drafts.one(draft.id).fields["title"] == "Autre titre"


def test_what_is_queued_is_what_was_seen(town, camille, draft) -> None:
    seen = drafts.rendering(town.desk, draft.fields)
    queued = drafts.queue_up(town.desk, camille, draft.id, draft.version, Request())
    payload = next(variant.payload for variant in seen.variants)
    assert Delivery.objects.get().digest == payload.digest
    assert frozen.rendering(town.desk, queued.id, ()).variants[0].payload.steps == payload.steps
    assert (Draft.objects.get().announcement_id, drafts.unfinished()) == (queued.id, [])
    with pytest.raises(Refused, match="has become an announcement"):
        drafts.save(town.desk, camille, draft.id, 2, {"title": "Trop tard"})


def test_a_draft_changed_since_it_was_read_is_not_queued(town, camille, draft) -> None:
    drafts.save(town.desk, town.who("dominique"), draft.id, 2, TEXT | {"title": "Autre titre"})
    with pytest.raises(Outdated):
        drafts.queue_up(town.desk, camille, draft.id, 2, Request())
    assert not Delivery.objects.exists()


class Meeting(StillClock):
    """Whoever asks it for the time first waits until another one asks, too: both have read the draft by then."""

    def __init__(self) -> None:
        super().__init__()
        self._both, self._came = threading.Barrier(2, timeout=20), threading.local()

    def now(self) -> datetime:
        if not getattr(self._came, "once", False):
            self._came.once = True
            self._both.wait()
        return super().now()


def test_sent_twice_at_the_same_time_it_becomes_one_announcement(town, camille, draft) -> None:
    town.clock = Meeting()
    desk, answers = town.desk, []

    def send() -> None:
        from django.db import connection

        try:
            answers.append(drafts.queue_up(desk, camille, draft.id, 2, Request(again=True)).id)
        except Become as error:
            answers.append(error.announcement)
        finally:
            connection.close()

    senders = [threading.Thread(target=send) for _ in range(2)]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    assert answers == [Announcement.objects.get().id] * 2
    assert Draft.objects.get().announcement_id == answers[0]


def test_sent_once_more_it_is_the_announcement_that_it_became(town, camille, draft) -> None:
    queued = drafts.queue_up(town.desk, camille, draft.id, 2, Request(again=True))
    with pytest.raises(Become) as told:
        drafts.queue_up(town.desk, camille, draft.id, 2, Request(again=True))
    assert (told.value.announcement, Announcement.objects.count()) == (queued.id, 1)


@pytest.mark.parametrize(("place", "count"), [("queue.pre", 0), ("queue.committed", 1)])
def test_killed_while_it_is_queued_a_draft_is_an_announcement_or_still_a_draft(town, camille, draft, place, count) -> None:
    ended = child(lambda: (crash.arm(place), drafts.queue_up(town.desk, camille, draft.id, 2, Request())))
    assert ended == -signal.SIGKILL
    assert (Announcement.objects.count(), Draft.objects.exclude(announcement=None).count()) == (count, count)


def test_a_visa_that_nobody_could_give_is_not_asked_for(town, camille, draft) -> None:
    Person.objects.filter(role="approver").update(is_active=False)
    with pytest.raises(Refused, match="Nobody could give the visa"):
        drafts.queue_up(town.desk, camille, draft.id, 2, Request())
    assert drafts.unfinished()


def test_what_was_sent_back_is_taken_up_again_with_all_its_fields(town, camille, draft) -> None:
    queued = drafts.queue_up(town.desk, camille, draft.id, 2, Request())
    approve.reject(town.desk, town.who("dominique"), queued.id, "La date manque.")
    again = drafts.again(town.desk, camille, queued.id)
    assert (again.fields, again.announcement, again.id != draft.id) == (TEXT, None, True)
    assert drafts.queue_up(town.desk, camille, again.id, 1, Request()).id != queued.id


def test_a_text_that_was_queued_from_a_file_is_taken_up_too(town, camille) -> None:
    town.channel()
    name = town.queue()
    assert drafts.again(town.desk, camille, name).fields["body"]


def test_a_draft_that_is_thrown_away_leaves_its_title_in_the_journal(town, camille, draft) -> None:
    drafts.discard(town.desk, camille, draft.id)
    assert Audit.objects.get(action="draft.discarded").detail == {"title": TEXT["title"]}
    with pytest.raises(Refused, match="There is no draft"):
        drafts.one(draft.id)


def test_words_of_its_own_begin_with_those_that_the_channel_would_have_had(town, camille, draft) -> None:
    assert "place Haute" in drafts.derived(town.desk, draft.fields, "memory")
    assert drafts.derived(town.desk, {}, "memory") == ""
