import json
import re
import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from requests_oauthlib import OAuth1

from publisher.cli import main


@contextmanager
def simulating(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "publisher", "simulate", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def document(process: subprocess.Popen[str]) -> dict[str, object]:
    lines = []
    while not lines or lines[-1] != "}\n":
        lines.append(process.stdout.readline())
    return json.loads("".join(lines))


def create(told: dict[str, object], text: str) -> int:
    names = ("X_API_KEY", "X_API_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET")
    auth = OAuth1(*(told["secrets"][name] for name in names))
    return requests.post(told["platforms"]["x"] + "/2/tweets", json={"text": text}, auth=auth, timeout=5).status_code


def write(told: dict[str, object], text: str) -> None:
    server = told["settings"]["email"]
    with smtplib.SMTP(server["host"], server["port"], local_hostname="valmont.example", timeout=5) as client:
        client.login(told["secrets"]["SMTP_USER"], told["secrets"]["SMTP_PASSWORD"])
        client.sendmail("presse@valmont.example", ["ada@presse.example"], f"Subject: Essai\n\n{text}\n")


def test_simulators_say_where_they_are_remember_and_end_well(tmp_path: Path) -> None:
    with simulating("--format", "json", "--state", str(tmp_path / "state")) as process:
        told = document(process)
        assert told["format"] == "publisher.simulate/1"
        assert create(told, "Une fois.") == 201
        write(told, "Par courriel.")
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
        assert process.stderr.read() == ""
    with simulating("--format", "json", "--state", str(tmp_path / "state")) as process:
        told = document(process)
        assert create(told, "Une fois.") == 403
        assert "Une fois." in requests.get(told["platforms"]["x"], timeout=5).text
        assert "Par courriel." in requests.get(f"{told['platforms']['email']}/message/1", timeout=5).text


def test_people_read_addresses_and_what_a_rehearsal_needs() -> None:
    with simulating() as process:
        first = process.stdout.readline()
        url = first.removeprefix("The simulators are at ").removesuffix("/ until you press Ctrl+C.\n")
        rest = [process.stdout.readline() for _ in range(18)]
        assert requests.get(url, timeout=5).status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 0
    assert "".join(rest) == (
        "For a rehearsal, in config.toml:\n"
        "  [channels.facebook]\n"
        f'  api_base = "{url}/facebook"\n'
        "  [channels.x]\n"
        f'  api_base = "{url}/x"\n'
        "  [channels.email]\n"
        '  host = "127.0.0.1"\n'
        f"  port = {rest[7].split()[-1]}\n"
        '  security = "none"\n'
        "and in .env:\n"
        "  FACEBOOK_PAGE_TOKEN=simulated-page-token\n"
        "  FACEBOOK_APP_SECRET=simulated-app-secret\n"
        "  X_API_KEY=simulated-key\n"
        "  X_API_SECRET=simulated-secret\n"
        "  X_ACCESS_TOKEN=1404906528-simulated-token\n"
        "  X_ACCESS_TOKEN_SECRET=simulated-token-secret\n"
        "  SMTP_USER=simulated-user\n"
        "  SMTP_PASSWORD=simulated-password\n"
    )


@pytest.mark.parametrize("case", ["port taken", "no such port", "no port for mail", "state is a file"])
def test_what_prevents_the_start_is_one_sentence(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        arguments = {
            "port taken": ["--port", str(taken.getsockname()[1])],
            "no such port": ["--port", "99999"],
            "no port for mail": ["--port", "65535"],
            "state is a file": ["--port", "0", "--state", str(tmp_path / "file")],
        }
        assert main(["simulate", *arguments[case]]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("publisher: The simulators cannot start on port ")
    assert told.err.count("\n") == 1


def test_the_town_s_website_has_an_address(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<h1>Valmont</h1>", "utf-8")
    with simulating("--site", str(tmp_path)) as process:
        lines = [process.stdout.readline() for _ in range(5)]
        address = re.search(r"http://127\.0\.0\.1:[0-9]+/site", lines[1])[0]
        assert lines[1:] == [
            f"The town's website is at {address}/.\n",
            "For a rehearsal, in config.toml:\n",
            "  [town]\n",
            f'  site_url = "{address}"\n',
        ]
        assert requests.get(f"{address}/", timeout=5).text == "<h1>Valmont</h1>"
    with simulating("--site", str(tmp_path), "--format", "json") as process:
        told = document(process)
        assert told["site"] == f"{told['url']}/site"
