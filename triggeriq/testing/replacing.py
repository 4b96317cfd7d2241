"""Secrets and persons in a request, and what is put in their place: the same each time, of the same form, and
wherever the same text recurs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from triggeriq import Request
from triggeriq.testing import hostile
from triggeriq.testing.private import persons_in, secrets_in

_PERSON = re.compile(
    r"(?:.*_)?(?:actor|agent|by|assignee|author|commenter|consumer|contact|creator|customer|from|member|owner|person"
    r"|profile|reporter|requester|reviewer|sender|submitter|user|users|members|contacts)(?:_.*)?"
)
"""Keys whose object is a person."""
_SIGN_OF_A_PERSON = re.compile(
    r"(?:.*_)?(?:e_?mail|phone|avatar)(?:_.*)?|(?:first|last|given|family)_?name|login"
)
"""Keys of an object that is a person, whatever it is called."""
_KEYS = {
    "name": r"(?:(?:first|last|full|real|display|given|family|nick|screen|user|author|customer|requester"
    r"|sender)_?name(?:_normalized)?|login|nickname|handle)",
    "phone": r"(?:.*_)?(?:phone|mobile|tel|fax)(?:_?number)?",
    "address": r"(?:.*_)?(?:street|address_?(?:line)?_?[123]?|city|zip|zip_?code|postal_?code|postcode)",
    "ip": r"(?:.*_)?(?:ip|ip_?address|remote_?addr)",
    "id": r"(?:user|author|requester|submitter|assignee|customer|contact|sender|owner|person|member)_?id",
}
_SECRET_KEY = re.compile(r"(?:.*_)?(?:token|secret|pass(?:word|wd|phrase)|pwd|api_?key|access_?key)")
"""Names under which a secret is sent, also in the body, as Slack's old `token` is."""
_SECRET_IN_QUERY = re.compile(rf"{_SECRET_KEY.pattern}|auth|code|key|sig|signature")
"""And those that an address has for one."""
_SECRET_LENGTH = 8
"""From so many characters on what stands there is taken for one, and not for a word."""
_PHONE = re.compile(r"(?<![\w+])\+[1-9][0-9 ().-]{7,18}[0-9](?!\w)")
"""A number with its country's, wherever it stands."""
_BY_KEY = {kind: re.compile(keys) for kind, keys in _KEYS.items()}
_IN_A_PERSON = {
    "name": "name",
    "id": "id",
    "node_id": "id",
    "external_id": "id",
    "uuid": "id",
    "email": "email",
}
_NAMES = (
    "Ada",
    "Ben",
    "Cleo",
    "Dan",
    "Eva",
    "Finn",
    "Gina",
    "Hugo",
    "Ida",
    "Jan",
    "Kim",
    "Leo",
    "Mia",
    "Noah",
)


class Replaced(NamedTuple):
    """Something private that was found, and what stands in its place."""

    kind: str
    old: str
    new: str


def private_in(request: Request) -> Iterator[Replaced]:
    """What is to be replaced, each text once, what is longer first where one holds the other."""
    found: dict[str, Replaced] = {}
    counts: dict[str, int] = {}
    text = request.body.decode("utf-8", "replace")
    document = hostile.read(request.body)
    if isinstance(document, list) and request.body.lstrip()[:1] != b"[":
        document = {pair[0]: pair[1] for pair in document}
    words = "\n".join((_flat(document) or text, *request.query.values()))
    told = [
        *(("secret", secret) for secret, _ in secrets_in(words)),
        *_known_secrets(dict(request.query), _SECRET_IN_QUERY),
        *_known_secrets([dict(request.headers), document], _SECRET_KEY),
        *(("email", address) for address in persons_in(words)),
        *(("phone", number) for number in _PHONE.findall(words)),
        *_known_fields(document, in_person=False),
    ]
    for kind, old in told:
        if old and old not in found:
            counts[kind] = counts.get(kind, 0) + 1
            found[old] = Replaced(kind, old, _invented(kind, old, counts[kind]))
    yield from sorted(found.values(), key=lambda one: -len(one.old))


def _flat(document: Any) -> str:
    """The texts in it, without JSON's escapes."""
    if isinstance(document, dict):
        return "\n".join(map(_flat, document.values()))
    if isinstance(document, list):
        return "\n".join(map(_flat, document))
    return document if isinstance(document, str) else ""


def _known_secrets(value: Any, names: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """What stands under a name of secrets."""
    if isinstance(value, list):
        for one in value:
            yield from _known_secrets(one, names)
    elif isinstance(value, dict):
        for key, one in value.items():
            if isinstance(one, (dict, list)):
                yield from _known_secrets(one, names)
            elif isinstance(one, str) and len(one) >= _SECRET_LENGTH and names.fullmatch(_plain(key)):
                yield "secret", one


def _known_fields(value: Any, *, in_person: bool) -> Iterator[tuple[str, str]]:
    """Kinds and texts of the fields of which it is known that they tell of a person."""
    if isinstance(value, list):
        for one in value:
            yield from _known_fields(one, in_person=in_person)
    elif isinstance(value, dict):
        in_person = in_person or any(_SIGN_OF_A_PERSON.fullmatch(_plain(key)) for key in value)
        for key, one in value.items():
            plain = _plain(key)
            if isinstance(one, (dict, list)):
                yield from _known_fields(one, in_person=bool(_PERSON.fullmatch(plain)))
            elif (
                (kind := _kind_of(plain, in_person=in_person))
                and _tells(one)
                and (in_person or kind != "name" or "/" not in str(one))  # "acme/shop" is a repository's
            ):
                yield kind, str(one)


def _plain(key: str) -> str:
    """firstName, first-name and First_Name are first_name."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|-", "_", key).lower()


def _tells(value: Any) -> bool:
    """Whether it can be found again: one letter or digit can't."""
    return isinstance(value, str | int) and not isinstance(value, bool) and len(str(value)) > 1


def _kind_of(key: str, *, in_person: bool) -> str:
    if in_person and key in _IN_A_PERSON:
        return _IN_A_PERSON[key]
    return next((kind for kind, keys in _BY_KEY.items() if keys.fullmatch(key)), "")


def _invented(kind: str, old: str, number: int) -> str:
    """What stands in its place, of the same form; the same for the same request."""
    name = _NAMES[(number - 1) % len(_NAMES)] + ("" if number <= len(_NAMES) else str(number))
    match kind:
        case "name":
            return f"{name} Example" if " " in old else f"{name.lower()}-example" if old.islower() else name
        case "email":
            return f"{name.lower()}@example.com"
        case "phone":
            return f"+1 555 010 {number:04}"
        case "address":
            return f"{number} Example Street"
        case "ip":
            return f"192.0.2.{number % 256}"
        case "secret":
            return f"replaced-secret-{number}"
        case _:
            return _alike(old, number)


def _alike(old: str, number: int) -> str:
    """An id of the same length and form: digits for digits, letters for letters."""
    turned = "".join(
        str((int(each) + 3 * number + place) % 10)
        if each.isdigit() and each.isascii()
        else chr(ord("a") + (ord(each.lower()) - ord("a") + number + place) % 26)
        if each.isascii() and each.islower()
        else chr(ord("A") + (ord(each) - ord("A") + number + place) % 26)
        if each.isascii() and each.isupper()
        else each
        for place, each in enumerate(old)
    )
    return "9" + turned[1:] if old.isdigit() else turned


def public(request: Request, replaced: tuple[Replaced, ...]) -> Request:
    """The request with what was invented, wherever the same text recurs."""
    body = request.body.decode("utf-8", "surrogateescape")
    headers, query, url = dict(request.headers), dict(request.query), request.url
    for one in replaced:
        for written in dict.fromkeys((json.dumps(one.old)[1:-1], one.old, quote_plus(one.old))):
            body = _exchanged(body, written, one.new)
        headers = {name: _exchanged(value, one.old, one.new) for name, value in headers.items()}
        query = {name: _exchanged(value, one.old, one.new) for name, value in query.items()}
        url = _exchanged(_exchanged(url, one.old, one.new), quote_plus(one.old), one.new)
    return Request(
        method=request.method,
        headers=headers,
        body=body.encode("utf-8", "surrogateescape"),
        query=query,
        url=url,
    )


def _exchanged(text: str, old: str, new: str) -> str:
    """With the one in place of the other, where that is no part of a word."""
    return re.sub(rf"(?<![^\W_]){re.escape(old)}(?![^\W_])", lambda _: new, text)
