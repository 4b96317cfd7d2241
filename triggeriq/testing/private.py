"""Real secrets and persons, which no golden request may hold: it is read by everybody who has the plugin.

A secret is known by the form that its maker gave it, whatever stands around it. A secret of the test's own
reads as words ("acme-test-secret"), alone or in Base64, so that nobody has to ask whether it is one.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from functools import lru_cache

PUBLISHED = frozenset(
    (
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",  # https://www.standardwebhooks.com
        "whsec_plJ3nmyCDGBKInavdOK15jsl",  # https://docs.svix.com/receiving/verifying-payloads/how-manual
        "8f742231b10e8888abcd99yyyzzz85a5",  # https://docs.slack.dev/authentication/verifying-requests-from-slack
        "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==",  # https://developer.zendesk.com/documentation/webhooks/verifying
    )
)
"""Secrets that providers print in their documentation, with a signature to try."""

_SECRETS = {
    "a private key": r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY",
    "an AWS access key": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{30,255})",
    "a GitLab token": r"\bglpat-[A-Za-z0-9_-]{20,64}",
    "a Slack token": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,255}",
    "a Slack webhook's address": r"hooks\.slack\.com/services/T[A-Za-z0-9]{6,20}/[A-Za-z0-9/]{10,60}",
    "a Stripe key": r"\b[rs]k_live_[A-Za-z0-9]{10,255}",
    "a Google API key": r"\bAIza[A-Za-z0-9_-]{35}",
    "a Google access token": r"\bya29\.[A-Za-z0-9_-]{20,255}",
    "an OpenAI or Anthropic key": r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,255}",
    "a SendGrid key": r"\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}",
    "a webhook's secret": r"\bwhsec_[A-Za-z0-9+/]{16,128}={0,2}",
    "a JSON web token": r"\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{16,2000}",
    "a bearer's token": r"(?i:\bbearer) +[A-Za-z0-9_~+/.-]{16,4000}={0,2}",
    "a user's password": r"(?i:\bbasic) +[A-Za-z0-9+/]{12,400}={0,2}",
}
_SECRET = re.compile("|".join(f"(?P<_{place}>{form})" for place, form in enumerate(_SECRETS.values())))
_KINDS = tuple(_SECRETS)

_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9._%+-])([A-Za-z0-9._%+-]{1,64})@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})"
)
_RESERVED = re.compile(
    r"(?:.*\.)?(?:example|test|invalid|localhost|example\.(?:com|net|org|edu))", re.IGNORECASE
)
"""Domains that can be nobody's: https://www.rfc-editor.org/rfc/rfc2606."""
_NO_PERSON = frozenset(("git", "noreply", "no-reply", "donotreply", "mailer-daemon", "postmaster"))
_NO_DOMAIN = frozenset(("png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "js", "css", "html", "json", "md"))
"""What ends the name of a file, such as `icon@2x.png`."""

_RANDOM = re.compile(r"[A-Za-z0-9+/_=-]{16,}")
_HEX = re.compile(r"(?:[0-9a-f]{2}){10,}|(?:[0-9A-F]{2}){10,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WORDS = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{4,}")


def secrets_in(text: str, own: str = "") -> Iterator[tuple[str, str]]:
    """What looks like a real secret, and what it is: ("ghp_…", "a GitHub token"). own: the test's."""
    for found in _SECRET.finditer(text):
        known = found[0].split(" ")[-1]
        if known not in PUBLISHED and not (own and known in (own, _basic(own), f"whsec_{own}")):
            place = int((found.lastgroup or "_0")[1:])
            yield found[0], _KINDS[place]


def persons_in(text: str) -> Iterator[str]:
    """Addresses of mail that may be somebody's."""
    for found in _ADDRESS.finditer(text):
        domain = found[2].rstrip(".").lower()
        ending = domain.rpartition(".")[2]
        if (
            found[1].lower() not in _NO_PERSON
            and not _RESERVED.fullmatch(domain)
            and not domain.endswith("noreply.github.com")
            and not ending.isdigit()
            and ending not in _NO_DOMAIN
        ):
            yield found[0]


def is_random(secret: str) -> bool:
    """Whether a secret looks as if a machine had made it, and so as if it were in use somewhere."""
    if secret in PUBLISHED:
        return False
    bare = re.sub(r"^[a-z]{2,10}_(?:test_)?", "", secret)
    if _HEX.fullmatch(bare):
        return not _reads_as_words(_unhexed(bare))
    if not _RANDOM.fullmatch(bare):
        return False
    return not _reads_as_words(bare) and not _reads_as_words(_unbased(bare))


def faults_of(text: str, own: str = "") -> list[str]:
    """Why this must not be kept, each in words that hide most of it."""
    return list(_faults_of(text, own))


@lru_cache(maxsize=512)  # a contract loads the same golden requests for each of its tests
def _faults_of(text: str, own: str) -> tuple[str, ...]:
    faults = [f"{hidden(secret)} is {kind}" for secret, kind in secrets_in(text, own)]
    faults += [f"{hidden(address)} may be a person's address" for address in persons_in(text)]
    if own and is_random(own):
        faults.append(
            f"the secret {hidden(own)} looks like a real one; sign with one that reads as words, as "
            "`python -m triggeriq.testing.capture` does"
        )
    return tuple(dict.fromkeys(faults))


def hidden(private: str) -> str:
    """As much as is needed to find it again: at most its first eight characters."""
    return f"{private[: min(8, len(private) // 3)]}…"


def _reads_as_words(text: str) -> bool:
    """Whether at least half of its letters and digits stand in words."""
    said = sum(map(len, _WORDS.findall(text)))
    return said * 2 >= sum(map(str.isalnum, text)) > 0


def _unhexed(text: str) -> str:
    try:
        return bytes.fromhex(text.replace("-", "")).decode("ascii")
    except ValueError:
        return ""


def _unbased(text: str) -> str:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("ascii")
    except (ValueError, binascii.Error):
        return ""


def _basic(secret: str) -> str:
    return base64.b64encode(secret.encode()).decode()
