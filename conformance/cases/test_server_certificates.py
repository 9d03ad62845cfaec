from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

from conformance.answers import AwsError, only
from conformance.material import NO_CERTIFICATE, VALID_FROM, VALID_TO, Certified, certify
from conformance.people import People
from conformance.provenance import assumed, documented, fake_only, observed
from conformance.sources import API, GUIDE, IDENTIFIERS, Source
from conformance.targets import Target, fake_target

UNKNOWN = "fake-iam-conformance-nonexistent"
LOCALSTACK = Source("2026-02", "localstack/localstack#13891, AWS-validated test_iam_server_certificates")
TERRAFORM = Source("2025", "hashicorp/terraform-provider-aws, acceptance tests of aws_iam_server_certificate")
MANAGE = f"{GUIDE}/id_credentials_server-certs.html"
OF_USERS = "recorded for users"
UNPARSABLE = AwsError(
    "MalformedCertificate", "Unable to parse certificate. Please ensure the certificate is in PEM format.", 400
)
BROKEN = AwsError(
    "MalformedCertificate",
    "Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, "
    "followed by any intermediaries in order. The index within the chain of the invalid certificate is: -1",
    400,
)


class Names:
    """Makes names of certificates, all of which are free again when the case is over."""

    def __init__(self, aws: Target, people: People) -> None:
        self._aws = aws
        self._people = people
        self._given: list[str] = []

    def __call__(self) -> str:
        self._given.append(self._people.path().strip("/"))
        return self._given[-1]

    def clean_up(self) -> None:
        """Delete the certificates of these names, if there are any."""
        for name in self._given:
            try:
                self._aws.iam.delete_server_certificate(ServerCertificateName=name)
            except AssertionError as problem:
                if "NoSuchEntity" not in str(problem):
                    raise


@pytest.fixture
def new_name(aws: Target, new_user: People) -> Iterator[Names]:
    """Makes names of server certificates."""
    names = Names(aws, new_user)
    yield names
    names.clean_up()


def material(certified: Certified, **other: Any) -> dict[str, Any]:
    return {"CertificateBody": certified.body, "PrivateKey": certified.private_key, **other}


def upload(aws: Target, name: str, **more: Any) -> Any:
    return aws.iam.upload_server_certificate(ServerCertificateName=name, **material(certify(), **more))


def refusal(aws: Target, name: str, certified: Certified, **other: Any) -> AwsError:
    parameters = material(certified, **other)
    return aws.error(aws.iam.upload_server_certificate, ServerCertificateName=name, **parameters)


def missing(name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The Server Certificate with name {name} cannot be found.", 404)


def exists(name: str) -> AwsError:
    return AwsError("EntityAlreadyExists", f"The Server Certificate with name {name} already exists.", 409)


@pytest.mark.parametrize("path", ["/", "/test-path/"])
@observed(*LOCALSTACK, "1.5:GetServerCertificate")
def test_a_certificate_is_uploaded_and_shown(aws: Target, new_name: Names, path: str) -> None:
    name, certified = new_name(), certify()
    answer = aws.iam.upload_server_certificate(ServerCertificateName=name, Path=path, **material(certified))
    shown = answer["ServerCertificateMetadata"]
    assert list(answer) == ["ServerCertificateMetadata"]
    assert (shown["ServerCertificateName"], shown["Path"], shown["Expiration"]) == (name, path, VALID_TO)
    assert shown["Arn"] == f"arn:aws:iam::{aws.account}:server-certificate{path}{name}"
    assert aws.iam.get_server_certificate(ServerCertificateName=name)["ServerCertificate"] == {
        "ServerCertificateMetadata": shown,
        "CertificateBody": certified.body.strip(),
        "Tags": [],
    }


@observed(*TERRAFORM, "servercert-white-space")
def test_white_space_around_the_body_is_not_kept_and_line_ends_are(aws: Target, new_name: Names) -> None:
    name, certified = new_name(), certify()
    body = certified.body.replace("\n", "\r\n")
    aws.iam.upload_server_certificate(
        ServerCertificateName=name, CertificateBody=body, PrivateKey=certified.private_key
    )
    shown = aws.iam.get_server_certificate(ServerCertificateName=name)["ServerCertificate"]
    assert shown["CertificateBody"] == body.strip()


@documented(IDENTIFIERS, "6:Id prefixes")
def test_a_certificate_id_is_asca_and_seventeen_characters(aws: Target, new_name: Names) -> None:
    shown = upload(aws, new_name())["ServerCertificateMetadata"]
    assert re.fullmatch(r"ASCA[A-Z2-7]{17}", shown["ServerCertificateId"])


@assumed("that white space around it is not kept is seen of the body alone", "1.5:GetServerCertificate")
def test_a_chain_is_given_back(aws: Target, new_name: Names) -> None:
    name, root = new_name(), certify(0)
    aws.iam.upload_server_certificate(
        ServerCertificateName=name, **material(certify(1, issuer=root), CertificateChain=root.body)
    )
    shown = aws.iam.get_server_certificate(ServerCertificateName=name)["ServerCertificate"]
    assert shown["CertificateChain"] == root.body.strip()


@observed(*LOCALSTACK, "6:PathPrefix")
def test_a_list_takes_a_prefix_and_shows_the_metadata_alone(aws: Target, new_name: Names, new_user: People) -> None:
    path = new_user.path()
    made = upload(aws, new_name(), Path=path, Tags=[{"Key": "k", "Value": "v"}])["ServerCertificateMetadata"]
    assert only(aws.iam.list_server_certificates(PathPrefix=path)["ServerCertificateMetadataList"]) == made
    assert aws.iam.list_server_certificates(PathPrefix=f"{path}x")["ServerCertificateMetadataList"] == []


@documented(MANAGE, "1.5:GetServerCertificate")
def test_a_renamed_certificate_keeps_its_id(aws: Target, new_name: Names) -> None:
    old, new = new_name(), new_name()
    before = upload(aws, old)["ServerCertificateMetadata"]
    moved = {"NewServerCertificateName": new, "NewPath": "/moved/"}
    assert aws.iam.update_server_certificate(ServerCertificateName=old, **moved) == {}
    shown = aws.wait_for(aws.iam.get_server_certificate, ServerCertificateName=new)["ServerCertificate"]
    after = shown["ServerCertificateMetadata"]
    assert (after["ServerCertificateId"], after["Path"]) == (before["ServerCertificateId"], "/moved/")
    assert after["Arn"] == f"arn:aws:iam::{aws.account}:server-certificate/moved/{new}"


@observed(*LOCALSTACK, "servercert-missing")
def test_a_deleted_certificate_cannot_be_found(aws: Target, new_name: Names) -> None:
    name = new_name()
    upload(aws, name)
    assert aws.iam.delete_server_certificate(ServerCertificateName=name) == {}
    expected = missing(name)
    found = aws.settle(lambda: aws.error(aws.iam.get_server_certificate, ServerCertificateName=name), expected)
    assert found == expected


SEEN = observed(*LOCALSTACK, "servercert-missing")
NOT_SEEN = assumed("recorded for GetServerCertificate and DeleteServerCertificate", "servercert-missing")


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        pytest.param("get_server_certificate", {}, marks=SEEN, id="get"),
        pytest.param("delete_server_certificate", {}, marks=SEEN, id="delete"),
        pytest.param("update_server_certificate", {"NewPath": "/x/"}, marks=NOT_SEEN, id="update"),
        pytest.param("tag_server_certificate", {"Tags": [{"Key": "k", "Value": "v"}]}, marks=NOT_SEEN, id="tag"),
        pytest.param("untag_server_certificate", {"TagKeys": ["k"]}, marks=NOT_SEEN, id="untag"),
        pytest.param("list_server_certificate_tags", {}, marks=NOT_SEEN, id="list tags"),
    ],
)
def test_an_unknown_certificate_cannot_be_found(aws: Target, method: str, parameters: dict[str, Any]) -> None:
    assert aws.error(getattr(aws.iam, method), ServerCertificateName=UNKNOWN, **parameters) == missing(UNKNOWN)


@observed(*LOCALSTACK, "servercert-exists")
def test_a_name_is_taken_once(aws: Target, new_name: Names) -> None:
    name = new_name()
    upload(aws, name)
    assert refusal(aws, name, certify()) == exists(name)


@assumed(OF_USERS, "servercert-exists")
def test_a_name_in_another_letter_case_is_the_same_name(aws: Target, new_name: Names) -> None:
    name = new_name()
    upload(aws, name)
    assert refusal(aws, name.upper(), certify()) == exists(name.upper())


@assumed("recorded for UploadServerCertificate", "servercert-exists")
def test_a_rename_to_a_taken_name_is_refused(aws: Target, new_name: Names) -> None:
    one, two = new_name(), new_name()
    upload(aws, one)
    upload(aws, two)
    renamed = {"ServerCertificateName": two, "NewServerCertificateName": one}
    assert aws.error(aws.iam.update_server_certificate, **renamed) == exists(one)


@observed("2019-02", "openshift/openshift-ansible#11214, the raw answer")
def test_what_is_no_certificate_is_refused(aws: Target, new_name: Names) -> None:
    assert refusal(aws, new_name(), certify(), CertificateBody=NO_CERTIFICATE) == UNPARSABLE


@observed("2018-12", "hashicorp/terraform-provider-aws#7049")
def test_a_certificate_that_has_expired_is_refused(aws: Target, new_name: Names) -> None:
    expired = certify(valid_from=VALID_FROM, valid_to=datetime(2021, 1, 1, tzinfo=timezone.utc))
    text = "Certificate is no longer valid. The 'Not After' date restriction on the certificate has passed."
    assert refusal(aws, new_name(), expired) == AwsError("MalformedCertificate", text, 400)


@observed("2019-05", "aws/aws-sdk-go#2586, by the Content-Length of the answer")
def test_a_certificate_that_is_not_valid_yet_cannot_be_parsed(aws: Target, new_name: Names) -> None:
    early = certify(valid_from=datetime(2048, 1, 1, tzinfo=timezone.utc))
    assert refusal(aws, new_name(), early) == UNPARSABLE


@observed("2016-10", "go-acme/lego#304")
def test_a_chain_that_does_not_lead_on_is_refused(aws: Target, new_name: Names) -> None:
    leaf = certify(1, issuer=certify(0))
    assert refusal(aws, new_name(), leaf, CertificateChain=certify(0).body) == BROKEN


@assumed("the code is documented, the text is the documentation's", "model-keypairmismatch")
def test_the_private_key_of_another_certificate_is_refused(aws: Target, new_name: Names) -> None:
    text = "The request was rejected because the public key certificate and the private key do not match."
    refused = refusal(aws, new_name(), certify(0), PrivateKey=certify(1).private_key)
    assert refused == AwsError("KeyPairMismatch", text, 400)


@pytest.mark.parametrize("key", [NO_CERTIFICATE, certify().encrypted_private_key], ids=["none", "encrypted"])
@assumed("the text is that for the certificate, said of the key; that the key must be unencrypted is documented")
def test_a_private_key_that_cannot_be_read_is_refused(aws: Target, new_name: Names, key: str) -> None:
    text = "Unable to parse private key. Please ensure the private key is in PEM format."
    assert refusal(aws, new_name(), certify(), PrivateKey=key) == AwsError("MalformedCertificate", text, 400)


@fake_only("a real account's quota is too high to be reached")
@assumed("inferred from the family of quotas", "quota-servercertificatesperaccount")
def test_the_quota_of_certificates_is_named_with_its_number(aws: Target) -> None:
    with fake_target(quotas="server_certificates_per_account=1") as small:
        upload(small, "one")
        full = AwsError("LimitExceeded", "Cannot exceed quota for ServerCertificatesPerAccount: 1", 409)
        assert refusal(small, "two", certify()) == full


@assumed(OF_USERS, "6:Tags")
def test_tags_are_shown_as_given_by_the_upload_and_sorted_after_it(aws: Target, new_name: Names) -> None:
    name = new_name()
    tags = [{"Key": key, "Value": "v"} for key in ("z", "abc", "A")]
    assert upload(aws, name, Tags=tags)["Tags"] == tags
    expected = [tags[2], tags[0], tags[1]]
    assert aws.iam.list_server_certificate_tags(ServerCertificateName=name)["Tags"] == expected
    assert aws.iam.get_server_certificate(ServerCertificateName=name)["ServerCertificate"]["Tags"] == expected


@documented(f"{API}/API_TagServerCertificate.html", "6:Tags")
def test_tags_are_put_on_and_taken_off(aws: Target, new_name: Names) -> None:
    name = new_name()
    upload(aws, name)
    tags = [{"Key": "k", "Value": "v"}]
    assert aws.iam.tag_server_certificate(ServerCertificateName=name, Tags=tags) == {}
    shown = aws.settle(lambda: aws.iam.list_server_certificate_tags(ServerCertificateName=name)["Tags"], tags)
    assert shown == tags
    assert aws.iam.untag_server_certificate(ServerCertificateName=name, TagKeys=["k"]) == {}
    count = aws.settle(lambda: len(aws.iam.list_server_certificate_tags(ServerCertificateName=name)["Tags"]), 0)
    assert count == 0


@assumed(OF_USERS, "6:Tag keys")
def test_the_same_tag_key_twice_is_refused_in_any_letter_case(aws: Target, new_name: Names) -> None:
    tags = [{"Key": "k", "Value": "1"}, {"Key": "K", "Value": "2"}]
    text = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    assert refusal(aws, new_name(), certify(), Tags=tags) == AwsError("InvalidInput", text, 400)
