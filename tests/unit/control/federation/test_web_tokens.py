"""Tokens that are signed in a provider's place, the keys of providers, and how documents keep them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from conformance.material import rsa_key
from fake_iam import FakeIAM
from fake_iam.control.documents.problems import FormatError
from fake_iam.domain.providers.signing_keys import SigningKey
from fake_iam.protocol.wire import WireRequest
from tests.support import HOST, Wire
from tests.unit.services.sts.test_assumed_roles import pair
from tests.unit.services.sts.test_web_identities import (
    ACCOUNT,
    ISSUER,
    NO_KEY,
    PROVIDER,
    URL,
    assume,
    jwk,
    role,
    signed,
)

SEED: dict[str, Any] = {"oidc_providers": [{"url": URL, "client_ids": ["app"]}]}


@pytest.fixture
def wire() -> Wire:
    wire = Wire(random_seed=7)
    wire.assembled.controls.clock.freeze("2026-01-01")
    wire.assembled.controls.seed(SEED)
    role(wire)
    return wire


def token(wire: Wire, provider: str = PROVIDER, **claims: Any) -> str:
    made: str = wire.assembled.controls.federation.web_identity_token(provider, **claims)
    return made


def claims_of(text: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(text, options={"verify_signature": False})
    return claims


def test_claims_are_the_usual_ones_and_those_that_are_given(wire: Wire) -> None:
    assert claims_of(token(wire, team="red", exp="5 minutes ago", nbf="2026-01-01T00:00:01Z")) == {
        "iss": URL,
        "sub": "test-user",
        "aud": "app",
        "iat": 1767225600,
        "exp": 1767225300,
        "nbf": 1767225601,
        "team": "red",
    }
    assert claims_of(token(wire, "other.example.com"))["aud"] == "sts.amazonaws.com"


@pytest.mark.parametrize("name", [PROVIDER, URL, ISSUER])
def test_a_provider_is_named_by_its_arn_or_url(wire: Wire, name: str) -> None:
    pair(assume(wire, token(wire, name)))


@pytest.mark.parametrize("name", ["", "https://", "http://login.example.com", "arn:aws:iam::123456789012:role/a"])
def test_anything_else_names_no_provider(wire: Wire, name: str) -> None:
    problem = f"provider: {name!r} is neither the ARN of an OpenID Connect provider nor its URL"
    with pytest.raises(FormatError) as refused:
        token(wire, name)
    assert str(refused.value) == problem


def test_a_claim_that_cannot_be_is_named(wire: Wire) -> None:
    problem = """^exp: 'soon' is no moment; write "2026-01-31T12:00:00Z" or "91 days ago"$"""
    with pytest.raises(FormatError, match=problem):
        token(wire, exp="soon")
    with pytest.raises(FormatError, match="^claims: Object of type set is not JSON serializable$"):
        token(wire, groups={1})


def test_the_key_of_a_provider_stays(wire: Wire) -> None:
    first = token(wire)
    assert jwt.get_unverified_header(token(wire))["kid"] == jwt.get_unverified_header(first)["kid"]
    wire.call("DeleteOpenIDConnectProvider", OpenIDConnectProviderArn=PROVIDER)
    wire.assembled.controls.seed(SEED)
    pair(assume(wire, first))


def test_ids_do_not_depend_on_keys(wire: Wire) -> None:
    other = Wire(random_seed=7)
    other.assembled.controls.seed(SEED)
    role(other)
    token(wire)
    first, second = (each.call("CreateUser", UserName="alice")["User"]["UserId"] for each in (wire, other))
    assert first == second


def test_a_dump_has_keys_only_with_secrets(wire: Wire) -> None:
    text = token(wire)
    controls = wire.assembled.controls
    assert "signing_keys" not in controls.dump()["accounts"][ACCOUNT]
    whole = json.loads(json.dumps(controls.dump(secrets=True)))
    (kept,) = whole["accounts"][ACCOUNT]["signing_keys"]
    assert (kept["issuer"], kept["created"]) == (ISSUER, "2026-01-01T00:00:00Z")
    other = Wire()
    other.assembled.controls.load(whole)
    pair(assume(other, text))
    (row,) = [key for _, key in other.assembled.engine.store.account(ACCOUNT).table(SigningKey).items()]
    assert kept["pem"] == row.pem
    assert "PRIVATE" not in repr(row)


def test_a_snapshot_has_the_claims_of_a_session(wire: Wire) -> None:
    session = pair(assume(wire, token(wire, amr=["pwd", "mfa"])))
    controls = wire.assembled.controls
    whole = json.loads(json.dumps(controls.dump(secrets=True)))
    (kept,) = whole["accounts"][ACCOUNT]["sessions"]
    assert kept["role_session"]["claims"] == {
        f"{ISSUER}:aud": "app",
        f"{ISSUER}:sub": "test-user",
        f"{ISSUER}:amr": ["pwd", "mfa"],
        "aws:federatedprovider": PROVIDER,
    }
    before = [row for _, row in wire.assembled.engine.store.account(ACCOUNT).sessions.items()]
    controls.load(whole)
    assert [row for _, row in wire.assembled.engine.store.account(ACCOUNT).sessions.items()] == before
    assert wire.call("GetCallerIdentity", session)["Account"] == ACCOUNT


@pytest.mark.parametrize("spell", [lambda document: document, json.dumps], ids=["mapping", "text"])
def test_a_seed_gives_a_provider_keys(spell: Callable[[Any], Any]) -> None:
    wire = Wire()
    wire.assembled.controls.clock.freeze("2026-01-01")
    (provider,) = SEED["oidc_providers"]
    document = {"keys": [jwk(rsa_key(0, 2048), kid="k1")]}
    wire.assembled.controls.seed({"oidc_providers": [{**provider, "jwks": spell(document)}]})
    role(wire)
    pair(assume(wire, signed(rsa_key(0, 2048))))
    wire.assembled.controls.load(wire.assembled.controls.dump())
    pair(assume(wire, signed(rsa_key(0, 2048))))


ELSEWHERE = "is no http or https URL on this machine, and nothing else is asked"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"jwks": {}}, "jwks: a key set is a mapping with a list of keys"),
        ({"jwks": "["}, "jwks: Expecting value: line 1 column 2 (char 1)"),
        ({"jwks": {"keys": [{"kid": "k1"}]}}, "jwks: every key of a key set is a mapping with a kty"),
        ({"jwks_url": "https://example.com/k"}, f"jwks_url: 'https://example.com/k' {ELSEWHERE}"),
        ({"jwks_url": "file:///etc/passwd"}, f"jwks_url: 'file:///etc/passwd' {ELSEWHERE}"),
        ({"jwks_url": "http://[::1/k"}, f"jwks_url: 'http://[::1/k' {ELSEWHERE}"),
        ({"jwks_url": "http://127.0.0.1.example.com/"}, f"jwks_url: 'http://127.0.0.1.example.com/' {ELSEWHERE}"),
    ],
)
def test_keys_that_cannot_be_are_refused_everywhere(wire: Wire, fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(FormatError) as refused:
        wire.assembled.controls.federation.set_web_identity_keys(PROVIDER, **fields)
    assert str(refused.value) == problem
    with pytest.raises(FormatError) as refused:
        wire.assembled.controls.seed({"oidc_providers": [{"url": "https://a.example.com", **fields}]})
    assert str(refused.value) == f"oidc_providers[0].{problem}"


@pytest.mark.parametrize("url", ["http://localhost:8080/k", "https://[::1]/k", "http://127.1.2.3/k"])
def test_a_url_on_this_machine_is_taken(wire: Wire, url: str) -> None:
    wire.assembled.controls.federation.set_web_identity_keys(PROVIDER, jwks_url=url)


def test_keys_are_given_to_a_provider_that_there_is(wire: Wire) -> None:
    problem = f"^provider: 'https://a.example.com' is no OpenID Connect provider in account {ACCOUNT}$"
    with pytest.raises(FormatError, match=problem):
        wire.assembled.controls.federation.set_web_identity_keys("https://a.example.com", jwks={"keys": []})


def test_keys_that_are_given_replace_those_before(wire: Wire) -> None:
    give = wire.assembled.controls.federation.set_web_identity_keys
    give(URL, jwks={"keys": [jwk(rsa_key(0, 2048), kid="k1")]}, account_id=ACCOUNT)
    give(URL, jwks={"keys": []})
    assert assume(wire, signed(rsa_key(0, 2048))) == NO_KEY


def post(wire: Wire, page: str, **fields: Any) -> tuple[int, Any]:
    sent = WireRequest.of("POST", f"/_fake_iam/{page}", "", [("Host", HOST)], json.dumps(fields).encode())
    answer = wire.send(sent)
    return answer.status, json.loads(answer.body)


def test_pages_make_tokens_and_take_keys(wire: Wire) -> None:
    status, answer = post(wire, "web-identity-token", provider=URL, claims={"sub": "bob", "aud": None})
    assert (status, set(claims_of(answer["token"]))) == (200, {"iss", "sub", "iat", "exp"})
    assert post(wire, "web-identity-keys", provider=URL, jwks={"keys": []}) == (200, {"status": "done"})
    assert post(wire, "web-identity-token", provider=URL, claims=[]) == (400, {"error": "claims: [] is no mapping"})
    reserved = {"error": "claims.provider: is no claim"}
    assert post(wire, "web-identity-token", provider=URL, claims={"provider": "x"}) == (400, reserved)


def test_a_fake_has_them_as_methods() -> None:
    with FakeIAM(transport="inprocess") as fake:
        fake.seed(SEED)
        fake.set_web_identity_keys(URL, jwks={"keys": []})
        assert claims_of(fake.web_identity_token(URL, sub="bob"))["sub"] == "bob"
