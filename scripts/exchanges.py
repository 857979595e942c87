"""Records what worker and simulator say to each other, and holds it against openapi/portal.yaml.

The recorder stands between the two as an HTTP proxy. The validator is openapi-core, which we did not write.
"""

from __future__ import annotations

import http.client
import threading
import urllib.parse
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import yaml
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse
from schema_check import ROOT

#: One of the servers of the document; the simulator stands in for it.
HOST = "https://api.domstol.dk"
_PER_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "host", "expect", "content-length"}


@dataclass(frozen=True)
class Exchange:
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    status: int
    answer_headers: tuple[tuple[str, str], ...]
    answer: bytes

    @property
    def sort(self) -> str:
        """The operation without numbers, and the status."""
        parts = urllib.parse.urlsplit(self.target).path.strip("/").split("/")
        if len(parts) > 1 and parts[1] != "aendringer":
            parts[1::2] = ["…"] * len(parts[1::2])
        return f"{self.method} /{'/'.join(parts)} {self.status}"


class Recorder:
    """A proxy before the simulator. Of each sort of exchange it keeps the first ones."""

    MOST = 400

    def __init__(self, port: int) -> None:
        self.exchanges: list[Exchange] = []
        self.seen: Counter[str] = Counter()
        self._lock = threading.Lock()
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            upstream: http.client.HTTPConnection | None = None

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except (OSError, http.client.HTTPException):
                    self.close_connection = True  # the simulator hangs up on purpose, and so must we

            def pass_on(self) -> None:
                body = self._body()
                headers = tuple((name, text) for name, text in self.headers.items())
                if self.upstream is None:
                    self.upstream = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
                sent = {name: text for name, text in headers if name.lower() not in _PER_CONNECTION}
                if body or self.command in ("POST", "PUT"):
                    sent["Content-Length"] = str(len(body))
                self.upstream.request(self.command, self.path, body=body or None, headers=sent)
                answer = self.upstream.getresponse()
                contents = answer.read()
                recorder.add(
                    Exchange(
                        self.command, self.path, headers, body, answer.status, tuple(answer.getheaders()), contents
                    )
                )
                self.send_response_only(answer.status)
                for name, text in answer.getheaders():
                    if name.lower() not in _PER_CONNECTION:
                        self.send_header(name, text)
                self.send_header("Content-Length", str(len(contents)))
                self.end_headers()
                self.wfile.write(contents)

            do_GET = do_POST = do_PUT = do_DELETE = pass_on

            def _body(self) -> bytes:
                if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length") or 0))
                body = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def finish(self) -> None:
                if self.upstream:
                    self.upstream.close()
                try:
                    super().finish()
                except OSError:
                    pass

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def add(self, exchange: Exchange) -> None:
        with self._lock:
            self.seen[exchange.sort] += 1
            if self.seen[exchange.sort] <= self.MOST:
                self.exchanges.append(exchange)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@cache
def api() -> OpenAPI:
    """The document without its tokens, which runs with the simulator do without (`portal.token.auth=none`)."""
    document = yaml.safe_load((ROOT / "openapi" / "portal.yaml").read_text())
    document.pop("security", None)
    return OpenAPI.from_dict(document)


def problems(exchanges: Iterable[Exchange]) -> list[str]:
    """Where exchanges part from the document. Names places and rules, and no value of theirs."""
    found = []
    for one in exchanges:
        parts = urllib.parse.urlsplit(one.target)
        kind = header(one.headers, "content-type")
        request = MockRequest(
            HOST,
            one.method.lower(),
            parts.path,
            args=dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True)),
            headers=dict(one.headers),
            data=one.body or None,
            content_type=kind or "application/json",
        )
        answer = MockResponse(
            one.answer,
            status_code=one.status,
            headers=dict(one.answer_headers),
            content_type=header(one.answer_headers, "content-type"),
        )
        try:
            # What the portal refuses may be wrong: the worker forwards a creditor's own mistakes.
            if one.status < 400:
                api().validate_request(request)
            api().validate_response(request, answer)
        except OpenAPIError as error:
            found.append(f"{one.sort}: {explained(error)}")
    return found


def explained(error: BaseException) -> str:
    """Which rule was broken where."""
    words = [type(error).__name__]
    while error.__cause__ is not None:
        error = error.__cause__
        words.append(type(error).__name__)
    for broken in getattr(error, "schema_errors", ()):
        words.append(f"{'/'.join(map(str, broken.absolute_path))}: {broken.validator}")
    return ", ".join(words)


def header(headers: Iterable[tuple[str, str]], name: str) -> str:
    return next((text for key, text in headers if key.lower() == name), "")
