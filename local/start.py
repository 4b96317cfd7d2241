"""What the three lines at the top of app.py call: makes `chalice local --stage local` whole.

Every other command of chalice (package, for one) imports app.py too, and gets nothing of this.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def whole_system() -> None:
    """Under `chalice local --stage local`: starts the stores and the pump, and returns when all stand."""
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
