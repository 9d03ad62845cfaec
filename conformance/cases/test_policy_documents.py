from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.policies import Policies
from conformance.provenance import assumed, observed
from conformance.sources import Source
from conformance.targets import Target

VALIDITY = Source(
    "2026-02", "localstack/localstack#13891, AWS-validated test_iam_policies :: TestPolicyDocumentValidity"
)
STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket"}
SYNTAX = "Syntax errors in policy."
LEGACY = "The policy failed legacy parsing"
VERSION = "Policy document must be version 2012-10-17 or greater."
NO_VENDOR = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
NO_ACTIONS = "Policy statement must contain actions."
NO_RESOURCES = "Policy statement must contain resources."
VENDOR_FORM = "Resource vendor must be fully qualified and cannot contain regexes."
SAME_SID = "Statement IDs (SID) in a single policy must be unique."
IAM_PATH = (
    'IAM resource path must either be "*", root, or start with user/, federated-user/, role/, group/, '
    "instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, "
    "access-report/."
)
IAM_REGION = "IAM resource arn:aws:iam:us-east-1::example_bucket cannot contain region information."
S3_REGION = "Resource arn:aws:s3:us-east-1::bucket can not contain region information."


def refused(aws: Target, new_policy: Policies, document: Any) -> AwsError:
    """The error of CreatePolicy."""
    text = document if isinstance(document, str) else json.dumps(document)
    return aws.error(aws.iam.create_policy, PolicyName=new_policy.name(), PolicyDocument=text)


def malformed(text: str) -> AwsError:
    return AwsError("MalformedPolicyDocument", text, 400)


def whole(*statements: Any, **changes: Any) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": list(statements), **changes}
    return {name: value for name, value in document.items() if value is not None}


def one(**changes: Any) -> dict[str, Any]:
    return whole({name: value for name, value in {**STATEMENT, **changes}.items() if value is not None})


@pytest.mark.parametrize(
    "document",
    [
        pytest.param("This is not a json document", id="no-json"),
        pytest.param(one() | {"Version": "2013-10-17"}, id="unknown-version"),
        pytest.param({"Version": "2012-10-17"}, id="no-statement"),
        pytest.param(whole(), id="empty-statement"),
        pytest.param(one() | {"Extra": "x"}, id="unknown-key"),
        pytest.param(one(Extra="x"), id="unknown-statement-key"),
        pytest.param(one() | {"Id": {}}, id="id-of-another-type"),
        pytest.param(one(Sid=[]), id="sid-of-another-type"),
        pytest.param(one(Effect=None), id="no-effect"),
        pytest.param(one(Effect="invalid"), id="unknown-effect"),
        pytest.param(one(NotAction="s3:*"), id="action-and-not-action"),
        pytest.param(one(NotResource="*"), id="resource-and-not-resource"),
        pytest.param(one(Condition={"x": {"a": "1"}}), id="unknown-operator"),
        pytest.param(one(Condition=[]), id="condition-of-another-type"),
    ],
)
@observed(*VALIDITY, "pol-syntax")
def test_syntax_errors_have_one_text(aws: Target, new_policy: Policies, document: Any) -> None:
    assert refused(aws, new_policy, document) == malformed(SYNTAX)


@pytest.mark.parametrize(
    ("document", "text"),
    [
        pytest.param(one() | {"Version": "2008-10-17"}, VERSION, marks=observed(*VALIDITY, "pol-version")),
        pytest.param(whole(STATEMENT, Version=None), VERSION, marks=observed(*VALIDITY, "pol-version")),
        pytest.param(one(Action="invalid"), NO_VENDOR, marks=observed(*VALIDITY, "pol-vendor-missing")),
        pytest.param(one(Action=None, NotAction=""), NO_VENDOR, marks=observed(*VALIDITY, "pol-vendor-missing")),
        pytest.param(one(Action="a a:Get"), "Vendor a a is not valid", marks=observed(*VALIDITY, "pol-vendor-invalid")),
        pytest.param(
            one(Action="s3:List:Bucket"),
            "Actions/Condition can contain only one colon.",
            marks=observed(*VALIDITY, "pol-two-colons"),
        ),
        pytest.param(
            one(Resource="invalid resource"),
            'Resource invalid resource must be in ARN format or "*".',
            marks=observed(*VALIDITY, "pol-resource-arn"),
        ),
        pytest.param(
            one(Resource="a:b:cadfsdf"),
            'Partition "b" is not valid for resource "arn:b:cadfsdf:*:*:*".',
            marks=observed(*VALIDITY, "pol-partition"),
        ),
        pytest.param(one(Resource=None), NO_RESOURCES, marks=observed(*VALIDITY, "pol-no-resources")),
        pytest.param(one(Resource=[]), NO_RESOURCES, marks=observed(*VALIDITY, "pol-no-resources")),
        pytest.param(one(Action=None), NO_ACTIONS, marks=observed(*VALIDITY, "pol-no-actions")),
        pytest.param(
            one(Resource="arn:aws:iam:::example_bucket"), IAM_PATH, marks=observed(*VALIDITY, "pol-iam-resource")
        ),
        pytest.param(one(Resource="arn:aws:s3::bucket"), LEGACY, marks=observed(*VALIDITY, "pol-legacy")),
        pytest.param(one(Effect="denY"), LEGACY, marks=observed(*VALIDITY, "pol-legacy")),
        pytest.param(
            one(Condition={"DateGreaterThan": {"a": "sdfdsf"}}), LEGACY, marks=observed(*VALIDITY, "pol-legacy")
        ),
        pytest.param(one(Resource="arn:aws"), VENDOR_FORM, marks=observed(*VALIDITY, "pol-vendor-qualified")),
        pytest.param(
            one(Resource="arn:aws:*:*:*:x"),
            VENDOR_FORM,
            marks=observed("2026-09-22", "a user's release notes that quote PutRolePolicy", "pol-vendor-qualified"),
        ),
        pytest.param(
            one(Resource="arn:aws:iam:us-east-1::example_bucket"),
            IAM_REGION,
            marks=observed(*VALIDITY, "pol-iam-region"),
        ),
        pytest.param(
            one(Resource="arn:aws:s3:us-east-1::bucket"), S3_REGION, marks=observed(*VALIDITY, "pol-s3-region")
        ),
        pytest.param(
            whole({**STATEMENT, "Sid": "a"}, {**STATEMENT, "Sid": "a"}),
            SAME_SID,
            marks=observed(*VALIDITY, "pol-sid-dup"),
        ),
        pytest.param(
            one(Sid="read only"),
            "Statement IDs (SID) must be alpha-numeric. "
            "Check that your input satisfies the regular expression [0-9A-Za-z]*",
            marks=observed("2021-02-24", "published CloudTrail events of CreatePolicy"),
        ),
        pytest.param(
            one(Principal="*"),
            "Policy document should not specify a principal.",
            marks=observed("undated", "users who quote CreatePolicy", "pol-principal"),
        ),
    ],
)
def test_every_fault_has_its_text(aws: Target, new_policy: Policies, document: Any, text: str) -> None:
    assert refused(aws, new_policy, document) == malformed(text)


@pytest.mark.parametrize(
    ("document", "text"),
    [
        pytest.param(whole({"Effect": "Allow"}), NO_ACTIONS, id="actions-before-resources", marks=observed(*VALIDITY)),
        pytest.param(
            one(Action="invalid", Resource=None), NO_RESOURCES, id="resources-before-vendor", marks=observed(*VALIDITY)
        ),
        pytest.param(
            one(Action="s:3:List", Resource="sdfsadf"),
            'Resource sdfsadf must be in ARN format or "*".',
            id="resource-before-colons",
            marks=observed(*VALIDITY),
        ),
        pytest.param(
            whole({**STATEMENT, "Sid": "a"}, {"Sid": "a", "Effect": "Allow"}),
            SAME_SID,
            id="statement-ids-before-actions",
            marks=observed(*VALIDITY),
        ),
        pytest.param(
            whole({**STATEMENT, "Effect": "denY"}, Version=None),
            VERSION,
            id="version-before-legacy",
            marks=observed(*VALIDITY),
        ),
        pytest.param(
            one(Action=None, Resource="arn:aws:s3::bucket"),
            LEGACY,
            id="legacy-before-actions",
            marks=observed(*VALIDITY),
        ),
        pytest.param(
            one(Action=None, Principal="*"),
            "Policy document should not specify a principal.",
            id="principal-before-actions",
            marks=assumed("the order among these two is a guess", "pol-principal"),
        ),
    ],
)
def test_of_two_faults_one_comes_first(aws: Target, new_policy: Policies, document: Any, text: str) -> None:
    assert refused(aws, new_policy, document) == malformed(text)
