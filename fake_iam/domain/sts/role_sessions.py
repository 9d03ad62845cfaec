"""What taking on a role is held to, and AWS's words of refusal."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final, NamedTuple

from fake_iam.domain.errors import (
    AccessDenied,
    InvalidContextAssertion,
    InvalidIdentityToken,
    InvalidParameter,
    PackedPolicyTooLarge,
    ValidationError,
)
from fake_iam.domain.identities.roles import HOUR
from fake_iam.domain.policy.refusals import NO_TRUST, refusal
from fake_iam.domain.sts.federation import duplicate_tag_keys
from fake_iam.domain.sts.sessions import RoleSession
from fake_iam.domain.tags import TAGS_PER_ENTITY, Tag, Tags

WHOLE = 100  # per cent of the space for session policies and tags
KEY_LENGTH: Final = 128
VALUE_LENGTH: Final = 256
NAME: Final = r"[a-zA-Z_0-9+=,.@-]{2,64}"


class FederatedSession(NamedTuple):
    """What an identity provider says of a session, in a token or an assertion."""

    tags: Tags
    transitive_tag_keys: tuple[str, ...]
    source_identity: str | None


def session_tags(given: Iterable[Tag], transitive: Collection[str], calling: RoleSession | None) -> Tags:
    """The tags of a new session: those given, and the transitive ones of the session that calls.

    Raises:
        InvalidParameter: a key twice, a transitive key without its tag, or one that the calling session passes on.
    """
    tags = tuple(given)
    keys = {tag.key.lower() for tag in tags}
    if len(keys) < len(tags):
        raise duplicate_tag_keys()
    if not {key.lower() for key in transitive} <= keys:
        raise InvalidParameter("The specified transitive tag key must be included in the requested tags.")
    inherited = inherited_tags(calling)
    if keys & {tag.key.lower() for tag in inherited}:
        raise InvalidParameter(
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key "
            "from the calling session."
        )
    return (*inherited, *tags)


def inherited_tags(calling: RoleSession | None) -> Tags:
    """The tags that a session passes on to those it begins."""
    if calling is None:
        return ()
    passed_on = {key.lower() for key in calling.transitive_tag_keys}
    return tuple(tag for tag in calling.tags if tag.key.lower() in passed_on)


def kept_source_identity(given: str | None, calling: RoleSession | None) -> str | None:
    """The source identity of a new session; that of the calling one stays.

    Raises:
        ValidationError: another one is given.
    """
    present = calling.source_identity if calling is not None else None
    if None not in (given, present) and given != present:
        raise ValidationError("The source identity is already set for this assume role session")
    return present or given


def check_duration(seconds: int, longest: int, *, chained: bool) -> None:
    """Raises ValidationError above the role's longest session, or above one hour for a session of a session."""
    if seconds > longest:
        raise ValidationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    if chained and seconds > HOUR:
        raise ValidationError(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
        )


def check_packed_size(size: int) -> None:
    """Raises PackedPolicyTooLarge beyond the space for session policies (the text is quoted by users)."""
    if size > WHOLE:
        raise PackedPolicyTooLarge(f"Packed policy consumes {size}% of allotted space, please use smaller policy.")


def checked_tags(tags: Sequence[Tag]) -> Tags:
    """Session tags that an identity provider sent, which no shape of the model limits. Raises InvalidIdentityToken.

    The limits are documented, the text is assumed.
    """
    sound = all(0 < len(tag.key) <= KEY_LENGTH and len(tag.value) <= VALUE_LENGTH for tag in tags)
    if not sound or len(tags) > TAGS_PER_ENTITY:
        raise InvalidIdentityToken("The session tags exceed the limits of their number, keys or values")
    return tuple(tags)


def checked_source_identity(identity: str) -> str:
    """A source identity that an identity provider sent. Raises InvalidIdentityToken.

    Source: IAM User Guide, Troubleshoot SAML federation; assumed for tokens.
    """
    if re.fullmatch(NAME, identity, re.ASCII) is None or identity.startswith("aws:"):
        raise InvalidIdentityToken(f'Source Identity must match {NAME} and not begin with "aws:"')
    return identity


def assumed_by_root() -> AccessDenied:
    """The root user takes on no role."""
    return AccessDenied("Roles may not be assumed by root accounts.")


def may_not_assume(caller_arn: str, role_arn: str) -> AccessDenied:
    """No such role: the same text as for one that does not trust the caller, without a reason (recorded)."""
    return AccessDenied(refusal(caller_arn, "sts:AssumeRole", role_arn, NO_TRUST))


def may_not_assume_with(operation: str) -> AccessDenied:
    """The same for somebody whom an identity provider vouches for; nobody is named (quoted by users)."""
    return AccessDenied(f"Not authorized to perform sts:{operation}")


def malformed_role_arn(text: str) -> ValidationError:
    """What AssumeRole is given as the role's ARN is no ARN (recorded by LocalStack in 2025, in five forms)."""
    return ValidationError(f"{text} is invalid")


def invalid_role_arn() -> ValidationError:
    """The ARN is not a role's (seen for AssumeRoleWithSAML: oktadev/okta-aws-cli-assume-role#307)."""
    return ValidationError("Request ARN is invalid")


def unverified_context() -> InvalidContextAssertion:
    """No context assertion can be verified here. Assumed: AWS's text is not known."""
    return InvalidContextAssertion("The context assertion is invalid.")
