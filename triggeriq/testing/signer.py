"""A signer that a person copies: code that signs a body as a row of `Scheme` wants it, with nothing but the
standard library."""

from __future__ import annotations

from triggeriq import Scheme

_TIMES = {
    "epoch": "str(int(time.time()))",
    "epoch_ms": "str(int(time.time() * 1000))",
    "iso8601": 'time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())',
}
_KEYS = {
    "text": "secret.encode()",
    "whsec": 'base64.b64decode(secret.removeprefix("whsec_"))',
    "base64": "base64.b64decode(secret)",
    "hex": "bytes.fromhex(secret)",
}
_FORM = 'b"".join((name + value).encode() for name, value in sorted(set(parse_qsl(body.decode(), True))))'


def signer_of(scheme: Scheme) -> str:
    """The code. It reads `secret`, `body` and, if they are signed, `url` and `method`; it makes `headers`.
    scheme: of the kind hmac, with its proof in headers."""
    lines = ['secret = "the connection\'s secret"', 'body = b\'{"the": "raw bytes"}\'', ""]
    values = {b"{body}": "body"}
    if scheme.timestamp_header:
        lines.append(f"timestamp = {_TIMES[scheme.timestamp_form]}")
        values[b"{timestamp}"] = "timestamp.encode()"
    if scheme.id_header:
        lines.append('message_id = "msg_1"  # the same when you try again')
        values[b"{id}"] = "message_id.encode()"
    named = scheme.pieces()
    if b"{url}" in named:
        lines.append('url = "https://triggeriq.example.com/webhooks/…"  # as you call it, with its query')
        values[b"{url}"] = "url.encode()"
    if b"{method}" in named:
        lines.append('method = "POST"')
        values[b"{method}"] = "method.encode()"
    if b"{form}" in named:
        values[b"{form}"] = _FORM
    signed = " + ".join(values.get(piece, _quoted(piece)) for piece in named if piece)
    lines.append(f"signed = {signed}")
    lines.append(f'mac = hmac.new({_KEYS[scheme.key_form]}, signed, "{scheme.algorithm}")')
    written = "mac.hexdigest()" if scheme.encoding == "hex" else "base64.b64encode(mac.digest()).decode()"
    lines.append(f"signature = {written}")
    lines += ["headers = {", *(f"    {line}," for line in _headers(scheme)), "}"]
    code = "\n".join(lines)
    modules = [name for name in ("base64", "hmac", "time") if f"{name}." in code]
    imports = [f"import {name}" for name in modules]
    if "parse_qsl(" in code:
        imports.append("from urllib.parse import parse_qsl")
    return "\n".join([*imports, "", code, ""])


def _quoted(piece: bytes) -> str:
    """As the house's style writes bytes."""
    inner = repr(piece)[2:-1].replace('"', '\\"')
    return f'b"{inner}"'


def _headers(scheme: Scheme) -> list[str]:
    proof = f'"{scheme.prefix}" + signature' if scheme.prefix else "signature"
    time = f'"{scheme.timestamp_prefix}" + timestamp' if scheme.timestamp_prefix else "timestamp"
    lines = []
    if scheme.timestamp_header.lower() == scheme.header.lower():
        lines.append(f'"{scheme.header}": {time} + "{scheme.separator}" + {proof}')
    else:
        lines.append(f'"{scheme.header}": {proof}')
        if scheme.timestamp_header:
            lines.append(f'"{scheme.timestamp_header}": {time}')
    if scheme.id_header:
        lines.append(f'"{scheme.id_header}": message_id')
    return lines
