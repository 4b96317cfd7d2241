"""What is said of an exception that a plugin raised: its type, for the message may quote a customer. On a
developer's machine all of it, and where in the plugin."""

from __future__ import annotations

import importlib
import traceback
from pathlib import Path

from chalicelib.registry.discovery import ROOT

MESSAGE_LIMIT = 300
"""Characters of an exception's message: it may be as long as what the plugin was reading."""
_OURS = tuple(f"{ROOT / folder}/" for folder in ("chalicelib", "triggeriq"))
_PYTHON = f"{Path(importlib.__file__).parents[1]}/"
_INSTALLED = ("/site-packages/", "/dist-packages/")


def raised(error: BaseException, in_full: bool) -> str:
    """ "raised KeyError"; in full "raised KeyError: 'text' (plugins/sources/acme.py:41)"."""
    if not in_full:
        return f"raised {type(error).__name__}"
    return f"raised {type(error).__name__}: {_message(error)} ({place(error)})"


def not_loaded(error: BaseException, in_full: bool) -> str:
    """Why a plugin was not loaded. No customer has written anything of it, so it always has the message."""
    if not in_full:
        return f"{type(error).__name__}: {_message(error)}"
    message = error.msg if isinstance(error, SyntaxError) else _message(error)  # else it has the place in it
    return f"{type(error).__name__}: {message} ({place(error)})"


def place(error: BaseException) -> str:
    """File and line: the last step in the plugin's own file, which may have called others; of a syntax error
    the line that has it. Files of this project are named from its folder on."""
    if isinstance(error, SyntaxError) and error.filename and not error.filename.startswith("<"):
        return f"{_short(error.filename)}:{error.lineno}"
    steps = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    theirs = [step for step in steps if _is_theirs(step[0])]
    file, line = (
        [step for step in theirs if step[0] == theirs[0][0]][-1] if theirs else (steps or [("?", 0)])[-1]
    )
    return f"{_short(file)}:{line}"


def _is_theirs(file: str) -> bool:
    installed = any(folder in file for folder in _INSTALLED)
    return not file.startswith(("<", *_OURS)) and (installed or not file.startswith(_PYTHON))


def _short(file: str) -> str:
    return file.removeprefix(f"{ROOT}/")


def _message(error: BaseException) -> str:
    try:
        return str(error)[:MESSAGE_LIMIT]
    except Exception:  # it is the plugin's own class
        return "(its message can't be read)"
