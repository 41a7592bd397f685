import itertools
from enum import StrEnum

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from publisher.models import (
    Announcement,
    Approval,
    Attempt,
    Audit,
    ChannelState,
    Delivery,
    DeliveryStep,
    Holder,
    Manifest,
    Pause,
    Person,
    Receipt,
    Version,
    audit,
)
from publisher.models.moves import Outrun, Stateful, move, note
from publisher.models.people import SERVICE
from publisher.models.states import (
    ALIVE,
    ATTEMPT_MOVES,
    DELIVERY_MOVES,
    STEP_MOVES,
    AttemptState,
    DeliveryState,
    StepState,
)
from tests.database import NOON

TABLES = {Delivery: (DeliveryState, DELIVERY_MOVES), DeliveryStep: (StepState, STEP_MOVES), Attempt: (AttemptState, ATTEMPT_MOVES)}


def rows() -> dict[type[Stateful], Stateful]:
    """One delivery with one step and one attempt, all in their first state."""
    editor = Person.objects.create(name="camille", role="author", created_at=NOON)
    announcement = Announcement.objects.create(created_at=NOON)
    version = Version.objects.create(announcement=announcement, number=1, title="T", content={}, editor=editor, created_at=NOON)
    manifest = Manifest.objects.create(announcement=announcement, version=version, canonical="{}", hash="sha256:0", created_at=NOON)
    delivery = Delivery.objects.create(
        announcement=announcement, version=version, manifest=manifest, channel="memory", payload={}, digest="sha256:1", late=30
    )
    step = DeliveryStep.objects.create(delivery=delivery, position=0, step="post-1", effect="post")
    attempt = Attempt.objects.create(step=step, number=1, epoch=1, intent_at=NOON, digest="sha256:2")
    return {Delivery: delivery, DeliveryStep: step, Attempt: attempt}


def stored(row: Stateful) -> tuple[StrEnum, int]:
    fresh = type(row).objects.get(pk=row.pk)
    return fresh.state, fresh.row_version


def put(row: Stateful, state: StrEnum) -> None:
    type(row).objects.filter(pk=row.pk).update(state=state)
    row.state = state


ALL_MOVES = [(model, before, after) for model, (states, _) in TABLES.items() for before, after in itertools.product(states, states)]


@pytest.mark.parametrize(("model", "before", "after"), ALL_MOVES, ids=lambda value: getattr(value, "__name__", value))
def test_only_the_moves_of_the_table_are_made_and_each_leaves_an_audit_row(data_dir, model, before, after) -> None:
    row = rows()[model]
    put(row, before)
    if after in TABLES[model][1][before]:
        move(row, after, SERVICE, NOON, **({"reason": "late"} if model is Delivery else {}))
        assert stored(row) == (after, 1)
        told = Audit.objects.values_list("sequence", "action", "subject", "detail")
        reason = {"reason": "late"} if model is Delivery else {}
        assert list(told) == [(1, f"{model.__name__.lower()}.{after}", str(row), {"from": str(before), **reason})]
    else:
        with pytest.raises(ValueError, match=f"no move from {before} to {after}"):
            move(row, after, SERVICE, NOON)
        assert stored(row) == (before, 0)
        assert not Audit.objects.exists()


def test_every_state_has_its_moves() -> None:
    assert {model: set(moves) for model, (_, moves) in TABLES.items()} == {model: set(states) for model, (states, _) in TABLES.items()}


def test_who_comes_second_changes_nothing(data_dir) -> None:
    mine = rows()[Delivery]
    theirs = Delivery.objects.get(pk=mine.pk)
    move(theirs, DeliveryState.CANCELED, SERVICE, NOON)
    with pytest.raises(Outrun) as caught:
        move(mine, DeliveryState.SENDING, SERVICE, NOON)
    assert str(caught.value) == f"{mine.id} has changed at this very moment: look at it again with “publisher status”."
    assert stored(mine) == (DeliveryState.CANCELED, 1)
    assert Audit.objects.count() == 1


def test_note_changes_fields_only_and_takes_part_in_the_race(data_dir) -> None:
    mine = rows()[Delivery]
    theirs = Delivery.objects.get(pk=mine.pk)
    note(theirs, tries=3)
    with pytest.raises(Outrun):
        note(mine, tries=9)
    assert (stored(mine), Delivery.objects.get().tries, Audit.objects.count()) == ((DeliveryState.PLANNED, 1), 3, 0)


@pytest.mark.parametrize("model", list(TABLES))
def test_a_stored_row_is_never_saved_over(data_dir, model) -> None:
    row = rows()[model]
    with pytest.raises(TypeError, match="moves"):
        row.save()


@pytest.mark.parametrize("model", list(TABLES))
def test_a_state_outside_the_list_is_refused_by_the_database(data_dir, model) -> None:
    row = rows()[model]
    with pytest.raises(IntegrityError, match="_state"):
        type(row).objects.filter(pk=row.pk).update(state="elsewhere")


@pytest.mark.parametrize("alive", ALIVE)
def test_a_step_has_one_live_attempt(data_dir, alive) -> None:
    step = rows()[DeliveryStep]
    Attempt.objects.update(state=alive)
    with pytest.raises(IntegrityError, match="UNIQUE"):
        Attempt.objects.create(step=step, number=2, epoch=1, intent_at=NOON, digest="sha256:2")


@pytest.mark.parametrize("over", sorted(set(AttemptState) - set(ALIVE)))
def test_an_attempt_that_is_over_makes_room_for_the_next(data_dir, over) -> None:
    step = rows()[DeliveryStep]
    Attempt.objects.update(state=over)
    Attempt.objects.create(step=step, number=2, epoch=1, intent_at=NOON, digest="sha256:2")
    assert Attempt.objects.count() == 2


def test_audit_sequence_has_no_gap_after_a_rollback(data_dir) -> None:
    with transaction.atomic():
        audit.record(SERVICE, "one", "a-1", NOON)
    with transaction.atomic():
        audit.record(SERVICE, "two", "a-1", NOON)
        transaction.set_rollback(True)
    with transaction.atomic():
        audit.record(SERVICE, "three", "a-1", NOON, {"why": "test"})
    assert list(Audit.objects.values_list("sequence", "action", "detail")) == [(1, "one", {}), (2, "three", {"why": "test"})]


def test_audit_row_outside_the_transaction_of_its_act_is_refused(data_dir) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        audit.record(SERVICE, "one", "a-1", NOON)
    assert not Audit.objects.exists()


FROZEN = [
    "UPDATE publisher_audit SET action = 'x'",
    "DELETE FROM publisher_audit",
    "UPDATE publisher_version SET title = 'x'",
    "DELETE FROM publisher_version",
    "DELETE FROM publisher_announcement",
    "DELETE FROM publisher_manifest",
    "UPDATE publisher_manifest SET canonical = '[]'",
    "UPDATE publisher_manifest SET hash = 'x'",
    "DELETE FROM publisher_delivery",
    "UPDATE publisher_delivery SET payload = '[]'",
    "UPDATE publisher_delivery SET digest = 'x'",
    "DELETE FROM publisher_deliverystep",
    "DELETE FROM publisher_attempt",
    "UPDATE publisher_attempt SET digest = 'x'",
    "UPDATE publisher_attempt SET slots = '[]'",
    "UPDATE publisher_attempt SET intent_at = '2000-01-01'",
]


@pytest.mark.parametrize("statement", FROZEN)
def test_what_happened_cannot_be_rewritten(data_dir, statement) -> None:
    move(rows()[Delivery], DeliveryState.SENDING, SERVICE, NOON)
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_receipts_and_approvals_have_the_same_guard(data_dir) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('publisher_receipt', 'publisher_approval')")
        assert sorted(name for (name,) in cursor.fetchall()) == [
            "keep_approval_delete",
            "keep_approval_update",
            "keep_receipt_delete",
            "keep_receipt_update",
        ]


def test_the_migrations_tell_the_whole_schema(data_dir) -> None:
    call_command("makemigrations", "publisher", check=True, dry_run=True, verbosity=0)


def test_rows_say_what_they_are(data_dir) -> None:
    made = rows()
    move(made[Delivery], DeliveryState.SENDING, SERVICE, NOON)
    delivery, version, manifest = made[Delivery], Version.objects.get(), Manifest.objects.get()
    approval = Approval(manifest=manifest, kind="visa", hash="sha256:0")
    pauses = [Pause(reason="Alerte."), Pause(channel="x", reason="?")]
    said = [version, manifest, approval, Audit.objects.get(), ChannelState(name="x"), *pauses, Holder()]
    assert [str(row) for row in said] == [
        f"{delivery.announcement_id} v1",
        f"{delivery.announcement_id} sha256:0",
        "visa sha256:0",
        f"1 delivery.sending {delivery.id}",
        "x",
        "*: Alerte.",
        "x: ?",
        "epoch 0",
    ]
    assert str(version.announcement) == delivery.announcement_id
    assert str(Receipt(step=made[DeliveryStep], remote_id="m1")) == f"{made[DeliveryStep].pk}: m1"
