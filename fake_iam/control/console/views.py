"""What the pages of the console show, read from the store and the controls; nothing is changed here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from fake_iam.control.console import ages
from fake_iam.control.console.lists import named
from fake_iam.control.console.policy_texts import lines, sentence, stands, statements
from fake_iam.control.controls import Controls
from fake_iam.control.documents.problems import FormatError
from fake_iam.control.http.pages import number
from fake_iam.control.watching.calls import JournalEntry
from fake_iam.domain.account.organization_tree import FULL_ACCESS
from fake_iam.domain.account.organizations import Organization
from fake_iam.domain.credentials.access_keys import AccessKey
from fake_iam.domain.identities.groups import Group, Membership
from fake_iam.domain.identities.roles import Role
from fake_iam.domain.identities.users import User, name_key
from fake_iam.domain.policies.attachments import Attachment
from fake_iam.domain.policies.aws_managed import find_aws_managed
from fake_iam.domain.policies.inline_policies import InlinePolicy
from fake_iam.domain.policies.inline_policies import key as inline_key
from fake_iam.domain.policies.managed_policies import ManagedPolicy
from fake_iam.domain.sts.sessions import Session
from fake_iam.pipeline.engine import Engine
from fake_iam.store.base import Account

Query = Mapping[str, str]
View = tuple[str, dict[str, Any]]
SESSIONS: Final = 200
CALLS: Final = 100


class NotFound(LookupError):
    """There is nothing of that name; the text says so."""


class Views:
    """The pages by name. Each gives a template and its values for the parameters of a request."""

    def __init__(self, engine: Engine, controls: Controls, workers: int) -> None:
        self._engine = engine
        self._controls = controls
        self._workers = workers
        self.pages: dict[str, Callable[[Query], View]] = {
            "": self.users,
            "user": self.user,
            "roles": self.roles,
            "role": self.role,
            "policies": self.policies,
            "policy": self.policy,
            "sessions": self.sessions,
            "journal": self.journal,
            "journal/rows": self.journal_rows,
            "call": self.call,
            "why": self.why,
            "faults": self.faults,
        }

    def frame(self, query: Query) -> dict[str, Any]:
        """What is around every page: account, clock, counts."""
        account, clock, now = self._account(query), self._controls.clock, self._now()
        return {
            "account_id": account.id,
            "account": account.id if account.id != self._engine.account_id else None,
            "accounts": sorted(self._numbers()),
            "now": now,
            "frozen": clock.frozen,
            "age": lambda moment: ages.age(moment, now),
            "mode": self._controls.enforcement.mode,
            "counts": {
                "users": len(account.users),
                "keys": len(account.access_keys),
                "roles": len(account.table(Role)),
                "policies": len(account.table(ManagedPolicy)),
                "sessions": len(account.sessions),
                "calls": self._controls.journal.count,
                "faults": len(self._controls.faults.rules()),
            },
        }

    def users(self, query: Query) -> View:
        """Users with their keys."""
        account = self._account(query)
        listed = named(account, User, query.get("q", ""), query.get("after"))
        rows = [(user, _keys(account, user.id)) for user in listed.rows]
        root = [] if "after" in query or query.get("q") else _keys(account, account.id)
        return "users.html", {"rows": rows, "root_keys": root, "next": listed.next, "q": query.get("q", "")}

    def user(self, query: Query) -> View:
        """One user: keys, groups, policies, tags."""
        account = self._account(query)
        user = account.users.find("name", name_key(query.get("name", "")))
        if user is None:
            raise NotFound(f"There is no user {query.get('name', '')!r} in account {account.id}.")
        groups = [
            account.table(Group).get(member.group_id) for member in account.table(Membership).where("owner", user.id)
        ]
        return "user.html", {
            "user": user,
            "keys": _keys(account, user.id),
            "groups": [(group, *_policies(account, group.id)) for group in groups if group is not None],
            "policies": _policies(account, user.id),
        }

    def roles(self, query: Query) -> View:
        """Roles."""
        account = self._account(query)
        listed = named(account, Role, query.get("q", ""), query.get("after"))
        return "roles.html", {"rows": listed.rows, "next": listed.next, "q": query.get("q", "")}

    def role(self, query: Query) -> View:
        """One role: its trust policy, its policies, tags."""
        account = self._account(query)
        role = account.table(Role).find("name", name_key(query.get("name", "")))
        if role is None:
            raise NotFound(f"There is no role {query.get('name', '')!r} in account {account.id}.")
        return "role.html", {
            "role": role,
            "policies": _policies(account, role.id),
            "lines": lines(role.trust_policy),
        }

    def policies(self, query: Query) -> View:
        """The account's own managed policies."""
        account = self._account(query)
        listed = named(account, ManagedPolicy, query.get("q", ""), query.get("after"))
        attached = account.table(Attachment).tally("policy")
        rows = [(policy, attached.get(policy.arn, 0)) for policy in listed.rows]
        return "policies.html", {"rows": rows, "next": listed.next, "q": query.get("q", "")}

    def policy(self, query: Query) -> View:
        """The text of a policy of any kind; the statement that begins at line and column is highlighted."""
        account, arn = self._account(query), query.get("arn")
        if arn is not None:
            name, text, about = _of_arn(account, arn)
        else:
            name, owner = query.get("name", ""), query.get("owner", "")
            inline = account.table(InlinePolicy).get(inline_key(owner, name))
            if inline is None:
                raise NotFound(f"There is no inline policy {name!r}.")
            text, about = inline.document, f"inline policy of {query.get('of', owner)}"
        start = (query.get("line"), query.get("column"))
        spans = [
            one.span for one in statements(text) if (str(one.span.start.line), str(one.span.start.column)) == start
        ]
        return "policy.html", {"name": name, "about": about, "lines": lines(text, spans), "marked": bool(spans)}

    def sessions(self, query: Query) -> View:
        """Temporary credentials, the latest first."""
        account, now = self._account(query), self._now()
        found = account.sessions.latest(SESSIONS)
        rows = [(row, *_session(account, row), row.expires_at <= now) for row in found]
        return "sessions.html", {"rows": rows, "more": len(account.sessions) - len(rows)}

    def journal(self, query: Query) -> View:
        """The calls kept, the newest first; filtered, or page by page."""
        journal = self._controls.journal
        wanted = {name: query[name] for name in ("operation", "caller", "outcome") if query.get(name)}
        denied = "denied" in query
        if wanted or denied:
            operation = wanted.pop("operation", "*")
            found = list(journal.calls(operation, **wanted))
            calls = [call for call in found if not denied or call.would_deny is not None][: -CALLS - 1 : -1]
        else:
            calls = list(journal.recent(CALLS, before=_number(query, "before")))
        shown = {name: query.get(name, "") for name in ("operation", "caller", "outcome")}
        latest = not any(shown.values()) and not denied and "before" not in query
        more = calls[-1].number if len(calls) == CALLS and not (denied or any(shown.values())) else None
        return "journal.html", {
            "calls": [_told(call) for call in calls],
            "left_out": None,
            "latest": latest,
            "live": latest and self._workers == 1,
            "workers": self._workers,
            "last": calls[0].number if calls else journal.count,
            "before": more,
            "shown": shown,
            "denied": denied,
        }

    def journal_rows(self, query: Query) -> View:
        """The rows of the calls behind a number, for a page that is open, and whether there are more than it gets."""
        after = _number(query, "after") or 0
        calls = self._controls.journal.recent(CALLS, after=after)
        left_out = calls[-1].number if calls and calls[-1].number > after + 1 else None
        return "rows.html", {"calls": [_told(call) for call in calls], "left_out": left_out}

    def call(self, query: Query) -> View:
        """One call, and why policies decided about it as they did."""
        number = _number(query, "number") or 0
        found = self._controls.journal.recent(1, before=number + 1, after=number - 1)
        if not found:
            raise NotFound(f"Call {number} is not in the journal: it keeps the latest, and a reset forgets them.")
        call = found[0]
        text = json.dumps(call.parameters, indent=2, ensure_ascii=False, default=str)
        return "call.html", {
            "call": _told(call),
            "parameters": text,
            "why": list(map(sentence, call.why)),
            "who": _signer(call),
            "needs": self._controls.enforcement.needs(_signer(call), call),
        }

    def why(self, query: Query) -> View:
        """What policies decide about an action, with the statements that decided in their texts."""
        account = self._account(query)
        asked = {name: query.get(name, "").strip() for name in ("caller", "action", "resource")}
        values: dict[str, Any] = {"asked": asked, "judged": None, "found": [], "problem": None}
        if asked["caller"] and asked["action"]:
            user = account.users.find("name", name_key(asked["caller"]))
            try:
                judged = self._controls.enforcement.judge(
                    user.arn if user else asked["caller"], _checked(asked["action"]), asked["resource"] or None
                )
            except FormatError as problem:
                return "why.html", {**values, "problem": str(problem)}
            values["judged"] = judged.answer
            values["found"] = [
                *(stands(match.policy, match.statement, None) for match in judged.decided),
                *(stands(near.match.policy, near.match.statement, near.kept_by) for near in judged.near),
            ]
        return "why.html", values

    def faults(self, query: Query) -> View:
        """The fault rules, the delays, and the changes that are not yet seen."""
        rules = [rule.document() for rule in self._controls.faults.rules()]
        counted = ("number", "operation", "caller", "seen", "fired")
        told = [(rule, {name: rule[name] for name in rule if name not in counted}) for rule in rules]
        return "faults.html", {
            "rules": told,
            "delays": self._controls.propagation.document(),
            "pending": self._controls.propagation.pending(self._now()),
        }

    def _account(self, query: Query) -> Account:
        wanted = query.get("account", self._engine.account_id)
        if wanted not in self._numbers():
            raise NotFound(f"There is no account {wanted!r} here.")
        return self._engine.store.account(wanted)

    def _numbers(self) -> set[str]:
        """The account that answers, and those that hold something."""
        return {self._engine.account_id, *(each.id for each in self._engine.store.accounts())}

    def _now(self) -> datetime:
        return self._controls.clock.now()


def _of_arn(account: Account, arn: str) -> tuple[str, str, str]:
    """Name and text of a managed policy or a service control policy, and what is said of it. Raises NotFound."""
    managed = account.table(ManagedPolicy).get(arn) or find_aws_managed(arn)
    version = managed.version(managed.default_version_id) if managed else None
    if managed is not None and version is not None:
        return managed.name, version.document, f"{arn}, version {version.id}"
    organizations = [organization for _, organization in account.table(Organization).items()]
    limiting = [policy.as_policy() for organization in organizations for policy in organization.tree.policies]
    found = next((policy for policy in (FULL_ACCESS, *limiting) if policy.arn == arn), None)
    if found is None:
        raise NotFound(f"There is no policy {arn!r}.")
    return found.name, found.text, f"{arn}, a service control policy"


def _keys(account: Account, owner_id: str) -> list[AccessKey]:
    return sorted(account.access_keys.where("owner", owner_id), key=lambda key: key.serial)


def _policies(account: Account, owner_id: str) -> tuple[list[InlinePolicy], list[Attachment]]:
    inline = sorted(account.table(InlinePolicy).where("owner", owner_id), key=lambda policy: policy.name)
    attached = sorted(account.table(Attachment).where("owner", owner_id), key=lambda one: one.policy_arn)
    return inline, attached


def _session(account: Account, session: Session) -> tuple[str, str]:
    """What kind of session it is, and whose."""
    if session.role is not None:
        role = account.table(Role).get(session.owner_id)
        return "role", f"{role.name if role else session.owner_id}/{session.role.name}"
    if session.federated_name is not None:
        return "federated user", session.federated_name
    user = account.users.get(session.owner_id)
    return "user", user.name if user else "root"


def _told(call: JournalEntry) -> dict[str, Any]:
    """A call with the word and the kind of its outcome."""
    if call.outcome == "ok" and call.would_deny is not None:
        kind, word = "warn", "would deny"
    elif call.outcome == "ok":
        kind, word = "good", "ok"
    else:
        kind, word = "bad", call.code or call.outcome
    return {"entry": call, "kind": kind, "word": word, "who": (call.caller or "nobody").split(":", 5)[-1]}


def _signer(call: JournalEntry) -> str:
    """Who made a call: the key of a user or a session; of the root user its ARN, for any key may be the root user's."""
    arn = call.caller or ""
    return arn if arn.endswith(":root") or call.access_key_id is None else call.access_key_id


def _checked(action: str) -> str:
    if not re.fullmatch(r"[\w-]+:[\w*]+", action, re.ASCII):
        raise FormatError(("action",), f"{action!r} is no action; write a service and a name, such as iam:GetUser")
    return action


def _number(query: Query, name: str) -> int | None:
    return number(name, query[name]) if query.get(name) else None
