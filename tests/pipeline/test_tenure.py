"""The service's turn, the guard against copies, and the one door to the adapters."""

import shutil
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from publisher import crashpoints
from publisher.adapters.registry import configure
from publisher.clock import SystemClock
from publisher.errors import OutcomeUnknown, Refused, Rejected
from publisher.models import Audit, Holder
from publisher.models.audit import HEAD, Head
from publisher.pipeline import deliver, guard, hold, journal, schedule, tenure
from publisher.pipeline.desk import Desk
from publisher.pipeline.plan import Window
from publisher.settings import DATABASE
from publisher.testing.memory_platform import unknown
from tests.pipeline.town import Town, at


def test_each_run_has_a_greater_epoch_and_ends_the_one_before(town) -> None:
    first, second = town.service(), town.service()
    assert (first.epoch, second.epoch) == (1, 2)
    assert (first.lasts(), second.lasts()) == (False, True)


def test_the_heartbeat_is_a_write_of_the_run_that_lasts(town) -> None:
    first = town.service()
    town.clock.move(5)
    assert first.beat()
    assert Holder.objects.get().heartbeat_at == town.clock.now()
    second = town.service()
    assert (first.beat(), second.beat()) == (False, True)


@pytest.mark.parametrize("leap", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_restart_does_not_forget_that_the_clock_leapt(town, leap) -> None:
    """The channel tells no date; upgrades and watchdogs start the service again without asking anybody."""
    town.channel()
    later = Window(at(town.clock, 60), at(town.clock, 90), None)
    town.planned(memory=town.part(window=later))
    begun = town.service()
    town.clock.leap(leap)
    town.work(begun)
    assert begun.beat()
    for _ in range(2):
        assert not town.work().watch.trusted()
    assert town.texts() == []


def test_a_leap_while_the_service_was_down_is_noticed(town) -> None:
    town.channel()
    town.planned(memory=town.part(window=Window(at(town.clock, 60), at(town.clock, 90), None)))
    town.service()
    town.clock.leap(timedelta(hours=1))
    town.work()
    assert (town.state(), town.texts()) == (("planned", "clock-suspect"), [])


def test_a_restart_of_the_machine_starts_the_watch_anew(town) -> None:
    town.channel()
    town.planned()
    begun = town.service()
    town.clock.leap(timedelta(minutes=10))
    town.work(begun)
    assert town.state() == ("planned", "clock-suspect")
    town.clock.reboot()
    town.work()
    assert town.state() == ("delivered", "")


def test_a_copy_publishes_nothing_until_it_is_adopted(town) -> None:
    town.channel()
    later = Window(at(town.clock, 120), at(town.clock, 150), None)
    town.channel("later")
    name = town.planned(memory=town.part("memory"), later=town.part("later", window=later))
    tenure.begin(town.desk, "here")
    with pytest.raises(Refused) as caught:
        tenure.begin(town.desk, "elsewhere")
    assert caught.value.code == "copied"
    assert Holder.objects.get().epoch == 1
    town.clock.move(minutes=5)
    assert tenure.adopt(town.desk, town.who("lou"), "elsewhere") == 2
    town.work(tenure.begin(town.desk, "elsewhere"))
    assert (town.state("memory"), town.state("later")) == (("held", "adopted"), ("held", "adopted"))
    assert town.platforms["memory"].calls == []
    hold.resume(town.desk, town.who("camille"), town.delivery("memory").pk)
    town.work(tenure.begin(town.desk, "elsewhere"))
    assert town.state("memory") == ("delivered", "")
    assert Audit.objects.filter(action="service.adopted", person__name="lou").count() == 1
    assert name == town.delivery("later").announcement_id


def test_what_was_in_doubt_in_a_copy_is_never_sent_again(town) -> None:
    town.channel()
    town.planned()
    town.clock.move(minutes=1)
    town.platforms["memory"].script("send", unknown(accepted=True))
    town.work()
    tenure.adopt(town.desk, town.who("lou"), "elsewhere")
    town.clock.move(minutes=5)
    town.work(tenure.begin(town.desk, "elsewhere"))
    assert (town.state(), town.attempts()) == (("held", "adopted"), ["post-1 in_doubt"])
    assert len(town.platforms["memory"].accepted) == 1


@pytest.fixture
def backup(town) -> Callable[[], None]:
    """A backup from before the delivery's time, and how it is put back."""
    town.channel()
    town.planned()
    town.clock.move(minutes=1)
    connection.close()
    database, kept = town.folder / DATABASE, town.folder.parent / "backup.sqlite3"
    shutil.copy(database, kept)

    def put_back() -> None:
        connection.close()
        shutil.copy(kept, database)

    return put_back


def test_a_backup_in_the_place_of_the_database_publishes_nothing_until_it_is_adopted(town, backup) -> None:
    town.work()
    backup()
    with pytest.raises(Refused) as caught:
        town.service()
    assert (caught.value.code, Holder.objects.count()) == ("restored", 0)
    assert tenure.adopt(town.desk, town.who("lou"), "test") == 1
    town.work()
    assert (town.state(), len(town.platforms["memory"].accepted)) == (("held", "adopted"), 1)


def test_what_a_backup_forgot_to_have_been_moved_or_resumed_is_not_sent_again_by_itself(town) -> None:
    """Its time was changed, or its hold ended, after the backup was made: nothing in it tells so."""
    town.channel("moved")
    town.channel("held")
    later = Window(at(town.clock, 60), at(town.clock, 90), None)
    town.planned(moved=town.part("moved", window=later), held=town.part("held", window=later))
    hold.hold(town.desk, town.who("camille"), town.delivery("held").pk)
    connection.close()
    shutil.copy(town.folder / DATABASE, town.folder.parent / "backup.sqlite3")
    schedule.reschedule(town.desk, town.who("camille"), town.delivery("moved").announcement_id, at(town.clock, 1).isoformat())
    town.approve(town.delivery("moved").announcement_id)
    hold.resume(town.desk, town.who("camille"), town.delivery("held").pk)
    town.clock.move(minutes=1)
    town.work()
    assert (town.state("moved"), town.state("held")) == (("delivered", ""), ("delivered", ""))
    connection.close()
    shutil.copy(town.folder.parent / "backup.sqlite3", town.folder / DATABASE)
    assert tenure.adopt(town.desk, town.who("lou"), "test") == 1
    town.clock.move(minutes=60)
    town.work()
    assert (town.state("moved"), town.state("held")) == (("held", "adopted"), ("held", "adopted"))
    assert [len(platform.accepted) for platform in town.platforms.values()] == [1, 1]


def test_a_database_that_is_replaced_under_the_service_ends_it(town, backup) -> None:
    begun = town.service()
    backup()
    Holder.objects.create(epoch=begun.epoch)
    assert (begun.lasts(), begun.beat(), deliver.advance(begun, town.delivery().pk)) == (False, False, False)
    assert town.platforms["memory"].calls == []


def test_replaced_between_claim_and_call_it_makes_no_call(town, backup, monkeypatch) -> None:
    begun = town.service()
    monkeypatch.setattr(crashpoints, "_hooks", [lambda place: backup() if place == "intent.committed" else None])
    deliver.advance(begun, town.delivery().pk)
    assert (town.platforms["memory"].calls, town.attempts()) == ([], [])


@pytest.mark.parametrize("spoilt", [b"1 0000", b"none", b"\xff\xfe", b"999999 " + b"0" * 64])
def test_what_stands_beside_the_database_and_is_not_of_it_is_not_believed(town, spoilt) -> None:
    town.service()
    (town.folder / HEAD).write_bytes(spoilt)
    with pytest.raises(Refused, match="older than what was already done"):
        town.service()


def test_a_database_without_anything_beside_it_publishes_nothing_until_it_is_adopted(town, backup) -> None:
    """An emptied folder into which only the database was put back: nobody can tell what was done since."""
    town.work()
    backup()
    (town.folder / HEAD).unlink()
    town.queue("Ce qui s’écrit entre-temps n’y change rien", again=True)
    with pytest.raises(Refused) as caught:
        town.service()
    assert (caught.value.code, (town.folder / HEAD).exists()) == ("restored", False)
    assert tenure.adopt(town.desk, town.who("lou"), "test") == 2
    town.work()
    assert len(town.platforms["memory"].accepted) == 1
    assert journal.verify(town.desk) == Head.stored()


def test_what_stands_beside_the_database_vanishing_under_the_service_ends_it(town) -> None:
    begun = town.service()
    (town.folder / HEAD).unlink()
    assert (begun.lasts(), begun.beat()) == (False, False)


@pytest.mark.parametrize("with_head", [True, False])
def test_what_a_backup_on_another_machine_shows_as_to_come_is_held(town, with_head) -> None:
    """The whole directory from the day of the backup, or its database alone, after the old machine moved and sent what was planned."""
    town.channel()
    name = town.planned(memory=town.part(window=Window(at(town.clock, 60), at(town.clock, 90), None)))
    tenure.begin(town.desk, "old")
    connection.close()
    for file in (DATABASE, HEAD):
        shutil.copy(town.folder / file, town.folder.parent / file)
    schedule.reschedule(town.desk, town.who("camille"), name, at(town.clock, 5).isoformat())
    town.approve(name)
    town.clock.move(minutes=5)
    town.work(tenure.begin(town.desk, "old"))
    connection.close()
    (town.folder / HEAD).unlink()
    for file in (DATABASE, HEAD) if with_head else (DATABASE,):
        shutil.copy(town.folder.parent / file, town.folder / file)
    with pytest.raises(Refused):
        tenure.begin(town.desk, "new")
    assert tenure.adopt(town.desk, town.who("lou"), "new") == 1
    town.clock.move(minutes=56)
    town.work(tenure.begin(town.desk, "new"))
    assert (town.state(), len(town.texts())) == (("held", "adopted"), 1)


def test_a_directory_is_known_by_machine_and_inode(town, tmp_path, monkeypatch) -> None:
    machine = tmp_path / "machine-id"
    machine.write_text("one\n", encoding="ascii")
    monkeypatch.setattr(tenure, "MACHINE", machine)
    tenure.begin(town.desk)
    tenure.begin(town.desk)
    machine.write_text("two\n", encoding="ascii")
    with pytest.raises(Refused):
        tenure.begin(town.desk)
    machine.unlink()
    with pytest.raises(Refused):
        tenure.begin(town.desk)


def test_an_empty_directory_can_be_adopted(town) -> None:
    assert tenure.adopt(town.desk, town.who("lou"), "here") == 0
    assert tenure.begin(town.desk, "here").epoch == 1


def test_no_transaction_is_open_during_a_call() -> None:
    with pytest.raises(transaction.TransactionManagementError, match="no transaction"), transaction.atomic():
        guard.ask(lambda: None)


def test_an_outcome_passes_the_door_and_everything_else_is_unknown(town) -> None:
    assert guard.ask(lambda: 42) == 42
    with pytest.raises(Rejected):
        guard.ask(lambda: raising(Rejected("x", "x")))
    with pytest.raises(OutcomeUnknown) as caught:
        guard.ask(lambda: raising(RecursionError("deep")))
    assert (caught.value.code, caught.value.evidence.body) == ("unexpected", "RecursionError: deep")
    with pytest.raises(KeyboardInterrupt):
        guard.ask(lambda: raising(KeyboardInterrupt()))


def raising(error: BaseException) -> None:
    raise error


def test_a_desk_is_opened_on_config_and_database(town) -> None:
    config = town.desk.config
    desk = Desk.opened(config)
    assert (desk.config, dict(desk.channels), type(desk.clock)) == (config, configure(config, secrets=False), SystemClock)
    assert Desk.opened(config, clock=town.clock).now() == town.clock.now()


def test_towns_of_the_tests_share_their_people(clock, data_dir) -> None:
    assert Town(clock, data_dir).people.keys() == Town(clock, data_dir).people.keys()
