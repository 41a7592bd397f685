"""The samples for web servers, each tried with its server: what reaches the back-office, and what the press room shows."""

import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
import trustme

from publisher.config import Web

ROOT = Path(__file__).parents[2]
PROXIES = ROOT / "contrib" / "proxy"
PRESS, STAFF = "presse.valmont-les-tilleuls.example", "publisher.intranet.example"
APACHE_MODULES = (
    *(
        "mpm_event",
        "authz_core",
        "authz_host",
        "alias",
        "dir",
        "headers",
        "rewrite",
        "setenvif",
        "ssl",
        "socache_shmcb",
        "proxy",
        "proxy_http",
    ),
)


class Upstream(BaseHTTPRequestHandler):
    """Answers with what reached it."""

    def do_GET(self) -> None:
        if "dead" in self.path:
            self.connection.close()
            return
        length = int(self.headers.get("Content-Length", 0))
        if len(self.rfile.read(length)) < length:
            return
        told = json.dumps({"path": self.path, "headers": {name.lower(): value for name, value in self.headers.items()}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    do_POST = do_GET  # noqa: N815 - the library's own way

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Proxy:
    def __init__(self, folder: Path, upstream: int) -> None:
        self.folder, self.upstream = folder, upstream
        self.plain, self.encrypted = free_port(), free_port()

    def sample(self, name: str) -> str:
        text = (PROXIES / name).read_text("utf-8")
        for there, here in {
            "/etc/ssl/publisher": str(self.folder / "ssl"),
            "/var/lib/publisher/site": str(self.folder / "site"),
            "127.0.0.1:8000": f"127.0.0.1:{self.upstream}",
        }.items():
            assert there in text
            text = text.replace(there, here)
        return text

    def ask(self, host: str, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(host)
        context = ssl.create_default_context(cafile=str(self.folder / "ssl" / "ca.pem"))
        raw = socket.create_connection(("127.0.0.1", self.encrypted), timeout=20)
        connection.sock = context.wrap_socket(raw, server_hostname=host)
        connection.request(method, path, body or None, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        answer.content = answer.read()
        connection.close()
        return answer


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def nginx(proxy: Proxy) -> list[str]:
    text = re.sub(r"listen \[::\].*\n", "", proxy.sample("nginx.conf"))
    text = text.replace("listen 80;", f"listen 127.0.0.1:{proxy.plain};").replace(
        "listen 443 ssl;", f"listen 127.0.0.1:{proxy.encrypted} ssl;"
    )
    paths = "".join(f"{kind}_temp_path {proxy.folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;\n" if os.geteuid() == 0 else ""
    (proxy.folder / "nginx.conf").write_text(
        f"{user}pid {proxy.folder}/pid;\nerror_log {proxy.folder}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log {proxy.folder}/access.log;\n{paths}{text}\n}}\n"
    )
    return [
        "nginx",
        "-p",
        str(proxy.folder),
        "-c",
        str(proxy.folder / "nginx.conf"),
        "-e",
        str(proxy.folder / "error.log"),
        "-g",
        "daemon off;",
    ]


def apache(proxy: Proxy) -> list[str]:
    text = proxy.sample("apache.conf").replace("*:80>", f"*:{proxy.plain}>").replace("*:443>", f"*:{proxy.encrypted}>")
    modules = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in APACHE_MODULES)
    (proxy.folder / "apache.conf").write_text(
        f'ServerRoot "{proxy.folder}"\nServerName localhost\nPidFile {proxy.folder}/pid\nErrorLog {proxy.folder}/error.log\n'
        f"DefaultRuntimeDir {proxy.folder}\nListen 127.0.0.1:{proxy.plain}\nListen 127.0.0.1:{proxy.encrypted}\n{modules}"
        f'User nobody\nGroup nogroup\nLogFormat "%r" combined\nCustomLog {proxy.folder}/other_vhosts_access.log "%r"\n{text}'
    )
    return ["apache2", "-X", "-f", str(proxy.folder / "apache.conf")]


def caddy(proxy: Proxy) -> list[str]:
    ports = f"{{\n\tadmin off\n\thttp_port {proxy.plain}\n\thttps_port {proxy.encrypted}\n\tdefault_bind 127.0.0.1\n"
    before, after = proxy.sample("Caddyfile").split("{\n", 1)
    (proxy.folder / "Caddyfile").write_text(before + ports + after)
    return ["caddy", "run", "--config", str(proxy.folder / "Caddyfile"), "--adapter", "caddyfile"]


SERVERS = {"nginx": nginx, "apache2": apache, "caddy": caddy}


@pytest.fixture(scope="module")
def upstream() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module", params=SERVERS)
def proxy(request: pytest.FixtureRequest, upstream: int) -> Iterator[Proxy]:
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    with tempfile.TemporaryDirectory(prefix="publisher-proxy-") as home:
        folder = Path(home)
        folder.chmod(0o755)  # the server may drop its rights
        stock(folder)
        made = Proxy(folder, upstream)
        command = SERVERS[request.param](made)
        environment = {**os.environ, "APACHE_LOG_DIR": home, "HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home}
        with (folder / "output").open("w") as output, subprocess.Popen(command, stdout=output, stderr=output, env=environment) as server:
            try:
                answering(made, server)
                yield made
            finally:
                server.terminate()


def stock(folder: Path) -> None:
    (folder / "ssl").mkdir()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ssl" / "ca.pem")
    for name, host in {"presse": PRESS, "intranet": STAFF}.items():
        issued = authority.issue_cert(host)
        (folder / "ssl" / f"{name}.pem").write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(folder / "ssl" / f"{name}.key")
    for path, text in {"communique/index.html": "page", ".hidden/secret": "secret", "feed.xml": "feed"}.items():
        (folder / "site" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "site" / path).write_text(text)


def answering(proxy: Proxy, server: subprocess.Popen) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", proxy.encrypted), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    told = [(proxy.folder / name).read_text() for name in ("output", "error.log") if (proxy.folder / name).exists()]
    raise AssertionError(f"the server does not answer: {told}")


def test_the_back_office_learns_from_whom_and_how_it_was_called_and_nothing_that_the_caller_invents(proxy: Proxy) -> None:
    invented = {"X_Forwarded_For": "6.6.6.6", "X_Forwarded_Proto": "http", "X_Forwarded_Host": "evil.example"}
    answer = proxy.ask(STAFF, "/annonces/?q=x%20y", **invented)
    told = json.loads(answer.content)
    headers = told["headers"]
    assert (told["path"], headers["host"]) == ("/annonces/?q=x%20y", STAFF)
    assert (headers["x-forwarded-for"], headers["x-forwarded-proto"]) == ("127.0.0.1", "https")
    assert headers.get("x-forwarded-host") in {None, "evil.example"}  # of which the pages take no notice
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(("size", "status"), [(20 * 2**20, 200), (27 * 2**20, 413)])
def test_a_photo_gets_through_and_what_is_larger_is_refused(proxy: Proxy, size: int, status: int) -> None:
    try:
        answer = proxy.ask(STAFF, "/", "POST", b"x" * size)
    except OSError:  # refused before all of it was sent
        assert status == 413
    else:
        assert answer.status == status or (status, answer.status) == (413, 502)  # which is how Caddy 2.6 says it


def test_the_press_room_shows_its_pages_and_nothing_hidden_and_nothing_of_the_back_office(proxy: Proxy) -> None:
    shown = proxy.ask(PRESS, "/communique/")
    assert (shown.status, shown.content, shown.headers["X-Content-Type-Options"]) == (200, b"page", "nosniff")
    assert proxy.ask(PRESS, "/feed.xml").content == b"feed"
    for path in ("/.hidden/secret", "/connexion/", "/api/v1/announcements", "/../ssl/ca.pem"):
        answer = proxy.ask(PRESS, path)
        assert (answer.status in {400, 403, 404}, b"headers" in answer.content) == (True, False), path


def test_whoever_comes_unencrypted_is_sent_to_the_encrypted_address(proxy: Proxy) -> None:
    for host in (PRESS, STAFF):
        answer = unencrypted(proxy, host, "/")
        assert answer.status in {301, 308}
        assert answer.headers["Location"].startswith(f"https://{host}")


def unencrypted(proxy: Proxy, host: str, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.plain, timeout=20)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    connection.close()
    return answer


def test_secret_addresses_are_written_down_nowhere(proxy: Proxy) -> None:
    for path in ("/calendrier/canary.ics", "/bienvenue/MQ/canary/", "/journal/"):
        assert proxy.ask(STAFF, path).status == 200
    for path in ("/calendrier/canary-dead.ics", "/bienvenue/MQ/canary-dead/"):  # what failed is written down, too
        assert proxy.ask(STAFF, path).status in {500, 502}
    for host in (PRESS, STAFF):
        unencrypted(proxy, host, "/calendrier/canary.ics")
    time.sleep(0.2)
    logs = "".join(path.read_text(errors="replace") for path in proxy.folder.iterdir() if path.is_file())
    assert "canary" not in logs


@pytest.mark.parametrize("name", ["nginx.conf", "apache.conf", "Caddyfile"])
def test_a_sample_has_the_addresses_of_the_example_configuration(name: str) -> None:
    example = (ROOT / "config.example.toml").read_text("utf-8")
    told = tomllib.loads(re.sub(r"(?m)^# (public_url|staff_url)", r"\1", example))["web"]
    text = (PROXIES / name).read_text("utf-8")
    assert [urlsplit(told[key]).hostname for key in ("public_url", "staff_url")] == [PRESS, STAFF]
    assert {PRESS, STAFF} <= set(re.findall(r"[\w.-]+\.example", text))
    assert f"127.0.0.1:{Web().port}" in text
    assert f'staff_url = "{told["staff_url"]}", trusted_proxies = ["127.0.0.1"]' in text
