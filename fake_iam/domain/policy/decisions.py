"""What all the policies that apply to a request decide together.

Source: IAM User Guide, "Policy evaluation logic". An explicit deny in any of them wins. Else the caller's policies, the
boundary and the session's policies must each allow; the policy of a resource may allow by itself what it gives to a
caller by name, and across accounts both sides must allow. Whatever allows, every level of the caller's organization
must allow, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from fake_iam.domain.policy.principals import Trust
from fake_iam.domain.policy.statements import Request, Statement, document

ALLOWED: Final = "allowed"
EXPLICIT_DENY: Final = "explicitDeny"
IMPLICIT_DENY: Final = "implicitDeny"

ORGANIZATION: Final = "service control"
IDENTITY: Final = "identity"
BOUNDARY: Final = "boundary"
SESSION: Final = "session"
RESOURCE: Final = "resource"


class Policy(NamedTuple):
    """A policy that applies: its name, the ARN of a managed one, and its text."""

    name: str
    text: str
    arn: str | None = None

    @property
    def statements(self) -> Sequence[Statement]:
        """Its statements, compiled."""
        return document(self.text).statements


class Policies(NamedTuple):
    """Everything that applies to a caller and a resource. None stands for a kind that does not limit the caller."""

    identity: Sequence[Policy] = ()
    boundary: Sequence[Policy] | None = None
    session: Sequence[Policy] | None = None
    resource: Sequence[Policy] = ()
    scopes: Sequence[Policy] = ()
    """What narrows a session down: each must allow."""
    organization: Sequence[Sequence[Policy]] = ()
    """Service control policies, by level from the organization's root to the account: each level must allow."""

    def about(self, action: str) -> Policies:
        """Those that have statements about an action."""
        lower = action.lower()

        def among(policies: Sequence[Policy]) -> list[Policy]:
            return [policy for policy in policies if document(policy.text).about(lower)]

        return Policies(
            among(self.identity),
            None if self.boundary is None else among(self.boundary),
            None if self.session is None else among(self.session),
            among(self.resource),
            self.scopes,
            [among(level) for level in self.organization],
        )

    def by_kind(self) -> Iterator[tuple[str, Sequence[Policy]]]:
        """The kinds of which there are policies, in the order in which a refusal names them."""
        if self.organization:
            yield ORGANIZATION, [policy for level in self.organization for policy in level]
        if self.identity:
            yield IDENTITY, self.identity
        if self.boundary:
            yield BOUNDARY, self.boundary
        if self.session or self.scopes:
            yield SESSION, [*(self.session or ()), *self.scopes]
        if self.resource:
            yield RESOURCE, self.resource


class Match(NamedTuple):
    """A statement that is about the request, in its policy."""

    policy: Policy
    statement: Statement


class Decision(NamedTuple):
    """What was decided, by which kind of policy, and the statements of the deciding effect that matched.

    ``kind`` is the kind that denies, or the first one that should have allowed and does not; None if allowed.
    """

    outcome: str
    kind: str | None
    matches: Sequence[Match]

    @property
    def is_allowed(self) -> bool:
        """Whether the caller may."""
        return self.outcome == ALLOWED


def decide(
    request: Request, policies: Policies, *, owner: str | None = None, is_root: bool = False, needs_trust: bool = False
) -> Decision:
    """Decide a request.

    Args:
        request: who asks for what.
        policies: all that apply.
        owner: the account of the resource; the caller's own one if it is left out.
        is_root: the caller is the root user of the account, whom its organization and an explicit deny of a resource
            stop, and nothing else.
        needs_trust: nothing is allowed unless the policy of the resource does, as for taking on a role.
    """
    matched: dict[str, list[Match]] = {}
    for kind, applying in policies.by_kind():
        found = matched[kind] = matches(request, applying)
        denials = [match for match in found if not match.statement.allows]
        if denials:
            return Decision(EXPLICIT_DENY, kind, denials)
    if not all(matches(request, level) for level in policies.organization):
        return Decision(IMPLICIT_DENY, ORGANIZATION, ())
    by_resource = matched.get(RESOURCE, ())
    trust = max((match.statement.trust(request.caller) for match in by_resource), default=Trust.NONE)
    is_foreign = None not in (owner, request.caller.account) and owner != request.caller.account
    if trust is Trust.NONE and (needs_trust or is_foreign):
        return Decision(IMPLICIT_DENY, RESOURCE, ())
    asked = _asked(policies, Trust.ACCOUNT if is_foreign else trust, is_root)
    first = next((kind for kind in asked if not matched.get(kind)), None)
    if first is None and not all(matches(request, [scope]) for scope in policies.scopes):
        first = SESSION
    if first is not None:
        return Decision(IMPLICIT_DENY, first, ())
    return Decision(ALLOWED, None, [match for found in matched.values() for match in found])


def allows_always(policies: Policies, action: str) -> bool:
    """Whether policies allow an action on any resource and under any conditions; a quick answer for the usual case."""
    lower = action.lower()
    limits = [kind for kind in (policies.boundary, policies.session) if kind is not None]
    asked = [policies.identity, *limits, *([scope] for scope in policies.scopes), *policies.organization]
    found = [[one for policy in kind for one in document(policy.text).about(lower)] for kind in asked]
    return all(all(one.allows for one in kind) and any(one.is_unlimited for one in kind) for kind in found)


def _asked(policies: Policies, trust: Trust, is_root: bool) -> Iterator[str]:
    """The kinds that must allow, when the resource trusts the caller so far."""
    if trust is Trust.CALLER:
        return
    if trust < Trust.ROLE and not is_root:
        yield IDENTITY
    if policies.boundary is not None:
        yield BOUNDARY
    if policies.session is not None:
        yield SESSION


def matches(request: Request, policies: Iterable[Policy]) -> list[Match]:
    """The statements of policies that are about a request, and whose conditions hold."""
    action = request.action.lower()
    return [
        Match(policy, statement)
        for policy in policies
        for statement in document(policy.text).about(action)
        if statement.applies(request)
    ]
