"""What an error that is called up on purpose says: AWS's own text, made for the call at hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fake_iam.domain import arns
from fake_iam.domain.errors import (
    AccessDenied,
    EntityAlreadyExists,
    ExpiredToken,
    InternalFailure,
    InvalidClientTokenId,
    LimitExceeded,
    NoSuchEntity,
    ServiceError,
    ServiceFailure,
    ServiceUnavailable,
    SignatureDoesNotMatch,
    Throttling,
)
from fake_iam.pipeline.call import Call
from fake_iam.pipeline.engine import Engine

# The codes that any operation may answer. Texts that nobody recorded: the common errors page (confidence C).
COMMON: Final[Mapping[str, str | None]] = {
    "AccessDenied": None,
    "AccessDeniedException": "You do not have sufficient access to perform this action.",
    "ExpiredToken": ExpiredToken.expired().message,
    "IncompleteSignature": "The request signature does not conform to AWS standards.",
    "InternalFailure": InternalFailure.unknown().message,
    "InvalidClientTokenId": InvalidClientTokenId.invalid().message,
    "NotAuthorized": "You do not have permission to perform this action.",
    "OptInRequired": "The AWS access key ID needs a subscription for the service.",
    "RequestExpired": (
        "The request reached the service more than 15 minutes after the date stamp on the request or more than "
        "15 minutes after the request expiration date (such as for pre-signed URLs), or the date stamp on the request "
        "is more than 15 minutes in the future."
    ),
    "ServiceFailure": ServiceFailure.unknown().message,
    "ServiceUnavailable": ServiceUnavailable.temporary().message,
    "SignatureDoesNotMatch": SignatureDoesNotMatch.mismatch().message,
    "Throttling": Throttling.rate().message,
    "ThrottlingException": "The request was denied due to request throttling.",
    "ValidationError": "The input fails to satisfy the constraints specified by an AWS service.",
}


def wording(engine: Engine, call: Call, code: str) -> str | None:
    """The text of an error of that code in answer to that call as AWS words it; None where that is not known."""
    assert call.service is not None and call.plan is not None and call.caller is not None
    common = COMMON.get(code)
    if common is not None:
        return common
    user = call.parameters.get("UserName") or call.caller.arn.rpartition("/")[2]
    key_id = call.parameters.get("AccessKeyId")
    quotas = engine.quotas
    found: ServiceError | None = None
    if code == "AccessDenied":
        action = f"{call.service.name}:{call.plan.name}"
        found = AccessDenied.action(call.caller.arn, action, _resource(call, user))
    elif code == "NoSuchEntity":
        found = NoSuchEntity.access_key(key_id) if key_id else NoSuchEntity.user(user)
    elif code == "EntityAlreadyExists":
        found = EntityAlreadyExists.user(call.parameters.get("NewUserName") or user)
    elif code == "LimitExceeded" and call.plan.name == "CreateAccessKey":
        found = LimitExceeded.quota("AccessKeysPerUser", quotas.access_keys_per_user)
    elif code == "LimitExceeded" and call.plan.name == "CreateUser":
        found = LimitExceeded.quota("UsersPerAccount", quotas.users_per_account)
    return found.message if found else None


def _resource(call: Call, user: str) -> str | None:
    """How AWS names the resource of a refused call (facts, section 3)."""
    assert call.service is not None and call.plan is not None and call.caller is not None
    if call.service.name != "iam":
        return None
    if call.plan.name == "CreateUser":
        return arns.user(call.caller.account_id, call.parameters.get("Path", "/"), user)
    if call.plan.name == "ListUsers":
        return arns.user(call.caller.account_id, call.parameters.get("PathPrefix", "/"), "")
    if call.plan.name == "GetAccessKeyLastUsed":
        return f"access key {call.parameters.get('AccessKeyId', '')}"
    return f"user {user}"
