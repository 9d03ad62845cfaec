"""Every setting of a server with its default, in one frozen dataclass; the only reader of the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final, Literal

from fake_iam.domain.quotas import QUOTA_NAMES, Quotas

if TYPE_CHECKING:
    from fake_iam.gate.upstreams import Upstream

PREFIX: Final = "FAKE_IAM_"
AUTH_MODES: Final = ("off", "issued", "strict")
ENFORCEMENTS: Final = ("on", "off", "log")
BOOLEANS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
USUAL_PARTITION: Final = "aws"
MEMORY: Final = "memory"
KEY_ID: Final = r"\w{16,128}"


class SettingsError(ValueError):
    """A setting that does not exist or has a bad value: the text names the setting, the value and the limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a server behaves.

    Args:
        host: the address to listen on.
        port: the port to listen on; 0 takes any free one.
        auth: how strictly keys and signatures are checked: ``off``, ``issued`` or ``strict``.
        enforce_policies: whether policies decide: ``on`` refuses what they do not allow, ``log`` lets it pass and notes
            it, ``off`` does not look. None is ``on`` if ``auth`` is ``strict``, else ``log``.
        account_id: the account, twelve digits, of callers whose key id does not tell theirs.
        partition: the partition, such as aws or aws-cn, of calls whose signature names no region.
        random_seed: makes ids, secrets and request ids the same in every run; None draws them at random.
        root_access_key_id: a key of the root user, 16 to 128 letters and digits.
        root_secret_access_key: its secret; drawn if only the id is given.
        access_keys_per_user: the quota that CreateAccessKey checks.
        users_per_account: the quota that CreateUser checks.
        page_size: the most rows that one answer of a list carries, 1 to 1000.
        seed: a YAML or JSON file with what is there at the start.
        state: a file that keeps the state across restarts, short for the store ``sqlite:///FILE``; a seed counts only
            while there is no such file.
        store: where the state is kept: ``memory``, or a database such as ``sqlite:///state.db``, which outlives the
            server and may be shared by several; a seed counts only while it is new.
        workers: how many processes serve the port, 1 to 64; more than one need a store in a database.
        journal_size: how many calls the journal keeps.
        access_key_prefix: the first four characters of key ids; secret scanners look for AKIA.
        awkward_secrets: whether every secret has a ``/`` and a ``+``.
        quotas: other quotas than AWS's by name, for example ``groups_per_user=3,policy_size=100``, each 1 to 1,000,000.
        credential_report_seconds: how long a credential report takes, by the server's clock, 0 to 86400.
        access_report_seconds: how long a report of access advisor takes, by the server's clock, 0 to 86400.
        role_deletion_seconds: how long the deletion of a service-linked role takes, by the server's clock, 0 to 86400.
        any_mfa_code: whether any six digits pass for an MFA device's code, for tests that cannot compute it.
        control_token: what the control plane asks for; made if the host is not a loopback address.
        upstream: where calls of other services are passed on to: ``http://127.0.0.1:5000`` for all, or some by the name
            that they are signed for, ``s3=http://127.0.0.1:9000,dynamodb=http://127.0.0.1:8000``. One that looks at
            signatures is given a key of its own, ``http://minioadmin:minioadmin@127.0.0.1:9000``.
        console: whether people find a console under ``/_fake_iam/console/``.
        clock: the moment at which the server's clock stands from the start, such as ``2026-01-31`` or ``91 days ago``;
            real time if left out.

    Raises:
        SettingsError: a value is out of its range.
    """

    host: str = "127.0.0.1"
    port: int = 4593
    auth: Literal["off", "issued", "strict"] = "issued"
    enforce_policies: Literal["on", "off", "log"] | None = None
    account_id: str = "123456789012"
    partition: str = USUAL_PARTITION
    random_seed: int | None = None
    root_access_key_id: str | None = None
    root_secret_access_key: str | None = field(default=None, repr=False)
    access_keys_per_user: int = 2
    users_per_account: int = 5000
    page_size: int = 1000
    seed: str | None = None
    state: str | None = None
    store: str = field(default=MEMORY, repr=False)
    workers: int = 1
    journal_size: int = 1000
    access_key_prefix: str = "AKIA"
    awkward_secrets: bool = False
    quotas: str = ""
    credential_report_seconds: int = 0
    access_report_seconds: int = 0
    role_deletion_seconds: int = 0
    any_mfa_code: bool = False
    control_token: str | None = field(default=None, repr=False)
    upstream: str | None = field(default=None, repr=False)
    console: bool = True
    clock: str | None = None

    def __post_init__(self) -> None:
        if self.auth not in AUTH_MODES:
            raise SettingsError(f"auth is {self.auth!r}; it must be one of {', '.join(AUTH_MODES)}")
        if self.enforce_policies not in (None, *ENFORCEMENTS):
            raise SettingsError(
                f"enforce_policies is {self.enforce_policies!r}; it must be one of {', '.join(ENFORCEMENTS)}"
            )
        if not re.fullmatch(r"\d{12}", self.account_id, re.ASCII):
            raise SettingsError(f"account_id is {self.account_id!r}; it must be twelve digits")
        self._check_partition()
        if self.root_access_key_id is not None and not re.fullmatch(KEY_ID, self.root_access_key_id, re.ASCII):
            raise SettingsError(
                f"root_access_key_id is {self.root_access_key_id!r}; it must be 16 to 128 letters and digits"
            )
        if self.root_secret_access_key is not None and self.root_access_key_id is None:
            raise SettingsError("root_secret_access_key is given without root_access_key_id; it needs one")
        if self.root_secret_access_key == "":
            raise SettingsError("root_secret_access_key is empty; it must have at least one character")
        if self.store != MEMORY and self.state is not None:
            raise SettingsError("state and store are given; a store in a database needs no state file beside it")
        self._check_range("workers", 1, 64)
        if self.state is not None and (not self.state or "?" in self.state):
            raise SettingsError(f"state is {self.state!r}; it must be the name of a file, without a question mark")
        if self.workers > 1 and self.address == MEMORY:
            raise SettingsError(
                f"workers is {self.workers} and store is memory, where each would have an account of its own; "
                "give them a store in a database, such as sqlite:///state.db"
            )
        self._check_range("port", 0, 65535)
        self._check_range("access_keys_per_user", 1, 1000)
        self._check_range("users_per_account", 1, 1_000_000)
        self._check_range("page_size", 1, 1000)
        self._check_range("journal_size", 1, 1_000_000)
        self._check_range("credential_report_seconds", 0, 86_400)
        self._check_range("access_report_seconds", 0, 86_400)
        self._check_range("role_deletion_seconds", 0, 86_400)
        if not re.fullmatch(r"[A-Z0-9]{4}", self.access_key_prefix, re.ASCII):
            raise SettingsError(
                f"access_key_prefix is {self.access_key_prefix!r}; it must be four capital letters or digits"
            )
        if self.control_token is not None and not re.fullmatch(r"[!-~]{1,200}", self.control_token, re.ASCII):
            raise SettingsError("control_token must be 1 to 200 visible ASCII characters")

        self.all_quotas()
        self.upstreams()
        if self.clock is not None:
            self.clock_at(datetime(2026, 1, 1, tzinfo=timezone.utc))

    @property
    def address(self) -> str:
        """Where the state is kept: the store, or the database in the state file."""
        return self.store if self.state is None else f"sqlite:///{self.state}"

    @property
    def enforcement(self) -> Literal["on", "off", "log"]:
        """Whether policies decide, with what is left out filled in."""
        return self.enforce_policies or ("on" if self.auth == "strict" else "log")

    def clock_at(self, now: datetime) -> datetime | None:
        """The moment of ``clock`` as seen from ``now``, or None if it is left out. Raises SettingsError."""
        if self.clock is None:
            return None
        from fake_iam.control.documents.moments import read_moment  # most servers go with real time

        try:
            return read_moment(self.clock, now)
        except ValueError as problem:
            raise SettingsError(f"clock: {problem}") from None

    def all_quotas(self) -> Quotas:
        """Every quota: AWS's own, except those that the settings change. Raises SettingsError."""
        changed: dict[str, int] = {}
        for part in filter(None, self.quotas.replace(" ", "").split(",")):
            name, _, text = part.partition("=")
            if name not in QUOTA_NAMES:
                raise SettingsError(f"quotas has {name!r}, which is no quota; there are {', '.join(QUOTA_NAMES)}")
            if not re.fullmatch(r"[1-9]\d{0,6}", text, re.ASCII) or int(text) > 1_000_000:
                raise SettingsError(f"quotas has {name}={text!r}; it must be from 1 to 1000000")
            changed[name] = int(text)
        own = {name: getattr(self, name) for name in ("access_keys_per_user", "users_per_account", "page_size")}
        return Quotas(**{**own, **changed})

    def upstreams(self) -> Mapping[str, Upstream]:
        """The servers that calls are passed on to, by service; the one for all others is under the empty name.

        Raises:
            SettingsError: they are not given as they should be.
        """
        if self.upstream is None:
            return {}
        from fake_iam.gate.upstreams import parse_upstreams  # few servers are gates

        try:
            found = parse_upstreams(self.upstream)
        except ValueError as problem:
            raise SettingsError(f"upstream: {problem}") from None
        if any((upstream.host, upstream.port) == (self.host, self.port) for upstream in found.values()):
            raise SettingsError(f"upstream: {self.host}:{self.port} is this server itself")
        return found

    def _check_partition(self) -> None:
        if self.partition == USUAL_PARTITION:
            return
        from fake_iam.protocol.partitions import partitions  # reads a file, and nearly every server is in the usual one

        if self.partition not in partitions():
            raise SettingsError(f"partition is {self.partition!r}; it must be one of {', '.join(partitions())}")

    def _check_range(self, name: str, low: int, high: int) -> None:
        value = getattr(self, name)
        if not low <= value <= high:
            raise SettingsError(f"{name} is {value}; it must be from {low} to {high}")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
        """Settings from variables such as FAKE_IAM_PORT; ``overrides`` win over them.

        Raises:
            SettingsError: a value is bad, or a variable that begins with FAKE_IAM_ is no setting.
        """
        given = os.environ if environ is None else environ
        known = {PREFIX + item.name.upper(): item.name for item in fields(cls)}
        values: dict[str, Any] = {}
        for variable in sorted(name for name in given if name.startswith(PREFIX)):
            if variable not in known:
                raise SettingsError(f"{variable} is no setting; there are {', '.join(sorted(known))}")
            values[known[variable]] = parse(known[variable], given[variable])
        return cls(**{**values, **overrides})


def parse(name: str, text: str) -> Any:
    """A setting's value from text. Raises SettingsError if it must be a whole number or a boolean and is none."""
    kind = str(next(item.type for item in fields(Settings) if item.name == name))
    if "bool" in kind:
        if text.lower() not in BOOLEANS:
            raise SettingsError(f"{name} is {text!r}; it must be true or false")
        return BOOLEANS[text.lower()]
    if "int" not in kind:
        return text
    try:
        return int(text)
    except ValueError:
        raise SettingsError(f"{name} is {text!r}; it must be a whole number") from None
