"""Identifiers and secrets: their forms, the account in them, and the sequence they are drawn from."""

from __future__ import annotations

import base64
import re
import uuid
from datetime import datetime, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_iam.domain.ids import TOKEN_SIZE, IdSource, account_of, chances, control_token

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines are busy
ACCOUNT = "123456789012"
accounts = st.integers(0, 10**12 - 1).map("{:012d}".format)
seeds = st.integers()


def sequence(source: IdSource) -> list[str]:
    """One of everything."""
    return [
        source.access_key_id(ACCOUNT),
        source.session_key_id(ACCOUNT),
        source.user_id(ACCOUNT),
        source.secret(),
        source.session_token(),
        source.request_id(),
        source.extended_request_id("us-east-1", datetime(2026, 1, 1, tzinfo=timezone.utc)),
    ]


@UNHURRIED
@given(seeds, accounts)
def test_an_access_key_id_is_akia_and_sixteen_of_base_32(seed: int, account: str) -> None:
    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", IdSource(seed).access_key_id(account))


@UNHURRIED
@given(seeds, accounts)
def test_a_session_key_id_is_asia_and_sixteen_of_base_32(seed: int, account: str) -> None:
    assert re.fullmatch(r"ASIA[A-Z2-7]{16}", IdSource(seed).session_key_id(account))


@UNHURRIED
@given(seeds, accounts)
def test_a_user_id_is_aida_and_seventeen_of_base_32(seed: int, account: str) -> None:
    assert re.fullmatch(r"AIDA[A-Z2-7]{17}", IdSource(seed).user_id(account))


@UNHURRIED
@given(seeds, accounts)
def test_ids_of_the_present_form_have_a_fifth_character_of_q_or_later(seed: int, account: str) -> None:
    assert IdSource(seed).access_key_id(account)[4] in "QRSTUVWXYZ234567"


@UNHURRIED
@given(seeds, accounts)
def test_every_kind_of_id_tells_its_account(seed: int, account: str) -> None:
    source = IdSource(seed)
    drawn = (source.access_key_id(account), source.session_key_id(account), source.user_id(account))
    assert [account_of(key_id) for key_id in drawn] == [account] * 3


@pytest.mark.parametrize(
    "key_id",
    [
        pytest.param("AKIAIOSFODNN7EXAMPLE", id="an id of the old form"),
        pytest.param("AKIAJAAAAAAAAAAAAAAA", id="another id of the old form"),
        pytest.param("AKIAQAAAAAAAAAAAAAA", id="one character too few"),
        pytest.param("", id="nothing"),
        pytest.param("AKIA", id="a prefix"),
        pytest.param("AKIAQ1AAAAAAAAAAAAAA", id="a digit that base 32 lacks"),
        pytest.param("AKIAqaaaaaaaaaaaaaaa", id="small letters"),
        pytest.param("AKIAQÉAAAAAAAAAAAAAA", id="a letter beyond ASCII"),
        pytest.param("AKIA7777777777777777", id="a number of more than twelve digits"),
    ],
)
def test_an_id_without_an_account_tells_none(key_id: str) -> None:
    assert account_of(key_id) is None


def test_the_account_is_decoded_as_the_facts_say() -> None:
    """A real id, published with its account."""
    key_id = "ASIAY34FZKBOKMUTVV7A"
    head = int.from_bytes(base64.b32decode(key_id[4:])[:6], "big")
    assert account_of(key_id) == f"{(head & 0x7FFFFFFFFF80) >> 7:012d}" == "609629065308"


@UNHURRIED
@given(st.text(max_size=30))
def test_any_text_tells_an_account_of_twelve_digits_or_none(text: str) -> None:
    account = account_of(text)
    assert account is None or re.fullmatch(r"\d{12}", account)


@UNHURRIED
@given(seeds)
def test_a_secret_is_forty_characters_of_base_64(seed: int) -> None:
    assert re.fullmatch(r"[A-Za-z0-9+/]{40}", IdSource(seed).secret())


@pytest.mark.parametrize(("minimum", "size"), [(0, TOKEN_SIZE), (TOKEN_SIZE, TOKEN_SIZE), (400, 400), (4096, 4096)])
def test_a_session_token_is_as_long_as_it_must_be_and_begins_as_real_ones_do(minimum: int, size: int) -> None:
    token = IdSource(7).session_token(minimum)
    assert len(token) == size
    assert re.fullmatch(r"IQoJb3JpZ2luX2Vj[A-Za-z0-9+/]+", token)


@UNHURRIED
@given(seeds)
def test_ids_of_requests_and_tasks_are_lower_case_uuids_of_version_4(seed: int) -> None:
    source = IdSource(seed)
    for text in (source.request_id(), source.uuid()):
        parsed = uuid.UUID(text)
        assert (str(parsed), parsed.version, parsed.variant) == (text, 4, uuid.RFC_4122)


def test_an_extended_request_id_names_region_and_milliseconds() -> None:
    at = datetime(2026, 1, 1, 0, 0, 0, 123_456, tzinfo=timezone.utc)
    text = base64.b64decode(IdSource(7).extended_request_id("eu-west-1", at), validate=True).decode()
    assert re.fullmatch(r"1:eu-west-1:S:1767225600123:R:[A-Za-z0-9]{8}", text)


@UNHURRIED
@given(seeds)
def test_a_seed_makes_the_whole_sequence_the_same(seed: int) -> None:
    assert sequence(IdSource(seed)) == sequence(IdSource(seed))


def test_seeds_make_different_sequences() -> None:
    assert not set(sequence(IdSource(1))) & set(sequence(IdSource(2)))


def test_without_a_seed_no_two_sequences_are_the_same() -> None:
    assert not set(sequence(IdSource())) & set(sequence(IdSource()))


def test_a_restart_begins_the_sequence_anew() -> None:
    source = IdSource(7)
    first = sequence(source)
    assert sequence(source) != first
    source.restart()
    assert sequence(source) == first


def test_a_restart_without_a_seed_repeats_nothing() -> None:
    source = IdSource()
    first = sequence(source)
    source.restart()
    assert not set(sequence(source)) & set(first)


def test_request_ids_do_not_change_the_keys_that_follow() -> None:
    reading, quiet = IdSource(7), IdSource(7)
    reading.request_id()
    reading.extended_request_id("us-east-1", datetime(2026, 1, 1, tzinfo=timezone.utc))
    assert reading.access_key_id(ACCOUNT) == quiet.access_key_id(ACCOUNT)
    assert reading.secret() == quiet.secret()


def test_a_thousand_keys_of_one_account_differ() -> None:
    source = IdSource(7)
    assert len({source.access_key_id(ACCOUNT) for _ in range(1000)}) == 1000


def test_the_sequence_of_a_seed_stays_what_it_was() -> None:
    """Users' own expectations hang on it."""
    source = IdSource(7)
    assert [source.access_key_id(ACCOUNT), source.secret(), source.request_id()] == [
        "AKIARZPUZDIKFHZKOTPE",
        "tYgjmUhBel31iEl2hpChYgCfrL1spNxnyVmihA/2",
        "0d67d55c-4508-410f-a6d9-4da8414a0bbc",
    ]


def test_what_is_drawn_in_vain_is_put_back() -> None:
    ids, other = IdSource(1), IdSource(1)
    with pytest.raises(KeyError), ids.undone_on_failure():
        ids.secret()
        raise KeyError
    with ids.undone_on_failure():
        assert ids.secret() == other.secret()
    assert ids.secret() == other.secret()


def test_a_place_in_the_sequence_can_be_gone_back_to() -> None:
    ids, other = IdSource(1), IdSource()
    ids.secret()
    place = ids.export()
    assert place is not None
    other.resume(place)
    assert (other.secret(), other.request_id()) == (ids.secret(), ids.request_id())


def test_an_unseeded_sequence_has_no_place() -> None:
    ids = IdSource()
    assert ids.export() is None
    with pytest.raises(KeyError), ids.undone_on_failure():
        raise KeyError
    assert ids.export() is None


@pytest.mark.parametrize("text", ["", "x", "AAAA", "%"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="^it is no place in a sequence of ids$"):
        IdSource(1).resume(text)


def test_chances_are_the_same_for_the_same_seed() -> None:
    one, two, three = chances("a"), chances("a"), chances("b")
    assert [one() for _ in range(3)] == [two() for _ in range(3)] != [three() for _ in range(3)]


def test_a_control_token_is_drawn_anew() -> None:
    assert len({control_token() for _ in range(10)}) == 10


def test_awkward_secrets_have_a_slash_and_a_plus() -> None:
    secret = IdSource(1, awkward_secrets=True).secret()
    assert ("/" in secret, "+" in secret, len(secret)) == (True, True, 40)


@pytest.mark.parametrize(("prefix", "session"), [("AKIA", "ASIA"), ("FAKE", "FAKS"), ("KEYS", "KEYT")])
def test_temporary_ids_have_a_prefix_of_their_own(prefix: str, session: str) -> None:
    ids = IdSource(1, key_prefix=prefix)
    assert (ids.access_key_id("123456789012")[:4], ids.session_key_id("123456789012")[:4]) == (prefix, session)


def test_a_unique_id_has_its_prefix_and_carries_the_account() -> None:
    made = IdSource(1).unique_id("AGPA", "111122223333")
    assert (len(made), made[:4], account_of(made)) == (21, "AGPA", "111122223333")


def test_a_text_is_of_its_alphabet() -> None:
    assert set(IdSource(1).text("ab", 100)) == {"a", "b"}


@pytest.mark.parametrize("seed", [7, None])
def test_a_fork_draws_what_comes_next_and_the_source_goes_on_behind_it(seed: int | None) -> None:
    source, same = IdSource(seed), IdSource(seed)
    began, fork = source.state(), source.fork()
    drawn = [fork.secret(), fork.request_id()]
    assert source.join(fork, began)
    drawn.append(source.secret())
    assert len(set(drawn)) == 3
    if seed is not None:
        assert drawn == [same.secret(), same.request_id(), same.secret()]


def test_a_source_that_went_on_by_itself_does_not_join_a_fork() -> None:
    source, same = IdSource(7), IdSource(7)
    began, fork = source.state(), source.fork()
    source.request_id()
    fork.secret()
    assert source.secret() == same.secret()
    assert not source.join(fork, began)
    assert source.secret() == same.secret()
