"""The tables of an account: which rows they hold, and by what these are found. Every store keeps to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from itertools import accumulate
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fake_iam.domain.identities.users import User
from fake_iam.domain.policies.policy_arns import path_of, place_of

if TYPE_CHECKING:
    from fake_iam.domain.credentials.mfa_devices import MfaDevice
    from fake_iam.domain.identities.groups import Group
    from fake_iam.domain.policies.attachments import Attachment

Value = Callable[[Any], str | None]  # of a row; a row whose value is None is left out


class Order(NamedTuple):
    """An index for lists that grow with the account.

    Both functions are given a row and, if ``by_owner``, the user or group in its ``owner_id``, or None if that is gone.

    Args:
        lists: names of the lists that the row is in. They end in a slash; what is in ``/a/b/`` is in ``/a/``, too.
        place: what the lists are sorted by; markers name it.
        by_owner: whether the owner has a say. Such a table has a look-up ``owner``.
    """

    lists: Callable[[Any, Any], Sequence[str]]
    place: Callable[[Any, Any], str]
    by_owner: bool = False


class Indexes(NamedTuple):
    """What is kept beside the rows of a kind. Every entry takes room: nothing is here that no operation asks for.

    Args:
        lookups: values that few rows share, such as a name, or the owner: what belongs to a user has its user id.
        tallies: values whose rows are counted.
        orders: lists that are read in pages.
        fields: all that these go by, for rows that often change in something else; nothing stands for the whole row.
    """

    lookups: Mapping[str, Value] = MappingProxyType({})
    tallies: Mapping[str, Value] = MappingProxyType({})
    orders: Mapping[str, Order] = MappingProxyType({})
    fields: tuple[str, ...] = ()


def directories(path: str) -> list[str]:
    """A path and all above it: ``/``, ``/a/``, ``/a/b/``."""
    return ["/"] if path == "/" else list(accumulate(f"{part}/" for part in path.split("/")[:-1]))


def _by_name(row: Any, _: Any) -> str:
    name: str = row.name_key
    return name


def _owner(row: Any) -> str | None:
    owner_id: str | None = row.owner_id or None
    return owner_id


BY_PATH: Final = Order(lambda row, _: directories(row.path), _by_name)
OWNED: Final = {"owner": _owner}
NAMED: Final = {"name": lambda row: row.name_key}


def _bounded(user: User, _: Any) -> list[str]:
    """For each policy, and each path, the users that it bounds."""
    arn = user.permissions_boundary
    return [] if arn is None else [f"{arn} {directory}" for directory in directories(user.path)]


def _boundaries(user: User, _: Any) -> list[str]:
    """The policies that are boundaries, by their paths."""
    return [] if user.permissions_boundary is None else directories(path_of(user.permissions_boundary))


def _boundary_place(user: User, _: Any) -> str:
    return place_of(user.permissions_boundary or "")


def _entities(attachment: Attachment, owner: User | Group | None) -> list[str]:
    """For each policy, and each path, the groups and users that it is attached to."""
    return [] if owner is None else [f"{attachment.policy_arn} {directory}" for directory in directories(owner.path)]


def _entity_place(_: Attachment, owner: User | Group | None) -> str:
    """Groups before users, by name."""
    return "" if owner is None else f"{'1' if isinstance(owner, User) else '0'}{owner.name_key}"


def _statuses(device: MfaDevice, _: Any) -> list[str]:
    return ["Any/", "Assigned/" if device.assigned else "Unassigned/"]


# Under a kind of row, by its module and name: the indexes of its table. So a kind is loaded when its first row is.
TABLES: Final[Mapping[str, Indexes]] = {
    "identities.users.User": Indexes(
        lookups=NAMED,
        tallies={"boundary": lambda user: user.permissions_boundary},
        orders={
            "path": BY_PATH,
            "bounded": Order(_bounded, _by_name),
            "boundary": Order(_boundaries, _boundary_place),
        },
        fields=("name", "path", "permissions_boundary"),
    ),
    "credentials.access_keys.AccessKey": Indexes(OWNED, fields=("owner_id",)),
    "sts.sessions.Session": Indexes(),
    "credentials.mfa_devices.MfaDevice": Indexes(
        {**OWNED, "place": lambda device: device.place},
        tallies={"status": lambda device: "Assigned" if device.assigned else "Unassigned"},
        orders={"status": Order(_statuses, lambda device, _: device.place)},
    ),
    "credentials.signing_certificates.SigningCertificate": Indexes(
        {**OWNED, "digest": lambda certificate: certificate.digest}
    ),
    "credentials.ssh_public_keys.SSHPublicKey": Indexes(OWNED),
    "credentials.server_certificates.ServerCertificate": Indexes(NAMED, orders={"path": BY_PATH}),
    "identities.groups.Group": Indexes(NAMED, orders={"path": BY_PATH}),
    "identities.groups.Membership": Indexes(
        OWNED,
        orders={
            "group": Order(
                lambda membership, _: [f"{membership.group_id}/"],
                lambda _, user: user.name_key if user else "",
                by_owner=True,
            )
        },
    ),
    "credentials.service_credentials.ServiceCredential": Indexes(
        {**OWNED, "login": lambda credential: credential.login_key},
        orders={
            "service": Order(lambda row, _: ["any/", f"{row.service}/"], lambda credential, _: credential.list_key)
        },
    ),
    "account.account_aliases.AccountAlias": Indexes(),
    "account.credential_report.CredentialReport": Indexes(),
    "credentials.login_profiles.LoginProfile": Indexes(OWNED),
    "account.password_policy.PasswordPolicy": Indexes(),
    "policies.inline_policies.InlinePolicy": Indexes(OWNED),
    "policies.managed_policies.ManagedPolicy": Indexes(
        NAMED,
        tallies={"versions": lambda policy: str(len(policy.versions))},
        orders={"path": Order(lambda policy, _: directories(policy.path), lambda policy, _: policy.place)},
    ),
    "policies.attachments.Attachment": Indexes(
        OWNED,
        tallies={"policy": lambda attachment: attachment.policy_arn},
        orders={
            "entity": Order(_entities, _entity_place, by_owner=True),
            "policy": Order(
                lambda attachment, _: directories(attachment.policy_path),
                lambda attachment, _: place_of(attachment.policy_arn),
            ),
        },
    ),
}

# The kinds of owners that lists go by.
OWNERS: Final = ("identities.users.User", "identities.groups.Group")


def declared(kind: type[Any]) -> str:
    """The name of a kind in ``TABLES``."""
    return f"{kind.__module__.removeprefix('fake_iam.domain.')}.{kind.__name__}"


def kind_of(name: str) -> type[Any]:
    """The kind of that name in ``TABLES``."""
    module, _, kind = name.rpartition(".")
    found: type[Any] = getattr(import_module(f"fake_iam.domain.{module}"), kind)
    return found
