"""Ways to serve HTTP, side by side in front of the same engine: what docs/decisions/0001 was chosen by.

    python -m benchmarks.http_layers

Each candidate runs in a process of its own; those that are not installed are left out and named. Besides our own server
they are all bare: no timeouts, no limits, nothing hardened.
"""

from __future__ import annotations

import argparse
import http.server
import importlib.util
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from typing import Any

from benchmarks import load, single_connection
from benchmarks.effort import WHOLE
from benchmarks.targets import Target
from fake_iam.assembly import Assembled, assemble
from fake_iam.http11 import RequestReader, answer
from fake_iam.protocol.wire import WireRequest
from fake_iam.server import LocalServer
from fake_iam.settings import Settings
from fake_iam.wsgi import Application


def own(assembled: Assembled, port: int) -> None:
    """fake_iam's server: one loop over a selector."""
    LocalServer(assembled, port=port).serve_forever()


def threads(assembled: Assembled, port: int) -> None:
    """The same reader, with a thread for each connection."""

    def serve(connection: socket.socket) -> None:
        reader = RequestReader("127.0.0.1")
        while data := connection.recv(65536):
            reader.feed(data)
            while request := reader.next():
                connection.sendall(reply(assembled, request))

    listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


def asyncio_protocol(assembled: Assembled, port: int) -> None:
    """The same reader under asyncio."""
    import asyncio

    class Connection(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self.transport, self.reader = transport, RequestReader("127.0.0.1")

        def data_received(self, data: bytes) -> None:
            self.reader.feed(data)
            while request := self.reader.next():
                self.transport.write(reply(assembled, request))

    run_asyncio(Connection, port)


def asyncio_httptools(assembled: Assembled, port: int) -> None:
    """asyncio with httptools, a parser in C."""
    import asyncio

    import httptools

    class Connection(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self.transport, self.parser = transport, httptools.HttpRequestParser(self)
            self.headers: list[tuple[str, str]] = []
            self.body, self.url = b"", b""

        def on_url(self, url: bytes) -> None:
            self.url += url

        def on_header(self, name: bytes, value: bytes) -> None:
            self.headers.append((name.decode("latin-1"), value.decode("latin-1")))

        def on_body(self, body: bytes) -> None:
            self.body += body

        def on_message_complete(self) -> None:
            path, _, query = self.url.decode("latin-1").partition("?")
            method = self.parser.get_method().decode()
            request = WireRequest.of(method, path, query, self.headers, self.body, "127.0.0.1")
            self.transport.write(reply(assembled, request))
            self.headers, self.body, self.url = [], b"", b""

        def data_received(self, data: bytes) -> None:
            self.parser.feed_data(data)

    run_asyncio(Connection, port)


def asyncio_h11(assembled: Assembled, port: int) -> None:
    """asyncio with h11, a parser in Python."""
    import asyncio

    import h11

    class Connection(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self.transport, self.h11 = transport, h11.Connection(h11.SERVER)

        def data_received(self, data: bytes) -> None:
            self.h11.receive_data(data)
            body = b""
            while (event := self.h11.next_event()) is not h11.NEED_DATA:
                if isinstance(event, h11.Request):
                    head = event
                elif isinstance(event, h11.Data):
                    body += event.data
                elif isinstance(event, h11.EndOfMessage):
                    self.reply(head, body)
                    self.h11.start_next_cycle()
                    body = b""

        def reply(self, head: Any, body: bytes) -> None:
            path, _, query = head.target.decode("latin-1").partition("?")
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers]
            request = WireRequest.of(head.method.decode(), path, query, headers, body, "127.0.0.1")
            response = assembled.handle(request)
            sent = [*response.headers, ("Content-Length", str(len(response.body)))]
            send = self.h11.send
            self.transport.write(
                send(h11.Response(status_code=response.status, headers=sent))
                + send(h11.Data(data=response.body))
                + send(h11.EndOfMessage())
            )

    run_asyncio(Connection, port)


def http_server(assembled: Assembled, port: int) -> None:
    """The standard library's http.server with keep-alive, a thread for each connection."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = WireRequest.of(self.command, path, query, self.headers.items(), body, self.client_address[0])
            response = assembled.handle(request)
            self.send_response(response.status)
            for name, value in [*response.headers, ("Content-Length", str(len(response.body)))]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response.body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


def waitress(assembled: Assembled, port: int) -> None:
    """waitress in front of fake_iam.wsgi."""
    from waitress import serve

    serve(Application(assembled), host="127.0.0.1", port=port, threads=8)


def cheroot(assembled: Assembled, port: int) -> None:
    """cheroot in front of fake_iam.wsgi."""
    from cheroot.wsgi import Server

    Server(("127.0.0.1", port), Application(assembled), numthreads=40).start()


def granian(assembled: Assembled, port: int) -> None:
    """granian (Rust) in front of fake_iam.wsgi, in a process that it starts itself."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian("fake_iam.wsgi:app", port=port, interface=Interfaces.WSGI, log_level=LogLevels.critical).serve()


def werkzeug(assembled: Assembled, port: int) -> None:
    """werkzeug's development server in front of fake_iam.wsgi; it closes every connection."""
    import logging

    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    make_server("127.0.0.1", port, Application(assembled), threaded=True).serve_forever()


CANDIDATES: dict[str, Callable[[Assembled, int], None]] = {
    candidate.__name__: candidate
    for candidate in (
        own,
        threads,
        asyncio_protocol,
        asyncio_httptools,
        asyncio_h11,
        http_server,
        waitress,
        cheroot,
        granian,
        werkzeug,
    )
}
NEEDS = {"asyncio_h11": "h11"} | {name: name for name in ("waitress", "cheroot", "granian", "werkzeug")}


def reply(assembled: Assembled, request: WireRequest) -> bytes:
    """The bytes of the answer to a request."""
    return answer(assembled.handle(request), formatdate(usegmt=True))


def run_asyncio(connection: Callable[[], Any], port: int) -> None:
    """Serve a protocol for good."""
    import asyncio

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", port)
        await server.serve_forever()

    asyncio.run(serve())


def compare(rounds: int) -> None:
    """Print the tables of all candidates that are installed."""
    present = [name for name in CANDIDATES if name not in NEEDS or importlib.util.find_spec(NEEDS[name])]
    for name in sorted(set(CANDIDATES) - set(present)):
        print(f"{name} is left out: {NEEDS[name]} is not installed", file=sys.stderr)
    targets = [target(name) for name in present]
    effort = replace(WHOLE, single_rounds=rounds, load_rounds=rounds)
    for measure in (single_connection.measure, load.measure):
        table = measure(targets, effort, lambda text: print(text, file=sys.stderr))
        rows = list(table.rows)
        print(f"\n| {table.title} | {' | '.join(rows)} |\n| --- |{' --- |' * len(rows)}")
        for name in present:
            cells = [f"{table.rows[row][name].median:,.{table.digits}f}" for row in rows]
            print(f"| {name} | {' | '.join(cells)} |")


def target(name: str) -> Target:
    """A candidate as the benchmarks know servers."""

    def command(port: int) -> list[str]:
        return [sys.executable, "-m", "benchmarks.http_layers", "--serve", name, str(port)]

    return Target(name, "fake-iam", command)


def main() -> None:
    """Compare, or serve as one of the candidates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", nargs=2, metavar=("NAME", "PORT"), help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    if options.serve:
        name, port = options.serve
        CANDIDATES[name](assemble(Settings()), int(port))
    else:
        compare(options.rounds)


if __name__ == "__main__":
    main()
