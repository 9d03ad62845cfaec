"""Does what a seed spells out besides users and access keys, by IAM's own operations, and then sets the dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from fake_iam.control.documents.problems import FormatError, Where
from fake_iam.domain import arns
from fake_iam.domain.credentials.login_profiles import LoginProfile
from fake_iam.domain.credentials.mfa_devices import MfaDevice
from fake_iam.domain.credentials.service_credentials import ServiceCredential
from fake_iam.domain.credentials.signing_certificates import SigningCertificate
from fake_iam.domain.credentials.ssh_public_keys import SSHPublicKey
from fake_iam.domain.errors import ServiceError
from fake_iam.domain.identities.users import User
from fake_iam.pipeline.engine import Engine
from fake_iam.protocol.errors import Refusal
from fake_iam.store.base import Account

Values = Mapping[str, Any]


class Seeder:
    """Fills an account, inside the transaction of whoever asks. An operation that refuses is a FormatError."""

    def __init__(self, engine: Engine, account: Account, now: datetime, partition: str) -> None:
        self._engine = engine
        self._account = account
        self._now = now
        self._partition = partition

    def before_users(self, where: Where, values: Values) -> None:
        """What users refer to: groups and managed policies; and the rest of the account."""
        if "alias" in values:
            self._do((*where, "alias"), "CreateAccountAlias", AccountAlias=values["alias"])
        for at, policy in _numbered(where, "policies", values):
            self._do(
                at,
                "CreatePolicy",
                PolicyName=policy["name"],
                Path=policy.get("path"),
                Description=policy.get("description"),
                PolicyDocument=policy["document"],
                Tags=_tags(policy),
            )
        for at, group in _numbered(where, "groups", values):
            self._do(at, "CreateGroup", GroupName=group["name"], Path=group.get("path"))
            self._policies(at, "Group", group["name"], group)
        for at, certificate in _numbered(where, "server_certificates", values):
            self._do(
                at,
                "UploadServerCertificate",
                ServerCertificateName=certificate["name"],
                Path=certificate.get("path"),
                CertificateBody=certificate["body"],
                CertificateChain=certificate.get("chain"),
                PrivateKey=certificate["private_key"],
            )

    def after_users(self, where: Where, values: Values) -> None:
        """The password policy, which is not held against the passwords of the seed."""
        if "password_policy" in values:
            policy = {POLICY_MEMBERS[name]: value for name, value in values["password_policy"].items()}
            self._do((*where, "password_policy"), "UpdateAccountPasswordPolicy", **policy)

    def user(self, where: Where, user: User, values: Values) -> None:
        """What hangs on a user."""
        if "login_profile" in values:
            self._login_profile((*where, "login_profile"), user, values["login_profile"])
        for at, device in _numbered(where, "mfa_devices", values):
            self._mfa_device(at, user, device)
        for at, certificate in _numbered(where, "signing_certificates", values):
            self._add(
                at,
                SigningCertificate,
                user,
                certificate,
                "UploadSigningCertificate",
                CertificateBody=certificate["body"],
            )
        for at, key in _numbered(where, "ssh_public_keys", values):
            self._add(at, SSHPublicKey, user, key, "UploadSSHPublicKey", SSHPublicKeyBody=key["body"])
        for at, credential in _numbered(where, "service_specific_credentials", values):
            self._add(
                at,
                ServiceCredential,
                user,
                credential,
                "CreateServiceSpecificCredential",
                ServiceName=credential["service"],
            )
        for at, group in _numbered(where, "groups", values):
            self._do(at, "AddUserToGroup", UserName=user.name, GroupName=group)
        self._policies(where, "User", user.name, values)

    def _policies(self, where: Where, kind: str, name: str, values: Values) -> None:
        """The policies of a User or a Group of that name."""
        owner = {f"{kind}Name": name}
        for policy, document in values.get("policies", {}).items():
            at = (*where, "policies", policy)
            self._do(at, f"Put{kind}Policy", **owner, PolicyName=policy, PolicyDocument=document)
        for at, arn in _numbered(where, "attached_policies", values):
            self._do(at, f"Attach{kind}Policy", **owner, PolicyArn=arn)

    def _login_profile(self, where: Where, user: User, values: Values) -> None:
        # A drawn password has every class of characters.
        password = values.get("password") or f"aA1!{self._engine.ids.secret()}"
        reset = values.get("reset_required", False)
        self._do(where, "CreateLoginProfile", UserName=user.name, Password=password, PasswordResetRequired=reset)
        profiles = self._account.table(LoginProfile)
        profile = _there(profiles.get(user.id))
        created = values.get("created", self._now)
        profiles.put(user.id, replace(profile, created_at=created, changed_at=values.get("changed", created)))

    def _mfa_device(self, where: Where, user: User, values: Values) -> None:
        name, path = values.get("name", user.name), values.get("path", "/")
        self._do(where, "CreateVirtualMFADevice", VirtualMFADeviceName=name, Path=path)
        devices = self._account.table(MfaDevice)
        device = _there(devices.get(arns.mfa_device(self._partition, self._account.id, path, name)))
        seeded = replace(device, seed=values.get("seed", device.seed))
        devices.put(device.serial_number, seeded.enabled(user.id, values.get("enabled", self._now)))

    def _add(self, where: Where, kind: type[Any], user: User, values: Values, operation: str, **members: Any) -> None:
        """Give the user a row of a kind by an operation, and the row the status and date of the seed."""
        table = self._account.table(kind)
        present = table.where("owner", user.id)
        self._do(where, operation, UserName=user.name, **members)
        (row,) = (row for row in table.where("owner", user.id) if row not in present)
        changes = {"status": values.get("status", row.status)}
        if "uploaded" in values:
            changes["uploaded_at"] = values["uploaded"]
        table.put(row.id, replace(row, **changes))

    def _do(self, where: Where, operation: str, **members: Any) -> None:
        given = {name: value for name, value in members.items() if value is not None}
        try:
            self._engine.perform(self._account.id, "iam", operation, given, self._now, partition=self._partition)
        except (ServiceError, Refusal) as refused:
            raise FormatError(where, refused.message or refused.code) from None


POLICY_MEMBERS: Final[Mapping[str, str]] = {
    "minimum_length": "MinimumPasswordLength",
    "require_uppercase": "RequireUppercaseCharacters",
    "require_lowercase": "RequireLowercaseCharacters",
    "require_numbers": "RequireNumbers",
    "require_symbols": "RequireSymbols",
    "allow_users_to_change": "AllowUsersToChangePassword",
    "max_age_days": "MaxPasswordAge",
    "reuse_prevention": "PasswordReusePrevention",
    "hard_expiry": "HardExpiry",
}


def _numbered(where: Where, name: str, values: Values) -> list[tuple[Where, Any]]:
    return [((*where, name, number), value) for number, value in enumerate(values.get(name, ()))]


def _tags(values: Values) -> list[dict[str, str]] | None:
    tags = [{"Key": key, "Value": value} for key, value in values.get("tags", {}).items()]
    return tags or None


def _there(row: Any) -> Any:
    assert row is not None
    return row
