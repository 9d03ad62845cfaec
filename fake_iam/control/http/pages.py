"""The pages of the control plane as a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from fake_iam.control.controls import Controls
from fake_iam.control.disturbances.enforcement import FORMAT as ENFORCEMENT
from fake_iam.control.disturbances.enforcement import QUESTION
from fake_iam.control.disturbances.fault_rules import RULE
from fake_iam.control.disturbances.propagation import FORMAT as PROPAGATION
from fake_iam.control.documents.format import Field, Flag, Moment, Record, Text
from fake_iam.control.documents.moments import ANY_TIME
from fake_iam.control.documents.problems import FormatError
from fake_iam.control.http.federation_pages import federation_pages
from fake_iam.control.http.page import Asked, Document, Page, Raw, done
from fake_iam.control.state import backdating
from fake_iam.control.state.account_import import import_account
from fake_iam.control.state.document import document_format, json_schema


def pages(controls: Controls, health: Callable[[], Document], reset: Callable[[], None]) -> list[Page]:
    """Every page of a server's control plane."""
    return [
        Page("GET", "health", "Version, auth mode, counts.", lambda asked: health(), open_to_all=True),
        Page(
            "POST",
            "reset",
            "Forget everything: the state is that of the start again.",
            done(lambda asked: reset(), "reset"),
        ),
        *_clock_pages(controls),
        *_state_pages(controls),
        *federation_pages(controls.federation, controls.service_roles),
        _notifications_page(controls),
        *_behaviour_pages(controls),
    ]


def _clock_pages(controls: Controls) -> list[Page]:
    clock = controls.clock
    moment = Field(Raw(Text()), 'a moment: ISO 8601, or "91 days ago"')

    def moved(move: Callable[[Asked], datetime]) -> Callable[[Asked], Document]:
        def answer(asked: Asked) -> Document:
            move(asked)
            return clock.document()

        return answer

    return [
        Page("GET", "clock", "The server's time, and whether it stands.", lambda asked: clock.document()),
        Page(
            "POST",
            "clock/freeze",
            "Stand still, at a moment or where the clock is.",
            moved(lambda asked: clock.freeze(asked.fields.get("at"))),
            Record({"at": moment}),
        ),
        Page(
            "POST",
            "clock/set",
            "Move to a moment, earlier or later.",
            moved(lambda asked: clock.set(asked.fields["at"])),
            Record({"at": Field(moment.kind, moment.meaning, required=True)}),
        ),
        Page(
            "POST",
            "clock/advance",
            "Move on by a span of time.",
            moved(lambda asked: clock.advance(asked.fields["by"])),
            Record({"by": Field(Raw(Text()), 'a span: "91 days", "PT8S"', required=True)}),
        ),
        Page("POST", "clock/release", "Go with real time again.", moved(lambda asked: clock.release())),
    ]


def _state_pages(controls: Controls) -> list[Page]:
    exports = Record(
        {
            "details": Field(Text(), "what get-account-authorization-details printed, as text"),
            "report": Field(Text(), "the CSV of get-credential-report, as text"),
            "load": Field(Flag(), "whether to load the seed, too"),
            "keep_account_id": Field(
                Flag(), "whether the server's own account goes on answering, even if nothing was stored"
            ),
        }
    )
    name = Record({"name": Field(Text(), "the snapshot's name", required=True)})
    dated = {
        name: Field(Raw(item.kind), item.meaning, null=item.null)
        for record in backdating.formats(Moment(ANY_TIME)).values()
        for name, item in record.fields.items()
    }
    return [
        Page(
            "POST",
            "backdate",
            "Set dates of the one thing that is named: `user`, `access_key`, `mfa_device` and so on.",
            done(lambda asked: controls.backdate(asked.fields)),
            Record(dated),
        ),
        Page(
            "POST",
            "seed",
            "Add accounts, users and keys from YAML or JSON: all or nothing.",
            lambda asked: controls.seed_text(asked.text).document(),
            shown=document_format(Moment(ANY_TIME)),
        ),
        Page("GET", "seed/schema", "The JSON Schema of seeds and dumps.", lambda asked: json_schema()),
        Page(
            "POST",
            "import",
            "Make a seed from the exports of a real account.",
            lambda asked: _import(controls, asked.fields),
            exports,
        ),
        Page(
            "GET",
            "dump",
            "The whole state as a document.",
            lambda asked: controls.dump(secrets=_flag(asked.query, "secrets")),
            query={"secrets": "true to have the secrets, the sessions and the random state in it"},
        ),
        Page(
            "POST",
            "load",
            "Put a dump or seed in place of the whole state.",
            lambda asked: controls.load_text(asked.text).document(),
            shown=document_format(Moment(ANY_TIME)),
        ),
        Page("GET", "snapshots", "The names of all snapshots.", lambda asked: {"snapshots": controls.snapshots()}),
        Page(
            "POST",
            "snapshots/save",
            "Keep the whole state under a name.",
            done(lambda asked: controls.snapshot(asked.fields["name"])),
            name,
        ),
        Page(
            "POST",
            "snapshots/restore",
            "Go back to the state kept under a name.",
            lambda asked: controls.restore(asked.fields["name"]).document(),
            name,
        ),
        Page(
            "POST",
            "snapshots/delete",
            "Drop a snapshot.",
            done(lambda asked: controls.forget(asked.fields["name"])),
            name,
        ),
    ]


def _notifications_page(controls: Controls) -> Page:
    def told(asked: Asked) -> Document:
        found = controls.delegation_notifications(asked.query.get("request"))
        return {"notifications": [notification.document() for notification in found]}

    return Page(
        "GET",
        "delegation-notifications",
        "What partners are told of their delegation requests, oldest first; FINALIZED comes with its token.",
        told,
        query={"request": "the id of a request; all of them if left out"},
    )


def _behaviour_pages(controls: Controls) -> list[Page]:
    faults, propagation, journal = controls.faults, controls.propagation, controls.journal
    enforcement = controls.enforcement
    entries = {
        "operation": "a name, or a glob",
        "caller": "a glob over the caller's ARN, or a user's name",
        "access_key_id": "the key that signed",
        "outcome": "ok, error, dropped, or an error's code",
    }

    def delay(asked: Asked) -> Document:
        propagation.delay(**asked.fields)
        return propagation.document()

    def enforce(asked: Asked) -> Document:
        enforcement.set(asked.fields["mode"])
        return enforcement.document()

    def remove(asked: Asked) -> Document:
        if "number" in asked.query:
            faults.remove(number("number", asked.query["number"]))
        else:
            faults.clear()
        return {"faults": [rule.document() for rule in faults.rules()]}

    return [
        Page("GET", "propagation", "The delays set.", lambda asked: propagation.document()),
        Page(
            "POST",
            "propagation",
            "Set delays of the services named.",
            delay,
            Record({service: Field(Raw(item.kind), item.meaning) for service, item in PROPAGATION.fields.items()}),
        ),
        Page("DELETE", "propagation", "Every change is seen at once again.", done(lambda asked: propagation.off())),
        Page(
            "GET",
            "faults",
            "Every rule, with how often it was met.",
            lambda asked: {"faults": [rule.document() for rule in faults.rules()]},
        ),
        Page(
            "POST",
            "faults",
            "Add a rule.",
            lambda asked: faults.add(**asked.fields).document(),
            Record({name: Field(Raw(item.kind), item.meaning, item.required) for name, item in RULE.fields.items()}),
        ),
        Page("DELETE", "faults", "Take a rule away, or all.", remove, query={"number": "the rule's; all if left out"}),
        Page(
            "GET",
            "journal",
            "The calls kept, oldest first.",
            lambda asked: {"calls": [entry.document() for entry in journal.calls(**asked.query)]},
            query=entries,
        ),
        Page("DELETE", "journal", "Forget every call.", done(lambda asked: journal.clear())),
        Page("GET", "enforcement", "Whether policies decide.", lambda asked: enforcement.document()),
        Page(
            "POST",
            "enforcement",
            "Let policies refuse calls, only note what they would refuse, or not look.",
            enforce,
            ENFORCEMENT,
        ),
        Page(
            "GET",
            "denials",
            "The calls kept that policies do not allow, refused or not, oldest first.",
            lambda asked: {"calls": [entry.document() for entry in enforcement.denials(**asked.query)]},
            query={name: entries[name] for name in ("operation", "caller")},
        ),
        Page(
            "POST",
            "why",
            "What a caller's policies decide about an action of any service, and the statements that decide.",
            lambda asked: enforcement.why(**asked.fields)._asdict(),
            QUESTION,
        ),
        Page(
            "GET",
            "least-privilege",
            "The smallest policy that allows a caller's calls in the journal.",
            lambda asked: json.loads(enforcement.least_privilege(asked.query.get("caller", ""))),
            query={"caller": "a user's name, the ARN of a user, a role or the root user, or an access key id"},
        ),
    ]


def _import(controls: Controls, fields: Mapping[str, Any]) -> Document:
    keep = fields.get("keep_account_id", False)
    imported = import_account(fields.get("details"), fields.get("report"), keep_account_id=keep)
    warning = controls.seed(imported.seed).warning if fields.get("load") else None
    notes = [*([warning] if warning else []), *imported.notes]
    return {"seed": imported.seed, "notes": notes, "loaded": fields.get("load", False)}


def _flag(query: Mapping[str, str], name: str) -> bool:
    text = query.get(name, "false").lower()
    if text not in ("true", "false"):
        raise FormatError((name,), f"{query[name]!r} is neither true nor false")
    return text == "true"


def number(name: str, text: str) -> int:
    """A whole number in a field. Raises FormatError."""
    if not (text.isascii() and text.isdigit()):
        raise FormatError((name,), f"{text!r} is no whole number")
    return int(text[:18])
