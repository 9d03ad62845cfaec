"""Refusals in the words of the service that a call is for.

Sources: S3's own codes and texts are its error responses' (quoted in versity/versitygw#2042 and by boto3's users), what
it says of denials, with the resource in quotes, in aws-ia/terraform-aws-bedrock#41. SQS names actions in small letters
(aws/serverless-application-model#3633), SNS its own with a capital prefix and the code AuthorizationError
(aws-ia/terraform-aws-control_tower_account_factory#151). JSON services answer all of it with 400, REST ones with 403
(iann0036/iamlive#58). EC2's codes are in its user guide's "Error codes".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fake_iam.gate.recognition import S3, Asked
from fake_iam.pipeline.call import Call
from fake_iam.pipeline.rpc import CODES
from fake_iam.pipeline.statuses import STATUSES
from fake_iam.protocol.error_forms import CBOR, written
from fake_iam.protocol.wire import WireResponse

DENIED: Final = "AccessDenied"
BAD_GATEWAY: Final = "BadGateway"
INVALID_KEY: Final = "InvalidClientTokenId"
MISMATCH: Final = "SignatureDoesNotMatch"
S3_TEXTS: Final[Mapping[str, tuple[str, str, int]]] = {
    "ExpiredToken": ("ExpiredToken", "The provided token has expired.", 400),
    INVALID_KEY: ("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403),
    MISMATCH: (
        MISMATCH,
        "The request signature we calculated does not match the signature you provided. Check your key and signing "
        "method.",
        403,
    ),
}
S3_TOKEN: Final = ("InvalidToken", "The provided token is malformed or otherwise invalid.", 400)
S3_SKEW: Final = (
    "RequestTimeTooSkewed",
    "The difference between the request time and the current time is too large.",
    403,
)
EC2_KEY: Final = ("AuthFailure", "AWS was not able to validate the provided access credentials", 401)


def refused(asked: Asked, call: Call, code: str, text: str, status: int | None = None) -> WireResponse:
    """The answer to a call that is refused.

    Args:
        asked: what it asks for.
        call: the call.
        code: the error's code in the Query protocol.
        text: what it says.
        status: its status there; that of the code if it is left out.
    """
    status = status or STATUSES.get(code, 400)
    said, text, status = _as_service(asked, call, code, text, status)
    details = {}
    if said in ("InvalidAccessKeyId", MISMATCH) and call.signed is not None:
        details["AWSAccessKeyId"] = call.signed.credential.access_key_id
    headers, body = written(
        asked.form,
        said,
        text,
        call.request_id,
        content_type=call.request.headers.get("content-type", ""),
        details=details,
    )
    if _is_query_compatible(asked):
        headers.append(("x-amzn-query-error", f"{code};{'Sender' if status < 500 else 'Receiver'}"))
    return WireResponse(status, headers, body)


def shown_action(action: str) -> str:
    """An action as the service's refusals name it."""
    prefix, _, name = action.partition(":")
    if prefix == "sqs":
        return action.lower()
    return f"SNS:{name}" if prefix == "sns" else action


def shown_resource(prefix: str, arn: str) -> str | None:
    """A resource as the service's refusals name it; None if they name none."""
    if prefix == S3:
        return f'"{arn}"' if arn != "*" else None
    return arn


def _as_service(asked: Asked, call: Call, code: str, text: str, status: int) -> tuple[str, str, int]:
    """Code, text and status of the service that the call is for."""
    if asked.form == S3:
        return _as_s3(call, code, text, status)
    if asked.form == "ec2":
        if code == DENIED:
            return "UnauthorizedOperation", f"You are not authorized to perform this operation. {text}", 403
        return EC2_KEY if code in (INVALID_KEY, MISMATCH) else (code, text, status)
    if asked.form in ("json", CBOR):
        return CODES.get(code, code), text, status if status >= 500 or _is_query_compatible(asked) else 400
    if asked.form == "rest-json":
        return CODES.get(code, code), text, max(status, 403)
    if asked.signing_name == "sns" and code == DENIED:
        return "AuthorizationError", text, status
    return code, text, status


def _as_s3(call: Call, code: str, text: str, status: int) -> tuple[str, str, int]:
    if code == MISMATCH and text.startswith("Signature "):
        return S3_SKEW
    if code == INVALID_KEY and call.signed is not None and call.signed.session_token is not None:
        return S3_TOKEN
    if code == "IncompleteSignature":
        return "AuthorizationHeaderMalformed", text, status
    return S3_TEXTS.get(code, (code, text, status))


def _is_query_compatible(asked: Asked) -> bool:
    """Whether the service's errors have their codes of the Query protocol, too, in a header."""
    return asked.form in ("json", CBOR) and asked.service is not None and asked.service.query_compatible
