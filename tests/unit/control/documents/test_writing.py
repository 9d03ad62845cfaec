from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fake_iam.control.documents.writing import json_text

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
)


@given(values)
def test_a_document_is_written_as_json_dumps_writes_it(value: Any) -> None:
    assert json_text(value) == json.dumps(value)
