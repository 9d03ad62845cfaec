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

from fake_iam.control.documents.problems import DocumentError, path
from fake_iam.control.state.policy_import import Policies, import_policies
from fake_iam.domain.arns import partition_of
from fake_iam.domain.credentials.access_keys import ACTIVE, INACTIVE

ROOT_ROW: Final = "<root_account>"
ABSENT: Final = frozenset({"N/A", "no_information", "not_supported", ""})
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


def import_account(details: str | None, report: str | None) -> Imported:
    """A seed of the account that the exports describe; at least one must be given.

    Args:
        details: the JSON that ``aws iam get-account-authorization-details`` prints.
        report: the CSV of ``aws iam get-credential-report``, or the JSON with it that the command prints.

    Raises:
        DocumentError: an export is not what it should be, or the two are of different accounts.
    """
    if details is None and report is None:
        raise DocumentError("there is nothing to import: give the details, the report, or both")
    document = _read_details(details) if details is not None else {}
    listed = {user["UserName"]: user for user in document.get("UserDetailList", ())}
    rows = _read_report(report) if report is not None else {}
    root = rows.pop(ROOT_ROW, None)
    names = sorted({**listed, **rows}, key=str.lower)
    policies = import_policies(document)
    users = [_user(name, listed.get(name, {}), rows.get(name, {}), policies) for name in names]
    arns = [row["arn"] for row in [*rows.values(), *([root] if root else [])]]
    arns += [str(user["Arn"]) for user in listed.values() if user.get("Arn")]
    numbers = {arn.split(":")[4] for arn in arns}
    if len(numbers) > 1:
        raise DocumentError(f"the exports are of different accounts: {', '.join(sorted(numbers))}")
    partitions = {partition_of(arn) for arn in arns}
    if len(partitions) > 1:
        raise DocumentError(f"the exports are of different partitions: {', '.join(sorted(partitions))}")
    partition = partitions.pop() if partitions else None
    account: dict[str, Any] = {
        **_given(partition=partition, groups=_groups(document, policies), policies=policies.seeds),
        "users": users,
    }
    if root and _keys(root):
        account["root"] = {"access_keys": _keys(root)}
    seed = {"accounts": {numbers.pop(): account}} if numbers else account
    notes = _notes(listed, rows, users, details is not None, report is not None)
    return Imported(seed, (*notes, *policies.notes))


def _user(name: str, listed: Mapping[str, Any], row: Mapping[str, str], policies: Policies) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name}
    arn_path = row.get("arn", "").partition(":user")[2]
    boundary = listed.get("PermissionsBoundary") or {}
    fields = {
        "id": listed.get("UserId"),
        "path": listed.get("Path") or arn_path.removesuffix(name) or None,
        "created": listed.get("CreateDate") or _date(row, "user_creation_time"),
        "tags": {tag["Key"]: tag["Value"] for tag in listed.get("Tags", ())} or None,
        "permissions_boundary": boundary.get("PermissionsBoundaryArn"),
        "password_last_used": _date(row, "password_last_used"),
        "access_keys": _keys(row) or None,
        "login_profile": _login_profile(row),
        "mfa_devices": [{"enabled": row["user_creation_time"]}] if row.get("mfa_active") == "true" else None,
        "groups": listed.get("GroupList") or None,
        "policies": policies.inline(listed) or None,
        "attached_policies": policies.attached(name, listed) or None,
    }
    found.update((field, value) for field, value in fields.items() if value is not None)
    return found


def _keys(row: Mapping[str, str]) -> list[dict[str, Any]]:
    """The keys of a row; a slot that was never rotated and is not active holds none."""
    keys = []
    for slot in ("access_key_1_", "access_key_2_"):
        active = row.get(f"{slot}active", "").lower() == "true"
        created, used = _date(row, f"{slot}last_rotated"), _date(row, f"{slot}last_used_date")
        if not active and created is None:
            continue
        key: dict[str, Any] = {"status": ACTIVE if active else INACTIVE}
        if created:
            key["created"] = created
        if used:
            places = {"region": f"{slot}last_used_region", "service": f"{slot}last_used_service"}
            known = {name: row[column] for name, column in places.items() if row[column] not in ABSENT}
            key["last_used"] = {"date": used, **known}
        keys.append(key)
    return keys


def _login_profile(row: Mapping[str, str]) -> dict[str, str] | None:
    """A password that is drawn on loading, as old as the report says."""
    if row.get("password_enabled") != "true":
        return None
    created = row["user_creation_time"]
    return {"created": created, "changed": _date(row, "password_last_changed") or created}


def _groups(document: Mapping[str, Any], policies: Policies) -> list[dict[str, Any]]:
    """The groups of the details, and those that only their members name."""
    found: dict[str, dict[str, Any]] = {}
    for group in document.get("GroupDetailList", ()):
        name = group["GroupName"]
        has = _given(policies=policies.inline(group), attached_policies=policies.attached(name, group))
        found[name] = {"name": name, "path": group.get("Path", "/"), **has}
    for user in document.get("UserDetailList", ()):
        for name in user.get("GroupList") or ():
            found.setdefault(name, {"name": name, "path": "/"})
    return [found[name] for name in sorted(found)]


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _date(row: Mapping[str, str], column: str) -> str | None:
    text = row.get(column, "")
    return None if text in ABSENT else text


def _read_details(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
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


def _notes(
    listed: Mapping[str, Any], rows: Mapping[str, Any], users: list[dict[str, Any]], has_details: bool, has_report: bool
) -> list[str]:
    keys = sum(len(user.get("access_keys", ())) for user in users)
    notes = [f"{len(users)} users, {keys} access keys; key ids and secrets are in no export and are drawn on loading"]
    if any("login_profile" in user or "mfa_devices" in user for user in users):
        notes.append("passwords and MFA devices are stand-ins: the exports tell only that there are some")
    if not has_report:
        notes.append("without the credential report there are no access keys and no dates of use")
    if not has_details:
        notes.append("without the authorization details there are no tags, user ids and permissions boundaries")
    if has_details and has_report:
        notes += [f"{name} is in the report, but not in the details" for name in sorted(set(rows) - set(listed))]
        notes += [f"{name} is in the details, but not in the report" for name in sorted(set(listed) - set(rows))]
    undated = [user["name"] for user in users for key in user.get("access_keys", ()) if "created" not in key]
    notes += [f"{name} has a key whose age the report does not tell; it is new" for name in undated]
    return notes
