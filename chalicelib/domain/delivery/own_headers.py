"""Headers of a subscription's own, sent along with each delivery: a token for the receiver's gateway, say."""

from __future__ import annotations

import re

HEADERS_MOST = 10
CHARACTERS_MOST = 3_000
"""Of all names and values together: KMS seals 4,096 bytes, the secrets among them."""
NAME_PATTERN = "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}"
"""What all of a header's name matches: a token, as in RFC 9110, 5.6.2."""
VALUE_PATTERN = "[!-~](?:[ -~]{0,998}[!-~])?"
"""What all of a header's value matches: printable ASCII, without spaces around it."""

_REFUSED = {
    "accept-encoding", "connection", "cookie", "expect", "forwarded", "host", "keep-alive", "te", "trailer",
    "transfer-encoding", "upgrade", "user-agent", "via",
}  # fmt: skip
"""They are the client's to set, or a receiver takes them for what a proxy in front of him says."""
_REFUSED_BEGINNINGS = ("content-", "proxy-", "webhook-", "x-amz", "x-forwarded-")


def fault_of_name(name: str) -> str:
    """Why a header of that name can't be sent along; "" where it can."""
    if not re.fullmatch(NAME_PATTERN, name, re.ASCII):
        return "is a name of 1 to 100 letters, digits and -._~!#$%&'*+^`|"
    if name.lower() in _REFUSED or name.lower().startswith(_REFUSED_BEGINNINGS):
        return "is a header that only TriggerIQ or a proxy sets; choose another name, such as X-Api-Key"
    return ""


def fault_of_value(value: str) -> str:
    """Why that value of a header can't be sent along; "" where it can."""
    if not re.fullmatch(VALUE_PATTERN, value, re.ASCII):
        return "is 1 to 1,000 characters of printable ASCII, without spaces around them"
    return ""
