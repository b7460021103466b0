"""How Lighthouse rates the performance of a page on a phone: its own settings, one load."""

import json
import os
import subprocess
from pathlib import Path

PACKAGES = {"lighthouse": "12.8.2"}  # the last that runs on Node 18 and 20
FLAGS = (
    "--headless --no-sandbox --disable-background-networking --host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'"
)


def performance(folder, address, chromium):
    """Return the score of a page, of 100.

    Parameters
    ----------
    folder : pathlib.Path
        Where npm has installed `PACKAGES`.
    address : str
        Of the page.
    chromium : pathlib.Path or str
        The browser.
    """
    command = [folder / "node_modules/.bin/lighthouse", address, "--quiet", "--output=json", f"--chrome-flags={FLAGS}"]
    answer = subprocess.run(
        [*command, "--only-categories=performance"],
        env=os.environ | {"CHROME_PATH": str(Path(chromium))},
        check=True,
        capture_output=True,
        text=True,
    )
    return round(100 * json.loads(answer.stdout)["categories"]["performance"]["score"])
