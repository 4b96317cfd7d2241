"""The certificate authorities that AWS's own endpoints have, and no others: botocore reads its file anew for
every connection, and the whole of it costs some 20 ms of a cold start's processor each time."""

from __future__ import annotations

import re
import ssl
from pathlib import Path
from typing import Any

from lambda_package.errors import PackageError

FILE = "amazon-roots.pem"
ROOTS = (
    ("Amazon", "Amazon Root CA 1"),
    ("Amazon", "Amazon Root CA 2"),
    ("Amazon", "Amazon Root CA 3"),
    ("Amazon", "Amazon Root CA 4"),
    ("Starfield Technologies, Inc.", "Starfield Services Root Certificate Authority - G2"),
)
"""Organisation and name of each: https://www.amazontrust.com/repository/. To be looked at again if an
endpoint in use has another root, as those in China may: AWS_CA_BUNDLE, which names the file made here, would
then stop every call to it."""


def write(tree: Path) -> None:
    """Writes the roots' certificates, from the bundle that botocore brings, into `tree`. Raises PackageError
    if one is missing there."""
    bundle = (tree / "botocore" / "cacert.pem").read_text(encoding="utf-8")
    found: dict[tuple[str, str], str] = {}
    for block in re.findall(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", bundle, re.DOTALL):
        found.setdefault(subject(block), block)
    missing = [name for organisation, name in ROOTS if (organisation, name) not in found]
    if missing:
        raise PackageError(f"botocore's bundle of authorities has no {', '.join(missing)}")
    text = "".join(f"{found[root]}\n" for root in ROOTS)
    (tree / FILE).write_text(text, encoding="ascii", newline="\n")


def subject(certificate: str) -> tuple[str, str]:
    """Organisation and common name of a certificate in PEM; "" for what it does not say."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=certificate)
    (decoded,) = context.get_ca_certs() or [{}]
    rows: Any = decoded.get("subject", ())  # a tuple of pairs for each part of the name
    said = {key: value for row in rows for key, value in row}
    return said.get("organizationName", ""), said.get("commonName", "")
