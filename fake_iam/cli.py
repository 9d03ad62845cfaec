"""The command ``fake-iam``: arguments to settings to a server; no decisions of its own."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import urllib.request
from collections.abc import Sequence
from dataclasses import fields
from http.client import HTTPException
from typing import Any, Final

from fake_iam.assembly import assemble, package_version
from fake_iam.server import LocalServer
from fake_iam.settings import Settings, SettingsError, parse
from fake_iam.wsgi import Application

HELP: Final = {
    "host": "address to listen on",
    "port": "port to listen on; 0 takes any free one",
    "auth": "off, issued or strict",
    "account_id": "the account, twelve digits, of callers whose key id names none",
    "random_seed": "a number that makes ids and secrets the same in every run",
    "root_access_key_id": "a key of the root user (strict makes one if none is given)",
    "root_secret_access_key": "its secret",
    "access_keys_per_user": "the quota of access keys",
    "users_per_account": "the quota of users",
    "page_size": "the most rows that one answer of a list carries",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Returns the exit status: 0 done, 1 the port is taken or no server answers, 2 a bad setting."""
    options = _parser().parse_args(arguments)
    try:
        settings = _settings(options)
    except SettingsError as problem:
        return _fail(2, str(problem))
    if options.command == "env":
        print(export_lines(f"http://{_place(settings)}"))
        return 0
    if options.command in ("health", "reset"):
        return _ask(settings, options.command)
    return _serve(settings)


def export_lines(url: str) -> str:
    """Lines for a shell that bring every AWS SDK's IAM and STS clients to the server."""
    return f"export AWS_ENDPOINT_URL_IAM={url} AWS_ENDPOINT_URL_STS={url}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fake-iam", description="A local server that answers AWS IAM and STS.")
    parser.add_argument("--version", action="version", version=f"fake-iam {package_version()}")
    parser.add_argument(
        "command",
        nargs="?",
        default="serve",
        choices=("serve", "env", "health", "reset"),
        help="serve (the default); env prints lines for eval; health and reset talk to a running server",
    )
    for field in fields(Settings):
        variable = f"FAKE_IAM_{field.name.upper()}"
        parser.add_argument(f"--{field.name.replace('_', '-')}", help=f"{HELP[field.name]} [{variable}]")
    return parser


def _settings(options: argparse.Namespace) -> Settings:
    """Options win over the environment. Raises SettingsError."""
    given = {field.name: getattr(options, field.name) for field in fields(Settings)}
    overrides: dict[str, Any] = {name: parse(name, text) for name, text in given.items() if text is not None}
    return Settings.from_env(**overrides)


def _serve(settings: Settings) -> int:
    assembled = assemble(settings)
    try:
        server = LocalServer(Application(assembled), settings.host, settings.port)
    except (OSError, UnicodeError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        return _fail(1, f"cannot listen on {settings.host}:{settings.port}: {reason}")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: server.stop())
    print(f"fake-iam {package_version()} on {server.url} (auth: {settings.auth})")
    print(export_lines(server.url))
    root_key = assembled.root_access_key()
    if root_key is not None and settings.root_secret_access_key is None:
        print(f"export AWS_ACCESS_KEY_ID={root_key[0]} AWS_SECRET_ACCESS_KEY={root_key[1]}")
    sys.stdout.flush()
    server.serve_forever()
    return 0


def _ask(settings: Settings, page: str) -> int:
    url = f"http://{_place(settings)}/_fake_iam/{page}"
    request = urllib.request.Request(url, method="POST" if page == "reset" else "GET")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as answer:
            print(json.dumps(json.load(answer), indent=2))
    except (OSError, ValueError, HTTPException) as problem:
        reason = " ".join(str(problem).split()) or type(problem).__name__
        return _fail(1, f"no fake-iam answers on {settings.host}:{settings.port}: {reason}")
    return 0


def _place(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{host}:{settings.port}"


def _fail(status: int, message: str) -> int:
    print(f"fake-iam: {message}", file=sys.stderr)
    return status


def entry_point() -> None:
    """What the installed command runs."""
    sys.exit(main())
