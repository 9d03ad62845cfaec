"""The errors a service answers: a class per code, with the wordings that belong to no noun or to several.

A noun's own wordings are functions beside the noun. Every text says where it is known from; one without a source is a
recording of AWS. HTTP statuses live in the service model, not here.
"""

from __future__ import annotations


class ServiceError(Exception):
    """An answer that is an error: AWS's code and text. ``message`` None means no Message element at all."""

    code = "InternalFailure"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message)
        self.message = message


class InvalidAction(ServiceError):
    """The dispatcher knows no such operation; answered in the dispatcher's own namespace."""

    code = "InvalidAction"

    @classmethod
    def operation(cls, action: str, version: str) -> InvalidAction:
        """The pair of Action and Version names nothing."""
        return cls(f"Could not find operation {action} for version {version}")


class NotImplementedHere(ServiceError):
    """An operation of the model that this server does not answer yet; AWS has no such error."""

    code = "NotImplemented"

    @classmethod
    def operation(cls, service: str, name: str) -> NotImplementedHere:
        """The operation is AWS's, but not ours yet."""
        return cls(f"fake_iam does not implement {service}:{name} yet.")

    @classmethod
    def without_extra(cls, extra: str) -> NotImplementedHere:
        """The operation needs packages that are not installed."""
        return cls(f"fake_iam needs its extra {extra} for this: pip install 'fake-iam[{extra}]'")


class InternalFailure(ServiceError):
    """A fault of the server itself. Text: the common errors page of the API reference."""

    code = "InternalFailure"

    @classmethod
    def unknown(cls) -> InternalFailure:
        """Something that should not happen has happened."""
        return cls("The request processing has failed because of an unknown error, exception or failure.")


class ServiceFailure(InternalFailure):
    """The modelled server fault of IAM's operations. Text: assumed, that of InternalFailure."""

    code = "ServiceFailure"


class NoSuchEntity(ServiceError):
    """What the request names does not exist."""

    code = "NoSuchEntity"


class EntityAlreadyExists(ServiceError):
    """The name is taken, in whatever letter case."""

    code = "EntityAlreadyExists"


class LimitExceeded(ServiceError):
    """A quota of the account is used up."""

    code = "LimitExceeded"

    @classmethod
    def quota(cls, name: str, limit: int) -> LimitExceeded:
        """The quota's name as IAM words it, for example AccessKeysPerUser."""
        return cls(f"Cannot exceed quota for {name}: {limit}")


class DeleteConflict(ServiceError):
    """Something still hangs on what is to be deleted."""

    code = "DeleteConflict"


class PolicyNotAttachable(ServiceError):
    """The policy is for roles that only AWS makes."""

    code = "PolicyNotAttachable"


class InvalidInput(ServiceError):
    """The input is well formed and still makes no sense."""

    code = "InvalidInput"

    @classmethod
    def status(cls, status: str) -> InvalidInput:
        """A status the model lists that no caller can give an access key. Assumed: AWS's answer is not known."""
        return cls(f"Invalid status: {status}")


class ValidationError(ServiceError):
    """A parameter is refused by the service's own check, not by the model's constraints."""

    code = "ValidationError"


class InvalidParameter(ServiceError):
    """A value that STS can make nothing of."""

    code = "InvalidParameterValue"


class AccessDenied(ServiceError):
    """The caller may not."""

    code = "AccessDenied"


class InvalidClientTokenId(ServiceError):
    """The key id is unknown, deleted, inactive, or does not go with its session token."""

    code = "InvalidClientTokenId"

    @classmethod
    def invalid(cls) -> InvalidClientTokenId:
        """One text for all of them: a caller cannot tell which."""
        return cls("The security token included in the request is invalid.")

    @classmethod
    def session_without_mfa(cls) -> InvalidClientTokenId:
        """Temporary credentials that IAM does not take: those of GetSessionToken without MFA, those of federated users.

        No full stop: recorded for the former (aws/aws-cli#8918), assumed for the latter. STS words a token that is not
        good for its region alike (aws-azure-login/aws-azure-login#251).
        """
        return cls("The security token included in the request is invalid")


class ExpiredToken(ServiceError):
    """Temporary credentials past their time (no full stop)."""

    code = "ExpiredToken"

    @classmethod
    def expired(cls) -> ExpiredToken:
        """The session is over."""
        return cls("The security token included in the request is expired")


class SignatureDoesNotMatch(ServiceError):
    """The secret is not the key's, or the request was changed after signing."""

    code = "SignatureDoesNotMatch"

    @classmethod
    def mismatch(cls) -> SignatureDoesNotMatch:
        """No canonical string follows: STS is recorded without it."""
        return cls(
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
        )


class Throttling(ServiceError):
    """Too many calls in too short a time (quoted by users)."""

    code = "Throttling"

    @classmethod
    def rate(cls) -> Throttling:
        """The one wording."""
        return cls("Rate exceeded")


class ServiceUnavailable(ServiceError):
    """The service is down for a moment. Text: the common errors page of the API reference."""

    code = "ServiceUnavailable"

    @classmethod
    def temporary(cls) -> ServiceUnavailable:
        """The one wording."""
        return cls("The request has failed due to a temporary failure of the server.")


class MalformedCertificate(ServiceError):
    """What should be a certificate is none."""

    code = "MalformedCertificate"


class InvalidCertificate(ServiceError):
    """The certificate cannot serve."""

    code = "InvalidCertificate"


class DuplicateCertificate(ServiceError):
    """The certificate is there already."""

    code = "DuplicateCertificate"


class KeyPairMismatch(ServiceError):
    """The private key is not that of the certificate."""

    code = "KeyPairMismatch"


class InvalidPublicKey(ServiceError):
    """What should be a public key is none, or of the wrong kind."""

    code = "InvalidPublicKey"


class DuplicateSSHPublicKey(ServiceError):
    """The public key is there already."""

    code = "DuplicateSSHPublicKey"


class UnrecognizedPublicKeyEncoding(ServiceError):
    """No such encoding of public keys."""

    code = "UnrecognizedPublicKeyEncoding"


class MalformedPolicyDocument(ServiceError):
    """The policy document is refused."""

    code = "MalformedPolicyDocument"


class PasswordPolicyViolation(ServiceError):
    """The password does not keep the account's policy."""

    code = "PasswordPolicyViolation"


class InvalidUserType(ServiceError):
    """The caller is no user with a password."""

    code = "InvalidUserType"


class InvalidAuthenticationCode(ServiceError):
    """The codes are not those of the device."""

    code = "InvalidAuthenticationCode"


class InvalidAuthorizationMessage(ServiceError):
    """The encoded message cannot be decoded."""

    code = "InvalidAuthorizationMessageException"


class PackedPolicyTooLarge(ServiceError):
    """Session policies and tags take more space than there is."""

    code = "PackedPolicyTooLarge"


class InvalidContextAssertion(ServiceError):
    """A context that an identity provider is said to assert cannot be verified."""

    code = "InvalidContextAssertion"


class InvalidIdentityToken(ServiceError):
    """What an identity provider is said to have signed cannot be trusted."""

    code = "InvalidIdentityToken"


class ExpiredIdentityToken(ServiceError):
    """What an identity provider signed is too old."""

    code = "ExpiredTokenException"


class IdpCommunicationError(ServiceError):
    """The identity provider cannot be asked."""

    code = "IDPCommunicationError"


class EntityTemporarilyUnmodifiable(ServiceError):
    """It is still being made."""

    code = "EntityTemporarilyUnmodifiable"


class UnmodifiableEntity(ServiceError):
    """Only AWS may change it."""

    code = "UnmodifiableEntity"


class ReportNotPresent(ServiceError):
    """There is no credential report."""

    code = "ReportNotPresent"


class ReportInProgress(ServiceError):
    """The credential report is still being made."""

    code = "ReportInProgress"


class ReportExpired(ServiceError):
    """The credential report is older than four hours."""

    code = "ReportExpired"


class InvalidParameterException(ServiceError):
    """A parameter that the Resource Groups Tagging API can make nothing of."""

    code = "InvalidParameterException"


class PaginationTokenExpired(ServiceError):
    """A PaginationToken past its time."""

    code = "PaginationTokenExpiredException"

    @classmethod
    def expired(cls) -> PaginationTokenExpired:
        """Text: that of the exception in the API reference."""
        return cls(
            "The request failed because the specified PaginationToken has expired. "
            "A PaginationToken is valid for a maximum of 15 minutes."
        )
