"""The whole life of one communiqué on all four channels, with real processes: published to the second, corrected, withdrawn."""

import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.townhall import COMMUNIQUE, ON_EMAIL, ON_FACEBOOK, ON_X, PRESS, TownHall, wait_for

CHANNELS = {"website", "facebook", "x", "email"}
CORRECTED = COMMUNIQUE.replace("de 8 h à 13 h", "de 9 h à 13 h")
WHY = "le marché ouvre à 9 h, et non à 8 h"


@pytest.fixture(scope="module")
def hall(peopled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TownHall]:
    with TownHall(tmp_path_factory.mktemp("four") / "hall", on=ON_X + ON_FACEBOOK + ON_EMAIL) as made:
        shutil.copytree(peopled / "data", made.data)
        with made.service():
            yield made


@pytest.fixture(scope="module")
def published(hall: TownHall) -> dict[str, Any]:
    at = hall.ahead(20)
    name = hall.queue("--at", at.isoformat())
    hall.publisher("approve", name, "--as", "dominique")
    wait_for(lambda: hall.status(name)["state"] == "published")
    return {"name": name, "at": at, "page": page(hall, name)}


def rows(hall: TownHall, name: str, purpose: str) -> dict[str, dict[str, Any]]:
    return {row["channel"]: row for row in hall.status(name)["deliveries"] if row["purpose"] == purpose}


def page(hall: TownHall, name: str) -> str:
    return rows(hall, name, "publish")["website"]["steps"][0]["url"]


def mails(hall: TownHall) -> list[tuple[str, EmailMessage]]:
    """What the mail server took in: recipient and message, in order."""
    kept = hall.mail.entries("accepted")
    return [(str(entry["recipient"]), message_from_bytes(hall.mail.content(entry), policy=policy.default)) for entry in kept]


def agreed(hall: TownHall, name: str, purpose: str) -> float:
    """Approve what awaits it; return the seconds until it is everywhere."""
    began = time.monotonic()
    hall.publisher("approve", name, "--as", "dominique")
    wait_for(lambda: {row["state"] for row in rows(hall, name, purpose).values()} == {"delivered"})
    return time.monotonic() - began


def test_everywhere_at_its_time_and_the_website_first(hall: TownHall, published: dict[str, Any]) -> None:
    """Never early; how late, benchmarks/on_the_wire.py measures on a machine that does nothing else."""
    first = {
        "x": hall.accepted()[0]["created_at"],
        "facebook": hall.facebook.entries("accepted")[0]["at"],
        "email": hall.mail.entries("accepted")[0]["at"],
    }
    (file,) = hall.pages()
    for channel, at in first.items():
        late = datetime.fromisoformat(str(at)) - published["at"]
        assert timedelta(0) <= late < timedelta(seconds=20), channel
        assert file.stat().st_mtime <= datetime.fromisoformat(str(at)).timestamp()


def test_every_status_has_its_address(hall: TownHall, published: dict[str, Any]) -> None:
    found = rows(hall, published["name"], "publish")
    assert set(found) == CHANNELS
    assert all(step["url"] for name in ("website", "x") for step in found[name]["steps"])
    assert found["facebook"]["steps"][-1]["url"]
    (message,) = found["email"]["steps"]
    assert (message["counts"], message["recipients"]) == ({"sent": len(PRESS), "in_doubt": 0, "failed": 0}, [])


def test_each_journalist_has_one_message_with_the_address_of_the_page(hall: TownHall, published: dict[str, Any]) -> None:
    received = [(to, message) for to, message in mails(hall) if "In-Reply-To" not in message]
    assert sorted(to for to, _ in received) == sorted(PRESS)
    for to, message in received:
        assert message["To"] == to
        assert published["page"] in message.get_body(("plain",)).get_content()


def test_another_way_to_correct_is_chosen_on_the_command_line(hall: TownHall, published: dict[str, Any]) -> None:
    hall.write(CORRECTED, "rectifie.md")
    asked = ("correct", published["name"], "rectifie.md", "--reason", WHY, "--as", "camille", "--dry-run")
    assert "DELETE" not in hall.publisher(*asked).stdout
    assert hall.publisher(*asked, "--way", "x=repost").stdout.count("DELETE") == len(hall.accepted())


def test_one_command_corrects_it_everywhere(hall: TownHall, published: dict[str, Any]) -> None:
    name = published["name"]
    hall.write(CORRECTED, "rectifie.md")
    planned = hall.publisher("correct", name, "rectifie.md", "--reason", WHY, "--as", "camille").stdout
    assert all(channel in planned.lower() for channel in ("website", "facebook", "x", "e-mail"))
    assert agreed(hall, name, "correct") < 60

    (file,) = hall.pages()
    shown = file.read_text("utf-8")
    assert ("de 9\u00a0h" in shown or "de 9 h" in shown, WHY.replace(" h", "\u00a0h") in shown or WHY in shown) == (True, True)
    assert page(hall, name) == published["page"]
    (post,) = [post for post in hall.facebook.timeline() if not post.deleted]
    assert "de 9" in post.text
    reply = hall.accepted()[-1]
    assert (reply["reply_to"], "Rectifié le" in reply["text"]) == (hall.accepted()[0]["id"], True)
    answers = {to: message for to, message in mails(hall) if "In-Reply-To" in message}
    firsts = {to: message for to, message in mails(hall) if "In-Reply-To" not in message}
    assert set(answers) == set(PRESS)
    for to, answer in answers.items():
        assert answer["In-Reply-To"] == firsts[to]["Message-ID"]
        assert answer["Subject"].startswith("[RECTIFICATIF]")
        assert "de 9" in answer.get_body(("plain",)).get_content()


def test_one_command_withdraws_it_everywhere(hall: TownHall, published: dict[str, Any]) -> None:
    name = published["name"]
    wait_for(lambda: len(rows(hall, name, "correct")) == len(CHANNELS))
    hall.publisher("withdraw", name, "--reason", "le marché n’a pas lieu", "--as", "camille")
    assert agreed(hall, name, "withdraw") < 60

    assert hall.pages() == []
    assert [post for post in hall.facebook.timeline() if not post.deleted] == []
    assert [post for post in hall.x.timeline() if not post.deleted] == []
    last = [(to, message) for to, message in mails(hall) if message["Subject"].startswith("[RETRAIT]")]
    assert sorted(to for to, _ in last) == sorted(PRESS)
    assert "le marché n’a pas lieu" in last[0][1].get_body(("plain",)).get_content()
    assert hall.status(name)["state"] == "canceled"
    assert "whole" in hall.publisher("audit", "verify").stdout
