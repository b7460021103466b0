"""Print the chapters that differ from `main` (or from the last commit, where there is no `main`), new ones too."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]


def git(*arguments):
    """Lines that git prints; none if it fails, as in a copy without its history."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.split("\n")[:-1] if done.returncode == 0 else []


def changed():
    base = (git("merge-base", "HEAD", "main") or git("merge-base", "HEAD", "origin/main") or ["HEAD"])[0]
    names = git("diff", "--name-only", base, "--", "book/*.ipynb")
    names += git("ls-files", "--others", "--exclude-standard", "--", "book/*.ipynb")
    return sorted(name for name in set(names) if (ROOT / name).is_file())


if __name__ == "__main__":
    print(*changed())
