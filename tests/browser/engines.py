"""Firefox and WebKit behind one small driver: open, evaluate, keys, pointer, screenshot, and what the console complains of."""

import base64
import itertools
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

import pytest
from selenium import webdriver
from selenium.webdriver.remote.command import Command
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service
from websocket import create_connection

HEIGHT = 900
# as WebDriver names them
KEYS = {"ArrowLeft": "\ue012", "ArrowRight": "\ue014", "Space": " "}
# Nothing but the page under test is to be had.
NOWHERE = "127.0.0.1:9"


def installed(program, package):
    """Path of a program, or a failure that names the package it comes from."""
    path = shutil.which(program)
    if path is None:
        pytest.fail(f"no {program}: install it with `apt-get install {package}`", pytrace=False)
    return path


class Engine:
    """What the tests ask of a browser; each engine adds how it is told."""

    def evaluate(self, function, *arguments):
        """What a JavaScript function, which may be async, returns for arguments that are JSON."""
        given = ", ".join(json.dumps(argument) for argument in arguments)
        found = self.run(f"(async () => JSON.stringify((await ({function})({given})) ?? null))()")
        return json.loads(found)

    def wait_for(self, function, *arguments, seconds=30):
        """Ask until the answer is true."""
        end = time.monotonic() + seconds
        while not (found := self.evaluate(function, *arguments)):
            if time.monotonic() > end:
                raise TimeoutError(f"{self.name} waited in vain for {function} of {arguments}")
            time.sleep(0.05)
        return found

    def press(self, *keys):
        strokes = [{"type": way, "value": KEYS[key]} for key in keys for way in ("keyDown", "keyUp")]
        self.act({"type": "key", "id": "keyboard", "actions": strokes})

    def drag(self, start, end):
        """Take hold at one point of the window and let go at another; at the same one, it is a click."""
        (x, y), (to_x, to_y) = start, end
        way = [(x + (to_x - x) * part / 4, y + (to_y - y) * part / 4) for part in range(5)]
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0} for x, y in way]
        down, up = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
        self.act({"type": "pointer", "id": "mouse", "actions": [moves[0], down, *moves[1:], up]})


class Firefox(Engine):
    """Debian's Firefox over WebDriver BiDi."""

    name = "firefox"
    narrowest = 390

    def __init__(self):
        program = installed("firefox-esr", "firefox-esr")
        self.profile = tempfile.TemporaryDirectory(prefix="firefox-", ignore_cleanup_errors=True)
        self.process = subprocess.Popen(
            [program, "--headless", "--no-remote", "--profile", self.profile.name, "--remote-debugging-port", "0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        listening = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
        address = next(found[1] for line in self.process.stderr if (found := listening.search(line)))
        self.socket = create_connection(f"{address}/session", timeout=60, suppress_origin=True)
        self.numbers = itertools.count(1)
        self.complaints = []
        proxy = {"proxyType": "manual", "httpProxy": NOWHERE, "sslProxy": NOWHERE}
        self.send("session.new", capabilities={"alwaysMatch": {"proxy": proxy}})
        self.send("session.subscribe", events=["log.entryAdded"])
        self.context = self.send("browsingContext.getTree")["contexts"][0]["context"]

    def send(self, method, **parameters):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("method") == "log.entryAdded" and answer["params"]["level"] == "error":
                self.complaints.append(answer["params"]["text"])
            if answer.get("id") == number:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['message']}")
                return answer["result"]

    def open(self, url, width):
        self.resize(width)
        self.complaints.clear()
        self.send("browsingContext.navigate", context=self.context, url="about:blank", wait="complete")
        self.send("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def resize(self, width):
        self.send("browsingContext.setViewport", context=self.context, viewport={"width": width, "height": HEIGHT})

    def run(self, expression):
        answer = self.send(
            "script.evaluate", expression=expression, target={"context": self.context}, awaitPromise=True
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return answer["result"]["value"]

    def act(self, source):
        self.send("input.performActions", context=self.context, actions=[source])

    def screenshot(self):
        return base64.b64decode(self.send("browsingContext.captureScreenshot", context=self.context)["data"])

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait()
        self.process.stderr.close()
        self.profile.cleanup()


class WebKit(Engine):
    """Debian's WebKitGTK, in a window of its own on a screen that nobody sees."""

    name = "webkit"
    narrowest = 447

    def __init__(self):
        driver = installed("WebKitWebDriver", "webkit2gtk-driver")
        self.screen = subprocess.Popen(
            [installed("Xvfb", "xvfb"), "-displayfd", "1", "-screen", "0", "1400x1100x24", "-nolisten", "tcp"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        display = f":{self.screen.stdout.readline().strip()}"
        self.console = tempfile.NamedTemporaryFile(prefix="webkit-", suffix=".log")
        options = Options()
        options.binary_location = next(map(str, pathlib.Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser")))
        options.add_argument("--automation")
        options.add_argument("--enable-write-console-messages-to-stdout=true")
        import os
        service = Service(driver, log_output=open(self.console.name,'w'), env={**os.environ, "DISPLAY": display})
        self.driver = webdriver.WebKitGTK(options=options, service=service)
        self.read = 0

    @property
    def complaints(self):
        text = pathlib.Path(self.console.name).read_text(encoding="utf-8", errors="replace")[self.read:]
        return text

    def open(self, url, width):
        self.resize(width)
        self.driver.get("about:blank")
        self.read = len(pathlib.Path(self.console.name).read_text())
        self.driver.get(url)

    def resize(self, width):
        self.driver.set_window_size(width, HEIGHT)

    def run(self, expression):
        return self.driver.execute_script(f"return {expression}")

    def act(self, source):
        self.driver.execute(Command.W3C_ACTIONS, {"actions": [source]})

    def screenshot(self):
        return self.driver.get_screenshot_as_png()

    def close(self):
        self.driver.quit()
        self.screen.terminate()
        self.screen.wait()
        self.screen.stdout.close()
        self.console.close()
