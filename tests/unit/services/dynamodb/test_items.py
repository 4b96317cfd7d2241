from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.services.dynamodb.items import from_item, to_attribute, to_item

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_an_item_comes_back_as_it_went(values: dict[str, object]) -> None:
    assert from_item(to_item(values)) == values


def test_the_types_are_dynamodb_s_own() -> None:
    assert to_item({"a": 1, "b": 1.5, "c": True, "d": None, "e": "x", "f": [1], "g": {"h": b"x"}}) == {
        "a": {"N": "1"},
        "b": {"N": "1.5"},
        "c": {"BOOL": True},
        "d": {"NULL": True},
        "e": {"S": "x"},
        "f": {"L": [{"N": "1"}]},
        "g": {"M": {"h": {"B": b"x"}}},
    }


def test_what_has_no_type_is_refused() -> None:
    with pytest.raises(TypeError, match="set has no DynamoDB type"):
        to_attribute({1, 2})
