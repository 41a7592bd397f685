"""A real Chromium, led through its own protocol over a pipe: no driver to install, no port to open."""

import itertools
import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-features=IsolateSandboxedIframes",  # else sandboxed frames live elsewhere and cannot be read here
    "--remote-debugging-pipe",
)

# the protocol reads on descriptor 3 and writes on 4; the copies keep the one from closing the other
WIRED = """
import os, sys
reading, writing = (os.dup(int(number)) for number in sys.argv[1:3])
for number, copy in ((3, reading), (4, writing)):
    os.dup2(copy, number)
    os.set_inheritable(number, True)  # the copy may have been that very number
os.execv(sys.argv[3], sys.argv[3:])
"""


class Page:
    """One tab: shows a file at a width and in a scheme, and answers questions about it."""

    def __init__(self, browser, session):
        self._browser, self._session = browser, session
        self.requested, self.complaints = [], []

    def call(self, method, **parameters):
        return self._browser.call(method, self._session, self._listen, **parameters)

    def show(self, path, width=1280, height=900, scheme="light", media="screen"):
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Page.navigate", url=path.as_uri())
        self.ask("new Promise(done => document.readyState == 'complete' ? done() : addEventListener('load', done))")

    def ask(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=9)

    def words_of_frames(self):
        """The text of every frame but the page itself, sandboxed ones too."""
        shot = self.call("DOMSnapshot.captureSnapshot", computedStyles=[])
        strings = shot["strings"]
        return [" ".join(strings[text] for text in document["layout"]["text"] if text >= 0) for document in shot["documents"][1:]]

    def _listen(self, event):
        if event["method"] == "Network.requestWillBeSent":
            self.requested.append(event["params"]["request"]["url"])
        if event["method"] in {"Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"}:
            self.complaints.append(event["params"])


class Browser:
    """The process, and its two pipes of JSON messages that end with a zero byte."""

    def __init__(self, writing, reading):
        self._writing, self._reading = writing, reading
        self._numbers, self._rest = itertools.count(1), b""

    def call(self, method, session=None, listen=lambda event: None, **parameters):
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        os.write(self._writing, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]
            if "method" in answer:
                listen(answer)

    @contextmanager
    def page(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        yield Page(self, self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
        self.call("Target.closeTarget", targetId=target)

    def _read(self):
        while b"\0" not in self._rest:
            part = os.read(self._reading, 65536)
            assert part, "the browser has gone"
            self._rest += part
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)


@contextmanager
def browser(profile: Path):
    """Start Chromium with an empty profile and no network; skip the test where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    to_browser, from_browser = os.pipe(), os.pipe()
    reading, writing = to_browser[0], from_browser[1]
    command = [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(
        [sys.executable, "-c", WIRED, str(reading), str(writing), *command],
        pass_fds=(reading, writing),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(reading)
    os.close(writing)
    led = Browser(to_browser[1], from_browser[0])
    try:
        yield led
        led.call("Browser.close")
    finally:
        process.terminate()
        process.wait(10)
        os.close(to_browser[1])
        os.close(from_browser[0])
