"""Files that stand within a text, as some clients still write them: uuencode, and yEnc of newsreaders."""

from __future__ import annotations

import re

from plugins.sources.mail.files import file, type_of
from plugins.sources.mail.transfer import from_base64, from_uuencode_lines
from triggeriq import AttachedFile

_MAX_FILES = 100

_BEGIN = re.compile(
    rb"^(?:(?P<uu>begin) [0-7]{3,4}\b|(?P<base64>begin-base64) [0-7]{3,4}\b"
    rb"|(?P<yenc>=ybegin) [^\r\n]{0,200}?name=)"
    rb"(?P<name>[^\r\n]{0,500})\r?\n",
    re.MULTILINE,
)
_END = {
    "uu": re.compile(rb"^end[ \t]*(?=\r?$)", re.MULTILINE),
    "base64": re.compile(rb"^====[ \t]*(?=\r?$)", re.MULTILINE),
    "yenc": re.compile(rb"^=yend\b[^\r\n]*(?=\r?$)", re.MULTILINE),
}
_ESCAPED = re.compile(rb"=(.)", re.DOTALL)
_SHIFTED = bytes((byte - 42) & 0xFF for byte in range(256))


def taken_out(body: bytes) -> tuple[bytes, list[AttachedFile]]:
    """A text's bytes without the files within it, and those files. One without an end stays where it is."""
    if b"begin" not in body:
        return body, []
    files: list[AttachedFile] = []
    pieces: list[bytes] = []
    behind, endless = 0, set[str]()
    for begin in _BEGIN.finditer(body):
        form = next(form for form in _END if begin[form])
        if begin.start() < behind or form in endless or len(files) == _MAX_FILES:
            continue
        end = _END[form].search(body, begin.end())
        if not end:
            endless.add(form)
            continue
        pieces.append(body[behind : begin.start()])
        name = begin["name"].decode("utf-8", "replace").strip(' "')
        files.append(file(name, type_of(name), _content(form, body[begin.end() : end.start()])))
        behind = end.end()
    return (b"".join(pieces) + body[behind:], files) if files else (body, files)


def _content(form: str, lines: bytes) -> bytes:
    if form == "uu":
        return from_uuencode_lines(lines)
    return from_base64(lines) if form == "base64" else _from_yenc(lines)


def _from_yenc(lines: bytes) -> bytes:
    if lines.startswith(b"=ypart"):
        lines = lines.partition(b"\n")[2]
    shifted = _ESCAPED.sub(
        lambda escape: bytes(((escape[1][0] - 64) & 0xFF,)), lines.translate(None, b"\r\n")
    )
    return shifted.translate(_SHIFTED)
