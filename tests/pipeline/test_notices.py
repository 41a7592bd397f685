"""Who is told what, when, and never twice."""

import dataclasses
import logging

import pytest
from django.db import DatabaseError

from publisher.errors import NotSent, Unauthorized
from publisher.models import Audit, Delivery, Notice, Person, Told
from publisher.models.notice import NoticeKind
from publisher.pipeline import absences, afterwards, hold, notices, queue, schedule
from publisher.pipeline.alarms import stop_channel
from publisher.pipeline.notice_words import WORDS, path
from publisher.pipeline.plan import Request
from publisher.testing.memory_platform import refuse
from tests.pipeline.town import Town, Withdraws, at


@pytest.fixture
def office(town: Town) -> Town:
    town.channel()
    return town


def told(town: Town) -> list[tuple[str, str]]:
    """Who was told what since the last question, in order."""
    notices.look(town.desk)
    last = getattr(town, "last_told", 0)
    rows = list(Notice.objects.filter(pk__gt=last).select_related("person").order_by("pk"))
    if rows:
        town.last_told = rows[-1].pk
    return sorted((row.person.name, row.kind) for row in rows)


def planned(town: Town, title: str = "Le marché change de place", minutes: float = 1) -> str:
    window = dataclasses.replace(town.part().window, due_at=at(town.clock, minutes), not_after=at(town.clock, minutes + 30))
    return town.queue(title, memory=town.part("memory", title, window=window))


# -------------------------------------------------------------------- the visa


def test_everybody_who_may_give_the_visa_is_asked_once(office: Town) -> None:
    name = office.queue()
    assert told(office) == [("dominique", "asked"), ("sacha", "asked")]
    assert told(office) == []
    assert {row.announcement_id for row in Notice.objects.all()} == {name}


def test_authors_are_asked_for_what_an_approver_wrote(office: Town) -> None:
    office.queue(by="dominique")
    assert told(office) == [("alix", "asked"), ("camille", "asked"), ("sacha", "asked")]


def test_the_substitute_is_asked_instead_of_who_is_away(office: Town) -> None:
    Person.objects.create(name="noa", role="approver", created_at=office.clock.now())
    absences.declare(office.desk, office.who("lou"), "dominique", ("2026-11-24", "2026-11-24"), "sacha")
    office.queue()
    assert told(office) == [("noa", "asked"), ("sacha", "asked")]


def test_nobody_is_asked_for_what_needs_no_visa_or_has_it_already(office: Town) -> None:
    office.planned()
    assert told(office) == [("camille", "agreed")]
    office.required = 0
    office.queue("Autre", memory=office.part("memory", "Autre."))
    assert told(office) == []


def test_with_two_visas_each_is_told_to_the_author(office: Town) -> None:
    office.required = 2
    name = office.queue()
    assert told(office) == [("dominique", "asked"), ("sacha", "asked")]
    office.approve(name)
    office.approve(name, by="sacha")
    assert told(office) == [("camille", "agreed"), ("camille", "agreed")]


def test_a_new_time_asks_anew(office: Town) -> None:
    name = office.planned()
    told(office)
    assert not schedule.reschedule(office.desk, office.who("camille"), name, "2026-12-01 10:00")
    assert told(office) == [("dominique", "asked"), ("sacha", "asked")]


def test_what_is_sent_back_is_told_to_its_author_and_to_who_stands_in(office: Town) -> None:
    absences.declare(office.desk, office.who("camille"), "camille", ("2026-11-24", "2026-11-24"), "alix")
    name = office.queue()
    told(office)
    office.reject(name)
    assert told(office) == [("alix", "returned"), ("camille", "returned")]


# -------------------------------------------------------------------- reminders


def test_a_missing_visa_is_called_to_mind_thirty_and_fifteen_minutes_before_once_each(office: Town) -> None:
    planned(office, minutes=60)
    told(office)
    heard = []
    for _ in range(60):
        office.clock.move(minutes=1)
        heard.append(told(office))
    both = [("dominique", "reminder"), ("sacha", "reminder")]
    assert {minute: what for minute, what in enumerate(heard, 1) if what} == {30: both, 45: both}


def test_whoever_was_just_asked_needs_no_reminder_yet(office: Town) -> None:
    planned(office, minutes=20)
    told(office)
    office.clock.move(minutes=1)
    assert told(office) == []
    office.clock.move(minutes=5)
    assert told(office) == [("dominique", "reminder"), ("sacha", "reminder")]


def test_a_service_that_was_down_reminds_once_and_nobody_who_agreed(office: Town) -> None:
    office.required = 2
    name = planned(office, minutes=60)
    office.approve(name, by="sacha")
    told(office)
    office.clock.move(minutes=50)
    assert told(office) == [("dominique", "reminder")]
    office.clock.move(minutes=5)
    assert told(office) == []


# -------------------------------------------------------------------- what became of it


def test_what_is_out_is_told_to_the_author_and_those_who_agreed(office: Town) -> None:
    office.planned()
    told(office)
    office.clock.move(minutes=1)
    office.work()
    assert told(office) == [("camille", "published"), ("dominique", "published")]


def test_channels_of_one_time_are_told_together(office: Town) -> None:
    office.channel("website")
    office.planned()
    told(office)
    office.clock.move(minutes=1)
    office.work()
    assert told(office) == [("camille", "published"), ("dominique", "published")]


def test_what_was_taken_back_is_not_told_as_published(town: Town) -> None:
    town.channel("memory", Withdraws)
    (town.folder.parent / "Marché.md").write_text("# Marché\n\nIl va place Basse.\n", encoding="utf-8")
    name = town.planned("Marché")
    town.clock.move(minutes=1)
    service = town.work()
    told(town)
    plan = afterwards.withdrawal(town.desk, name, "Le marché n’a pas lieu.", Request())
    queue.queue(town.desk, town.who("camille"), plan)
    assert told(town) == [("dominique", "asked"), ("sacha", "asked")]
    town.approve(name)
    town.work(service)
    assert [what for what in told(town) if what[1] != "agreed"] == [("camille", "withdrawn"), ("dominique", "withdrawn")]


def test_a_hold_is_told_to_all_but_whoever_holds(office: Town) -> None:
    name = office.planned()
    told(office)
    hold.hold(office.desk, office.who("camille"), name)
    assert told(office) == [("dominique", "held")]
    hold.resume(office.desk, office.who("camille"), name)
    hold.hold(office.desk, office.who("dominique"), name)
    assert told(office) == [("camille", "held")]
    notice = Notice.objects.last()
    assert path(notice) == f"annonces/{name}/{office.delivery().pk}/"


def test_a_refusal_and_a_missed_time_are_told(office: Town) -> None:
    office.planned()
    told(office)
    office.platforms["memory"].script("send", refuse())
    office.clock.move(minutes=1)
    office.work()
    assert told(office) == [("camille", "failed"), ("dominique", "failed")]
    office.planned("Autre", memory=office.part("memory", "Autre."))
    told(office)
    office.clock.move(minutes=60)
    office.work()
    assert [what for what in told(office) if what[1] != "report"] == [("camille", "missed"), ("dominique", "missed")]


def test_what_is_due_on_a_stopped_channel_is_told_once_and_to_administrators(office: Town) -> None:
    planned(office, minutes=90)
    office.approve(office.announcements()[0])
    stop_channel("memory", Unauthorized("token-lost", "The token is lost."), office.clock.now())
    told(office)
    assert told(office) == []
    office.clock.move(minutes=31)
    assert told(office) == [("camille", "stopped"), ("dominique", "stopped"), ("lou", "stopped")]
    office.clock.move(minutes=5)
    assert told(office) == []
    office.unpause("memory")
    office.pause()
    assert told(office) == [("camille", "stopped"), ("dominique", "stopped"), ("lou", "stopped")]


# -------------------------------------------------------------------- the report


def test_an_hour_after_the_last_end_the_report_is_told_once(office: Town) -> None:
    office.channel("late")
    due = at(office.clock, 30)
    late = office.part("late", window=dataclasses.replace(office.part().window, due_at=due, not_after=at(office.clock, 60)))
    name = office.planned(memory=office.part("memory"), late=late)
    service = office.service()
    heard = []
    for _ in range(120):
        office.clock.move(minutes=1)
        office.work(service)
        heard.append([what for what in told(office) if what[1] == "report"])
    assert {minute: what for minute, what in enumerate(heard, 1) if what} == {90: [("camille", "report"), ("dominique", "report")]}
    assert path(Notice.objects.last()) == f"annonces/{name}/bilan/"


def test_of_what_nobody_saw_or_is_still_held_there_is_no_report(office: Town) -> None:
    canceled, held = office.planned(), office.planned("Autre", memory=office.part("memory", "Autre."))
    office.cancel(canceled)
    hold.hold(office.desk, office.who("camille"), held)
    office.clock.move(minutes=120)
    assert "report" not in {kind for _name, kind in told(office)}


# -------------------------------------------------------------------- how it is written


def test_nothing_that_is_told_to_nobody_moves_the_mark(office: Town) -> None:
    """A commit for each act of a delivery would cost the delivery as much."""
    office.planned()
    notices.look(office.desk)
    before = Told.objects.get().notices
    hold.pause(office.desk, office.who("camille"), "Alerte.")
    notices.look(office.desk)
    assert Told.objects.get().notices == before < Audit.objects.last().sequence


def test_the_mark_does_not_stay_behind_for_ever(office: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "AT_ONCE", 2)
    for _ in range(2):
        office.pause()
        office.unpause()
    notices.look(office.desk)
    assert Told.objects.get().notices == 2


def test_what_cannot_be_understood_keeps_nothing_else_back(office: Town, caplog: pytest.LogCaptureFixture) -> None:
    name = office.queue()
    Delivery.objects.filter(announcement=name).update(due_at=None)
    hold.hold(office.desk, office.who("camille"), name)

    def broken(*_: object) -> None:
        raise KeyError("a mistake of ours")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(notices, "_FROM_ACTS", {**notices._FROM_ACTS, "announcement.queued": broken})
        with caplog.at_level(logging.ERROR):
            assert told(office) == []
    assert caplog.messages == ["This should not have happened; the service goes on."]


def test_a_database_that_cannot_be_used_is_tried_again(office: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    office.queue()
    with monkeypatch.context() as broken:
        broken.setattr(notices, "_store", lambda *_: (_ for _ in ()).throw(DatabaseError("locked")))
        with pytest.raises(DatabaseError):
            notices.look(office.desk)
    assert told(office) == [("dominique", "asked"), ("sacha", "asked")]


def test_two_looks_at_the_same_time_tell_once(office: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    office.queue()
    store = notices._store

    def twice(*given: object) -> None:
        if given[1]:
            monkeypatch.setattr(notices, "_store", store)
            Told.objects.update(notices=0)
            notices.look(office.desk)
        store(*given)

    monkeypatch.setattr(notices, "_store", twice)
    assert told(office) == [("dominique", "asked"), ("sacha", "asked")]


def test_closed_accounts_are_told_nothing(office: Town) -> None:
    name = office.planned()
    Person.objects.filter(name="camille").update(is_active=False)
    told(office)
    hold.hold(office.desk, office.who("dominique"), name)
    assert told(office) == []


def test_mails_are_meant_only_for_who_has_an_address_and_if_config_says_so(office: Town) -> None:
    Person.objects.filter(name="dominique").update(email="dominique@valmont.example")
    office.queue()
    told(office)
    assert not Notice.objects.exclude(mail_at=None).exists()
    office.notices = dataclasses.replace(office.notices, enabled=True)
    office.queue("Autre", memory=office.part("memory", "Autre."))
    told(office)
    assert [notice.person.name for notice in Notice.objects.exclude(mail_at=None)] == ["dominique"]


def test_what_came_after_the_page_was_shown_stays_unread(office: Town) -> None:
    office.queue()
    told(office)
    person = office.people["dominique"]
    shown = notices.unread(person)
    office.queue("Autre", memory=office.part("memory", "Autre."))
    told(office)
    notices.mark_read(office.desk, person, shown[0].pk)
    assert (notices.count_unread(person), notices.count_unread(office.people["sacha"])) == (1, 2)


def test_every_kind_has_its_words() -> None:
    assert set(WORDS) == set(NoticeKind)


def test_nothing_of_a_notice_stands_in_the_way_of_an_outcome(office: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The delivery path writes none: whatever is wrong with them, what was sent is known as sent."""
    office.planned()
    monkeypatch.setattr(notices, "look", lambda *_: (_ for _ in ()).throw(NotSent("x", "x")))
    monkeypatch.setattr(Notice.objects, "bulk_create", None)
    office.clock.move(minutes=1)
    office.work()
    assert office.state() == ("delivered", "")
