"""One communiqué, from the file to the readers, with real processes: what is agreed to leaves at its second, and nothing else."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.e2e.townhall import ZONE, TownHall, end, wait_for


def previewed(hall: TownHall) -> dict[str, dict]:
    return {name: channel["steps"] for name, channel in hall.json("preview", "marche.md")["channels"].items()}


def test_queued_by_one_approved_by_another_online_within_a_second(hall: TownHall) -> None:
    before = previewed(hall)
    at = hall.ahead(8)
    name = hall.queue("--at", at.isoformat())
    hall.publisher("approve", name, "--as", "dominique")
    with hall.service() as service:
        wait_for(lambda: len(hall.accepted()) == len(before["x"]))
        wait_for(lambda: hall.status(name)["state"] == "published")
        assert end(service)[0] == 0

    first, *_ = accepted = hall.accepted()
    late = datetime.fromisoformat(first["created_at"]) - at
    assert timedelta(0) <= late < timedelta(seconds=1)

    status = hall.status(name)
    page = next(row for row in status["deliveries"] if row["channel"] == "website")["steps"][0]
    texts = [step["text"].replace("{permalink}", page["url"]) for step in before["x"]]
    assert page["url"] in texts[-1]
    assert [post["text"] for post in accepted] == texts
    assert [post["reply_to"] for post in accepted] == [None, *(post["id"] for post in accepted[:-1])]
    assert [json.loads(request["body"])["text"] for request in hall.x.requests if request["method"] == "POST"] == texts
    (file,) = hall.pages()
    assert before["website"][0]["html"] in file.read_text("utf-8")
    assert datetime.fromtimestamp(file.stat().st_mtime, UTC) <= datetime.fromisoformat(first["created_at"])
    assert page["url"] == f"{hall.site}/{file.parent.name}/"


def test_status_is_what_scripts_rely_on(hall: TownHall) -> None:
    at = hall.ahead(3600)
    name = hall.queue("--at", at.isoformat(), "--channel", "website")
    again = hall.json("queue", "marche.md", "--again", "--as", "camille", "--channel", "website", "--at", at.isoformat())
    assert [row["due_at"] for row in again["deliveries"]] == [at.isoformat()]
    document = hall.status(name)
    (row,) = document["deliveries"]
    assert document == {
        "format": "publisher.status/1",
        "id": name,
        "title": "Le marché change de place",
        "state": "awaiting_approval",
        "deliveries": [
            {
                "id": row["id"],
                "channel": "website",
                "purpose": "publish",
                "state": "planned",
                "reason": None,
                "due_at": at.isoformat(),
                "not_after": (at + timedelta(hours=4)).isoformat(),
                "steps": [{"id": "page", "state": "pending", "attempts": 0, "remote_id": None, "url": None, "error": None}],
            }
        ],
    }
    assert at.utcoffset() == ZONE.utcoffset(at.replace(tzinfo=None))
    assert hall.json("status", row["id"]) == document
    assert [one["id"] for one in hall.json("status")["announcements"]][-1] == name
    text = hall.publisher("status", name).stdout
    assert text.startswith(f"{name}  awaiting approval  Le marché change de place\n└── website {row['id']}  planned  ")
    assert text.rstrip().endswith("page  to be sent")


def test_until_idle_publishes_what_is_due_and_ends(hall: TownHall) -> None:
    due = hall.approved()
    later = hall.queue("--again", "--at", hall.ahead(3600).isoformat())
    hall.publisher("approve", later, "--as", "dominique")
    assert hall.run("--until-idle") == 0
    assert (hall.status(due)["state"], hall.status(later)["state"]) == ("published", "planned")
    posts = len(hall.accepted())
    assert hall.run("--until-idle") == 0
    assert len(hall.accepted()) == posts


def test_a_new_installation_from_nothing(tmp_path: Path) -> None:
    with TownHall(tmp_path / "hall") as hall:
        hall.publisher("init", "fresh")
        assert {path.name for path in (hall.folder / "fresh").iterdir()} == {"config.toml", ".env", "data"}
        hall.publisher("user", "add", "camille", "--role", "author")
        assert hall.json("user", "list")["users"] == [{"name": "camille", "role": "author", "login": None, "active": True}]
        assert hall.publisher("status").stdout == "Nothing is planned. “publisher queue FILE” begins.\n"
