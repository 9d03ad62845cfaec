"""All the policies that apply to a caller, wherever they hang."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fake_iam.domain.account.organizations import OrganizationMember
from fake_iam.domain.identities.groups import Group, Membership
from fake_iam.domain.identities.roles import Role
from fake_iam.domain.identities.users import User
from fake_iam.domain.policies.attachments import Attachment
from fake_iam.domain.policies.inline_policies import InlinePolicy
from fake_iam.domain.policies.managed_policies import ManagedPolicy
from fake_iam.domain.policy import principals
from fake_iam.domain.policy.decisions import Policies, Policy, allows_always, decide
from fake_iam.domain.policy.judge import DECISIONS_KEPT, Judge, is_short
from fake_iam.domain.policy.variables import Values
from fake_iam.services.access.callers import identity_keys, principal_of
from fake_iam.services.access.organizations import control_policies
from fake_iam.services.context import Caller
from fake_iam.store.base import PolicyAccount, Store

if TYPE_CHECKING:
    from fake_iam.domain.sts.sessions import Session

SESSION_POLICY: Final = "session policy"
SCOPE: Final = "scope-down policy"
DEPENDED_ON: Final[tuple[type[Any], ...]] = (
    Attachment,
    Group,
    InlinePolicy,
    ManagedPolicy,
    Membership,
    OrganizationMember,
)
"""What decides about a caller, apart from the row of the user or role that it rests on."""
CALLERS_KEPT: Final = 1_000
NEVER: Final = object()


Place = tuple[str, str | None, tuple[Values | None, ...]]
"""What decides about a call on a user, beside its caller and that user's row.

These are the action, the user's name, and the values of ``Standing.keys``.
"""


class Standing(NamedTuple):
    """What a caller's policies say of an action, whatever it is done on."""

    always: bool
    """It is allowed on any resource, whatever the request says."""
    keys: tuple[str, ...]
    """The condition keys that decide about it and do not follow from who the caller is."""


class Known(NamedTuple):
    """A caller in the terms of policies, as long as nothing changes that it depends on."""

    account: PolicyAccount
    owner: User | Role | None
    counter: Callable[[], int] | None
    changes: int | None
    principal: principals.Caller
    judge: Judge
    keys: Mapping[str, Values]
    """The condition keys that follow from who the caller is."""
    standings: dict[str, Standing]
    always: set[str]
    """Operations of IAM that are allowed whatever they are asked to do."""
    allowed: dict[Place, object]
    """Calls on users that were allowed, with the row that the user had then, or None if there was none."""

    def standing(self, action: str) -> Standing:
        """What the caller's policies say of an action."""
        found = self.standings.get(action)
        if found is None:
            keys = tuple(key for key in self.judge.keys(action) if key not in self.keys)
            found = self.standings[action] = Standing(allows_always(self.judge.about(action), action), keys)
        return found

    def was_allowed(self, place: Place, user: User | None) -> bool:
        """Whether a call was allowed before, on the user as it is now."""
        return self.allowed.get(place, NEVER) is user

    def remember(self, place: Place, user: User | None) -> None:
        """Keep that a call on a user was allowed, if it is short."""
        _, user_name, values = place
        if not (is_short(user_name) and all(map(is_short, values))):
            return
        if len(self.allowed) >= DECISIONS_KEPT:
            self.allowed.clear()
        self.allowed[place] = user


class KnownCallers:
    """Callers in the terms of policies, kept until rows change that they depend on."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str | None], Known] = {}

    def kept(self, account: PolicyAccount, caller: Caller) -> Known | None:
        """What policies know of a caller of an account, if it was asked for and nothing has changed since."""
        known = self._known.get(_key(caller))
        if known is None or known.account is not account or known.counter is None:
            return None
        if known.owner is not owner_of(account, caller):
            return None
        return known if known.changes == known.counter() else None

    def find(self, store: Store, account: PolicyAccount, caller: Caller) -> Known:
        """What policies know of a caller of an account; nothing else may change the store meanwhile."""
        known = self.kept(account, caller)
        if known is not None:
            return known
        if len(self._known) >= CALLERS_KEPT:
            self._known.clear()
        principal, counter = principal_of(store, caller), account.counter(DEPENDED_ON)
        known = self._known[_key(caller)] = Known(
            account,
            owner_of(account, caller),
            counter,
            counter and counter(),
            principal,
            Judge(principal, policies_of(store, account, caller), partial(decide, is_root=caller.kind == "root")),
            identity_keys(store, caller),
            {},
            set(),
            {},
        )
        return known


def _key(caller: Caller) -> tuple[str, str | None]:
    """What a caller is known by: a session has policies of its own."""
    return caller.arn, caller.access_key_id if caller.session is not None else None


def policies_of(store: Store, account: PolicyAccount, caller: Caller) -> Policies:
    """What applies to a caller of an account: its own policies, and its organization's.

    No organization limits the roles that are linked to services (documented).
    """
    owner = owner_of(account, caller)
    own = _own_policies(account, caller, owner)
    if isinstance(owner, Role) and owner.service_linked:
        return own
    return own._replace(organization=control_policies(store, caller.account_id))


def _own_policies(account: PolicyAccount, caller: Caller, owner: User | Role | None) -> Policies:
    """The policies of a caller and of its groups, its boundary, its session's policies.

    A federated user has the policies of the user that it rests on, and may only what its session's policies allow.
    """
    session = _session_policies(account, caller.session)
    scopes = [Policy(SCOPE, text) for text in caller.session.scopes] if caller.session is not None else []
    if session is None and caller.kind == "federated-user":
        session = []
    if owner is None and caller.session is not None and caller.session.is_privileged_task:
        return Policies(session or (), scopes=scopes)
    if owner is None:  # the root user, and who rests on it
        return Policies(session=session, scopes=scopes)
    owners = [owner.id, *(member.group_id for member in account.table(Membership).where("owner", owner.id))]
    return Policies(
        identity=[policy for owner_id in owners for policy in owned_policies(account, owner_id)],
        boundary=None if owner.permissions_boundary is None else list(managed(account, [owner.permissions_boundary])),
        session=session,
        scopes=scopes,
    )


def owner_of(account: PolicyAccount, caller: Caller) -> User | Role | None:
    """The user or role whose policies a caller has; None for the root user and who rests on it."""
    if caller.session is None:
        return account.users.get(caller.id)
    if caller.kind == "assumed-role":
        return account.table(Role).get(caller.session.owner_id)
    return account.users.get(caller.session.owner_id)


def owned_policies(account: PolicyAccount, owner_id: str) -> Iterator[Policy]:
    """The inline and the attached policies of a user, group or role."""
    for inline in account.table(InlinePolicy).where("owner", owner_id):
        yield Policy(inline.name, inline.document)
    yield from attached_policies(account, owner_id)


def attached_policies(account: PolicyAccount, owner_id: str) -> Iterator[Policy]:
    """The managed policies that are attached to a user, group or role."""
    attachments = account.table(Attachment).where("owner", owner_id)
    return managed(account, [attachment.policy_arn for attachment in attachments])


def managed(account: PolicyAccount, policy_arns: Iterable[str]) -> Iterator[Policy]:
    """The default versions of managed policies, of the account or of AWS; one that is gone allows nothing."""
    for arn in policy_arns:
        policy = account.table(ManagedPolicy).get(arn)
        if policy is None:
            from fake_iam.domain.policies.aws_managed import find_aws_managed  # most accounts have few of AWS's

            policy = find_aws_managed(arn)
        version = policy.version(policy.default_version_id) if policy is not None else None
        if policy is not None and version is not None:
            yield Policy(policy.name, version.document, arn)


def _session_policies(account: PolicyAccount, session: Session | None) -> list[Policy] | None:
    if session is None or (session.policy is None and not session.policy_arns):
        return None
    inline = [] if session.policy is None else [Policy(SESSION_POLICY, session.policy)]
    return [*inline, *managed(account, session.policy_arns)]
