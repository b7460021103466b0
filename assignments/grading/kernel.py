"""The process that a submission runs in: `python kernel.py COPY FORBIDDEN SECONDS -f CONNECTION`, an IPython kernel within limits.

It may read and write its copy of the assignment, and read whatever else is not forbidden. It may not start processes. It is
no sandbox against malice: what goes around Python's own functions goes around this.
"""

import os
import resource
import sys
import tempfile
from pathlib import Path

MEMORY = 4 * 2**30
FILE_BYTES = 16 * 2**20
OUTPUT_CHARACTERS = 200_000
PROCESSES = (
    "os.fork",
    "os.forkpty",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "subprocess.Popen",
    "pty.spawn",
)
CHANGES = (
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.chmod",
    "os.chown",
    "os.link",
    "os.symlink",
    "os.truncate",
)
LOOKS = ("os.listdir", "os.scandir", "os.chdir")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def limit(seconds):
    """Take away what no answer needs."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def guard(copy, forbidden):
    """Refuse processes, changes outside of `copy`, and any look at what is forbidden; nothing can take it back."""
    copy, forbidden = os.path.realpath(copy), os.path.realpath(forbidden)
    real, join = os.path.realpath, os.path.commonpath

    def below(path, folder):
        if isinstance(path, int) or path is None:
            return False
        path = real(os.fsdecode(path))
        return join([path, folder]) == folder

    def hook(event, arguments):
        if event in PROCESSES:
            raise PermissionError(f"{event} is not allowed in graded work: no other process may be started")
        if event == "open":
            path, _, flags = arguments
            writes = isinstance(flags, int) and flags & WRITING
        elif event in CHANGES or event in LOOKS:
            path, writes = (arguments or (None,))[0], event in CHANGES
        else:
            return
        if path is None or isinstance(path, int) or below(path, copy) or path in ("/dev/null", b"/dev/null"):
            return
        if writes or below(path, forbidden):
            raise PermissionError(f"{os.fsdecode(path)} is not part of your work: graded code stays in its own folder")

    sys.addaudithook(hook)


def quiet(stream):
    """Let a stream of the kernel say so much and no more."""
    write, left = stream.write, [OUTPUT_CHARACTERS]

    def limited(text):
        left[0] -= len(text)
        if left[0] < 0:
            raise RuntimeError(f"over {OUTPUT_CHARACTERS:,} characters of output: no more is taken")
        return write(text)

    stream.write = limited


def main():
    copy, forbidden, seconds, *rest = sys.argv[1:]
    os.chdir(copy)
    sys.dont_write_bytecode = True
    tempfile.tempdir = copy
    os.environ.update(IPYTHONDIR=str(Path(copy, ".ipython")), MPLCONFIGDIR=str(Path(copy, ".matplotlib")))
    limit(int(seconds))
    from ipykernel.kernelapp import IPKernelApp

    import superposition.course  # noqa: F401

    sys.argv = [sys.argv[0], *rest]
    app = IPKernelApp.instance()
    app.initialize()
    quiet(sys.stdout)
    quiet(sys.stderr)
    guard(copy, forbidden)
    app.start()


if __name__ == "__main__":
    main()
