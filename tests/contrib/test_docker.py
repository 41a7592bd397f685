"""The sample for containers: no rights, no secrets, locked dependencies, and a sign of life that is one."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from publisher import settings
from publisher.config import load
from publisher.models import Holder
from publisher.web import frame

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "contrib" / "docker"


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"(?m)^#.*\n", "", (DOCKER / "Dockerfile").read_text("utf-8")).replace("\\\n", " ")
    return [(word, " ".join(rest.split())) for word, rest in (line.split(" ", 1) for line in text.splitlines() if line.strip())]


def environment() -> dict[str, str]:
    (told,) = [rest for word, rest in instructions() if word == "ENV"]
    return dict(pair.split("=", 1) for pair in told.split())


def test_it_is_no_root_and_its_dependencies_are_locked() -> None:
    words = [word for word, _rest in instructions()]
    assert ("USER", "publisher") in instructions()
    assert words.index("USER") > max(number for number, word in enumerate(words) if word == "RUN")
    assert [rest for word, rest in instructions() if word == "RUN" and "pip install" in rest and "--require-hashes --no-deps" in rest]
    locked = re.findall(r"(?m)^([\w.\[\]-]+==\S+)(.*)$", (ROOT / "requirements" / "oidc.txt").read_text())
    assert locked


def test_nothing_goes_in_but_what_is_named() -> None:
    lines = (DOCKER / "Dockerfile.dockerignore").read_text().splitlines()
    assert lines[1] == "*"
    let_in = {line[1:] for line in lines if line.startswith("!")}
    copied = {source for word, rest in instructions() if word == "COPY" for source in rest.split()[:-1]}
    assert copied == let_in
    assert all((ROOT / path).exists() for path in let_in)
    assert "**/.env" in lines


def test_its_variables_are_keys_of_the_configuration(tmp_path) -> None:
    told = {name: value for name, value in environment().items() if name.startswith("PUBLISHER_") and name != "PUBLISHER_CONFIG"}
    config = load(ROOT / "config.example.toml", told)
    assert (str(config.storage.data_dir), config.web.host) == ("/var/lib/publisher", "0.0.0.0")


def test_compose_gives_no_rights_and_no_secret_in_the_open() -> None:
    told = yaml.safe_load((DOCKER / "compose.yaml").read_text("utf-8"))
    service, proxy = told["services"]["publisher"], told["services"]["proxy"]
    assert (service["read_only"], service["cap_drop"], service["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"])
    assert "ports" not in service
    assert (DOCKER / service["build"]["context"]).resolve() == ROOT
    names = {line.split("=")[0].lstrip("# ") for line in (ROOT / "env.example").read_text().splitlines() if "=" in line}
    plain = {name for name in service["environment"] if not name.startswith("PUBLISHER_")}
    assert {name.removesuffix("_FILE") for name in plain} <= names
    assert all(value.startswith("/run/secrets/") for name, value in service["environment"].items() if name in plain)
    config = load(ROOT / "config.example.toml", {"PUBLISHER_WEB_TRUSTED_PROXIES": service["environment"]["PUBLISHER_WEB_TRUSTED_PROXIES"]})
    assert config.web.trusted_proxies == (proxy["networks"]["inside"]["ipv4_address"],)
    assert "/var/lib/publisher" not in [volume.split(":")[1] for volume in proxy["volumes"] if isinstance(volume, str)]


def healthy(folder: Path) -> tuple[int, str]:
    options = {"env": {**os.environ, "PUBLISHER_STORAGE_DATA_DIR": str(folder)}, "capture_output": True, "text": True}
    done = subprocess.run([sys.executable, DOCKER / "healthcheck.py"], check=False, **options)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_health_is_a_recent_sign_of_life(data_dir) -> None:
    assert healthy(data_dir / "absent")[0] == 1
    assert healthy(data_dir)[0] == 1
    now = datetime.now(UTC)
    for age, code in ((0, 0), (40, 0), (60, 1)):
        Holder.objects.update_or_create(id=1, defaults={"heartbeat_at": now - timedelta(seconds=age)})
        assert healthy(data_dir)[0] == code, age


def test_it_is_silent_for_as_long_as_the_pages_say() -> None:
    text = (DOCKER / "healthcheck.py").read_text()
    assert f"SILENT = timedelta(seconds={int(frame.SILENT.total_seconds())})" in text
    assert f'"{settings.DATABASE}"' in text
    (told,) = [rest for word, rest in instructions() if word == "HEALTHCHECK"]
    assert json.loads(told[told.index("[") :]) == ["python", "/opt/publisher/healthcheck.py"]
