"""Forms as S3 judges them. The local AWS takes any file by any form, so tests send them through this door.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-UsingHTTPPOST.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from tests.functional.aws_door import Answered, Asked, AwsDoor

SECRET = "local"
"""Every function's secret key on the local AWS."""
_PART = re.compile(rb'form-data; name="([^"]*)"(; filename="[^"]*")?.*?\r\n\r\n(.*)', re.S)


def post(url: str, fields: Mapping[str, str], file: bytes, name: str = "any name") -> Answered:
    """Send the form as a browser or `curl -F` does."""
    boundary = uuid.uuid4().hex
    parts = [f'name="{field}"\r\n\r\n{value}'.encode() for field, value in fields.items()]
    parts.append(f'name="file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'.encode() + file)
    begin = f"--{boundary}\r\nContent-Disposition: form-data; ".encode()
    body = b"".join(begin + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    connection.request("POST", address.path or "/", body, headers)
    try:
        answer = connection.getresponse()
        return Answered(answer.status, dict(answer.getheaders()), answer.read())
    finally:
        connection.close()


def is_form(asked: Asked) -> bool:
    return str(asked.headers.get("Content-Type")).startswith("multipart/form-data")


def fields_of(asked: Asked) -> tuple[dict[str, str], bytes]:
    """The fields of a form that was sent, and its file."""
    boundary = asked.headers["Content-Type"].partition("boundary=")[2]
    fields, file = {}, b""
    for part in asked.body.split(f"--{boundary}".encode())[1:-1]:
        found = _PART.search(part[:-2])
        assert found, part[:100]
        if found[2]:
            file = found[3]
        else:
            fields[found[1].decode()] = found[3].decode()
    return fields, file


class FormDoor(AwsDoor):
    """S3 as a stranger with a form meets it."""

    def answer(self, asked: Asked) -> Answered:
        fields, file = fields_of(asked)
        bucket = urlsplit(asked.path).path.strip("/")
        code = judged(fields, len(file), bucket, datetime.now(UTC))
        if code:
            return Answered(403 if code != "EntityTooLarge" else 400, {}, f"<Code>{code}</Code>".encode())
        return self.forward(asked)


def judged(fields: Mapping[str, str], size: int, bucket: str, now: datetime) -> str:
    """S3's code of the refusal, or ""."""
    if _signature(fields) != fields.get("x-amz-signature"):
        return "SignatureDoesNotMatch"
    policy = json.loads(base64.b64decode(fields["policy"]))
    if datetime.fromisoformat(policy["expiration"].replace("Z", "+00:00")) <= now:
        return "AccessDenied"
    held = {**fields, "bucket": bucket}
    named = {"policy", "x-amz-signature", "bucket"}
    for condition in policy["conditions"]:
        kind, name, value = _condition(condition)
        if kind == "content-length-range":
            if size > int(value):
                return "EntityTooLarge"
            if size < int(name):
                return "EntityTooSmall"
        elif kind != "eq" or held.get(name) != value:
            return "AccessDenied"
        named.add(name)
    return "AccessDenied" if set(fields) - named else ""  # each field must be one that the policy names


def _condition(condition: Any) -> tuple[str, str, str]:
    if isinstance(condition, dict):
        ((name, value),) = condition.items()
        return "eq", name, value
    kind, name, value = condition
    return kind, str(name).removeprefix("$"), str(value)


def _signature(fields: Mapping[str, str]) -> str:
    key = f"AWS4{SECRET}".encode()
    for part in fields.get("x-amz-credential", "").split("/")[1:]:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, fields.get("policy", "").encode(), hashlib.sha256).hexdigest()
