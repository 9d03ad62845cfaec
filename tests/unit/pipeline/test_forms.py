"""Reading parameters out of a query string or form, strictly."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_iam.pipeline.forms import read_pairs, well_formed
from fake_iam.protocol.errors import Refusal

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines are busy
text = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("form", "pairs"),
    [
        ("", {}),
        ("&&", {}),
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a", {"a": ""}),
        ("a=", {"a": ""}),
        ("=a", {"": "a"}),
        ("a=1=2", {"a": "1=2"}),
        ("a=1&a=2", {"a": "1"}),
        ("a&a=2", {"a": ""}),
        ("a+b=c+d", {"a b": "c d"}),
        ("a%2Bb=%26%3D", {"a+b": "&="}),
        ("%61=1&a=2", {"a": "1"}),
        ("a=%C3%A9", {"a": "é"}),
        ("a=%c3%a9", {"a": "é"}),
        ("a=\xc3\xa9", {"a": "é"}),
        ("a=%FF", {"a": "\ufffd"}),
        ("a=\u20ac", {"a": "?"}),
        ("a;b=1", {"a;b": "1"}),
    ],
)
def test_a_form_is_read(form: str, pairs: dict[str, str]) -> None:
    assert read_pairs(form) == pairs


@UNHURRIED
@given(st.dictionaries(text, text))
def test_what_is_encoded_is_read_again(pairs: dict[str, str]) -> None:
    assert read_pairs(urlencode(pairs)) == pairs
    assert read_pairs(urlencode(pairs, quote_via=quote)) == pairs


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("a=%zz", "Illegal hex character in escape % pattern: %zz"),
        ("a=%4z&b=%", "Illegal hex character in escape % pattern: %4z"),
        ("%g0=1", "Illegal hex character in escape % pattern: %g0"),
        ("a=%\n1", "Illegal hex character in escape % pattern: %\n1"),
        ("a=%&b=1", "Illegal hex character in escape % pattern: %&b"),
        ("a=%", "Incomplete trailing escape % sequence"),
        ("a=%4", "Incomplete trailing escape % sequence"),
        ("%", "Incomplete trailing escape % sequence"),
    ],
)
def test_a_broken_escape_is_refused(form: str, message: str) -> None:
    with pytest.raises(Refusal) as raised:
        read_pairs(form)
    assert (raised.value.code, raised.value.message, raised.value.status) == ("MalformedQueryString", message, 400)
    assert not well_formed(form)


@UNHURRIED
@given(st.text())
def test_any_text_is_read_or_refused(form: str) -> None:
    if well_formed(form):
        read_pairs(form)
    else:
        with pytest.raises(Refusal):
            read_pairs(form)


@pytest.mark.parametrize("form", ["", "a", "/%41", "%aF%00", "100%25"])
def test_whole_escapes_are_well_formed(form: str) -> None:
    assert well_formed(form)
