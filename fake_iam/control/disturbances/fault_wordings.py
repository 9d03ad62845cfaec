"""What an error that is called up on purpose says: AWS's own text, made for the call at hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fake_iam.domain.credentials.access_keys import no_such_access_key
from fake_iam.domain.credentials.login_profiles import login_profile_being_created
from fake_iam.domain.errors import (
    ExpiredToken,
    InternalFailure,
    InvalidClientTokenId,
    LimitExceeded,
    ServiceError,
    ServiceFailure,
    ServiceUnavailable,
    SignatureDoesNotMatch,
    Throttling,
)
from fake_iam.domain.identities.groups import no_such_group
from fake_iam.domain.identities.users import no_such_user, user_exists
from fake_iam.pipeline.call import Call
from fake_iam.pipeline.runtime import Runtime
from fake_iam.pipeline.steps.permission import refusal_of

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


# AWS answers these without a Message element (recorded for the first).
WITHOUT_TEXT: Final = frozenset({"ReportNotPresent", "ReportInProgress", "ReportExpired"})

# The quota that an operation can exceed.
QUOTAS: Final[Mapping[str, str]] = {
    "AddUserToGroup": "groups_per_user",
    "AttachGroupPolicy": "policies_per_group",
    "AttachUserPolicy": "policies_per_user",
    "CreateAccessKey": "access_keys_per_user",
    "CreateGroup": "groups_per_account",
    "CreatePolicy": "policies_per_account",
    "CreateUser": "users_per_account",
    "EnableMFADevice": "mfa_devices_per_user",
    "UploadServerCertificate": "server_certificates_per_account",
    "UploadSigningCertificate": "certificates_per_user",
    "UploadSSHPublicKey": "ssh_public_keys_per_user",
}


def wording(runtime: Runtime, call: Call, code: str) -> str | None:
    """The text of an error of that code in answer to that call as AWS words it; None where that is not known."""
    assert call.service is not None and call.plan is not None
    common = COMMON.get(code)
    if common is not None or call.caller is None:
        return common
    user = call.parameters.get("UserName") or call.caller.arn.rpartition("/")[2]
    found: ServiceError | None = None
    if code == "AccessDenied":
        return refusal_of(runtime, call)
    elif code == "NoSuchEntity":
        found = _missing(call, user)
    elif code == "EntityAlreadyExists":
        found = user_exists(call.parameters.get("NewUserName") or user)
    elif code == "EntityTemporarilyUnmodifiable":
        found = login_profile_being_created(user)
    elif code == "LimitExceeded" and call.plan.name in QUOTAS:
        name = QUOTAS[call.plan.name]
        found = LimitExceeded.quota(camel_quota(name), getattr(runtime.quotas, name))
    return found.message if found else None


def _missing(call: Call, user: str) -> ServiceError:
    """What the call names and does not find."""
    if "AccessKeyId" in call.parameters:
        return no_such_access_key(call.parameters["AccessKeyId"])
    if "GroupName" in call.parameters and "UserName" not in call.parameters:
        return no_such_group(call.parameters["GroupName"])
    return no_such_user(user)


def camel_quota(name: str) -> str:
    """A quota's name as AWS's texts have it: ``groups_per_user`` -> ``GroupsPerUser``."""
    return "".join({"ssh": "SSH", "mfa": "MFA"}.get(word, word.capitalize()) for word in name.split("_"))
