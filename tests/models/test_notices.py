"""What the database itself keeps of notices."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from publisher.models import Audit, Notice, Told
from tests.pipeline.town import Town


def migrate(to: str) -> None:
    call_command("migrate", "publisher", to, verbosity=0)


def test_what_happened_before_there_were_notices_is_told_to_nobody(town: Town) -> None:
    town.channel()
    town.planned()
    migrate("0008")
    migrate("0009")
    last = Audit.objects.last().sequence
    assert Told.objects.values_list("notices", "reports").get() == (last, last)


def test_a_new_database_has_its_mark(town: Town) -> None:
    assert Told.objects.values_list("notices", "reports").get() == (0, 0)


def notice(town: Town, **told: object) -> None:
    known = {"person": town.people["camille"], "kind": "held", "key": "7", "announcement_id": town.announcements()[0]}
    Notice.objects.create(**{**known, "created_at": town.clock.now(), **told})


def test_the_same_is_told_once_to_each_and_only_kinds_that_exist(town: Town) -> None:
    town.channel()
    town.queue()
    notice(town)
    notice(town, person=town.people["alix"])
    notice(town, key="8")
    for wrong in ({}, {"key": "9", "kind": "gossip"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            notice(town, **wrong)


def test_what_is_asked_every_second_is_read_from_an_index(town: Town) -> None:
    def plan(rows: object) -> str:
        return rows.explain()

    assert "notice_to_mail" in plan(Notice.objects.filter(mail_at__lte=town.clock.now()))
    assert "notice_unread" in plan(Notice.objects.filter(person=town.people["camille"], read_at=None))
    assert "sequence>?" in plan(Audit.objects.filter(sequence__gt=0).order_by("sequence"))


def test_what_was_told_before_the_table_was_made_anew_is_still_there(town: Town) -> None:
    town.channel()
    name = town.queue()
    notice(town)
    migrate("0012")
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, key, announcement_id FROM publisher_notice")
        assert cursor.fetchall() == [("held", "7", name)]
    migrate("0014")
    row = Notice.objects.get()
    assert (row.kind, row.key, row.announcement_id, row.channel, row.person.name) == ("held", "7", name, "", "camille")
    notice(town, kind="expires", announcement_id=None, channel="memory")
