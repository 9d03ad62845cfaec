"""The commands that steer a running server or read its formats: arguments become requests, answers become lines."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fake_iam.control.documents.files import read_file, write_file
from fake_iam.control.documents.problems import DocumentError
from fake_iam.control.watching.calls import call_line
from fake_iam.federation_commands import add_federation, pair
from fake_iam.remote import Remote, RemoteError

Run = Callable[[Remote, argparse.Namespace], Any]
MOMENT = '"91 days ago", or 2026-01-31T12:00:00Z'


def add_commands(commands: Any, common: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Add every command to argparse's sub-parsers.

    ``common`` has the options that say where the server is, ``arguments`` are those to be parsed.
    """

    def add(to: Any, name: str, text: str, run: Run | None = None) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = to.add_parser(
            name, help=text, description=text, parents=[common], allow_abbrev=False
        )
        if run is not None:
            parser.set_defaults(run=run)
        return parser

    def group(name: str, text: str, run: Run | None = None) -> Any:
        parser = add(commands, name, text, run)
        return parser.add_subparsers(metavar="ACTION", required=run is None)

    add(commands, "health", "version, auth mode and counts of a running server", lambda r, a: r.get("health"))
    add(commands, "doctor", "why clients of AWS do not reach the server, and what cures it", _doctor)
    add(commands, "reset", "bring a running server back to its start", lambda r, a: r.post("reset"))
    _add_clock(group("clock", "read or move the server's clock", lambda r, a: r.get("clock")), add)
    backdate = group("backdate", "set dates of what is there already")
    if "backdate" in arguments:  # what has dates takes its time to load
        _add_backdate(backdate, add)
    _add_state(commands, group, add)
    add_federation(commands, add)
    _add_propagation(group("propagation", "delays of changes", lambda r, a: r.get("propagation")), add)
    _add_faults(group("faults", "calls made to fail", lambda r, a: r.get("faults")), add)
    calls = add(commands, "calls", "the calls in the journal, one a line", _calls)
    calls.add_argument("operation", nargs="?", help='a name, or a glob such as "*AccessKey"')
    calls.add_argument("--caller", help="a glob over the caller's ARN, or a user's name")
    calls.add_argument("--access-key-id", help="the key that signed")
    calls.add_argument("--outcome", help="ok, error, dropped, or an error's code")
    calls.add_argument("--json", action="store_true", help="print all fields, as JSON")
    calls.add_argument("--clear", action="store_true", help="forget every call")
    enforce = add(commands, "enforce", "let policies refuse calls, or only note what they would refuse", _enforce)
    enforce.add_argument("mode", nargs="?", choices=("on", "off", "log"), help="printed if left out")
    denials = add(commands, "denials", "the calls that policies do not allow, one a line", _denials)
    denials.add_argument("operation", nargs="?", help='a name, or a glob such as "*AccessKey"')
    denials.add_argument("--caller", help="a glob over the caller's ARN, or a user's name")
    denials.add_argument("--json", action="store_true", help="print all fields, as JSON")
    why = add(commands, "why", "what a caller's policies decide about an action, and why", _why)
    why.add_argument("caller", help="a user's name, the ARN of a user, a role or root, or an access key id")
    why.add_argument("action", help="of any service, such as iam:UpdateAccessKey")
    why.add_argument("resource", nargs="?", help="an ARN; * if left out")
    why.add_argument("--context", metavar="KEY=VALUE", action="append", default=[], help="a condition key")
    lint = add(commands, "lint", "what is wrong or questionable in a policy document; needs no server", _lint)
    lint.add_argument("file", metavar="FILE", help="the document, as JSON")
    least = add(commands, "least-privilege", "the smallest policy for a caller's calls in the journal", _least)
    least.add_argument("caller", help="a user's name, the ARN of a user, a role or root, or an access key id")


def _doctor(remote: Remote, options: argparse.Namespace) -> None:
    """Print every finding. Raises RemoteError if there is a problem."""
    from fake_iam.doctor import report  # botocore takes its time to load

    text, problems = report(remote)
    print(text)
    if problems:
        raise RemoteError(f"{problems} problem{'s' if problems > 1 else ''} found")


def _add_clock(actions: Any, add: Callable[..., argparse.ArgumentParser]) -> None:
    freeze = add(actions, "freeze", "stand still", lambda r, a: r.post("clock/freeze", at=a.at))
    freeze.add_argument("at", nargs="?", help=f"{MOMENT}; where the clock is if left out")
    move = add(actions, "set", "move to a moment", lambda r, a: r.post("clock/set", at=a.at))
    move.add_argument("at", help=MOMENT)
    advance = add(actions, "advance", "move on", lambda r, a: r.post("clock/advance", by=a.by))
    advance.add_argument("by", help='"91 days", or P91D')
    add(actions, "release", "go with real time again", lambda r, a: r.post("clock/release"))


def _add_backdate(actions: Any, add: Callable[..., argparse.ArgumentParser]) -> None:
    """A command for each thing that has dates, and an option for each date."""
    from fake_iam.control.documents.format import Moment
    from fake_iam.control.documents.moments import ANY_TIME
    from fake_iam.control.state.backdating import formats

    for thing, record in formats(Moment(ANY_TIME)).items():
        parser = add(actions, thing.replace("_", "-"), f"set dates: {thing.replace('_', ' ')}", _backdate)
        if thing == "root":
            parser.set_defaults(root="root")
        else:
            parser.add_argument(thing, metavar="WHICH", help=record.fields[thing].meaning)
        for name, item in record.fields.items():
            option = f"--{name.replace('_', '-')}"
            if name == "account_id":
                parser.add_argument("--account", help=item.meaning)
            elif name == "allow_impossible":
                parser.add_argument(option, action="store_true", default=None, help=item.meaning)
            elif name != thing:
                parser.add_argument(option, metavar="MOMENT", help=f"{item.meaning}: {MOMENT}")
        if thing == "access_key":
            parser.add_argument("--region", help="the region of its last use; that of IAM if left out")
            parser.add_argument("--service", help="the service of its last use; iam if left out")
        parser.set_defaults(dated=[name for name in record.fields if name != "account_id"])


def _add_state(commands: Any, group: Callable[..., Any], add: Callable[..., argparse.ArgumentParser]) -> None:
    seed = add(commands, "seed", "add accounts, users and keys from a file", _seed)
    seed.add_argument("file", nargs="?", metavar="FILE", help="YAML or JSON")
    seed.add_argument("--schema", action="store_true", help="print the JSON Schema of seeds instead")
    imported = add(commands, "import", "make a seed from the exports of a real account", _import)
    imported.add_argument("--details", metavar="FILE", help="what get-account-authorization-details printed")
    imported.add_argument("--report", metavar="FILE", help="the CSV of get-credential-report")
    imported.add_argument("--output", metavar="FILE", help="where to write the seed; printed if left out")
    imported.add_argument("--load", action="store_true", help="load it into the running server instead")
    imported.add_argument("--keep-account-id", action="store_true", help="let the server's own account go on answering")
    dump = add(commands, "dump", "print the whole state", _dump)
    dump.add_argument("--secrets", action="store_true", help="include secrets, sessions and the random state")
    dump.add_argument("--output", metavar="FILE", help="where to write it; printed if left out")
    load = add(commands, "load", "put a dump or seed in place of the whole state", _load)
    load.add_argument("file", metavar="FILE")
    actions = group("snapshot", "keep the state under a name, or go back", lambda r, a: r.get("snapshots"))
    for name, text in (("save", "keep the state"), ("restore", "go back to it"), ("delete", "drop it")):
        add(actions, name, text, _snapshot(name)).add_argument("name", metavar="NAME")


def _add_propagation(actions: Any, add: Callable[..., argparse.ArgumentParser]) -> None:
    setting = add(actions, "set", "set delays, by the names that the guide to propagation has", _propagation)
    for service in ("iam", "sts"):
        text = 'a delay as this service sees it: new_keys="8 seconds", deletions="2 calls"'
        setting.add_argument(f"--{service}", metavar="NAME=DELAY", action="append", default=[], help=text)
    add(actions, "off", "see every change at once again", lambda r, a: r.delete("propagation"))


def _add_faults(actions: Any, add: Callable[..., argparse.ArgumentParser]) -> None:
    rule = add(actions, "add", "add a rule", _fault)
    rule.add_argument("operation", help='a name, a glob such as "*AccessKey*", or "*"')
    rule.add_argument("--caller", help="a user's name, root, an access key id, an ARN, or a glob over ARNs")
    rule.add_argument("--error", metavar="CODE", help="the error to answer")
    rule.add_argument("--message", help="its text, if not AWS's")
    rule.add_argument("--delay", metavar="SPAN", help="how long to wait first, in real time")
    rule.add_argument("--after", type=int, metavar="N", help="let N calls pass first")
    rule.add_argument("--times", type=int, metavar="N", help="strike N calls; one if left out")
    rule.add_argument("--probability", type=float, metavar="P", help="strike with this chance, drawn from the seed")
    rule.add_argument("--every", type=int, metavar="N", help="strike every Nth call")
    rule.add_argument("--more-than", type=int, metavar="N", help="strike what exceeds N calls in a span (Throttling)")
    rule.add_argument("--within", metavar="SPAN", help="that span, by the server's clock; one second if left out")
    rule.add_argument(
        "--unauthenticated", action="store_true", default=None, help="strike before the credentials are looked at"
    )
    rule.add_argument("--drop", action="store_true", default=None, help="close the connection without an answer")
    rule.add_argument("--done", action="store_true", default=None, help="let the call do its work first")
    clear = add(actions, "clear", "take a rule away, or all", lambda r, a: r.delete("faults", number=a.number))
    clear.add_argument("number", nargs="?", help="the rule's number")


def _backdate(remote: Remote, asked: argparse.Namespace) -> Any:
    given = {name: getattr(asked, name) for name in asked.dated}
    place = {name: getattr(asked, name, None) for name in ("region", "service")}
    if any(place.values()):
        use = {"date": given["last_used"], **place}
        given["last_used"] = {name: text for name, text in use.items() if text is not None}
    return remote.post("backdate", **given, account_id=getattr(asked, "account", None))


def _seed(remote: Remote, asked: argparse.Namespace) -> Any:
    if asked.schema:
        from fake_iam.control.state.document import json_schema

        return json_schema()
    if asked.file is None:
        raise DocumentError("give a file, or --schema")
    return _send_file(remote, "seed", asked.file)


def _load(remote: Remote, asked: argparse.Namespace) -> Any:
    return _send_file(remote, "load", asked.file)


def _send_file(remote: Remote, page: str, file: str) -> Any:
    text = read_file(Path(file))
    try:
        return remote.send(page, text)
    except RemoteError as problem:
        raise RemoteError(f"{file}: {problem}") from None


def _import(remote: Remote, asked: argparse.Namespace) -> Any:
    from fake_iam.control.state.account_import import import_account

    texts = [read_file(Path(file)) if file else None for file in (asked.details, asked.report)]
    imported = import_account(*texts, keep_account_id=asked.keep_account_id)
    for note in imported.notes:
        print(f"fake-iam: note: {note}", file=sys.stderr)
    if asked.load:
        return remote.post("seed", **imported.seed)
    return _put(imported.seed, asked.output)


def _dump(remote: Remote, asked: argparse.Namespace) -> Any:
    return _put(remote.get("dump", secrets="true" if asked.secrets else None), asked.output)


def _put(document: Any, output: str | None) -> Any:
    if output is None:
        return document
    try:
        write_file(Path(output), _text(document, output))
    except OSError as problem:
        raise DocumentError(f"{output}: {problem.strerror or problem}") from None
    return None


def _text(document: Any, name: str) -> str:
    if not name.endswith((".yaml", ".yml")):
        return json.dumps(document, indent=2) + "\n"
    import yaml

    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))


def _snapshot(action: str) -> Run:
    return lambda remote, asked: remote.post(f"snapshots/{action}", name=asked.name)


def _propagation(remote: Remote, asked: argparse.Namespace) -> Any:
    delays: dict[str, dict[str, str]] = {}
    for service in ("iam", "sts"):
        for text in getattr(asked, service):
            name, delay = pair(text, f"a name and a delay as {service.upper()} sees it", 'new_keys="8 seconds"')
            delays.setdefault(service, {})[name] = delay
    return remote.post("propagation", **delays)


def _fault(remote: Remote, asked: argparse.Namespace) -> Any:
    names = "operation caller error message delay after times probability every more_than within unauthenticated"
    return remote.post("faults", **{name: getattr(asked, name) for name in [*names.split(), "drop", "done"]})


def _calls(remote: Remote, asked: argparse.Namespace) -> Any:
    if asked.clear:
        return remote.delete("journal")
    of = {name: getattr(asked, name) for name in ("operation", "caller", "access_key_id", "outcome")}
    found = remote.get("journal", **of)
    if asked.json:
        return found
    for call in found["calls"]:
        print(call_line(call))
    return None


def _enforce(remote: Remote, asked: argparse.Namespace) -> Any:
    return remote.get("enforcement") if asked.mode is None else remote.post("enforcement", mode=asked.mode)


def _denials(remote: Remote, asked: argparse.Namespace) -> Any:
    found = remote.get("denials", operation=asked.operation, caller=asked.caller)
    if asked.json:
        return found
    for call in found["calls"]:
        print(call["would_deny"], *(f"  {line}" for line in call["why"]), sep="\n")
    return None


def _why(remote: Remote, asked: argparse.Namespace) -> Any:
    context = dict(pair(text, "a condition key and its value", "aws:SourceIp=203.0.113.7") for text in asked.context)
    named = {"caller": asked.caller, "action": asked.action, "resource": asked.resource}
    answer = remote.post("why", **named, context=context or None)
    print(*answer["why"], *([answer["text"]] if answer["text"] else []), sep="\n")
    return None


def _least(remote: Remote, asked: argparse.Namespace) -> Any:
    return remote.get("least-privilege", caller=asked.caller)


def _lint(remote: Remote, asked: argparse.Namespace) -> Any:
    from fake_iam.control.documents.policy_files import findings  # reads data

    refusal, complaints = findings(read_file(Path(asked.file)))
    if refusal is not None:
        raise DocumentError(f"{asked.file}: {refusal}")
    for complaint in complaints:
        print(f"{asked.file}: {complaint}")
    return None
