"""Mails for tests, in a line each."""

from __future__ import annotations


def part(kind: str, body: bytes | str, *headers: str) -> bytes:
    """An entity of a type, with its body and further headers."""
    content = body.encode() if isinstance(body, str) else body
    return "\r\n".join((f"Content-Type: {kind}", *headers, "", "")).encode() + content


def multipart(kind: str, *parts: bytes, boundary: str = "BB", end: bool = True) -> bytes:
    """A multipart of a subtype."""
    pieces = [f"Content-Type: multipart/{kind}; boundary={boundary}\r\n\r\n".encode()]
    pieces += [b"--" + boundary.encode() + b"\r\n" + one + b"\r\n" for one in parts]
    return b"".join(pieces) + (f"--{boundary}--\r\n".encode() if end else b"")


def mail(entity: bytes, subject: str = "Help") -> bytes:
    """A whole mail by Ina."""
    head = f"From: Ina Lund <ina@cust.example>\r\nMessage-ID: <1@cust.example>\r\nSubject: {subject}\r\n"
    return head.encode() + b"MIME-Version: 1.0\r\n" + entity
