"""What every stand-in of a vendor is: a server on this machine, in threads of its own, that frees its port at the end."""

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Line(BaseHTTPRequestHandler, ABC):
    """A connection, which stays open; a class of it says what `asked` does. An answer leaves at once, head and body."""

    protocol_version, wbufsize = "HTTP/1.1", 1 << 16

    @abstractmethod
    def asked(self) -> None:
        """Answer `command` and `path`."""

    def do_GET(self) -> None:
        """What is read."""
        self.asked()

    do_POST = do_PATCH = do_DELETE = do_GET

    def body(self) -> bytes:
        """What came with it."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def reply(self, status: int, content: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Answer it."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def reply_json(self, status: int, content: Any, headers: Mapping[str, str] | None = None) -> None:
        """Answer it with a JSON document."""
        self.reply(status, json.dumps(content).encode(), {"Content-Type": "application/json", **(headers or {})})

    def log_message(self, format: str, *arguments: Any) -> None:
        """Silent: tokens stand in headers, ids in paths; tests and the demo say what they do themselves."""


class Served:
    """A server: `listen` once, then `start` it in the background, or `serve` here. Safe for several threads."""

    def listen(self, handler: type[BaseHTTPRequestHandler], *, port: int = 0, host: str = "127.0.0.1") -> None:
        """Take the port (0: a free one); nothing is answered yet."""
        self._server = ThreadingHTTPServer((host, port), handler)
        self._server.daemon_threads = True

    @property
    def base_url(self) -> str:
        """What to give as an API base."""
        host, port = self._server.server_address[:2]
        return f"http://{host if isinstance(host, str) else host.decode()}:{port}"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: Any) -> None:
        self.stop()

    def start(self) -> Self:
        """Serve in the background."""
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def serve(self) -> None:
        """Serve in this thread until interrupted."""
        self._server.serve_forever()

    def stop(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._server.server_close()
