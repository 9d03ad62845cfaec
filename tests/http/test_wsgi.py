"""The application under any WSGI server, and what a fault of ours looks like from outside."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any, NoReturn

import pytest
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Response

from fake_iam import wsgi
from fake_iam.assembly import Assembled, assemble
from fake_iam.domain.errors import ServiceError
from fake_iam.protocol.wire import WireRequest, WireResponse
from fake_iam.services.iam import IAM
from fake_iam.services.sts import STS
from fake_iam.settings import Settings
from fake_iam.wsgi import Application
from tests.conftest import ROOT_ID, ROOT_SECRET
from tests.support import (
    FORM,
    HOST,
    IAM_VERSION,
    STS_VERSION,
    Key,
    form_request,
    sign,
    without_request_id,
)

ROOT = Key(ROOT_ID, ROOT_SECRET)
LIST = f"Action=ListUsers&Version={IAM_VERSION}"
INTERNAL = "The request processing has failed because of an unknown error, exception or failure."
IAM_XML = "https://iam.amazonaws.com/doc/2010-05-08/"
STS_XML = "https://sts.amazonaws.com/doc/2011-06-15/"


@pytest.fixture
def assembled() -> Assembled:
    return assemble(
        Settings(auth="strict", root_access_key_id=ROOT_ID, root_secret_access_key=ROOT_SECRET, random_seed=7)
    )


@pytest.fixture
def client(assembled: Assembled) -> Client:
    """A client whose environ has nothing but what WSGI promises."""
    return Client(Application(assembled), Response)


def signed_post(client: Client, action: str, key: Key = ROOT, **parameters: Any) -> TestResponse:
    request = form_request(action, key, **parameters)
    return client.post("/", data=request.body, headers=dict(request.headers), base_url=f"http://{HOST}")


def environ(**changes: Any) -> dict[str, Any]:
    """As little as WSGI demands."""
    body = changes.pop("body", b"")
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "SERVER_NAME": "x",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.input": BytesIO(body),
        **changes,
    }


class Recorder:
    """Stands in for the engine and keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[WireRequest] = []

    def handle(self, request: WireRequest) -> WireResponse:
        self.requests.append(request)
        return WireResponse(200, [("X-Kept", "yes")], b"body")


def run(application: Application, given: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
    started: list[Any] = []
    body = b"".join(application(given, lambda status, headers: started.extend((status, headers))))
    return started[0], started[1], body


def test_the_applications_settings_are_those_of_the_environment_at_its_first_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    application = Application()
    monkeypatch.setenv("FAKE_IAM_ACCOUNT_ID", "111122223333")
    status, _, body = run(application, environ(PATH_INFO="/_fake_iam/health", HTTP_HOST="localhost"))
    assert (status, json.loads(body)["account_id"]) == ("200 OK", "111122223333")
    create = f"Action=CreateUser&Version={IAM_VERSION}&UserName=alice"
    assert run(application, environ(QUERY_STRING=create))[0] == "200 OK"
    assert run(application, environ(QUERY_STRING=create))[0] == "409 Conflict"


def test_the_application_has_a_name_for_any_wsgi_server() -> None:
    assert isinstance(wsgi.app, Application)


def test_a_signed_post_is_answered(client: Client) -> None:
    response = signed_post(client, "ListUsers")
    assert (response.status, response.content_type) == ("200 OK", "text/xml")
    assert response.content_length == len(response.data)
    assert response.data.startswith(b"<ListUsersResponse ")


def test_a_signed_get_is_answered(client: Client) -> None:
    """werkzeug's client gives a RAW_URI too, but one without the query: QUERY_STRING is what WSGI promises."""
    headers = sign("GET", f"http://{HOST}/?{LIST}", {"Host": HOST}, "", ROOT, "iam")
    response = client.get("/", query_string=LIST, headers=headers, base_url=f"http://{HOST}")
    assert response.status == "200 OK"


def test_an_error_is_answered_with_its_status(client: Client) -> None:
    response = signed_post(client, "GetUser", UserName="bob")
    assert response.status == "404 Not Found"
    assert b"<Message>The user with name bob cannot be found.</Message>" in response.data


def test_the_control_plane_is_reached(client: Client) -> None:
    assert client.get("/_fake_iam/health").json["status"] == "ok"  # type: ignore[index]


@pytest.mark.parametrize("length", ["abc", "-1", "+1", "1.0", " 1", "²", "1_0"])
def test_a_content_length_that_is_no_number_is_an_empty_400(length: str) -> None:
    recorder = Recorder()
    status, headers, body = run(Application(recorder), environ(CONTENT_LENGTH=length))
    assert (status, headers, body) == ("400 Bad Request", [("Content-Length", "0")], b"")
    assert recorder.requests == []


@pytest.mark.parametrize("length", ["10000001", "999999999", "9999999999", "9" * 5000])
def test_a_content_length_over_the_limit_is_an_empty_413_and_nothing_is_read(length: str) -> None:
    given = environ(CONTENT_LENGTH=length, body=b"unread")
    status, headers, body = run(Application(Recorder()), given)
    assert (status.partition(" ")[0], headers, body) == ("413", [("Content-Length", "0")], b"")
    assert given["wsgi.input"].read() == b"unread"


def test_a_content_length_of_just_the_limit_is_read() -> None:
    recorder = Recorder()
    run(Application(recorder), environ(CONTENT_LENGTH="10000000", body=b"a" * 10_000_000))
    assert len(recorder.requests[0].body) == 10_000_000


@pytest.mark.parametrize("length", [{}, {"CONTENT_LENGTH": ""}, {"CONTENT_LENGTH": "0"}])
def test_without_a_length_nothing_is_read(length: dict[str, str]) -> None:
    recorder, given = Recorder(), environ(body=b"unread", **length)
    run(Application(recorder), given)
    assert recorder.requests[0].body == b""
    assert given["wsgi.input"].read() == b"unread"


def test_no_more_than_the_length_is_read() -> None:
    recorder, given = Recorder(), environ(CONTENT_LENGTH="4", body=b"bodynext")
    run(Application(recorder), given)
    assert (recorder.requests[0].body, given["wsgi.input"].read()) == (b"body", b"next")


def test_headers_are_named_again_as_http_names_them() -> None:
    recorder = Recorder()
    given = environ(HTTP_X_AMZ_DATE="d", HTTP_HOST="h", CONTENT_TYPE=FORM, CONTENT_LENGTH="", REMOTE_ADDR="127.0.0.9")
    run(Application(recorder), given)
    (request,) = recorder.requests
    assert request.headers == {"content-type": FORM, "host": "h", "x-amz-date": "d"}
    assert request.remote == "127.0.0.9"


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/", "/"),
        ("", "/"),
        ("/a b", "/a%20b"),
        ("/%zz", "/%25zz"),
        ("/\xc3\xa9", "/%C3%A9"),
        ("/~a-b_c.d/", "/~a-b_c.d/"),
    ],
)
def test_a_decoded_path_is_encoded_again(path: str, seen: str) -> None:
    recorder = Recorder()
    run(Application(recorder), environ(PATH_INFO=path, QUERY_STRING="a=%41"))
    assert (recorder.requests[0].path, recorder.requests[0].query) == (seen, "a=%41")


def test_a_raw_target_is_believed_before_a_decoded_path() -> None:
    recorder = Recorder()
    run(Application(recorder), environ(RAW_URI="/a%2Fb?x=%41?y", PATH_INFO="/a/b", QUERY_STRING="x=%41?y"))
    assert (recorder.requests[0].path, recorder.requests[0].query) == ("/a%2Fb", "x=%41?y")


def test_an_answer_keeps_its_headers_and_gets_its_length() -> None:
    status, headers, body = run(Application(Recorder()), environ())
    assert (status, headers, body) == ("200 OK", [("X-Kept", "yes"), ("Content-Length", "4")], b"body")


def test_a_server_that_cannot_drop_a_connection_sends_the_answer() -> None:
    class Dropping:
        def handle(self, request: WireRequest) -> WireResponse:
            return WireResponse(503, [], b"", drop=True)

    assert run(Application(Dropping()), environ())[0] == "503 Service Unavailable"


SECRETS = ("Signature=", "X-Amz-Security-Token", "AWS4-HMAC-SHA256", ROOT_SECRET, "hush")


class Broken(Exception):
    """Our bug."""


def break_down(*_: object, **__: object) -> NoReturn:
    raise Broken("something of ours broke")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One operation of each service has a bug."""
    for service, name in ((IAM, "TagUser"), (IAM, "GetUser"), (STS, "GetCallerIdentity")):
        monkeypatch.setitem(service.operations, name, service.operations[name]._replace(function=break_down))
    yield


def fault(namespace: str, code: str) -> str:
    return (
        f'<ErrorResponse xmlns="{namespace}">\n'
        "  <Error>\n"
        "    <Type>Receiver</Type>\n"
        f"    <Code>{code}</Code>\n"
        f"    <Message>{INTERNAL}</Message>\n"
        "  </Error>\n"
        "  <RequestId>ID</RequestId>\n"
        "</ErrorResponse>\n"
    )


@pytest.mark.parametrize(
    ("action", "namespace", "code"),
    [("GetUser", IAM_XML, "ServiceFailure"), ("GetCallerIdentity", STS_XML, "InternalFailure")],
)
def test_a_fault_of_ours_is_a_500_in_the_words_of_the_service(
    client: Client, broken: None, action: str, namespace: str, code: str
) -> None:
    response = signed_post(client, action)
    assert response.status == "500 Internal Server Error"
    assert without_request_id(response.data) == fault(namespace, code)


def test_the_client_sees_nothing_of_a_traceback(client: Client, broken: None) -> None:
    answer = str(signed_post(client, "GetUser").headers) + signed_post(client, "GetUser").text
    assert not [word for word in ("Traceback", "Broken", "something of ours", ".py") if word in answer]


def test_a_fault_is_logged_once_with_its_request_id_and_traceback(
    client: Client, broken: None, caplog: pytest.LogCaptureFixture
) -> None:
    response = signed_post(client, "GetUser")
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("fake_iam", logging.ERROR)
    assert record.getMessage() == f"internal fault, request id {response.headers['x-amzn-RequestId']}"
    assert record.exc_info is not None
    assert record.exc_info[0] is Broken


def test_a_fault_is_logged_without_secrets(client: Client, broken: None, caplog: pytest.LogCaptureFixture) -> None:
    tag: dict[str, Any] = {"UserName": "alice", "Tags.member.1.Key": "password", "Tags.member.1.Value": "hush"}
    assert signed_post(client, "TagUser", **tag).status_code == 500
    assert "something of ours broke" in caplog.text
    assert not [secret for secret in SECRETS if secret in caplog.text]


def test_a_fault_leaves_nothing_of_its_operation_behind(
    assembled: Assembled, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = IAM.operations["CreateUser"]

    def create_and_break(*arguments: Any, **keywords: Any) -> Mapping[str, Any] | None:
        create.function(*arguments, **keywords)
        raise Broken

    monkeypatch.setitem(IAM.operations, "CreateUser", create._replace(function=create_and_break))
    assert signed_post(client, "CreateUser", UserName="alice").status_code == 500
    assert assembled.health()["users"] == 0


def test_the_next_request_after_a_fault_is_answered(client: Client, broken: None) -> None:
    assert signed_post(client, "GetUser").status_code == 500
    assert signed_post(client, "ListUsers").status_code == 200


def test_an_error_whose_status_nobody_wrote_down_is_a_fault_of_ours(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The engine promises that it never raises: such an error must be answered in XML, too."""

    class Unlisted(ServiceError):
        code = "Unlisted"

    def refuse(*_: object, **__: object) -> NoReturn:
        raise Unlisted("nobody knows my status")

    monkeypatch.setitem(IAM.operations, "GetUser", IAM.operations["GetUser"]._replace(function=refuse))
    response = signed_post(client, "GetUser")
    assert response.status_code == 500
    assert without_request_id(response.data) == fault(IAM_XML, "ServiceFailure")
    assert len(caplog.records) == 1


def test_a_result_that_cannot_be_written_is_a_fault_of_ours(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = IAM.operations["ListUsers"]._replace(function=lambda *_, **__: {"Users": 5})
    monkeypatch.setitem(IAM.operations, "ListUsers", listed)
    assert without_request_id(signed_post(client, "ListUsers").data) == fault(IAM_XML, "ServiceFailure")


def test_a_fault_outside_the_engine_is_a_logged_empty_500(caplog: pytest.LogCaptureFixture) -> None:
    class Failing:
        def handle(self, request: WireRequest) -> WireResponse:
            raise Broken

    status, headers, body = run(Application(Failing()), environ())
    assert (status, headers, body) == ("500 Internal Server Error", [("Content-Length", "0")], b"")
    assert [record.getMessage() for record in caplog.records] == ["internal fault outside the engine"]


def test_a_refusal_is_not_logged_as_a_fault(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    assert client.get(f"/?Action=GetCallerIdentity&Version={STS_VERSION}").status_code == 403
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
