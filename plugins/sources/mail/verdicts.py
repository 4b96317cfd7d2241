"""What SES found out about a mail: spam, viruses, and whether its sender is who he claims to be.

SES writes `X-SES-Spam-Verdict` and `X-SES-Virus-Verdict`, and its `Authentication-Results`, above all headers
of the mail itself. A sender may have written further ones, so only the first of a name counts.
https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from plugins.sources.mail.author import author_of
from plugins.sources.mail.headers import Headers

MAX_LENGTH = 20_000
"""Characters of a header that are looked at; real ones have some hundred."""

_AUTHORITY = re.compile(r"amazonses\.com(?: \d+)?", re.IGNORECASE)
_RESULT = re.compile(r"(spf|dkim|dmarc)(?:/\d+)? ?= ?([a-z]{1,20})\b", re.IGNORECASE)
_PROPERTY = re.compile(r"([a-z][a-z.-]{0,40}) ?= ?(\S{1,320})", re.IGNORECASE)
_FAILED = ("FAIL", "HARDFAIL")
_KINDS = {"spf": "envelope-from smtp.mailfrom", "dkim": "header.d header.i", "dmarc": "header.from"}
"""Check -> the properties that say for which domain it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """Each in capitals; "" where SES says nothing of it."""

    spam: str = ""
    """PASS, FAIL, GRAY or PROCESSING_FAILED; DISABLED where SES was not to look."""
    virus: str = ""
    """The same."""
    spf: str = ""
    """The result's word in RFC 8601: PASS, FAIL, SOFTFAIL, NEUTRAL, NONE, TEMPERROR, PERMERROR."""
    dkim: str = ""
    """The same, of the best of several signatures."""
    dmarc: str = ""
    """The same."""
    verified: bool = True
    """False: the sender's address is only claimed. SPF, DKIM or DMARC failed; or none of them passed for the
    author's domain; or the author is not the one in From, for whom alone they speak. True too where nobody
    checked: such a mail was put into the bucket by somebody who may write there."""

    @property
    def known(self) -> dict[str, str]:
        """Those of which SES says something, by name."""
        names = ("spam", "virus", "spf", "dkim", "dmarc")
        return {name: verdict for name in names if (verdict := getattr(self, name))}


def verdicts(headers: Headers) -> Verdicts:
    """What SES wrote into a mail's headers. Takes anything, and never raises."""
    author = author_of(headers).address
    named = any(box.address == author for box in headers.addresses("from"))
    domain = author.rpartition("@")[2].lower().rstrip(".")
    checks = _checks(headers.raw("authentication-results"))
    best = {kind: _best([check for check in checks if check.kind == kind], domain) for kind in _KINDS}
    passed = any(check.passed and check.speaks_for(domain) for check in best.values())
    failed = any(check.result in _FAILED for check in best.values())
    return Verdicts(
        spam=_word(headers.raw("x-ses-spam-verdict")),
        virus=_word(headers.raw("x-ses-virus-verdict")),
        spf=best["spf"].result,
        dkim=best["dkim"].result,
        dmarc=best["dmarc"].result,
        verified=not checks or (named and passed and not failed),
    )


@dataclass(frozen=True, slots=True)
class _Check:
    kind: str
    result: str = ""
    domain: str = ""
    """For which it holds; "" where it does not say."""

    @property
    def passed(self) -> bool:
        return self.result == "PASS"

    def speaks_for(self, domain: str) -> bool:
        """Whether it holds for an author's domain: the same, or one within the other, as DMARC's relaxed
        alignment has it (RFC 7489, 3.1)."""
        if not domain:
            return False
        near = _within(self.domain, domain) or _within(domain, self.domain)
        return not self.domain or self.domain == domain or near


def _within(inner: str, outer: str) -> bool:
    return "." in outer and inner.endswith(f".{outer}")


def _best(checks: list[_Check], domain: str) -> _Check:
    """Of several signatures one that holds for the author's domain is enough. Of SPF and DMARC there is one
    result; where something in a mail made it two, the worse counts."""
    if not checks:
        return _Check("")
    if checks[0].kind != "dkim":
        return next((check for check in checks if not check.passed), checks[0])
    return next(
        (check for check in checks if check.passed and check.speaks_for(domain)),
        next((check for check in checks if check.passed), checks[0]),
    )


def _checks(header: str) -> list[_Check]:
    """The results in SES's `Authentication-Results` (RFC 8601, 2.2). SES parts the properties of its SPF
    result by semicolons: what has no result of its own belongs to the result before it."""
    authority, *statements = _statements(header[:MAX_LENGTH])
    if not _AUTHORITY.fullmatch(authority):
        return []
    results: list[tuple[str, str, dict[str, str]]] = []
    for statement in statements:
        if found := _RESULT.match(statement):
            results.append((found[1].lower(), found[2].upper(), {}))
        if results:
            results[-1][2].update((name.lower(), value) for name, value in _PROPERTY.findall(statement))
    return [_Check(kind, result, _domain(kind, said)) for kind, result, said in results]


def _domain(kind: str, said: dict[str, str]) -> str:
    named = next((said[name] for name in _KINDS[kind].split() if name in said), "")
    return named.strip("<>").rpartition("@")[2].lower().rstrip(".")


def _statements(header: str) -> list[str]:
    """A header's parts between semicolons, without comments; nothing within quotes or comments counts. What
    stands behind one that is never closed can't be read, so that nothing there passes."""
    parts: list[list[str]] = [[]]
    depth, quoted, escaped = 0, False, False
    for sign in header:
        if escaped:
            escaped = False
        elif sign == "\\" and (quoted or depth):
            escaped = True
        elif sign == '"' and not depth:
            quoted = not quoted
            parts[-1].append(sign)
        elif quoted:
            parts[-1].append("_")
        elif sign == "(":
            depth += 1
        elif sign == ")" and depth:
            depth -= 1
        elif sign == ";" and not depth:
            parts.append([])
        elif not depth:
            parts[-1].append(sign)
    if depth or quoted:
        parts[1:] = [["spf=permerror"]]
    return [" ".join("".join(part).split()) for part in parts]


def _word(value: str) -> str:
    found = re.match(r"[A-Za-z_]{1,20}", value)
    return found[0].upper() if found else ""
