"""Ten thousand random and hostile requests: only well-formed answers, no fault of ours, nothing logged as an error."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, quote_plus
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fake_iam.protocol.model import load_service
from fake_iam.protocol.wire import WireRequest, WireResponse
from fake_iam.services.iam import IAM
from fake_iam.services.sts import STS
from tests.conftest import ROOT_ID, ROOT_SECRET
from tests.support import FORM, HOST, IAM_VERSION, STS_VERSION, Key, Wire, sign

MODES = ("off", "issued", "strict")
EXAMPLES = 3_400
ROOT = Key(ROOT_ID, ROOT_SECRET)
MODELS = {IAM_VERSION: load_service("iam"), STS_VERSION: load_service("sts")}
IMPLEMENTED = [(name, IAM_VERSION) for name in IAM.operations] + [(name, STS_VERSION) for name in STS.operations]
MEMBERS = sorted(
    {
        member.name
        for model in MODELS.values()
        for operation in model.operations.values()
        if operation.input
        for member in model.shapes[operation.input].members
    }
)

# What HTTP can carry: bytes, here as latin-1.
wire_text = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\x00"), max_size=30)
nasty = st.sampled_from(
    [
        "",
        "\x00",
        "\r\n",
        "<a>&\"'",
        "]]>",
        "%",
        "%zz",
        "%ff",
        "\ud7ff",
        "\ufffe",
        "\U0001f600",
        "a" * 600,
        "-1",
        "9" * 40,
    ]
)
sensible = st.sampled_from(
    ["alice", "ALICE", "bob", "/", "/team/", "Active", "Inactive", "Expired", "1", "900", "true", ROOT_ID, "A" * 20]
)
values = st.one_of(sensible, nasty, st.text(max_size=20), st.integers().map(str))
names = st.one_of(
    st.sampled_from(MEMBERS),
    st.sampled_from(["Tags.member.1.Key", "Tags.member.1.Value", "Tags.member.0.Key", "TagKeys.member.1", "TagKeys"]),
    st.builds("{}.member.{}.{}".format, st.sampled_from(MEMBERS), st.integers(-1, 10**12), st.sampled_from(MEMBERS)),
    nasty,
    st.text(max_size=10),
)
actions = st.one_of(
    st.sampled_from(IMPLEMENTED),
    st.sampled_from([(name, version) for version, model in MODELS.items() for name in model.operations]),
    st.tuples(values, st.sampled_from([*MODELS, "", "x"])),
)


@st.composite
def forms(draw: st.DrawFn) -> str:
    """A form or query: encoded properly or not, or no form at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(wire_text)
    action, version = draw(actions)
    pairs = [("Action", action), ("Version", version), *draw(st.lists(st.tuples(names, values), max_size=5))]
    if draw(st.integers(0, 9)) == 0:
        pairs = draw(st.permutations(pairs))[:-1]
    encode = draw(st.sampled_from([quote, quote_plus]))
    return "&".join(f"{encode(name, errors='replace')}={encode(value, errors='replace')}" for name, value in pairs)


credentials = st.one_of(
    st.builds(
        "{}/{}/{}/{}/{}".format,
        st.sampled_from([ROOT_ID, "x", "123456789012", "²", ""]),
        st.sampled_from(["20260101", "", "x"]),
        st.sampled_from(["us-east-1", "eu-west-1", "\xe9", ""]),
        st.sampled_from(["iam", "sts", "s3"]),
        st.sampled_from(["aws4_request", ""]),
    ),
    wire_text,
)
authorizations = st.one_of(
    st.builds(
        "AWS4-HMAC-SHA256 Credential={}, SignedHeaders={}, Signature={}".format,
        credentials,
        st.sampled_from(["host", "host;x-amz-date", "host;;", "", "x-gone;host", "\xe9"]),
        st.one_of(st.just("0" * 64), wire_text),
    ),
    wire_text.map("AWS4-HMAC-SHA256 {}".format),
    wire_text,
)
dates = st.one_of(
    st.sampled_from(["20260101T000000Z", "99999999T999999Z", "00010101T000000Z", "99991231T235959Z", "", "x"]),
    wire_text,
)
headers = st.lists(
    st.one_of(
        st.tuples(st.just("Authorization"), authorizations),
        st.tuples(st.just("X-Amz-Date"), dates),
        st.tuples(st.just("Date"), st.one_of(dates, st.just("Thu, 01 Jan 1970 00:00:00 -9999"))),
        st.tuples(st.sampled_from(["X-Amz-Security-Token", "X-Amz-Content-Sha256", "Host", "X-Y"]), wire_text),
    ),
    max_size=5,
)
presigned = st.builds(
    "&X-Amz-Algorithm={}&X-Amz-Credential={}&X-Amz-Date={}&X-Amz-SignedHeaders=host&X-Amz-Signature={}".format,
    st.sampled_from(["AWS4-HMAC-SHA256", "x"]),
    credentials.map(quote),
    dates.map(quote),
    wire_text.map(quote),
)


@st.composite
def requests(draw: st.DrawFn) -> WireRequest:
    """A request, rightly signed by the root user, or anything else."""
    form = draw(forms())
    method = draw(st.sampled_from(["POST"] * 6 + ["GET"] * 3 + ["PUT", "HEAD", "OPTIONS", "DANCE"]))
    path = draw(st.sampled_from(["/"] * 12 + ["", "/x", "/%zz", "/\xe9", "//", "*"]))
    if draw(st.booleans()):
        return signed(method, path, form)
    sent = [("Host", HOST), *draw(headers)]
    query, body = (form, b"") if method == "GET" else ("", form.encode("latin-1", "replace"))
    if draw(st.integers(0, 5)) == 0:
        query += draw(presigned)
    if draw(st.integers(0, 9)):
        sent.append(("Content-Type", FORM))
    return WireRequest.of(method, path, query, sent, body)


def signed(method: str, path: str, form: str) -> WireRequest:
    """A request with a signature that holds, as far as a form of that kind can be signed."""
    ascii_form = form.encode("ascii", "replace").decode()
    query, body = (ascii_form, "") if method == "GET" else ("", ascii_form)
    given = {"Host": HOST, "Content-Type": FORM}
    service = "sts" if STS_VERSION in form else "iam"
    sent = sign(method, f"http://{HOST}/" + (f"?{query}" if query else ""), given, body, ROOT, service)
    return WireRequest.of(method, path, query, sent.items(), body.encode())


def is_proper(response: WireResponse) -> bool:
    """Whether the answer is XML that can be read, or one of the empty answers of the facts."""
    if response.status in (302, 413) or (response.status == 400 and not response.body):
        return response.body == b""
    headers = dict(response.headers)
    if "x-amzn-ErrorType" in headers:
        return is_a_proper_refusal_of_another_service(response, headers)
    if headers.get("Content-Type") == "application/json":
        document = json.loads(response.body)
        return "RequestId" in document if "Error" in document else response.status == 200
    root = ElementTree.fromstring(response.body)
    kind = root.tag.rpartition("}")[2]
    if kind == "UnknownOperationException":
        return response.status == 404
    if kind == "ErrorResponse":
        refused = 400 <= response.status < 500 or (
            response.status == 501 and root.findtext(".//{*}Code") == "NotImplemented"
        )
        return refused and bool(root.findtext("{*}RequestId"))
    return response.status == 200 and bool(root.findtext("{*}ResponseMetadata/{*}RequestId"))


def is_a_proper_refusal_of_another_service(response: WireResponse, headers: Mapping[str, str]) -> bool:
    """Whether it can be read in the protocol that it names, and says what is served here."""
    if "json" in headers["Content-Type"]:
        text = str(json.loads(response.body)["message"])
    elif headers["Content-Type"] == "application/cbor":
        text = response.body.decode("utf-8", "replace")
    else:
        text = ElementTree.fromstring(response.body).findtext(".//{*}Message") or ""
    return response.status == 501 and "fake_iam serves IAM, STS and the Tagging API only; this request is for " in text


def test_there_are_ten_thousand() -> None:
    assert EXAMPLES * len(MODES) >= 10_000


def test_random_and_hostile_requests_get_well_formed_answers_and_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    wires = [
        Wire(auth=mode, random_seed=7, root_access_key_id=ROOT_ID, root_secret_access_key=ROOT_SECRET) for mode in MODES
    ]
    statuses: dict[str, dict[int, int]] = {mode: {} for mode in MODES}

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(requests())
    def ask(request: WireRequest) -> None:
        for mode, wire in zip(MODES, wires, strict=True):
            response = wire.send(request)
            assert is_proper(response), (mode, request, response)
            assert [record for record in caplog.records if record.levelno >= logging.ERROR] == [], (mode, request)
            statuses[mode][response.status] = statuses[mode].get(response.status, 0) + 1

    ask()
    for mode in MODES:
        assert sum(statuses[mode].values()) >= EXAMPLES
        assert set(statuses[mode]) >= {200, 302, 400, 404, 501}, (mode, statuses[mode])


@pytest.mark.parametrize("mode", MODES)
def test_every_character_of_the_first_plane_can_be_a_value(mode: str, caplog: pytest.LogCaptureFixture) -> None:
    wire = Wire(auth=mode, root_access_key_id=ROOT_ID, root_secret_access_key=ROOT_SECRET)
    for start in range(0, 0x10000, 0x800):
        text = "".join(map(chr, range(start, start + 0x800)))
        form = f"Action={quote(text, errors='replace')}&Version={IAM_VERSION}"
        assert is_proper(wire.post(form))
    assert caplog.records == []


def test_an_improper_answer_would_be_noticed() -> None:
    """The judge of this module judges."""
    fault = b"<ErrorResponse><Error><Code>InternalFailure</Code></Error><RequestId>x</RequestId></ErrorResponse>"
    improper: list[Any] = [WireResponse(500, [], fault), WireResponse(302, [], b"x"), WireResponse(200, [], fault)]
    assert [is_proper(response) for response in improper] == [False, False, False]
    with pytest.raises(ElementTree.ParseError):
        is_proper(WireResponse(500, [], b""))
