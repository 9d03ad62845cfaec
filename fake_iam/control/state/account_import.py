"""A seed from a real account: what get-account-authorization-details and get-credential-report export.

Neither export has secrets, and the report has no key ids: those are drawn when the seed is loaded.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fake_iam.control.documents.large import json_value, let_go
from fake_iam.control.documents.problems import DocumentError, path
from fake_iam.control.nouns.exports import Export, Exported, given
from fake_iam.control.nouns.noun import ACCOUNT
from fake_iam.control.nouns.registry import hanging_on, nouns

ROOT_ROW: Final = "<root_account>"
PASSWORD_COLUMNS: Final = ("password_enabled", "password_last_used", "password_last_changed", "mfa_active")
COLUMNS: Final = ("user", "arn", "user_creation_time", *PASSWORD_COLUMNS) + tuple(
    f"access_key_{slot}_{name}"
    for slot in (1, 2)
    for name in ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
)


@dataclass(frozen=True, slots=True)
class Imported:
    """A seed, and what a reader should know of how it came about."""

    seed: dict[str, Any]
    notes: tuple[str, ...]


def import_account(details: str | None, report: str | None, *, keep_account_id: bool = False) -> Imported:
    """A seed of the account that the exports describe; at least one must be given.

    Args:
        details: the JSON that ``aws iam get-account-authorization-details`` prints.
        report: the CSV of ``aws iam get-credential-report``, or the JSON with it that the command prints.
        keep_account_id: whether the seed leaves it to the server which account answers; else it says that this does.

    Raises:
        DocumentError: an export is not what it should be, or the two are of different accounts.
    """
    if details is None and report is None:
        raise DocumentError("there is nothing to import: give the details, the report, or both")
    document = _read_details(details) if details is not None else {}
    rows = _read_report(report) if report is not None else {}
    root = rows.pop(ROOT_ROW, None)
    arns = _arns(document, [*rows.values(), *([root] if root else [])])
    number = _one({arn[4] for arn in arns}, "accounts")
    partition = _one({arn[1] for arn in arns}, "partitions")
    export = Export(document, rows, root, _hanging)
    account = {**given(partition=partition), **export.children(Exported(ACCOUNT, number or ""))}
    seed = {"accounts": {number: account}} if number else account
    if number and not keep_account_id:
        seed = {"account_id": number, **seed}
    notes = [*_counts(account), *_missing(export, details is not None, report is not None), *export.notes]
    notes += [*_left_out(export), *_lacks()]
    let_go(document)
    return Imported(seed, tuple(notes))


def _hanging(export: Export, exported: Exported) -> dict[str, Any]:
    """The seed fields of what hangs on something, as each noun takes it from the exports. Raises DocumentError."""
    found = {}
    for noun in hanging_on(exported.noun):
        try:
            value = noun.imports.take(export, exported) if noun.imports.take else None
        except DocumentError:
            raise
        except (AttributeError, KeyError, TypeError, ValueError) as problem:
            where = f"{exported.noun} {exported.name}".strip()
            said = f"{type(problem).__name__}: {problem}"
            raise DocumentError(f"{where}: {noun.name}: this is not as AWS exports it: {said}") from None
        if value:
            assert noun.seed is not None
            found[noun.seed.field] = value
    return found


def _arns(document: Mapping[str, Any], rows: list[dict[str, str]]) -> list[list[str]]:
    """The parts of every ARN of the account."""
    lists = [value for value in document.values() if isinstance(value, list)]
    entries = [entry for entries in lists for entry in entries if isinstance(entry, dict)]
    found = [str(each).split(":") for each in [*(row["arn"] for row in rows), *(e.get("Arn") or "" for e in entries)]]
    return [arn for arn in found if len(arn) > 4 and arn[4] not in ("", "aws")]


def _one(found: set[str], what: str) -> str | None:
    """The only one there is, or None. Raises DocumentError if there are several."""
    if len(found) > 1:
        raise DocumentError(f"the exports are of different {what}: {', '.join(sorted(found))}")
    return found.pop() if found else None


def _counts(account: Mapping[str, Any]) -> list[str]:
    users = account.get("users", [])
    keys = sum(len(owner.get("access_keys", ())) for owner in (*users, account.get("root", {})))
    return [f"{len(users)} users, {keys} access keys"]


def _missing(export: Export, has_details: bool, has_report: bool) -> list[str]:
    """What one of the exports would have told."""
    if not has_report:
        return [
            "without the credential report there are no access keys, passwords, MFA devices, certificates and dates of "
            "use, and nothing of the root user"
        ]
    if not has_details:
        return [
            "without the authorization details there are no tags, user ids, permissions boundaries, groups and policies"
        ]
    listed = {user["UserName"] for user in export.entries("UserDetailList")}
    notes = [f"{name} is in the report, but not in the details" for name in sorted(set(export.rows) - listed)]
    return notes + [f"{name} is in the details, but not in the report" for name in sorted(listed - set(export.rows))]


def _left_out(export: Export) -> list[str]:
    """The lists of the details that no noun takes."""
    taken = {section for noun in nouns() for section in noun.imports.sections}
    lists = {name: value for name, value in export.details.items() if isinstance(value, list) and value}
    return [f"{name} is left out: {len(value)} entries" for name, value in lists.items() if name not in taken]


def _lacks() -> list[str]:
    """What no export has, whatever is in it."""
    drawn = [noun.imports.drawn for noun in nouns() if noun.imports.drawn]
    lacks = [noun.imports.lacks for noun in nouns() if noun.imports.lacks]
    return [
        f"in no export, and drawn on loading: {', '.join(drawn)}",
        f"in no export, and left out: {', '.join(lacks)}",
    ]


def _read_details(text: str) -> dict[str, Any]:
    try:
        document = json_value(text)
    except json.JSONDecodeError as problem:
        raise DocumentError(f"details: line {problem.lineno}: this is no JSON: {problem.msg}") from None
    users = document.get("UserDetailList") if isinstance(document, dict) else None
    if not isinstance(users, list):
        raise DocumentError("details: UserDetailList: is missing; give what get-account-authorization-details prints")
    for number, user in enumerate(users):
        if not isinstance(user, dict) or not isinstance(user.get("UserName"), str):
            raise DocumentError(f"details: {path(('UserDetailList', number, 'UserName'))}: is missing")
        for at, tag in enumerate(user.get("Tags") or ()):
            if not isinstance(tag, dict) or not {"Key", "Value"} <= tag.keys():
                raise DocumentError(f"details: {path(('UserDetailList', number, 'Tags', at))}: has no Key and Value")
        if user.get("Arn") is not None and str(user["Arn"]).count(":") != 5:
            raise DocumentError(f"details: {path(('UserDetailList', number, 'Arn'))}: {user['Arn']!r} is no ARN")
    for number, group in enumerate(document.get("GroupDetailList") or ()):
        if not isinstance(group, dict) or not isinstance(group.get("GroupName"), str):
            raise DocumentError(f"details: {path(('GroupDetailList', number, 'GroupName'))}: is missing")
    return dict(document)


def _read_report(text: str) -> dict[str, dict[str, str]]:
    if text.lstrip().startswith("{"):
        text = _report_content(text)
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise DocumentError(
            f"report: line 1: the column {missing[0]} is missing; give what get-credential-report prints"
        )
    rows: dict[str, dict[str, str]] = {}
    for row in reader:
        short = [column for column in COLUMNS if row[column] is None]
        if short:
            raise DocumentError(f"report: line {reader.line_num}: the value of {short[0]} is missing")
        if row["arn"].count(":") != 5:
            raise DocumentError(f"report: line {reader.line_num}: arn: {row['arn']!r} is no ARN")
        rows[row["user"]] = row
    return rows


def _report_content(text: str) -> str:
    """The CSV inside of what ``aws iam get-credential-report`` prints."""
    try:
        return base64.b64decode(json.loads(text)["Content"], validate=True).decode()
    except (json.JSONDecodeError, KeyError, TypeError, binascii.Error, UnicodeDecodeError):
        raise DocumentError("report: this is neither the CSV nor the JSON that get-credential-report prints") from None
