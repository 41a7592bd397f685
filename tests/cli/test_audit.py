from django.db import connection

from publisher.models.audit import Head
from tests.office import Office


def test_a_whole_audit_is_said_to_be_whole_with_its_head(office: Office) -> None:
    office.approved()
    head = Head.stored()
    told = office.says("audit", "verify")
    assert f"The audit is whole: {head.sequence} rows, its head is {head.hash}." in told
    assert office.json("audit", "verify") == {"format": "publisher.audit/1", "rows": head.sequence, "head": head.hash}


def test_a_broken_one_is_refused_with_its_row(office: Office) -> None:
    office.approved()
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER keep_audit_delete")
        cursor.execute("DELETE FROM publisher_audit WHERE sequence = 1")
    assert "row 1 was altered" in office.refuses("audit", "verify", code=1)


def test_what_to_do_must_be_said(office: Office) -> None:
    office.refuses("audit", code=2)
