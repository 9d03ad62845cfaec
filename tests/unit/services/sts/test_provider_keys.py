"""Keys of OpenID Connect providers that are found on this machine, and nowhere else."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from conformance.material import Certified, certify, rsa_key
from fake_iam import FakeIAM, ManualClock
from fake_iam.services.sts import provider_keys
from tests.support import Wire
from tests.unit.services.sts.test_assumed_roles import pair
from tests.unit.services.sts.test_web_identities import (
    NO_KEY,
    NOW,
    PROVIDER,
    ROLE,
    assume,
    jwk,
    role,
    signed,
    trust,
    trusting,
)
from tests.unit.services.sts.test_web_identities import URL as ELSEWHERE

KEY = rsa_key(0, 2048)
KEYS = json.dumps({"keys": [jwk(KEY, kid="k1")]}).encode()
Answer = tuple[int, dict[str, str], bytes]
Pages = dict[str, Answer]


def tls_context(folder: Path, tls: Certified) -> ssl.SSLContext:
    file = folder / "server.pem"
    file.write_text(tls.body + tls.private_key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@contextmanager
def served(pages: Callable[[str], Pages], tls: Certified | None = None, folder: Path | None = None) -> Iterator[str]:
    """A server on this machine; ``pages`` are made from its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = found.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        assert folder is not None
        server.socket = tls_context(folder, tls).wrap_socket(server.socket, server_side=True)
    url = f"{'http' if tls is None else 'https'}://127.0.0.1:{server.server_address[1]}"
    found = pages(url)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def wire() -> Wire:
    wire = Wire(ManualClock(NOW), random_seed=7)
    wire.call("CreateOpenIDConnectProvider", Url=ELSEWHERE, **{"ClientIDList.member.1": "app"})
    role(wire)
    return wire


def look(wire: Wire, url: str) -> None:
    wire.assembled.controls.federation.set_web_identity_keys(PROVIDER, jwks_url=url)


def test_keys_are_fetched_from_a_url_on_this_machine(wire: Wire) -> None:
    with served(lambda url: {"/keys": (200, {}, KEYS)}) as url:
        look(wire, f"{url}/keys")
        pair(assume(wire, signed(KEY)))
        assert assume(wire, signed(KEY, kid="k2")) == NO_KEY
    assert assume(wire, signed(KEY)) == NO_KEY


@pytest.mark.parametrize(
    "answer",
    [
        (404, {}, KEYS),
        (200, {}, b"[" * 100_000),
        (200, {}, b"not json"),
        (200, {}, b"{}"),
        (200, {}, KEYS + b" " * 1_000_000),
        (302, {"Location": "/elsewhere"}, b""),
    ],
    ids=["404", "deep", "text", "empty", "long", "redirect"],
)
def test_an_answer_that_is_no_key_set_gives_no_key(wire: Wire, answer: Answer) -> None:
    with served(lambda url: {"/keys": answer, "/elsewhere": (200, {}, KEYS)}) as url:
        look(wire, f"{url}/keys")
        assert assume(wire, signed(KEY)) == NO_KEY


def test_what_answers_no_http_gives_no_key(wire: Wire) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"220 mail\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        look(wire, f"http://127.0.0.1:{listening.getsockname()[1]}/keys")
        assert assume(wire, signed(KEY)) == NO_KEY
        thread.join()


@pytest.mark.parametrize("tls", [False, True])
def test_what_comes_byte_by_byte_is_not_waited_for(wire: Wire, tmp_path: Path, tls: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        hung_up = threading.Event()

        def dribble() -> None:
            connection, _ = listening.accept()
            if tls:
                connection = tls_context(tmp_path, certify()).wrap_socket(connection, server_side=True)
            with connection, suppress(OSError):
                connection.recv(1000)
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                for _ in range(200):
                    connection.sendall(b" ")
                    hung_up.wait(0.02)
                connection.sendall(KEYS)

        thread = threading.Thread(target=dribble)
        thread.start()
        look(wire, f"{'https' if tls else 'http'}://127.0.0.1:{listening.getsockname()[1]}/keys")
        with mock.patch.object(provider_keys, "SECONDS", 0.2):
            assert assume(wire, signed(KEY)) == NO_KEY
        hung_up.set()
        thread.join()


def issuer_here(wire: Wire, url: str) -> None:
    made = wire.call("CreateOpenIDConnectProvider", Url=url, **{"ClientIDList.member.1": "app"})
    trusting(wire, trust(made["OpenIDConnectProviderArn"]))


def test_an_issuer_on_this_machine_is_asked_where_its_keys_are(wire: Wire, tmp_path: Path) -> None:
    def pages(url: str) -> Pages:
        document = json.dumps({"jwks_uri": f"{url}/keys"}).encode()
        return {"/realm/.well-known/openid-configuration": (200, {}, document), "/keys": (200, {}, KEYS)}

    with served(pages, certify(), tmp_path) as url:
        issuer_here(wire, f"{url}/realm")
        pair(assume(wire, signed(KEY, iss=f"{url}/realm")))


@pytest.mark.parametrize(
    "document",
    [{"jwks_uri": "https://login.example.com/keys"}, {"jwks_uri": "file:///etc/passwd"}, {"jwks_uri": 5}, {}, []],
    ids=str,
)
def test_a_discovery_document_leads_nowhere_else(wire: Wire, tmp_path: Path, document: Any) -> None:
    text = json.dumps(document).encode()
    with served(lambda url: {"/.well-known/openid-configuration": (200, {}, text)}, certify(), tmp_path) as url:
        issuer_here(wire, url)
        assert assume(wire, signed(KEY, iss=url)) == NO_KEY


def test_a_discovery_document_that_cannot_be_read_gives_no_key(wire: Wire, tmp_path: Path) -> None:
    with served(lambda url: {}, certify(), tmp_path) as url:
        issuer_here(wire, url)
        assert assume(wire, signed(KEY, iss=url)) == NO_KEY


@pytest.mark.parametrize("issuer", [ELSEWHERE, "https://127.0.0.1.example.com", "https://localhost.example.com"])
def test_nothing_is_fetched_from_elsewhere(wire: Wire, issuer: str) -> None:
    if issuer != ELSEWHERE:
        issuer_here(wire, issuer)
    with mock.patch("socket.getaddrinfo", side_effect=AssertionError("a name was looked up")):
        assert assume(wire, signed(KEY, iss=issuer)) == NO_KEY


def test_others_are_answered_while_keys_are_fetched() -> None:
    asked, others_answered = threading.Event(), threading.Event()
    made: list[Any] = []

    class Waiting(dict[str, Answer]):
        def get(self, path: str, default: Any = None) -> Any:
            asked.set()
            assert others_answered.wait(4)
            return 200, {}, KEYS

    with FakeIAM(clock=ManualClock(NOW), transport="socket") as fake, served(lambda url: Waiting()) as url:
        iam, sts = fake.client("iam"), fake.client("sts")
        iam.create_open_id_connect_provider(Url=ELSEWHERE, ClientIDList=["app"])
        iam.create_role(RoleName="web", AssumeRolePolicyDocument=trust())
        fake.set_web_identity_keys(PROVIDER, jwks_url=f"{url}/keys")

        def take() -> None:
            asking = {"RoleArn": ROLE, "RoleSessionName": "app", "WebIdentityToken": signed(KEY)}
            made.append(sts.assume_role_with_web_identity(**asking))

        thread = threading.Thread(target=take)
        thread.start()
        assert asked.wait(4)
        assert iam.create_user(UserName="alice")["User"]["UserName"] == "alice"
        others_answered.set()
        thread.join()
    assert made[0]["Provider"] == PROVIDER


def test_a_token_that_a_kept_key_verifies_fetches_nothing(wire: Wire) -> None:
    look(wire, "http://127.0.0.1:9/keys")
    token = wire.assembled.controls.federation.web_identity_token(PROVIDER, aud="app")
    with mock.patch("socket.socket.connect", side_effect=AssertionError("somebody was called")):
        pair(assume(wire, token))
