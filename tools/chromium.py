"""The Chromium that shows the book to tests and tools: Debian's, or Playwright's own."""

from pathlib import Path

from playwright.sync_api import Browser, Error, Playwright

# The same engine without the windows that nobody sees: the tests take three quarters of the time in it.
SHELL = Path("/usr/bin/chromium-headless-shell")
WHOLE = Path("/usr/bin/chromium")
LACKING = (
    "no Chromium: install Debian's (`apt-get install chromium-headless-shell`) "
    "or Playwright's own (`.venv/bin/playwright install --with-deps chromium`)"
)


def launch(playwright: Playwright, arguments: list[str], preferred: tuple[Path, ...] = (SHELL, WHOLE)) -> Browser:
    """Start the first of Debian's programs that is there, else Playwright's own."""
    path = next((path for path in preferred if path.is_file()), None)
    try:
        return playwright.chromium.launch(executable_path=path, args=arguments)
    except Error as error:
        if path is None:
            raise FileNotFoundError(LACKING) from error
        raise
