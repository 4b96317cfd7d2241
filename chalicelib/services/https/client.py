"""A client of HTTP that asks public addresses only, and is done in time.

The address is judged that is then connected to, so that no second look-up can lead elsewhere; TLS is spoken
with the name. Nothing of the environment is heard: no proxy, no .netrc. An answer is compressed only where
somebody asks for it, and nobody does.
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from chalicelib.ports.web import NoAnswer, WebAnswer
from chalicelib.services.external import external
from chalicelib.services.https.addresses import Network, fault_of
from chalicelib.services.https.look_ups import LookUps
from chalicelib.services.https.target import DEFAULT_PORTS, Target, target_of
from chalicelib.services.https.watchdog import Watchdog

CONNECT_SECONDS = 5.0
"""To the first that takes the connection, for each address of a name."""
USER_AGENT = "TriggerIQ/1"

_PIECE = 64 * 1024
_HEADERS = 1_000_000
"""Bytes that an answer may have before its body."""
_FRAMES = 2
"""By how much a body may grow by being sent in chunks."""
_METHOD = re.compile("[A-Z]{1,20}")
_HEADER = re.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[\t -~\xa0-\xff]*")
_OURS = frozenset(
    (
        "accept-encoding", "connection", "content-length", "host", "te", "trailer", "transfer-encoding",
        "upgrade", "user-agent",
    )
)  # fmt: skip
"""Headers that are the client's to set."""

Resolve = Callable[[str, int], Sequence[str]]
"""Gives the addresses of a name, for a port. Raises OSError."""


def look_up(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, in the order in which they are to be tried."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(where[0]) for *_, where in found))


class HttpsClient:
    """Web (chalicelib.ports). allowed: networks that are open though they are not public. local: whether this
    is a developer's machine, see target_of. own: what our own API is known by (own_of), which nobody
    may have us call. context: of TLS; by default it trusts whom the machine trusts. connect_seconds: how long
    an address has to take the connection, before the name's next one is tried.
    """

    def __init__(
        self,
        allowed: Iterable[Network] = (),
        *,
        local: bool = False,
        own: Iterable[str] = (),
        resolve: Resolve = look_up,
        context: ssl.SSLContext | None = None,
        connect_seconds: float = CONNECT_SECONDS,
    ) -> None:
        self._allowed, self._local, self._own = tuple(allowed), local, frozenset(own)
        self._resolve, self._given = resolve, context
        self._connect_seconds, self._look_ups = connect_seconds, LookUps()

    @external("web.send", lambda error: None)
    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        seconds: float,
        limit: int,
    ) -> WebAnswer:
        if not _METHOD.fullmatch(method):
            raise ValueError("a method is of A to Z")
        for name, value in headers.items():
            if not _HEADER.fullmatch(name):
                raise ValueError("a header's name is a token")
            if name.lower() in _OURS or name.lower().startswith("proxy-"):
                raise ValueError(f"the header {name} is the client's to set")
            if not _VALUE.fullmatch(value):  # which is not quoted: it may be a secret
                raise ValueError(f"the header {name} has characters that none may have, such as a line break")
        target = target_of(url, local=self._local, own=self._own)
        request = _Request(method, target, headers, body)
        watch = Watchdog(seconds)
        try:
            addresses = self._judged(target, watch)
            sock = _connected(addresses, target, watch, self._connect_seconds)
            if target.scheme == "https":
                sock = self._proven(sock, target, watch)
            answer = request.answer_over(sock, limit)
            watch.left()  # what the watchdog cut off may look like an end
            return answer
        except NoAnswer:
            raise
        except (OSError, http.client.HTTPException) as error:
            raise watch.told() or _fault(target, error) from error
        finally:
            watch.end()

    def _judged(self, target: Target, watch: Watchdog) -> Sequence[str]:
        """The addresses of the host, each of which may be connected to."""
        look_up = partial(self._resolve, target.host, target.port)
        try:
            found = self._look_ups.within(watch.left(), look_up)
        except UnicodeError as error:  # a name that the resolver's own encoding refuses
            raise NoAnswer("unknown", "its name can't be looked up") from error
        if not found:
            raise NoAnswer("unknown", f"{target.host} has no address")
        for address in found:
            # One bad address among them refuses the name: who mixes them means no good.
            if fault := fault_of(address, self._allowed):
                raise NoAnswer("refused", f"an address of {target.host} {fault}")
        return found

    def _proven(self, sock: socket.socket, target: Target, watch: Watchdog) -> ssl.SSLSocket:
        wrapped = self._context.wrap_socket(
            sock, server_hostname=target.host, do_handshake_on_connect=False, suppress_ragged_eofs=False
        )
        watch.over(wrapped)
        wrapped.settimeout(watch.left())
        try:
            wrapped.do_handshake()
        except ssl.SSLCertVerificationError as error:
            raise NoAnswer(
                "untrusted", f"{target.host} shows no certificate that holds: {error.verify_message}"
            ) from error
        return wrapped

    @cached_property
    def _context(self) -> ssl.SSLContext:
        if self._given is not None:
            return self._given
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_default_certs()
        return context


def _connected(addresses: Sequence[str], target: Target, watch: Watchdog, seconds: float) -> socket.socket:
    """A connection to the first that takes one."""
    failure: OSError | None = None
    for address in addresses:
        try:
            sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
            watch.over(sock)
            sock.settimeout(min(seconds, watch.left()))
            sock.connect((address, target.port))
        except OSError as error:
            failure = error
            watch.left()
            continue
        sock.settimeout(watch.left())
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock
    raise NoAnswer("unreachable", f"{target.host} takes no connection") from failure


class _Request(http.client.HTTPConnection):
    """A request that is put together before anybody is asked, and then goes over a socket that is connected
    already. Raises ValueError for a header that can't be sent."""

    auto_open = 0

    def __init__(self, method: str, target: Target, headers: Mapping[str, str], body: bytes | None) -> None:
        super().__init__(target.host, target.port)
        self.default_port = DEFAULT_PORTS[target.scheme]  # Host names any other
        self._content, self._pieces = body, list[bytes]()
        self.putrequest(method, target.path, skip_accept_encoding=True)
        sent = {"User-Agent": USER_AGENT, **headers, "Connection": "close"}
        if body is not None:
            sent["Content-Length"] = str(len(body))
        for name, value in sent.items():
            self.putheader(name, value)

    def send(self, data: Any) -> None:
        """Keeps what is to be sent until it is whole."""
        self._pieces.append(data)

    def answer_over(self, sock: socket.socket, limit: int) -> WebAnswer:
        """Send it, and read the answer: of its body up to `limit` bytes."""
        # http.client has no socket itself, for it would close it before the body is read
        stream = _Bounded(sock, _FRAMES * limit + _HEADERS)
        self.response_class = partial(_Response, stream)  # type: ignore[assignment]
        self.endheaders(self._content)
        sock.sendall(b"".join(self._pieces))  # at once, so that a small one is one packet
        with self.getresponse() as response:
            try:
                body, cut = _body(response, limit)
            except ValueError as error:  # a chunk of less than nothing
                raise http.client.HTTPException("no chunks") from error
        headers: dict[str, str] = {}
        for name, value in response.getheaders():
            name = name.lower()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return WebAnswer(response.status, headers, body, cut)


class _Response(http.client.HTTPResponse):
    """An answer of which no more is taken than its stream has, whatever its own numbers claim: http.client
    reads a chunk of size -1 to the very end."""

    def __init__(self, stream: _Bounded, _: None, **kwargs: Any) -> None:
        self._stream = stream
        super().__init__(stream, **kwargs)  # type: ignore[arg-type]

    def begin(self) -> None:
        super().begin()
        self._stream.may_end = True


class _Bounded(io.RawIOBase):
    """What comes by a socket, up to `most` bytes. may_end: whether it may end here: http.client takes a head
    that breaks off for a whole one."""

    def __init__(self, sock: socket.socket, most: int) -> None:
        self._sock, self._left = sock, most
        self.may_end = False

    def makefile(self, mode: str) -> io.BufferedReader:
        """As http.client asks a socket for one."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        taken = self._sock.recv_into(buffer)
        self._left -= taken
        if self._left < 0:
            raise http.client.HTTPException("more than was asked for")
        if taken == 0 and not self.may_end:
            raise http.client.HTTPException("it ends within its head")
        return taken


def _body(response: http.client.HTTPResponse, limit: int) -> tuple[bytes, bool]:
    """The body up to the limit, and whether there was more."""
    pieces, room = [], limit + 1
    while room and (piece := response.read(min(room, _PIECE))):
        pieces.append(piece)
        room -= len(piece)
    whole = b"".join(pieces)
    if room and response.length:  # http.client says so only of a body in chunks
        raise http.client.IncompleteRead(b"", response.length)
    return whole[:limit], len(whole) > limit


def _fault(target: Target, error: Exception) -> NoAnswer:
    if isinstance(error, TimeoutError):
        return NoAnswer("late", f"{target.host} did not answer in time")
    if isinstance(error, socket.gaierror):
        return NoAnswer("unknown", f"{target.host} can't be looked up")
    if isinstance(error, ssl.SSLError):
        return NoAnswer("untrusted", f"no TLS with {target.host}: {error.reason or type(error).__name__}")
    return NoAnswer("broken", f"{target.host} gave no whole answer: {type(error).__name__}")
