"""Credentials of federated users, and the messages that say why somebody was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fake_iam.domain import arns
from fake_iam.domain.sts.federation import check_policy, check_tags, federated_user_id, packed_size, undecodable
from fake_iam.domain.tags import Tag
from fake_iam.services.access.authorization_messages import decoded_message
from fake_iam.services.context import Context
from fake_iam.services.sts.service import STS
from fake_iam.services.sts.sessions import credentials, new_session


@STS.operation("GetFederationToken", open_to_roles=False)
def get_federation_token(
    ctx: Context,
    *,
    name: str,
    policy: str | None = None,
    policy_arns: Sequence[Mapping[str, str]] = (),
    duration_seconds: int | None = None,
    tags: Sequence[Mapping[str, str]] = (),
    minimum_session_token_size: int = 0,
) -> dict[str, Any]:
    """Make temporary credentials for somebody whom the caller answers for. What the policies allow is not judged."""
    check_policy(policy, ctx.partition)
    check_tags(Tag(tag["Key"], tag["Value"]) for tag in tags)
    arns_given = tuple(member["arn"] for member in policy_arns if "arn" in member)
    session = new_session(
        ctx,
        duration_seconds,
        minimum_session_token_size,
        federated_name=name,
        policy=policy,
        policy_arns=arns_given,
    )
    return {
        "Credentials": credentials(session),
        "FederatedUser": {
            "FederatedUserId": federated_user_id(ctx.account.id, name),
            "Arn": arns.federated_user(ctx.partition, ctx.account.id, name),
        },
        "PackedPolicySize": packed_size(policy, arns_given),
    }


@STS.operation("DecodeAuthorizationMessage")
def decode_authorization_message(ctx: Context, *, encoded_message: str) -> dict[str, Any]:
    """Tell what this server decided on a request, whoever asks that may."""
    decoded = decoded_message(ctx.world.message_key, encoded_message)
    if decoded is None:
        raise undecodable()
    return {"DecodedMessage": decoded}
