"""What a SAML assertion must say, what it gives to a session, and AWS's words of refusal.

Sources: IAM User Guide, "Configure SAML assertions for the authentication response", "Troubleshoot SAML federation";
STS API reference, AssumeRoleWithSAML.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from fake_iam.domain.errors import ExpiredIdentityToken, InvalidIdentityToken
from fake_iam.domain.sts.role_sessions import NAME, FederatedSession, checked_source_identity, checked_tags
from fake_iam.domain.tags import Tag

if TYPE_CHECKING:
    from fake_iam.domain.policy.variables import Values

ATTRIBUTES: Final = "https://aws.amazon.com/SAML/Attributes"
ROLE: Final = f"{ATTRIBUTES}/Role"
SESSION_NAME: Final = f"{ATTRIBUTES}/RoleSessionName"
PRINCIPAL_TAG: Final = f"{ATTRIBUTES}/PrincipalTag:"
TRANSITIVE_TAG_KEYS: Final = f"{ATTRIBUTES}/TransitiveTagKeys"
SOURCE_IDENTITY: Final = f"{ATTRIBUTES}/SourceIdentity"
NAME_FORMATS: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
UNSPECIFIED: Final = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
SIGN_IN: Final = re.compile(
    r"https://([a-z0-9-]+\.)?signin\.(aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)"
    r"/(static/)?saml(/acs/(?P<provider>\w+))?",
    re.ASCII,
)
AUDIENCE: Final = re.compile(r"urn:amazon:webservices(:[a-z0-9-]+)?", re.ASCII)
REDEEMABLE: Final = timedelta(minutes=5)
LEEWAY: Final = timedelta(minutes=5)  # that a provider's clock may be ahead; assumed
EDU_PERSON: Final = "urn:oid:1.3.6.1.4.1.5923.1.1.1."
EDU_ORG: Final = "urn:oid:1.3.6.1.4.1.5923.1.2.1."
# The attributes that become condition keys ("Mapping SAML attributes to AWS trust policy context keys").
KEYS: Final[Mapping[str, str]] = {
    f"{EDU_PERSON}1": "saml:edupersonaffiliation",
    f"{EDU_PERSON}2": "saml:edupersonnickname",
    f"{EDU_PERSON}3": "saml:edupersonorgdn",
    f"{EDU_PERSON}4": "saml:edupersonorgunitdn",
    f"{EDU_PERSON}5": "saml:edupersonprimaryaffiliation",
    f"{EDU_PERSON}6": "saml:edupersonprincipalname",
    f"{EDU_PERSON}7": "saml:edupersonentitlement",
    f"{EDU_PERSON}8": "saml:edupersonprimaryorgunitdn",
    f"{EDU_PERSON}9": "saml:edupersonscopedaffiliation",
    f"{EDU_PERSON}10": "saml:edupersontargetedid",
    f"{EDU_PERSON}11": "saml:edupersonassurance",
    f"{EDU_ORG}2": "saml:eduorghomepageuri",
    f"{EDU_ORG}3": "saml:eduorgidentityauthnpolicyuri",
    f"{EDU_ORG}4": "saml:eduorglegalname",
    f"{EDU_ORG}5": "saml:eduorgsuperioruri",
    f"{EDU_ORG}6": "saml:eduorgwhitepagesuri",
    "urn:oid:2.5.4.3": "saml:cn",
}


@dataclass(frozen=True, slots=True)
class Assertion:
    """What the signed part of a response says."""

    issuer: str
    issued_at: datetime
    subject: str
    subject_format: str
    recipient: str
    confirmed_until: datetime
    valid_from: datetime | None
    valid_until: datetime | None
    session_until: datetime | None
    audiences: tuple[str, ...]
    attributes: Mapping[str, tuple[str, ...]]

    @property
    def subject_type(self) -> str:
        """The format of the subject's name, without the prefix of SAML 2.0 (documented)."""
        return self.subject_format.removeprefix(NAME_FORMATS)

    @property
    def session_name(self) -> str:
        """The name of the session. Raises InvalidIdentityToken."""
        names = self.attributes.get(SESSION_NAME, ())
        if not names:
            raise InvalidIdentityToken("RoleSessionName is required in AuthnResponse")
        if len(names) > 1 or re.fullmatch(NAME, names[0], re.ASCII) is None:
            raise InvalidIdentityToken(f"RoleSessionName in AuthnResponse must match {NAME}")
        return names[0]

    def grants(self, role_arn: str, provider_arn: str) -> bool:
        """Whether the subject may have that role by that provider: both stand in one value, in any order."""
        pairs = [{part.strip() for part in pair.split(",")} for pair in self.attributes.get(ROLE, ())]
        return {role_arn, provider_arn} in pairs

    def session(self) -> FederatedSession:
        """What the attributes say of the session. Raises InvalidIdentityToken."""
        tags = []
        for name, values in self.attributes.items():
            if name.startswith(PRINCIPAL_TAG):
                tags.append(Tag(name.removeprefix(PRINCIPAL_TAG), _only(name, values)))
        identities = self.attributes.get(SOURCE_IDENTITY)
        return FederatedSession(
            checked_tags(tags),
            self.attributes.get(TRANSITIVE_TAG_KEYS, ()),
            None if identities is None else checked_source_identity(_only(SOURCE_IDENTITY, identities)),
        )

    def name_qualifier(self, account_id: str, provider: str) -> str:
        """With the subject, what tells a user from all others (the formula is documented)."""
        text = f"{self.issuer}{account_id}/{provider}"
        return base64.b64encode(hashlib.sha1(text.encode(), usedforsecurity=False).digest()).decode()

    def kept_keys(self, account_id: str, provider: str) -> dict[str, Values]:
        """The condition keys that stay with the session, in lower case: those documented as policy variables."""
        return {
            "saml:namequalifier": self.name_qualifier(account_id, provider),
            "saml:sub": self.subject,
            "saml:sub_type": self.subject_type,
        }

    def keys(self, account_id: str, provider: str) -> dict[str, Values]:
        """The condition keys that a trust policy sees, in lower case."""
        given = {key: self.attributes[name] for name, key in KEYS.items() if name in self.attributes}
        return {
            **self.kept_keys(account_id, provider),
            "saml:aud": self.recipient,
            "saml:iss": self.issuer,
            "saml:doc": f"{account_id}/{provider}",
            **given,
        }


def check_assertion(assertion: Assertion, provider_id: str, now: datetime) -> None:
    """Hold an assertion to its time, which the server's clock decides, and to AWS as its audience.

    Raises ExpiredIdentityToken, InvalidIdentityToken.
    """
    if now > assertion.issued_at + REDEEMABLE:
        raise issued_long_ago()
    ends = (assertion.confirmed_until, assertion.valid_until, assertion.session_until)
    if now >= min(moment for moment in ends if moment is not None):
        raise ExpiredIdentityToken("The SAML assertion has expired")
    begins = max(assertion.issued_at, assertion.valid_from or assertion.issued_at)
    if begins > now + LEEWAY:
        raise InvalidIdentityToken("The SAML assertion is not yet valid")
    is_for_aws = any(_is_sign_in(text, provider_id) or AUDIENCE.fullmatch(text) for text in assertion.audiences)
    if not is_for_aws or not _is_sign_in(assertion.recipient, provider_id):
        raise wrong_audience()


def unknown_provider() -> InvalidIdentityToken:
    """No SAML provider of that ARN."""
    return InvalidIdentityToken("Specified provider doesn't exist")


def foreign_issuer() -> InvalidIdentityToken:
    """The issuer is none of those that the provider's metadata describes."""
    return InvalidIdentityToken("Issuer not present in specified provider")


def wrong_signature() -> InvalidIdentityToken:
    """The response is not signed, or not by a key of the metadata (cevoaustralia/aws-google-auth#270)."""
    return InvalidIdentityToken("Response signature invalid")


def wrong_audience() -> InvalidIdentityToken:
    """The assertion is not for AWS. Assumed for its recipient."""
    return InvalidIdentityToken("Response does not contain the required audience.")


def issued_long_ago() -> ExpiredIdentityToken:
    """The assertion is more than five minutes old (Nike-Inc/gimme-aws-creds#251)."""
    return ExpiredIdentityToken("Token must be redeemed within 5 minutes of issuance")


# AWS's texts of the following are not known.


def no_base64() -> InvalidIdentityToken:
    """The response is no base64."""
    return InvalidIdentityToken("Invalid base64 SAMLResponse")


def no_response() -> InvalidIdentityToken:
    """The text is no SAML response that succeeded and has one assertion with all that it must say."""
    return InvalidIdentityToken("Invalid SAML response")


def must_be_encrypted() -> InvalidIdentityToken:
    """The provider takes encrypted assertions only."""
    return InvalidIdentityToken("The SAML assertion must be encrypted")


def _is_sign_in(url: str, provider_id: str) -> bool:
    found = SIGN_IN.fullmatch(url)
    return found is not None and found["provider"] in (None, provider_id)


def _only(name: str, values: tuple[str, ...]) -> str:
    if len(values) != 1:
        raise InvalidIdentityToken(f"{name} must have exactly one value")
    return values[0]
