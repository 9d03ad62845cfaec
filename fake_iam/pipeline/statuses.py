"""The HTTP statuses of errors that no service model has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Sources: recordings and the pages of common errors; those of organizations are assumed.
STATUSES: Final[Mapping[str, int]] = {
    "AccessDenied": 403,
    "AccessDeniedException": 400,
    "AccountNotManagementOrDelegatedAdministratorException": 400,
    "CallerIsNotManagementAccountException": 400,
    "ExpiredToken": 403,
    "IncompleteSignature": 400,
    "InternalFailure": 500,
    "InvalidAction": 400,
    "InvalidClientTokenId": 403,
    "InvalidParameterValue": 400,
    "MalformedInput": 400,
    "MalformedQueryString": 400,
    "MissingAuthenticationToken": 403,
    "NotAuthorized": 400,
    "NotImplemented": 501,
    "OptInRequired": 403,
    "OrganizationNotFoundException": 400,
    "OrganizationNotInAllFeaturesModeException": 400,
    "RequestExpired": 400,
    "ServiceAccessNotEnabledException": 400,
    "ServiceFailure": 500,
    "ServiceUnavailable": 503,
    "SignatureDoesNotMatch": 403,
    "Throttling": 400,
    "ThrottlingException": 400,
    "ValidationError": 400,
}
