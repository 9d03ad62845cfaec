"""The floor: werkzeug's own server, which answers any POST with a fixed body: ``python -m benchmarks.hello_world``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import Any, Final

BODY: Final = b"<HelloWorldResponse><Hello>world</Hello></HelloWorldResponse>"


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Read what was sent, answer the same as ever."""
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [("Content-Type", "text/xml"), ("Content-Length", str(len(BODY)))])
    return [BODY]


def main() -> None:
    """Serve, with werkzeug's defaults but for a thread a request, as moto_server has it."""
    from werkzeug.serving import run_simple

    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    run_simple("127.0.0.1", parser.parse_args().port, application, threaded=True)


if __name__ == "__main__":
    main()
