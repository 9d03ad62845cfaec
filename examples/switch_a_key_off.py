"""Creates a user and a key, switches the key off, and shows that it is refused: the whole point, in one run."""

from __future__ import annotations

from botocore.exceptions import ClientError

from fake_iam import FakeIAM


def main() -> None:
    """Run the story and print what the server answers."""
    with FakeIAM() as fake:
        print(f"fake_iam listens on {fake.url}")
        iam = fake.client("iam")
        iam.create_user(UserName="alice")
        key = iam.create_access_key(UserName="alice")["AccessKey"]
        as_alice = fake.client(
            "sts", access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"], region_name="us-east-1"
        )
        print(f"alice signs with {key['AccessKeyId']}: she is {as_alice.get_caller_identity()['Arn']}")

        answer = iam.update_access_key(UserName="alice", AccessKeyId=key["AccessKeyId"], Status="Inactive")
        print(f"UpdateAccessKey, Status=Inactive: HTTP {answer['ResponseMetadata']['HTTPStatusCode']}")
        try:
            as_alice.get_caller_identity()
        except ClientError as refused:
            print(f"alice signs again: {refused}")
        iam.update_access_key(UserName="alice", AccessKeyId=key["AccessKeyId"], Status="Active")
        print(f"Active once more: she is {as_alice.get_caller_identity()['Arn']}")


if __name__ == "__main__":
    main()
