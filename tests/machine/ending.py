"""How every story can end: the operator puts the machine right, people decide about what waits for them, and nothing is left open."""

from publisher.models import Delivery, Manifest, Person
from publisher.models.states import DeliveryState
from publisher.pipeline import status
from tests.machine.judge import Judge
from tests.machine.people import People

FINAL = {DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.MISSED, DeliveryState.CANCELED}
ROUNDS = 12


def come_to_an_end(world: People, judge: Judge) -> None:
    """Require that what is open can be ended by the acts that the program offers."""
    put_right(world)
    for _ in range(ROUNDS):
        for _ in range(4):
            world.run()
            judge.look()
            world.clock.move(minutes=4)
        left = list(Delivery.objects.exclude(state__in=FINAL).order_by("pk"))
        if not left:
            break
        for row in left:
            decide(world, row)
            judge.look()
    left = [f"{row.pk} on {row.channel}: {row.state} {row.reason}" for row in Delivery.objects.exclude(state__in=FINAL)]
    assert left == [], "stuck"
    assert world.begun is None or status.idle(world.begun)


def put_right(world: People) -> None:
    world.tell("— and everything is put right —")
    for platform in world.platforms.values():
        platform.forget_script()
        platform.refused.clear()
    world.shown.seen = True
    world.clock.mend()
    world.required = 1
    world.configure("all", lambda channels: channels.update(world.opened))
    for name, role in (("noa", "author"), ("vic", "approver")):
        Person.objects.get_or_create(name=name, defaults={"role": role, "created_at": world.clock.now()})
    world.run()
    if world.begun is None:
        world.adopt()
    for channel in (None, *world.opened):
        world.open("lou", channel)


def decide(world: People, row: Delivery) -> None:
    """Do for a delivery what its state asks of a person, the gentlest first."""
    manifest = Manifest.objects.get(pk=row.manifest_id)
    before = (row.state, row.reason, row.row_version)
    acts = [lambda: world.release("noa", row.pk), lambda: world.give_up("noa", row.pk), lambda: world.stop("noa", row.pk)]
    if row.state == DeliveryState.PLANNED and manifest.void_at is None:
        acts = [lambda: world.agree("vic", 0, name=row.announcement_id, now=True), lambda: world.agree("vic", 0, name=row.announcement_id)]
        acts.append(lambda: world.stop("noa", row.pk))
    elif row.state != DeliveryState.HELD:
        acts = acts[2:]
    for act in acts:
        act()
        row.refresh_from_db()
        if (row.state, row.reason, row.row_version) != before:
            return
