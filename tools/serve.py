"""Serve the built site to this machine alone: `python tools/serve.py FOLDER PORT` (port 0 picks a free one)."""

import functools
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class Handler(SimpleHTTPRequestHandler):
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript", ".woff2": "font/woff2"}

    def end_headers(self):
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *arguments):
        pass


def main(folder, port):
    try:
        server = ThreadingHTTPServer(("127.0.0.1", int(port)), functools.partial(Handler, directory=folder))
    except OSError as error:
        sys.exit(f"cannot serve on port {port} ({error.strerror}): try `make serve PORT={int(port) + 1}`")
    print(f"The book is at http://127.0.0.1:{server.server_port}/ (Ctrl+C stops it)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main(*sys.argv[1:])
