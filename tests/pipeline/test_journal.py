import pytest
from django.db import connection

from publisher.errors import Refused
from publisher.models import Audit
from publisher.models.audit import HEAD, Head, copy_head
from publisher.pipeline import journal, tenure


def code(town) -> str:
    with pytest.raises(Refused) as caught:
        journal.verify(town.desk)
    return caught.value.code


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def lived(town):
    town.channel()
    town.planned()
    town.clock.move(minutes=1)
    town.work()
    return town


def test_the_audit_of_a_life_is_whole(lived) -> None:
    assert journal.verify(lived.desk) == Head.stored() == Head.copied()
    assert Head.stored().sequence == Audit.objects.count() > 5


def test_an_empty_audit_is_whole(town) -> None:
    assert journal.verify(town.desk) == Head()


def test_an_altered_row_is_found(lived) -> None:
    execute("DROP TRIGGER keep_audit_update")
    execute("UPDATE publisher_audit SET action = 'x' WHERE sequence = 2")
    assert code(lived) == "audit-broken"


def test_an_end_that_was_cut_off_is_found(lived) -> None:
    execute("DROP TRIGGER keep_audit_delete")
    execute("DELETE FROM publisher_audit WHERE sequence > 5")
    assert code(lived) == "audit-cut"


def test_an_audit_that_was_forged_whole_is_found(lived) -> None:
    execute("DROP TRIGGER keep_audit_update")
    before = "0" * 64
    for row in Audit.objects.order_by("sequence"):
        row.subject = "forged"
        before = row.chained(before)
        Audit.objects.filter(pk=row.pk).update(subject="forged", hash=before)
    assert code(lived) == "audit-rewritten"


def test_without_its_head_nobody_can_tell(lived) -> None:
    (lived.folder / HEAD).unlink()
    assert code(lived) == "audit-head-missing"


def test_a_restored_database_publishes_nothing_until_it_is_adopted(lived) -> None:
    lived.planned("Le marché revient", memory=lived.part("memory", "Autre texte."))
    later = Head.stored()
    execute("DROP TRIGGER keep_audit_delete")
    execute("DELETE FROM publisher_audit WHERE sequence > 5")
    with pytest.raises(Refused) as caught:
        lived.service()
    assert caught.value.code == "restored"
    lived.queue("Ce qui s’écrit entre-temps n’y change rien", again=True)
    assert Head.copied() == later
    with pytest.raises(Refused):
        lived.service()
    lived.clock.move(minutes=2)
    held = tenure.adopt(lived.desk, lived.who("lou"), "test")
    assert (held, Head.copied()) == (2, Head.stored())
    lived.work()
    assert len(lived.platforms["memory"].accepted) == 1
    assert journal.verify(lived.desk) == Head.stored()


def test_a_head_that_lags_behind_a_crash_is_no_restore(lived) -> None:
    row = Audit.objects.order_by("-sequence")[1]
    copy_head(Head(row.sequence, row.hash), back=True)
    lived.service()
    assert Head.copied() == Head.stored()
