"""A partner and its customer on delegation requests, as boto3 shows them."""

from __future__ import annotations

from typing import Any

from conformance.modelled import needs
from fake_iam import FakeIAM

PARTNER = "999988887777"


@needs("AssociateDelegationRequest")
def test_a_customer_lets_a_partner_in(fake: FakeIAM, iam: Any) -> None:
    partner = fake.client("iam", access_key_id=PARTNER, secret_access_key="any")
    made = partner.create_delegation_request(
        Description="Sets up the integration",
        Permissions={
            "PolicyTemplateArn": "arn:aws:iam:::delegation-template/example",
            "Parameters": [{"Name": "Bucket", "Values": ["logs"], "Type": "string"}],
        },
        RequestorWorkflowId="onboarding-1",
        NotificationChannel=f"arn:aws:sns:us-east-1:{PARTNER}:requests",
        SessionDuration=3600,
    )
    request = {"DelegationRequestId": made["DelegationRequestId"]}
    shown = iam.get_delegation_request(**request)["DelegationRequest"]
    assert shown["Permissions"]["Parameters"] == [{"Name": "Bucket", "Values": ["logs"], "Type": "string"}]

    iam.associate_delegation_request(**request)
    iam.update_delegation_request(Notes="please look", **request)
    (pending,) = iam.list_delegation_requests()["DelegationRequests"]
    assert (pending["State"], pending["Notes"]) == ("PENDING_APPROVAL", "please look")
    iam.accept_delegation_request(**request)
    iam.send_delegation_token(**request)
    assert iam.get_delegation_request(**request)["DelegationRequest"]["State"] == "FINALIZED"
    told = fake.delegation_notifications(made["DelegationRequestId"])
    assert [one.state for one in told] == ["ASSIGNED", "PENDING_APPROVAL", "ACCEPTED", "FINALIZED"]
    sts = fake.client("sts", access_key_id=PARTNER, secret_access_key="any")
    answer = sts.get_delegated_access_token(TradeInToken=told[-1].trade_in_token)
    assert answer["AssumedPrincipal"] == "arn:aws:iam::123456789012:root"
