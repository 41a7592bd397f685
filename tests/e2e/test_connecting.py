"""A service whose access was lost: the account is connected again while it runs, and what waited leaves, once."""

import subprocess

from publisher.config import dotenv
from publisher.testing.x import X
from tests.e2e.townhall import SLOWEST, TownHall, ready, wait_for


def connect(hall: TownHall, channel: str, secrets: dict[str, str]) -> subprocess.CompletedProcess[str]:
    typed = "".join(f"{name}={value}\n" for name, value in secrets.items())
    command = hall.command("connect", channel, "--from-stdin", "--as", "lou")
    options = {"cwd": hall.folder, "env": hall.environment(LANG="en_GB.UTF-8"), "text": True, "capture_output": True}
    return subprocess.run(command, input=typed, timeout=SLOWEST, check=False, **options)


def test_a_channel_that_lost_its_access_is_connected_again_while_the_service_works(hall: TownHall) -> None:
    hall.publisher("user", "add", "lou", "--role", "administrator")
    dotenv.write(hall.folder / ".env", {"X_ACCESS_TOKEN": "of-yesterday"})
    with hall.service() as service:
        ready(hall)
        name = hall.approved()
        wait_for(lambda: hall.json("status")["stopped"] if hall.where(name, "website")[0] == "delivered" else None)
        assert hall.accepted() == []
        refused = connect(hall, "x", {**X.secrets, "X_ACCESS_TOKEN": "wrong-again"})
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "no longer accepts our access" in refused.stderr
        done = connect(hall, "x", dict(X.secrets))
        assert (done.returncode, done.stderr) == (0, "")
        wait_for(lambda: "New secrets from now on: x." in hall.log)
        assert hall.accepted() == []  # the stop is a person's to end
        hall.publisher("unpause", "--channel", "x", "--as", "dominique")
        wait_for(lambda: hall.where(name)[0] == "delivered")
        assert service.poll() is None
    assert len({post["text"] for post in hall.accepted()}) == len(hall.accepted()) == 3
    for secret in (*X.secrets.values(), "wrong-again", "of-yesterday"):
        assert secret not in hall.log + done.stdout + refused.stderr
