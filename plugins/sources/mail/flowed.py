"""Text of `format=flowed` (RFC 3676) as its author saw it: lines that a client broke are whole again."""

from __future__ import annotations


def unflowed(text: str, delsp: bool) -> str:
    """Lines that end in a space go on in the next one of the same quotation depth; with `delsp` that space
    was only put there to break the line. A line ends in LF."""
    whole: list[list[str]] = []
    flows, before = False, 0
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")  # stuffed
        signature = bare == "-- "
        if not flows or depth != before or signature:
            whole.append([">" * depth + (" " if depth else "")])
        flows, before = bare.endswith(" ") and not signature, depth
        whole[-1].append(bare[:-1] if flows and delsp else bare)
    return "\n".join("".join(pieces) for pieces in whole)
