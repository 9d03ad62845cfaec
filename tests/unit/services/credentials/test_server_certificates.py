"""The rules of server certificates, without HTTP."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

import pytest

from conformance.material import VALID_FROM, VALID_TO, Certified, certify
from fake_iam.domain.clock import ManualClock
from fake_iam.domain.credentials.server_certificates import ServerCertificate
from tests.support import AwsError, Wire
from tests.unit.services.identities.test_users import tag_keys, tag_parameters

UNPARSABLE = AwsError(
    "MalformedCertificate", "Unable to parse certificate. Please ensure the certificate is in PEM format.", 400
)
UNPARSABLE_KEY = AwsError(
    "MalformedCertificate", "Unable to parse private key. Please ensure the private key is in PEM format.", 400
)
EXPIRED = AwsError(
    "MalformedCertificate",
    "Certificate is no longer valid. The 'Not After' date restriction on the certificate has passed.",
    400,
)
BROKEN = AwsError(
    "MalformedCertificate",
    "Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, "
    "followed by any intermediaries in order. The index within the chain of the invalid certificate is: -1",
    400,
)
MISMATCH = AwsError(
    "KeyPairMismatch",
    "The request was rejected because the public key certificate and the private key do not match.",
    400,
)


def missing(name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The Server Certificate with name {name} cannot be found.", 404)


def exists(name: str) -> AwsError:
    return AwsError("EntityAlreadyExists", f"The Server Certificate with name {name} already exists.", 409)


def upload(wire: Wire, name: str = "site", certified: Certified | None = None, **more: str) -> Any:
    made = certified or certify()
    parameters = {"CertificateBody": made.body, "PrivateKey": made.private_key, **more}
    return wire.call("UploadServerCertificate", ServerCertificateName=name, **parameters)


def got(wire: Wire, name: str = "site") -> Any:
    answer = wire.call("GetServerCertificate", ServerCertificateName=name)
    return answer if isinstance(answer, AwsError) else answer["ServerCertificate"]


def names(wire: Wire, **parameters: Any) -> list[str]:
    certificates = wire.call("ListServerCertificates", **parameters)["ServerCertificateMetadataList"]
    members = certificates["member"] if certificates else []
    return [member["ServerCertificateName"] for member in (members if isinstance(members, list) else [members])]


def test_an_upload_shows_what_is_known_of_the_certificate(wire: Wire) -> None:
    answer = upload(wire, Path="/cloudfront/test/")
    shown = answer["ServerCertificateMetadata"]
    assert list(answer) == ["ServerCertificateMetadata"]
    assert sorted(shown) == [
        "Arn",
        "Expiration",
        "Path",
        "ServerCertificateId",
        "ServerCertificateName",
        "UploadDate",
    ]
    assert shown["Arn"] == "arn:aws:iam::123456789012:server-certificate/cloudfront/test/site"
    assert (shown["Path"], shown["Expiration"]) == ("/cloudfront/test/", "2049-01-01T00:00:00Z")
    assert re.fullmatch(r"ASCA[A-Z2-7]{17}", shown["ServerCertificateId"])
    assert upload(wire, "other")["ServerCertificateMetadata"]["Path"] == "/"


def test_a_certificate_is_given_back_with_its_chain_and_without_its_key(wire: Wire) -> None:
    root = certify(0)
    leaf = certify(1, issuer=root)
    made = upload(wire, certified=leaf, CertificateChain=root.body)["ServerCertificateMetadata"]
    assert got(wire) == {
        "ServerCertificateMetadata": made,
        "CertificateBody": leaf.body.strip(),
        "CertificateChain": root.body.strip(),
        "Tags": None,
    }


def test_white_space_around_the_body_and_the_chain_is_not_kept(wire: Wire) -> None:
    root = certify(0)
    leaf = certify(1, issuer=root)
    body = f"  {leaf.body}\n"
    wire.call(
        "UploadServerCertificate",
        ServerCertificateName="site",
        CertificateBody=body,
        PrivateKey=leaf.private_key,
        CertificateChain=root.body,
    )
    ((_, kept),) = wire.assembled.engine.store.account("123456789012").table(ServerCertificate).items()
    assert (kept.body, kept.chain) == (leaf.body.strip(), root.body.strip())


def test_without_a_chain_there_is_no_element_of_it(wire: Wire) -> None:
    upload(wire)
    assert sorted(got(wire)) == ["CertificateBody", "ServerCertificateMetadata", "Tags"]


def test_the_private_key_is_kept_nowhere(wire: Wire) -> None:
    certified = certify()
    upload(wire, certified=certified)
    account = wire.assembled.engine.store.account("123456789012")
    kept = repr(account.table(ServerCertificate).items())
    assert certified.body.splitlines()[1] in kept
    assert [line for line in certified.private_key.splitlines() if line in kept] == []


def test_a_name_is_taken_and_found_in_any_letter_case(wire: Wire) -> None:
    upload(wire, "Site")
    assert upload(wire, "sITE") == exists("sITE")
    assert got(wire, "SITE")["ServerCertificateMetadata"]["ServerCertificateName"] == "Site"


def test_the_same_certificate_may_have_two_names(wire: Wire) -> None:
    certified = certify()
    upload(wire, "one", certified)
    assert not isinstance(upload(wire, "two", certified), AwsError)


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({"CertificateBody": "x"}, UNPARSABLE),
        ({"PrivateKey": "x"}, UNPARSABLE_KEY),
        ({"PrivateKey": certify(0).encrypted_private_key}, UNPARSABLE_KEY),
        ({"PrivateKey": certify(1).private_key}, MISMATCH),
        ({"CertificateChain": "x"}, BROKEN),
        ({"CertificateChain": certify(1).body}, BROKEN),
    ],
    ids=["no certificate", "no key", "encrypted key", "other key", "no chain", "other chain"],
)
def test_material_that_does_not_fit_is_refused(wire: Wire, more: dict[str, str], refused: AwsError) -> None:
    assert upload(wire, certified=certify(0), **more) == refused
    assert names(wire) == []


@pytest.mark.parametrize(
    ("now", "refused"),
    [
        (datetime(2019, 12, 31, 23, 59, 59, tzinfo=timezone.utc), UNPARSABLE),
        (VALID_FROM, None),
        (VALID_TO, None),
        (datetime(2049, 1, 1, 0, 0, 1, tzinfo=timezone.utc), EXPIRED),
    ],
)
def test_a_certificate_is_uploaded_in_its_time(now: datetime, refused: AwsError | None) -> None:
    answer = upload(Wire(ManualClock(now)))
    assert answer == refused or (refused is None and not isinstance(answer, AwsError))


def test_the_quota_counts_the_accounts_certificates() -> None:
    wire = Wire(quotas="server_certificates_per_account=1")
    upload(wire, "one")
    full = AwsError("LimitExceeded", "Cannot exceed quota for ServerCertificatesPerAccount: 1", 409)
    assert upload(wire, "two") == full
    assert upload(wire, "one") == exists("one")


def test_a_list_is_sorted_takes_a_prefix_and_comes_in_pages(wire: Wire) -> None:
    for name, path in (("b", "/cloudfront/"), ("C", "/cloud/"), ("a", "/")):
        upload(wire, name, Path=path)
    assert names(wire) == ["a", "b", "C"]
    assert names(wire, PathPrefix="/cloud") == ["b", "C"]
    assert names(wire, PathPrefix="/cloudf") == ["b"]
    page = wire.call("ListServerCertificates", MaxItems=2)
    assert (page["IsTruncated"], names(wire, Marker=page["Marker"])) == ("true", ["C"])


def test_a_list_shows_neither_body_nor_tags(wire: Wire) -> None:
    made = upload(wire, **tag_parameters(("k", "v")))["ServerCertificateMetadata"]
    assert wire.call("ListServerCertificates")["ServerCertificateMetadataList"]["member"] == made


def test_a_certificate_is_renamed_and_moved(wire: Wire) -> None:
    before = upload(wire)["ServerCertificateMetadata"]
    moved = {"NewServerCertificateName": "Site", "NewPath": "/x/"}
    assert wire.call("UpdateServerCertificate", ServerCertificateName="site", **moved) is None
    after = got(wire, "site")["ServerCertificateMetadata"]
    changed = {
        "ServerCertificateName": "Site",
        "Path": "/x/",
        "Arn": "arn:aws:iam::123456789012:server-certificate/x/Site",
    }
    assert after == {**before, **changed}
    assert wire.call("UpdateServerCertificate", ServerCertificateName="site") is None
    assert got(wire)["ServerCertificateMetadata"] == after


def test_a_rename_to_a_taken_name_is_refused(wire: Wire) -> None:
    upload(wire, "one")
    upload(wire, "two")
    renamed = {"ServerCertificateName": "two", "NewServerCertificateName": "ONE"}
    assert wire.call("UpdateServerCertificate", **renamed) == exists("ONE")


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("GetServerCertificate", {}),
        ("UpdateServerCertificate", {"NewPath": "/x/"}),
        ("DeleteServerCertificate", {}),
        ("TagServerCertificate", tag_parameters(("k", "v"))),
        ("UntagServerCertificate", {"TagKeys.member.1": "k"}),
        ("ListServerCertificateTags", {}),
    ],
)
def test_an_unknown_certificate_cannot_be_found(wire: Wire, action: str, more: dict[str, str]) -> None:
    assert wire.call(action, ServerCertificateName="none", **more) == missing("none")


def test_a_deleted_certificate_is_gone(wire: Wire) -> None:
    upload(wire)
    assert wire.call("DeleteServerCertificate", ServerCertificateName="SITE") is None
    assert got(wire) == missing("site")
    assert names(wire) == []


def test_create_shows_tags_as_given_and_lists_sort_them(wire: Wire) -> None:
    made = upload(wire, **tag_parameters(("z", "1"), ("abc", "2"), ("A", "3")))
    assert tag_keys(made["Tags"]) == ["z", "abc", "A"]
    assert tag_keys(got(wire)["Tags"]) == ["A", "z", "abc"]
    page = wire.call("ListServerCertificateTags", ServerCertificateName="site", MaxItems=1)
    assert (page["IsTruncated"], tag_keys(page["Tags"])) == ("true", ["A"])
    rest = wire.call("ListServerCertificateTags", ServerCertificateName="site", Marker=page["Marker"])
    assert tag_keys(rest["Tags"]) == ["z", "abc"]


def test_tags_are_put_on_and_taken_off_in_any_letter_case(wire: Wire) -> None:
    upload(wire, **tag_parameters(("Team", "red")))
    put_on = tag_parameters(("TEAM", "blue"))
    assert wire.call("TagServerCertificate", ServerCertificateName="site", **put_on) is None
    assert got(wire)["Tags"] == {"member": {"Value": "blue", "Key": "TEAM"}}
    taken_off = {"TagKeys.member.1": "team", "TagKeys.member.2": "none"}
    assert wire.call("UntagServerCertificate", ServerCertificateName="site", **taken_off) is None
    assert got(wire)["Tags"] is None


def test_the_same_tag_key_twice_is_refused(wire: Wire) -> None:
    text = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    assert upload(wire, **tag_parameters(("k", "1"), ("K", "2"))) == AwsError("InvalidInput", text, 400)


def test_a_certificate_carries_fifty_tags_at_the_most(wire: Wire) -> None:
    upload(wire, **tag_parameters(*((f"k{number}", "") for number in range(50))))
    full = AwsError("LimitExceeded", "The number of tags has reached the maximum limit.", 409)
    one_more = tag_parameters(("one-more", ""))
    assert wire.call("TagServerCertificate", ServerCertificateName="site", **one_more) == full


def test_its_arn_is_in_the_partition_that_it_was_uploaded_in() -> None:
    wire = Wire(partition="aws-cn")
    arn = "arn:aws-cn:iam::123456789012:server-certificate/site"
    assert upload(wire)["ServerCertificateMetadata"]["Arn"] == arn
    assert got(wire)["ServerCertificateMetadata"]["Arn"] == arn
