"""Why a signature failed, for whoever has the secret: an admin, a connection's owner, a developer at his own
machine. What a stranger is told says `refusals`.

It tries what senders get wrong (`mistakes`) and says which of it fits. It prints no secret, no signature and
no part of one. Of a scheme whose secret is sent as it is, it says nothing but whether that is right: a reason
would help in guessing it.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, product
from typing import NamedTuple

from triggeriq import mistakes
from triggeriq.errors import NotVerified
from triggeriq.evidence import form_signed, reader, seconds_of, time_of
from triggeriq.mistakes import Guess, distinct
from triggeriq.refusals import fault_of, meant, why_refused
from triggeriq.scheme import Scheme, pieces
from triggeriq.values import Connection, Request
from triggeriq.verification import can_prove, verify

BYTES_LIMIT = 200_000_000
"""So many bytes are hashed at most: half a second. A body of a megabyte has some two hundred tries."""
TRIES_LIMIT = 50_000


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether a request proves its sender, and why not."""

    ok: bool
    reason: str | None = None
    """The one word of a 401; None where it is proven, or where the word would help in guessing a secret."""
    detail: str | None = None
    """What is wrong, what was tried and what fits, what is expected. Of a request that is proven by a secret
    that is not the current one, that."""


def explain(
    schemes: tuple[Scheme, ...], request: Request, connection: Connection, now: datetime
) -> Explanation:
    """Why `verify` refuses the request. schemes: the rows of the connection. connection: with the secrets in
    force; one that was removed or has expired is not known. It raises nothing."""
    try:
        verified = verify(schemes, request, connection, now)
    except NotVerified as refusal:
        return refused(schemes, request, connection, refusal.reason, now)
    return proven(verified.secret, connection)


def proven(secret: int, connection: Connection) -> Explanation:
    """That a request was proven by the secret at this index."""
    if not secret:
        return Explanation(True)
    told = (
        f"secret {secret + 1} of {len(connection.secrets)} proved it, which is not the current one: its "
        "sender is refused once it has expired"
    )
    return Explanation(True, None, told)


def refused(
    schemes: tuple[Scheme, ...], request: Request, connection: Connection, reason: str, now: datetime
) -> Explanation:
    """Why a request was refused for `reason`."""
    scheme = meant(schemes, request)
    if scheme is None or scheme.kind == "secret_name":
        return Explanation(False, reason, why_refused(schemes, request, reason, now))
    usable = can_prove((scheme,), connection)
    if scheme.kind != "hmac":
        return Explanation(False) if usable else Explanation(False, reason, _no_secret(scheme, connection))
    if usable and reason == "missing":
        told = why_refused(schemes, request, reason, now)
        return Explanation(False, reason, told + _other_proofs(scheme, request))
    tries = _Tries(scheme, request, connection.secrets)
    found = tries.found()
    if not usable:
        told = _no_secret(scheme, connection)
        return Explanation(False, reason, f"{told}. {_made(found)}" if found else told)
    if not tries.has_signature:
        return Explanation(False, reason, why_refused(schemes, request, reason, now))
    first = _fault(scheme, request, reason, now)
    if found is None:
        told = f"the signature does not fit{' either' if first else ''}. {tries.in_vain()}"
    elif found:
        told = f"{_made(found)}. It should be made {_expected(scheme)}"
    else:
        told = "apart from that the signature fits" if first else _NO_ROW_S_FAULT
    return Explanation(False, reason, first + told)


_NO_ROW_S_FAULT = "the signature fits; it is the source's own verify that refuses the request"


def _fault(scheme: Scheme, request: Request, reason: str, now: datetime) -> str:
    """What is wrong besides the signature itself; "" where nothing is."""
    if reason not in ("malformed", "stale"):
        return ""
    name, fault = fault_of(scheme, request, reason, now)
    is_off = reason == "stale" and not fault.endswith("milliseconds")  # else it is in another unit
    return f"{name} {_clock(scheme, request, now) if is_off else fault}; "


def _made(found: Sequence[str]) -> str:
    return f"the signature was made {', and '.join(found)}"


def _expected(scheme: Scheme) -> str:
    key = {
        "text": "the secret as it is written",
        "whsec": "what the secret's Base64 behind its whsec_ stands for",
        "base64": "what the secret's Base64 stands for",
        "hex": "what the secret's hex digits stand for",
    }[scheme.key_form]
    signed = scheme.signed.decode("utf-8", "replace")
    return f"over {signed}, with the bytes as they are sent, by {key}"


def _clock(scheme: Scheme, request: Request, now: datetime) -> str:
    """By how much the time of signing is off, and which way."""
    signed_at = seconds_of(scheme, time_of(scheme, reader(scheme, request)))
    if signed_at is None:  # a plugin's own verify found it stale
        return "is stale"
    off = round(signed_at - now.timestamp())
    way = "ahead of" if off > 0 else "behind"
    hours = round(abs(off) / 3600)
    zone = (
        f" (some {hours} h: a local time taken for UTC?)"
        if 1 <= hours <= 14 and abs(abs(off) - hours * 3600) <= scheme.tolerance
        else ""
    )
    return f"is {abs(off):,} s {way} the clock here{zone}, and {scheme.tolerance:,} s are allowed"


def _no_secret(scheme: Scheme, connection: Connection) -> str:
    if not connection.secrets:
        return "the connection has no secret in force; one that was removed or has expired can't be tried"
    return f"none of the connection's secrets is of use: {scheme.fault_of(connection.secrets[0])}"


def _other_proofs(scheme: Scheme, request: Request) -> str:
    """Headers that look as if they held a proof, where the one that is looked for is missing."""
    if any(map(reader(scheme, request), scheme.headers)):
        return ""
    looks = [
        name
        for name in request.headers
        if len(name) <= 60
        and name.replace("-", "").isalnum()
        and name.isascii()
        and any(word in name for word in ("signature", "hmac", "digest"))
    ]
    return f". It has {' and '.join(sorted(looks)[:5])}, which this source does not look at" if looks else ""


class _Way(NamedTuple):
    """One thing that may be wrong."""

    name: str
    right: list[Guess]
    wrong: list[Guess]


class _Tries:
    """All that is tried of one request, two mistakes at once at most."""

    def __init__(self, scheme: Scheme, request: Request, secrets: tuple[str, ...]) -> None:
        read = reader(scheme, request)
        self._scheme, self._request, self._secrets = scheme, request, secrets
        self._digests = mistakes.digests([value for name in scheme.headers if (value := read(name))])
        self._id = read(scheme.id_header).encode("utf-8", "surrogatepass") if scheme.id_header else b""
        self._time = time_of(scheme, read) if scheme.timestamp_header else ""
        self._room, self._left = BYTES_LIMIT, TRIES_LIMIT

    @property
    def has_signature(self) -> bool:
        """Whether anything was sent that may be one."""
        return bool(self._digests)

    def found(self) -> Sequence[str] | None:
        """What is wrong, in words; nothing where the signature fits as it should; None where nothing fits."""
        ways = self._ways()
        names = [way.name for way in ways]
        for many in (0, 1, 2):
            for chosen in combinations(range(len(ways)), many):
                pools = [way.wrong if at in chosen else way.right for at, way in enumerate(ways)]
                for guesses in product(*pools):
                    if not self.has_signature or self._is_over:
                        return None
                    if self._fits(dict(zip(names, guesses, strict=True))):
                        return self._words(guesses)
        return None

    def in_vain(self) -> str:
        """What was tried, where nothing fits."""
        many = len(self._secrets)
        secrets = "the secret" if many == 1 else f"each of the {many} secrets"
        cut = " (not all of it: the body is long)" if self._is_over else ""
        return (
            f"Tried was {secrets} in force, as text and decoded, with and without what may stand around it; "
            "the body as it came and written anew, with other line ends, as a form; what is signed in other "
            f"orders and with less of it{cut}. So the sender uses another secret, or the bytes were changed "
            "otherwise on their way. A secret that was removed or has expired can't be tried"
        )

    @property
    def _is_over(self) -> bool:
        return self._left <= 0 or self._room <= 0

    def _words(self, guesses: Sequence[Guess]) -> Sequence[str]:
        words = [guess.words for guess in guesses if guess.words]
        rightly = [
            at for at, one in enumerate(self._secrets, 1) if self._scheme.key_of(one) == guesses[0].value
        ]
        if words and rightly and rightly[0] > 1:
            words.append(f"by {mistakes.place(rightly[0], self._secrets)}")
        return words

    def _ways(self) -> list[_Way]:
        scheme, request = self._scheme, self._request
        ways = [("key", mistakes.keys(scheme, self._secrets))]
        if scheme.covers_body:
            ways.append(("{body}", mistakes.bodies(request.body)))
        ways.append(("signed", mistakes.orders(scheme)))
        pieces = scheme.pieces()
        if b"{timestamp}" in pieces:
            ways.append(("{timestamp}", mistakes.times(self._time)))
        if b"{url}" in pieces:
            ways.append(("{url}", mistakes.addresses(request.url)))
        if b"{method}" in pieces:
            ways.append(("{method}", mistakes.methods(request.method)))
        return [_way(name, distinct(guesses)) for name, guesses in ways]

    def _fits(self, guessed: dict[str, Guess]) -> bool:
        message = self._message(guessed)
        self._left -= 1
        self._room -= len(message) * len(self._digests)
        return any(
            hmac.compare_digest(hmac.digest(guessed["key"].value, message, algorithm), one)
            for algorithm, given in self._digests.items()
            for one in given
        )

    def _message(self, guessed: dict[str, Guess]) -> bytes:
        found = {name.encode(): guess.value for name, guess in guessed.items()}
        found[b"{id}"] = self._id
        parts = pieces(guessed["signed"].value)
        if b"{form}" in parts:
            found[b"{form}"] = form_signed(found[b"{body}"]) or b""
        return b"".join(found.get(part, part) for part in parts)


def _way(name: str, guesses: Sequence[Guess]) -> _Way:
    return _Way(name, [one for one in guesses if not one.words], [one for one in guesses if one.words])
