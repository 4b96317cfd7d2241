"""What the three lines at the top of app.py call: starts what `chalice local --stage local` needs.

Every other command of chalice (such as package) imports app.py too; for those it does nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def whole_system() -> None:
    """Under `chalice local --stage local`: starts the stores and the pump, and returns when they are
    ready."""
    options = local_options(sys.argv[1:])
    if options is None:
        return
    from local.system import start

    start(options)


def local_options(arguments: Sequence[str]) -> dict[str, str] | None:
    """The options of `chalice local`, by name; None for any other command of chalice."""
    words = iter(arguments)
    command = ""
    options: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if name in ("--project-dir", "--host", "--port", "--stage"):
            options[name.lstrip("-")] = value if equals else next(words, "")
        elif not word.startswith("-") and not command:
            command = word
    return options if command == "local" else None
