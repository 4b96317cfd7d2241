"""Makes chalice's local HTTP server answer as the HTTP API in front of Lambda does.

Chalice's own server differs in ways that senders notice: an unknown path is 403, a chunked body is read as
empty, HEAD gets a body (which breaks the connection for the next request), a body may have any size, and five
connections at once fill its queue.
"""

from __future__ import annotations

import base64
import contextlib
import http
import json
import logging
import select
import socket
import sys
import time
import uuid
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import unquote

import chalice.local
from chalice.app import Chalice
from chalice.config import Config

LOG = logging.getLogger("local.gateway")
BODY_LIMIT = 6 * 1024 * 1024
"""Lambda takes 6 MB in one synchronous invocation."""
LINE_LIMIT = 1024
READ_SECONDS = 30
DRAIN_SECONDS = 2
TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml")
"""What an HTTP API hands over as text; every other content type it encodes in base64."""


class BadBody(Exception):
    """The body can't be read, so the connection can't be used any more."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Gateway(chalice.local.LocalGateway):
    """Turns a request into the event of payload format 1.0, with what chalice leaves out of it."""

    def __init__(self, app_object: Chalice, config: Config, source_ip: str) -> None:
        super().__init__(app_object, config)
        self._source_ip = source_ip

    def _generate_lambda_event(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> dict[str, Any]:
        event: dict[str, Any] = super()._generate_lambda_event(method, path, headers, body)
        context = event["requestContext"]
        context["requestId"] = str(uuid.uuid4())
        context["stage"] = "$default"
        context["identity"] = {"sourceIp": self._source_ip, "userAgent": headers.get("User-Agent")}
        event["version"] = "1.0"
        event["resource"] = context["resourcePath"]
        event["path"] = context["path"]
        event["httpMethod"] = method
        # chalice keeps what a route that did not match has captured, and the percent signs
        names = {part[1:-1] for part in context["resourcePath"].split("/") if part.startswith("{")}
        captured = event["pathParameters"]
        event["pathParameters"] = {name: unquote(captured[name]) for name in names} or None
        event["body"], event["isBase64Encoded"] = _as_text(body, event["headers"].get("content-type", ""))
        return event

    def _has_user_defined_options_method(self, lambda_event: dict[str, Any]) -> bool:
        """The app answers a browser's preflight, by its setting of origins; chalice knows only one list."""
        return True


def _as_text(body: bytes | None, content_type: str) -> tuple[str | None, bool]:
    if body is None:
        return None, False
    if content_type.lower().startswith(TEXT_TYPES):
        with contextlib.suppress(UnicodeDecodeError):
            return body.decode(), False
    return base64.b64encode(body).decode(), True


class RequestHandler(chalice.local.ChaliceRequestHandler):
    """One connection. Nagle's algorithm is off, since headers and small bodies are sent in packets of their
    own."""

    timeout = READ_SECONDS
    disable_nagle_algorithm = True

    def __init__(self, request: Any, client: Any, server: Any, app_object: Chalice, config: Config) -> None:
        self.local_gateway = Gateway(app_object, config, client[0])
        # chalice's own constructor would make its own gateway
        BaseHTTPRequestHandler.__init__(self, request, client, server)

    def _generic_handle(self) -> None:
        self._began = time.perf_counter()
        try:
            body = self._read_body()
        except BadBody as error:
            self._refuse(error.status, str(error))
            return
        try:
            response = self.local_gateway.handle_request(
                method=self.command, path=self.path, headers=dict(self.headers), body=body
            )
        except chalice.local.ForbiddenError:
            self._answer(404, {}, b'{"message":"Not Found"}')
        except chalice.local.LocalGatewayException as error:
            self._answer(error.CODE, dict(error.headers), error.body or b"")
        except Exception:
            self.log_error("the app let an error escape: %r", sys.exc_info()[1])
            self._answer(500, {}, b'{"message":"Internal Server Error"}')
        else:
            content = self._handle_binary(response)["body"] or b""
            headers = {**response["headers"], **response["multiValueHeaders"]}
            content = content.encode() if isinstance(content, str) else content
            self._answer(response["statusCode"], headers, content)

    # http.server calls a method by the verb's name
    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _generic_handle  # noqa: N815

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuses what http.server can't read. A method that no route of an HTTP API can have, such as TRACE,
        is one that the gateway does not find."""
        self._refuse(*((404, "Not Found") if code == 501 else (code, http.HTTPStatus(code).phrase)))

    def handle_expect_100(self) -> bool:
        """Tells a client that asks first (Expect: 100-continue) to go on, unless its body would be
        refused."""
        try:
            self._length()
        except BadBody as error:
            self._refuse(error.status, str(error))
            return False
        self.send_response_only(100)
        self.end_headers()
        return True

    def _length(self) -> int | None:
        """The body's declared length; None if it comes in chunks."""
        lengths = set(self.headers.get_all("content-length", []))
        coding = self.headers.get("transfer-encoding")
        if coding is not None:
            if coding.strip().lower() != "chunked" or lengths:
                raise BadBody(400, "Bad Request")
            return None
        if not lengths:
            return 0
        length = lengths.pop().strip()
        if lengths or not (length.isascii() and length.isdigit()):
            raise BadBody(400, "Bad Request")
        if len(length) > 18 or int(length) > BODY_LIMIT:
            raise BadBody(413, "Request Entity Too Large")
        return int(length)

    def _read_body(self) -> bytes | None:
        length = self._length()
        if length is None:
            return self._read_chunks()
        return self._read_exactly(length) if length else None

    def _read_exactly(self, length: int) -> bytes:
        try:
            body: bytes = self.rfile.read(length)
        except TimeoutError:
            raise BadBody(408, "Request Timeout") from None
        if len(body) < length:
            raise BadBody(400, "Bad Request")
        return body

    def _read_chunks(self) -> bytes:
        """Reads a chunked body (RFC 9112, section 7.1); extensions and trailers are ignored."""
        body = bytearray()
        while size := self._chunk_size():
            if len(body) + size > BODY_LIMIT:
                raise BadBody(413, "Request Entity Too Large")
            body += self._read_exactly(size)
            if self._read_exactly(2) != b"\r\n":
                raise BadBody(400, "Bad Request")
        for _ in range(100):
            if self.rfile.readline(LINE_LIMIT).strip() == b"":
                return bytes(body)
        raise BadBody(400, "Bad Request")

    def _chunk_size(self) -> int:
        size = self.rfile.readline(LINE_LIMIT).partition(b";")[0].strip()
        if not size or len(size) > 8 or not all(digit in b"0123456789abcdefABCDEF" for digit in size):
            raise BadBody(400, "Bad Request")
        return int(size, 16)

    def _answer(self, status: int, headers: dict[str, Any], body: bytes) -> None:
        headers = {"Content-Type": "application/json", **_titled(headers)}
        self.send_response(status)
        for name, value in headers.items():
            for single in value if isinstance(value, list) else [value]:
                self.send_header(name, single)
        if status >= 200 and status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status not in (204, 304):
            self.wfile.write(body)
        self._tell(status, headers.get("X-Request-Id", ""))

    def _tell(self, status: int, request_id: str) -> None:
        """A line a request. Its query is left out: people search for what customers said."""
        path, query, _ = self.path.partition("?")
        LOG.info(
            "answered",
            extra={
                "method": self.command,
                "path": f"{path}?…" if query else path,
                "status": status,
                "latency_ms": round((time.perf_counter() - self._began) * 1000),
                "request_id": request_id,
            },
        )

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The base class would tell of a request before it is answered; `_tell` does."""

    def log_message(self, format: str, *args: Any) -> None:
        """What the base class says of requests that it can't read."""
        LOG.info(format, *args)

    def _refuse(self, status: int, message: str) -> None:
        """Answers without the body, and ends the connection so that the client reads the answer.

        Closing with unread bytes would reset the connection, and take the answer with it.
        """
        self.close_connection = True
        self._answer(status, {"Connection": "close"}, json.dumps({"message": message}).encode())
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            deadline = time.monotonic() + DRAIN_SECONDS
            while (left := deadline - time.monotonic()) > 0:
                ready, _, _ = select.select([self.connection], [], [], left)
                if not ready or not self.connection.recv(1 << 16):
                    break


def _titled(headers: dict[str, Any]) -> dict[str, Any]:
    """Header names in one spelling, so that a content type that is named in lower case replaces the
    default."""
    return {name.title(): value for name, value in headers.items() if name.lower() != "content-length"}


class Server(chalice.local.ThreadedHTTPServer):
    request_queue_size = 1024

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignores a client that hung up: that is no error of ours."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class LocalServer(chalice.local.LocalDevServer):
    def __init__(self, app_object: Chalice, config: Config, host: str, port: int) -> None:
        super().__init__(app_object, config, host, port, handler_cls=RequestHandler, server_cls=Server)


def install() -> None:
    """Makes `chalice local` use this server instead of its own, which it has not made yet."""
    vars(chalice.local)["LocalDevServer"] = LocalServer
