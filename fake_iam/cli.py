"""The command ``fake-iam``: turns arguments into settings and runs a server with them, or one of the other commands."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from fake_iam.assembly import Assembled, assemble
from fake_iam.control.documents.problems import DocumentError
from fake_iam.control.http.address import CONSOLE
from fake_iam.control.http.address import PREFIX as PREFIX_OF_PAGES
from fake_iam.gate import endpoints
from fake_iam.log import show_on_console
from fake_iam.server import LocalServer
from fake_iam.settings import PREFIX, Settings, SettingsError, parse
from fake_iam.version import VERSION

if TYPE_CHECKING:
    from fake_iam.arguments import Parser

HELP: Final = {
    "host": "address to listen on",
    "port": "port to listen on; 0 takes any free one",
    "auth": "how strictly keys and signatures are checked: off, issued or strict",
    "enforce_policies": "on, off or log: whether policies refuse calls (on with strict, else log: noted, not refused)",
    "account_id": "the account, twelve digits, of callers whose key id does not tell theirs",
    "partition": "the partition of calls whose signature names no region: aws, aws-cn, aws-us-gov, ...",
    "random_seed": "a number that makes ids and secrets the same in every run",
    "root_access_key_id": "a key of the root user (strict makes one if none is given)",
    "root_secret_access_key": "its secret",
    "access_keys_per_user": "the quota of access keys",
    "users_per_account": "the quota of users",
    "page_size": "the most rows that one answer of a list carries",
    "seed": "a YAML or JSON file with what is there at the start",
    "state": "a file that keeps the state across restarts",
    "store": "memory, or a database that outlives the server and may be shared: sqlite:///state.db",
    "workers": "how many processes serve the port (more than one need a store in a database)",
    "journal_size": "how many calls the journal keeps",
    "access_key_prefix": "the first four characters of key ids",
    "awkward_secrets": "true: every secret has a / and a +",
    "quotas": "other quotas than AWS's: groups_per_user=3,policy_size=100",
    "credential_report_seconds": "how long a credential report takes, by the server's clock",
    "access_report_seconds": "how long a report of access advisor takes, by the server's clock",
    "role_deletion_seconds": "how long the deletion of a service-linked role takes, by the server's clock",
    "any_mfa_code": "true: any six digits pass for an MFA device's code",
    "control_token": "what the control plane asks for (made if the host is no loopback address)",
    "upstream": "where calls of other services are passed on to: http://127.0.0.1:5000, or s3=http://127.0.0.1:9000,...",
    "console": "false: no console under /_fake_iam/console/; --no-console says the same",
    "clock": 'the moment at which the clock stands: 2026-01-31T12:00:00Z, "91 days ago"',
}
POLICIES: Final = {
    "on": "what they do not allow is refused",
    "log": "what they do not allow is let pass and noted: fake-iam denials; --enforce-policies on refuses it",
    "off": "not looked at",
}
PROGRAM: Final = "fake-iam"
ADDRESS: Final = ("host", "port", "control_token")
ADDRESSES: Final = (*ADDRESS, "upstream")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns the exit status: 0 done; 1 the port is taken, no server answers, or it refuses; 2 a bad setting or file.
    """
    given = sys.argv[1:] if arguments is None else arguments
    plain = plain_options(given)
    try:
        return _command(given) if plain is None else _serve(_settings(plain))
    except (SettingsError, DocumentError) as problem:
        return _fail(2, str(problem))
    except BrokenPipeError:  # whoever read the output has seen enough; what is still to be flushed goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def plain_options(arguments: Sequence[str]) -> dict[str, str] | None:
    """The settings that are given, by name, if there is nothing else; None leaves the arguments to argparse.

    Nearly every server is started so, and argparse takes a twentieth of a start.
    """
    options = {_option(name): name for name in HELP}
    given: dict[str, str] = {}
    rest = iter(arguments)
    for argument in rest:
        option, equals, value = argument.partition("=")
        if not equals:
            value = next(rest, "-")
        if option not in options or (not equals and value.startswith("-")):
            return None
        given[options[option]] = value
    return given


def _command(arguments: Sequence[str]) -> int:
    """Run what is more than plain settings: a command, a request for help, or a mistake."""
    from fake_iam.remote import Remote, RemoteError

    options = full_parser(arguments).parse_args(arguments)
    settings = _settings({name: value for name, value in vars(options).items() if name in HELP})
    if options.run is None:
        return _serve(settings)
    try:
        answer = options.run(Remote(settings), options)
    except RemoteError as problem:
        return _fail(1, str(problem))
    if answer is not None:
        print(answer if isinstance(answer, str) else json.dumps(answer, indent=2))
    sys.stdout.flush()
    return 0


def export_line(url: str, settings: Settings) -> str:
    """A line for a shell by which the clients of every AWS SDK find the server."""
    return " ".join(
        ["export", *(f"{name}={value}" for name, value in endpoints.variables(url, settings.upstreams()).items())]
    )


def full_parser(arguments: Sequence[str]) -> Parser:
    """Settings may come before the command; after it, the commands that ask a server take only its address."""
    from fake_iam.arguments import Parser
    from fake_iam.commands import add_commands

    every, address, addresses = _options(HELP), _options(ADDRESS), _options(ADDRESSES)
    parser = Parser(
        prog=PROGRAM,
        description="A local server that answers AWS IAM and STS. Without a command it serves.",
        parents=[every],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"fake-iam {VERSION}")
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")
    commands.add_parser("serve", help="run the server", parents=[every], allow_abbrev=False)
    env = commands.add_parser(
        "env", help="print a line for eval by which SDKs find the server", parents=[addresses], allow_abbrev=False
    )
    env.set_defaults(run=lambda remote, options: export_line(remote.url, remote.settings))
    add_commands(commands, address, arguments)
    completion = commands.add_parser("completion", help="print what completes commands in a shell", allow_abbrev=False)
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"))
    completion.set_defaults(run=lambda remote, options: _completion(options.shell))
    return parser


def _completion(shell: str) -> str:
    """A script for the shell. Raises SettingsError without the extra."""
    try:
        import shtab
    except ImportError:
        raise SettingsError("fake_iam needs its extra completion: pip install 'fake-iam[completion]'") from None
    script: str = shtab.complete(full_parser(["backdate"]), shell=shell)
    return script


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _options(names: Iterable[str]) -> Parser:
    from argparse import SUPPRESS

    from fake_iam.arguments import Parser

    parser = Parser(add_help=False)
    group = parser.add_argument_group("settings")
    for name in names:
        # Left out, an option must not hide one that was given before the command.
        text = f"{HELP[name]} [{PREFIX}{name.upper()}]"
        group.add_argument(_option(name), default=SUPPRESS, help=text)
        if name == "console":
            group.add_argument("--no-console", dest=name, action="store_const", const="false", default=SUPPRESS)
    return parser


def _settings(given: Mapping[str, str]) -> Settings:
    """Options win over the environment. Raises SettingsError."""
    return Settings.from_env(**{name: parse(name, text) for name, text in given.items()})


def _serve(settings: Settings) -> int:
    show_on_console("fake-iam: %(message)s")
    assembled = assemble(settings)
    try:
        if settings.workers > 1:
            return _serve_with_workers(assembled)
        server = LocalServer(assembled, settings.host, settings.port, gate=assembled.gate)
    except (OSError, UnicodeError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        return _fail(1, f"cannot listen on {settings.host}:{settings.port}: {reason}")
    _stop_on_signals(server.stop)
    _announce(assembled, server.url)
    server.serve_forever()
    assembled.rest()
    return 0


def _serve_with_workers(assembled: Assembled) -> int:
    """Raises OSError if they cannot listen."""
    from fake_iam.workers import Workers  # most servers have one process

    workers = Workers(assembled.settings)
    assembled.rest()
    _stop_on_signals(workers.stop)
    workers.start(assembled.control_token)
    _announce(assembled, workers.url)
    assembled.rest()
    return workers.serve_forever()


def _stop_on_signals(stop: Callable[[], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop())


def _announce(assembled: Assembled, url: str) -> None:
    """Print where the server is and what a shell needs to reach it."""
    settings = assembled.settings
    account_id = assembled.engine.account_id
    account = "" if account_id == settings.account_id else f", account: {account_id}"
    print(f"fake-iam {VERSION} on {url} (auth: {settings.auth}{account})")
    warning = assembled.warning()
    if warning is not None:
        print(f"warning: {warning}")
    print(export_line(url, settings))
    root_key = assembled.root_access_key()
    if root_key is not None and settings.root_secret_access_key is None:
        print(f"export AWS_ACCESS_KEY_ID={root_key[0]} AWS_SECRET_ACCESS_KEY={root_key[1]}")
    if assembled.control_token is not None and settings.control_token is None:
        print(f"export FAKE_IAM_CONTROL_TOKEN={assembled.control_token}")
    for name, upstream in settings.upstreams().items():
        print(f"calls of {name or 'other services'} are passed on to {upstream.url}")
    print(f"policies: {settings.enforcement} ({POLICIES[settings.enforcement]})")
    if settings.console:
        print(f"console: {url}{PREFIX_OF_PAGES}{CONSOLE}")
    sys.stdout.flush()


def _fail(status: int, message: str) -> int:
    print(f"fake-iam: {message}", file=sys.stderr)
    return status


def entry_point() -> None:
    """What the installed command runs."""
    sys.exit(main())
