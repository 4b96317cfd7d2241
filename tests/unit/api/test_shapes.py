"""What answers are made of."""

from __future__ import annotations

from dataclasses import is_dataclass
from importlib import import_module
from typing import get_args, get_origin

import pytest
from pydantic import BaseModel

from chalicelib.api.routes import ROUTES

ANSWERS = sorted({(route.area, route.answer) for route in ROUTES if route.answer})


@pytest.mark.parametrize(("area", "name"), ANSWERS)
def test_no_dataclass_holds_models_that_hide_something(area: str, name: str) -> None:
    """What lies in a dataclass is given as it is: the digests of API keys, if ApiKeyPage were a Page."""
    answer = getattr(import_module(f"chalicelib.api.{area}.shapes"), name)
    if is_dataclass(get_origin(answer)):
        assert [held for held in get_args(answer) if issubclass(held, BaseModel)] == []
