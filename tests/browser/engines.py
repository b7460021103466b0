"""Firefox and WebKit behind one small driver: pages, JavaScript, keys, the pointer, and what a page complains of."""

import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
from urllib.parse import urljoin

import pytest
from selenium import webdriver
from selenium.webdriver.remote.command import Command
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service
from websocket import create_connection

HEIGHT = 900
# Busy machines are slow, and only what never comes is a failure.
PATIENCE = 100
# as WebDriver writes them
KEYS = {"ArrowLeft": "\ue012", "ArrowRight": "\ue014", "Space": " "}
# Firefox says this, too, of a formula that has not arrived whole when it is first drawn.
UNFINISHED = "Invalid markup: Incorrect number of children for <m"
MALFORMED = """() => [["msub, msup, mfrac, mroot, munder, mover", 2], ["msubsup, munderover", 3]].some(([names, many]) =>
  [...document.querySelectorAll(names)].some((part) => part.childElementCount !== many))"""
# WebKit's driver has no console: a page that is served with this at its head keeps what it would have said there.
LISTENING = """<script>
  window.complaints = [];
  const say = console.error;
  console.error = (...words) => { complaints.push(words.join(" ")); say.apply(console, words); };
  addEventListener("error", (event) => complaints.push(event.message || `not loaded: ${event.target.src || event.target.href}`), true);
  addEventListener("unhandledrejection", (event) => complaints.push(String(event.reason)));
</script>"""
# WebKit's window cannot be narrower than 447 pixels, so a page is shown in a frame of its host, which can: `/frame` is this.
FRAME = """<!doctype html><title>Frame</title><style>* { margin: 0; border: 0; overflow: hidden }
iframe { display: block; height: 100vh }</style><iframe></iframe>"""


def installed(found, program, package):
    """The path where a program was found, or a failure that names its Debian package."""
    if found is None:
        pytest.fail(f"no {program}: install it with `apt-get install {package}`", pytrace=False)
    return str(found)


class Engine:
    """What the tests ask of a browser. Each engine adds `open`, `resize`, `run`, `act`, `complaints`, `close`."""

    def evaluate(self, function, *arguments):
        """What a JavaScript function, which may be async, returns for arguments that JSON can hold."""
        given = ", ".join(map(json.dumps, arguments))
        return json.loads(self.run(f"(async () => JSON.stringify((await ({function})({given})) ?? null))()"))

    def wait_for(self, function, *arguments):
        """Ask until the answer is true."""
        end = time.monotonic() + PATIENCE
        while not self.evaluate(function, *arguments):
            assert time.monotonic() < end, f"{self.name} waited in vain for {function} of {arguments}"
            time.sleep(0.05)

    def press(self, key):
        strokes = [{"type": way, "value": KEYS[key]} for way in ("keyDown", "keyUp")]
        self.act({"type": "key", "id": "keyboard", "actions": strokes})

    def drag(self, start, end):
        """Take hold at one point of the window and let go at another."""
        (x, y), (to_x, to_y) = start, end
        way = [(x + (to_x - x) * part / 2, y + (to_y - y) * part / 2) for part in range(3)]
        first, *moves = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0} for x, y in way]
        down, up = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
        self.point(first, down, *moves, up)

    def leave(self):
        """Move the pointer into the corner of the window, where no link is that would open its preview over the page."""
        self.point({"type": "pointerMove", "x": 1, "y": 1, "duration": 0})

    def point(self, *actions):
        self.act({"type": "pointer", "id": "mouse", "actions": actions})


class Firefox(Engine):
    """Debian's Firefox over WebDriver BiDi, which needs no driver beside it."""

    name = "Firefox"
    space_flips = False  # not even a bare checkbox, when BiDi types it

    def __init__(self):
        program = installed(shutil.which("firefox-esr"), "Firefox", "firefox-esr")
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.process = subprocess.Popen(
            [program, "--headless", "--no-remote", "--profile", self.profile.name, "--remote-debugging-port", "0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        address = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
        listening = next(found[1] for line in self.process.stderr if (found := address.search(line)))
        self.socket = create_connection(f"{listening}/session", timeout=PATIENCE, suppress_origin=True)
        self.numbers = itertools.count()
        self.entries = []
        # nothing but this machine is to be had
        proxy = {"proxyType": "manual", "httpProxy": "127.0.0.1:9", "sslProxy": "127.0.0.1:9"}
        self.send("session.new", capabilities={"alwaysMatch": {"proxy": proxy}})
        self.send("session.subscribe", events=["log.entryAdded"])
        self.context = self.send("browsingContext.getTree")["contexts"][0]["context"]

    def send(self, method, **parameters):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while (answer := json.loads(self.socket.recv())).get("id") != number:
            if answer["method"] == "log.entryAdded":
                self.entries.append(answer["params"])
        assert answer["type"] == "success", f"{method}: {answer['message']}"
        return answer["result"]

    def open(self, url, width):
        # a page of its own between the two, or a new fragment would not load the page again
        self.send("browsingContext.navigate", context=self.context, url="about:blank", wait="complete")
        self.resize(width)
        self.entries.clear()
        self.send("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def resize(self, width):
        self.send("browsingContext.setViewport", context=self.context, viewport={"width": width, "height": HEIGHT})

    def run(self, expression):
        target = {"context": self.context}
        answer = self.send("script.evaluate", expression=expression, target=target, awaitPromise=True)
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return answer["result"]["value"]

    def act(self, source):
        self.send("input.performActions", context=self.context, actions=[source])

    def complaints(self):
        malformed = self.evaluate(MALFORMED)  # what was said before the answer is here with it
        said = [entry["text"] for entry in self.entries if entry["level"] == "error"]
        return [words for words in said if malformed or not words.startswith(UNFINISHED)]

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait()
        self.process.stderr.close()
        self.profile.cleanup()


class WebKit(Engine):
    """Debian's WebKitGTK through its own driver, on a screen that nobody sees."""

    name = "WebKit"
    space_flips = True

    def __init__(self):
        driver = installed(shutil.which("WebKitWebDriver"), "WebKit's driver", "webkit2gtk-driver")
        window = next(pathlib.Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), None)
        screen = installed(shutil.which("Xvfb"), "Xvfb", "xvfb")
        options = Options()
        options.binary_location = installed(window, "WebKit", "webkit2gtk-driver")
        options.add_argument("--automation")
        self.screen = subprocess.Popen(
            [screen, "-displayfd", "1", "-screen", "0", "1400x1100x24", "-nolisten", "tcp"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        display = f":{self.screen.stdout.readline().strip()}"
        # without layers for a graphics card that is not there, the same tests take two thirds of the time
        surroundings = {**os.environ, "DISPLAY": display, "WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
        self.driver = webdriver.WebKitGTK(options=options, service=Service(driver, env=surroundings))
        self.driver.set_script_timeout(PATIENCE)
        self.driver.set_window_size(1300, 600)  # wide enough for the frame, and what is not seen need not be painted

    def open(self, url, width):
        self.driver.switch_to.default_content()
        self.driver.get(urljoin(url, "/frame"))
        self.evaluate(
            """([url, width]) => new Promise((loaded) => {
              const frame = document.querySelector("iframe");
              Object.assign(frame, { onload: loaded, width, src: url });
            })""",
            [url, width],
        )
        self.driver.switch_to.frame(0)

    def resize(self, width):
        self.evaluate("(width) => { frameElement.width = width; }", width)

    def run(self, expression):
        return self.driver.execute_script(f"return {expression}")

    def act(self, source):
        self.driver.execute(Command.W3C_ACTIONS, {"actions": [source]})

    def complaints(self):
        return self.evaluate("() => window.complaints")

    def close(self):
        self.driver.quit()
        self.screen.terminate()
        self.screen.wait()
        self.screen.stdout.close()


ENGINES = {"firefox": Firefox, "webkit": WebKit}
