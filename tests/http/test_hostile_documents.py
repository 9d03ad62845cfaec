"""Documents, tokens and tags that nobody means well with: an error of AWS's, at once, and nothing half done."""

from __future__ import annotations

import base64
import hmac
import json
import socket
import time
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from conformance.material import certify, rsa_key
from fake_iam import FakeIAM
from fake_iam.protocol.wire import WireRequest
from tests.support import FORM, HOST, IAM_VERSION, AwsError, Wire, document_request
from tests.unit.services.sts.test_web_identities import jwk

ACCOUNT = "123456789012"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}],
    }
)
SYNTAX = AwsError("MalformedPolicyDocument", "Syntax errors in policy.", 400)
DEEP = "[" * 10_000 + "]" * 10_000
METADATA = '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="idp">{}</EntityDescriptor>'
LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d SYSTEM "file:///etc/passwd">]>'
)


def unchanged(wire: Wire) -> dict[str, Any]:
    """Everything there is, without the clock and the place in the sequence of ids."""
    dumped = wire.assembled.controls.dump()
    return {"accounts": dumped.get("accounts")}


def policy(wire: Wire, text: str) -> Any:
    return wire.call("CreatePolicy", PolicyName="hostile", PolicyDocument=text)


def with_condition(operator: str, key: str, value: Any) -> str:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {operator: {key: value}}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize(
    "text",
    [
        DEEP,
        '{"Statement":' + DEEP + "}",
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":'
        + DEEP
        + "}]}",
        '{"a":' * 10_000 + "1" + "}" * 10_000,
    ],
    ids=["lists", "statement", "condition", "objects"],
)
def test_json_ten_thousand_deep_is_no_policy_of_any_kind(wire: Wire, text: str) -> None:
    wire.user("alice")
    before = unchanged(wire)
    answers = [
        policy(wire, text),
        wire.call("PutUserPolicy", UserName="alice", PolicyName="hostile", PolicyDocument=text),
        wire.call("CreateRole", RoleName="hostile", AssumeRolePolicyDocument=text),
    ]
    assert [(each.code, each.status) for each in answers] == [("MalformedPolicyDocument", 400)] * 3
    assert unchanged(wire) == before


@pytest.mark.parametrize(
    ("operation", "more"),
    [("SimulateCustomPolicy", {"ActionNames.member.1": "s3:GetObject"}), ("GetContextKeysForCustomPolicy", {})],
)
def test_the_simulator_refuses_json_ten_thousand_deep(wire: Wire, operation: str, more: dict[str, str]) -> None:
    answer = wire.call(operation, **{"PolicyInputList.member.1": DEEP}, **more)
    assert (answer.code, answer.status) == ("InvalidInput", 400)


def test_a_session_policy_ten_thousand_deep_is_refused(wire: Wire) -> None:
    answer = wire.call("GetFederationToken", Name="guest", Policy="[" * 1000 + "]" * 1000)
    assert answer == AwsError("MalformedPolicyDocument", "The policy is not in the valid JSON format.", 400)


def test_a_trust_policy_of_a_megabyte_is_refused(wire: Wire) -> None:
    before = unchanged(wire)
    for text in (TRUST + " " * 1_000_000, TRUST.replace(ACCOUNT, "9" * 1_000_000)):
        answer = wire.call("CreateRole", RoleName="hostile", AssumeRolePolicyDocument=text)
        assert (answer.code, answer.status) == ("ValidationError", 400)
        assert answer.message.endswith("Member must have length less than or equal to 131072")
    assert unchanged(wire) == before


def test_a_condition_of_a_hundred_kilobytes_exceeds_the_quota(wire: Wire) -> None:
    before = unchanged(wire)
    answer = policy(wire, with_condition("StringLike", "aws:PrincipalTag/team", "*a" * 50_000))
    assert answer == AwsError("LimitExceeded", "Cannot exceed quota for PolicySize: 6144", 409)
    assert unchanged(wire) == before


def test_a_long_pattern_is_decided_in_no_time(wire: Wire) -> None:
    wire.user("alice")
    text = with_condition("StringLike", "aws:PrincipalTag/team", "*a" * 900 + "b")
    wire.call("PutUserPolicy", UserName="alice", PolicyName="slow", PolicyDocument=text)
    began = time.thread_time()
    answer = wire.assembled.controls.why("alice", "s3:GetObject", context={"aws:PrincipalTag/team": "a" * 50_000})
    assert (answer.decision, time.thread_time() - began < 2) == ("implicitDeny", True)


@pytest.mark.parametrize("operator", ["DateLessThan", "DateGreaterThan", "DateNotEquals"])
@pytest.mark.parametrize("moment", ["9" * 400, "-" + "9" * 400])
def test_a_date_of_four_hundred_digits_is_refused(wire: Wire, operator: str, moment: str) -> None:
    answer = policy(wire, with_condition(operator, "aws:CurrentTime", moment))
    assert answer == AwsError("MalformedPolicyDocument", "The policy failed legacy parsing", 400)


@pytest.mark.parametrize(
    ("operator", "year", "decision"),
    [
        ("DateLessThan", "0000", "implicitDeny"),
        ("DateGreaterThan", "0000", "allowed"),
        ("DateLessThan", "99999", "allowed"),
        ("DateGreaterThan", "99999", "implicitDeny"),
        ("DateNotEquals", "99999", "allowed"),
    ],
)
def test_a_year_beyond_pythons_dates_is_a_date(wire: Wire, operator: str, year: str, decision: str) -> None:
    wire.user("alice")
    made = policy(wire, with_condition(operator, "aws:CurrentTime", f"{year}-01-01T00:00:00Z"))
    wire.call("AttachUserPolicy", UserName="alice", PolicyArn=made["Policy"]["Arn"])
    assert wire.assembled.controls.why("alice", "s3:GetObject").decision == decision


@pytest.mark.parametrize("number", ["1e999999999", "-1e999999999", "NaN", "Infinity", "0x10", "9" * 1900])
@pytest.mark.parametrize("operator", ["NumericLessThan", "NumericGreaterThan", "NumericEquals"])
def test_a_huge_number_is_decided_in_no_time(wire: Wire, operator: str, number: str) -> None:
    wire.user("alice")
    text = with_condition(operator, "s3:max-keys", number)
    assert wire.call("PutUserPolicy", UserName="alice", PolicyName="huge", PolicyDocument=text) is None
    began = time.thread_time()
    for given in ("10", number):
        wire.assembled.controls.why("alice", "s3:ListBucket", context={"s3:max-keys": given})
    assert time.thread_time() - began < 2


def test_a_json_number_of_five_thousand_digits_is_a_syntax_error(wire: Wire) -> None:
    text = with_condition("NumericEquals", "s3:max-keys", 1).replace(": 1}", ": " + "9" * 5000 + "}")
    assert policy(wire, text) == SYNTAX


def test_of_duplicate_keys_of_json_the_last_counts(wire: Wire) -> None:
    """Assumed: what AWS makes of them is not known."""
    text = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Effect":"Allow",'
        '"Action":"s3:*","Action":"iam:*","Resource":"*"}]}'
    )
    wire.user("alice")
    wire.call("AttachUserPolicy", UserName="alice", PolicyArn=policy(wire, text)["Policy"]["Arn"])
    decide = wire.assembled.controls.why
    decisions = [decide("alice", action).decision for action in ("iam:GetUser", "s3:GetObject")]
    assert decisions == ["allowed", "implicitDeny"]


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS + METADATA.format("&c;" + " " * 1000),
        LAUGHS + METADATA.format("&d;" + " " * 1000),
        METADATA.format("<IDPSSODescriptor/>" + " " * 1000),
        METADATA.format("<a>" * 10_000 + "</a>" * 10_000),
        METADATA.format("<!-- " + "x" * 9_990_000 + " -->"),
    ],
    ids=["laughs", "file", "no certificate", "deep", "ten megabytes"],
)
def test_hostile_metadata_is_refused(wire: Wire, text: str) -> None:
    before = unchanged(wire)
    answer = wire.call("CreateSAMLProvider", Name="hostile", SAMLMetadataDocument=text)
    assert (answer.code, answer.status) == ("InvalidInput", 400)
    assert unchanged(wire) == before


def federated_role(wire: Wire, provider: str, action: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": action}
    trust = json.dumps({"Version": "2012-10-17", "Statement": statement})
    made = wire.call("CreateRole", RoleName="web", AssumeRolePolicyDocument=trust)
    return str(made["Role"]["Arn"])


@pytest.mark.parametrize("depth", [200, 10_000])
def test_a_hostile_assertion_is_refused(wire: Wire, depth: int) -> None:
    metadata = wire.assembled.controls.federation.saml_metadata()
    provider = wire.call("CreateSAMLProvider", Name="idp", SAMLMetadataDocument=metadata)["SAMLProviderArn"]
    role = federated_role(wire, provider, "sts:AssumeRoleWithSAML")
    before = unchanged(wire)
    for text in (LAUGHS + "<Response>&c;</Response>", "<a>" * depth + "</a>" * depth):
        assertion = base64.b64encode(text.encode()).decode()
        answer = wire.call("AssumeRoleWithSAML", RoleArn=role, PrincipalArn=provider, SAMLAssertion=assertion)
        assert (answer.code, answer.status) in (("InvalidIdentityToken", 400), ("ValidationError", 400))
    assert unchanged(wire) == before


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


class Web(NamedTuple):
    """A provider, a role that trusts it, and a token that the role can be assumed with."""

    wire: Wire
    provider: str
    role: str
    genuine: str

    def assume(self, token: str) -> Any:
        asked = {"RoleArn": self.role, "RoleSessionName": "job", "WebIdentityToken": token}
        return self.wire.call("AssumeRoleWithWebIdentity", **asked)

    def with_header(self, **header: Any) -> str:
        """The head and the claims of a token, without a signature."""
        return f"{encoded({'typ': 'JWT', **header})}.{self.genuine.split('.')[1]}"


@pytest.fixture
def web(wire: Wire) -> Web:
    """A provider of web identities, and a role that trusts it."""
    asked = {"Url": "https://login.example.com", "ClientIDList.member.1": "app"}
    provider = wire.call("CreateOpenIDConnectProvider", **asked)["OpenIDConnectProviderArn"]
    role = federated_role(wire, provider, "sts:AssumeRoleWithWebIdentity")
    return Web(wire, provider, role, wire.assembled.controls.federation.web_identity_token(provider))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS256", "", 7, None])
def test_a_token_that_nobody_signed_is_refused(web: Web, algorithm: Any) -> None:
    before = unchanged(web.wire)
    header = {} if algorithm is None else {"alg": algorithm}
    for signature in ("", "AAAA"):
        answer = web.assume(f"{web.with_header(**header)}.{signature}")
        assert (answer.code, answer.status) == ("InvalidIdentityToken", 400)
    assert unchanged(web.wire) == before


@pytest.mark.parametrize("form", [Encoding.PEM, Encoding.DER])
@pytest.mark.parametrize("kty", ["RSA", "oct"])
def test_a_public_key_is_no_secret(web: Web, form: Encoding, kty: str) -> None:
    """A verifier that lets the token choose would take the public key for the secret that it was signed with."""
    key = rsa_key(0, 2048)
    secret = key.public_key().public_bytes(form, PublicFormat.SubjectPublicKeyInfo)
    shown = {**jwk(key), "kid": "k", "kty": kty, "k": base64.urlsafe_b64encode(secret).decode().rstrip("=")}
    controls = web.wire.assembled.controls
    controls.federation.set_web_identity_keys(web.provider, jwks={"keys": [shown]})
    before = unchanged(web.wire)
    for algorithm, digest in (("HS256", "sha256"), ("RS256", "sha256"), ("HS512", "sha512")):
        head = web.with_header(alg=algorithm, kid="k")
        signature = base64.urlsafe_b64encode(hmac.digest(secret, head.encode(), digest)).decode().rstrip("=")
        answer = web.assume(f"{head}.{signature}")
        assert (answer.code, answer.status) == ("InvalidIdentityToken", 400)
    assert unchanged(web.wire) == before


def test_no_key_is_fetched_from_where_a_token_says(web: Web) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/keys"
        signature = web.genuine.split(".")[2]
        for header in ({"jku": url}, {"x5u": url}, {"kid": url}, {"jwk": jwk(rsa_key(0, 2048))}):
            answer = web.assume(f"{web.with_header(alg='RS256', **header)}.{signature}")
            assert (answer.code, answer.status) == ("InvalidIdentityToken", 400)
        with pytest.raises(BlockingIOError):
            listening.accept()


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ({f"Tags.member.{n}.{part}": f"k{n}" for n in range(1, 52) for part in ("Key", "Value")}, "ValidationError"),
        ({"Tags.member.1.Key": "k" * 129, "Tags.member.1.Value": ""}, "ValidationError"),
        ({"Tags.member.1.Key": "k", "Tags.member.1.Value": "v" * 257}, "ValidationError"),
        ({"Tags.member.1.Key": "", "Tags.member.1.Value": ""}, "ValidationError"),
        ({f"Tags.member.{n}.{part}": f"k{n}" for n in range(1, 5000) for part in ("Key", "Value")}, "ValidationError"),
    ],
    ids=["51", "key", "value", "empty", "5000"],
)
def test_tags_over_a_limit_are_refused_and_nothing_is_made(wire: Wire, tags: dict[str, str], code: str) -> None:
    before = unchanged(wire)
    answers = [
        wire.call("CreateUser", UserName="hostile", **tags),
        wire.call("CreateRole", RoleName="hostile", AssumeRolePolicyDocument=TRUST, **tags),
    ]
    assert [(each.code, each.status) for each in answers] == [(code, 400)] * 2
    assert unchanged(wire) == before


@pytest.mark.parametrize(
    "tags",
    [
        {f"Tags.member.{n}.{part}": f"k{n}" for n in range(1, 52) for part in ("Key", "Value")},
        {"Tags.member.1.Key": "k" * 129, "Tags.member.1.Value": ""},
        {f"TransitiveTagKeys.member.{n}": f"k{n}" for n in range(1, 52)},
    ],
    ids=["51", "key", "transitive"],
)
def test_session_tags_over_a_limit_begin_no_session(wire: Wire, tags: dict[str, str]) -> None:
    wire.user("alice")
    role = wire.call("CreateRole", RoleName="ops", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    answer = wire.call("AssumeRole", wire.key("alice"), RoleArn=role, RoleSessionName="job", **tags)
    assert (answer.code, answer.status) == ("ValidationError", 400)
    assert "sessions" not in unchanged(wire)["accounts"][ACCOUNT]


def test_a_certificate_is_no_metadata(wire: Wire) -> None:
    answer = wire.call("CreateSAMLProvider", Name="hostile", SAMLMetadataDocument=certify().body + " " * 1000)
    assert (answer.code, answer.status) == ("InvalidInput", 400)


@pytest.mark.parametrize("text", ['{"Statement":5}', "{}", '{"Statement":[5]}', '{"Statement":{"Effect":"Allow"}}'])
def test_a_session_policy_that_is_no_policy_is_refused(wire: Wire, text: str) -> None:
    before = unchanged(wire)
    answer = wire.call("GetFederationToken", Name="guest", Policy=text)
    assert (answer.code, answer.status) == ("MalformedPolicyDocument", 400)
    assert unchanged(wire) == before


@pytest.mark.parametrize(
    "text",
    [
        DEEP,
        '{"TagFilters":' + DEEP + "}",
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        "[" * 9_000_000,
        '{"a":' + "9" * 5000 + "}",
    ],
    ids=["lists", "member", "objects", "ten megabytes", "number"],
)
def test_hostile_json_is_no_document(wire: Wire, text: str) -> None:
    response = wire.send(document_request("GetResources", text))
    assert (response.status, response.body) == (400, b'{"__type":"SerializationException"}')


@pytest.mark.parametrize(
    "body",
    [
        b"\x81" * 10_000 + b"\x80",
        b"\xa1\x61a" * 10_000 + b"\xa0",
        b"\x9f" * 100_000,
        b"\x5b" + b"\x7f" * 8,
        b"\x9b" + b"\x7f" * 8,
    ],
    ids=["lists", "maps", "endless", "long text", "long list"],
)
def test_hostile_cbor_is_no_document(wire: Wire, body: bytes) -> None:
    headers = {"Host": HOST, "Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
    path = "/service/ResourceGroupsTaggingAPI_20170126/operation/GetResources"
    response = wire.send(WireRequest.of("POST", path, "", headers.items(), body))
    assert (response.status, response.body) == (400, b"\xa1f__typevSerializationException")


def test_documents_that_fill_a_body_are_refused_over_a_socket(fake: FakeIAM) -> None:
    """Which is still read to its end, so that the next call of the connection is answered."""
    connection = HTTPConnection(fake.url.removeprefix("http://"), timeout=20)
    for code, parameters in (
        ("ValidationError", {"Action": "CreateRole", "RoleName": "a", "AssumeRolePolicyDocument": "[" * 3_000_000}),
        ("InvalidInput", {"Action": "CreateSAMLProvider", "Name": "a", "SAMLMetadataDocument": "<a>" * 1_000_000}),
        ("ValidationError", {"Action": "CreatePolicy", "PolicyName": "a", "PolicyDocument": "{" * 3_000_000}),
    ):
        body = urlencode({"Version": IAM_VERSION, **parameters})
        connection.request("POST", "/", body, {"Content-Type": FORM})
        answer = connection.getresponse()
        assert (answer.status, f"<Code>{code}</Code>" in answer.read().decode()) == (400, True)
    connection.request("POST", "/", f"Action=ListRoles&Version={IAM_VERSION}", {"Content-Type": FORM})
    answer = connection.getresponse()
    assert (answer.status, b"<Roles/>" in answer.read()) == (200, True)
    connection.close()
