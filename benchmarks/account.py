"""The users and keys that are measured, and proofs that fake_iam holds every request to its signature meanwhile."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from benchmarks.answers import Call, WrongAnswer
from benchmarks.hello_world import BODY
from benchmarks.raw_client import RawClient
from benchmarks.signing import DUMMY, Key, plain_request, signed_request
from benchmarks.targets import FAKE_IAM, Server

ACCESS_KEY_ID: Final = re.compile(rb"<AccessKeyId>([A-Z0-9]+)</AccessKeyId>")
SECRET: Final = re.compile(rb"<SecretAccessKey>([^<]+)</SecretAccessKey>")
SIGNER: Final = "signer"
TRUST: Final = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'
)
EVERYTHING: Final = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


@dataclass(frozen=True, slots=True)
class Caller:
    """Makes the calls of one server, signed by one key, each with the answer it must get."""

    port: int
    key: Key
    answers_iam: bool = True

    def call(self, action: str, *expected: str, **parameters: str | int) -> Call:
        """A call of IAM that must succeed, with the pieces that its answer must hold."""
        request = signed_request(self.port, self.key, action, **parameters)
        if not self.answers_iam:
            return Call(action, request, (BODY,))
        pieces = (f"<{action}Response ", *expected)
        return Call(
            action,
            request,
            tuple(piece.encode() for piece in pieces),
        )

    def create_user(self, name: str, path: str = "/") -> Call:
        """CreateUser."""
        pieces = (f"<UserName>{name}</UserName>", f"<Path>{path}</Path>")
        return self.call("CreateUser", *pieces, UserName=name, Path=path)

    def delete_user(self, name: str) -> Call:
        """DeleteUser."""
        return self.call("DeleteUser", UserName=name)

    def create_access_key(self, user_name: str) -> Call:
        """CreateAccessKey."""
        pieces = (f"<UserName>{user_name}</UserName>", "<SecretAccessKey>", "<Status>Active</Status>")
        return self.call("CreateAccessKey", *pieces, UserName=user_name)

    def delete_access_key(self, user_name: str, access_key_id: str) -> Call:
        """DeleteAccessKey."""
        return self.call("DeleteAccessKey", UserName=user_name, AccessKeyId=access_key_id)

    def create_role(self, name: str) -> Call:
        """CreateRole, trusted by the account."""
        return self.call("CreateRole", f"<RoleName>{name}</RoleName>", RoleName=name, AssumeRolePolicyDocument=TRUST)

    def delete_role(self, name: str) -> Call:
        """DeleteRole."""
        return self.call("DeleteRole", RoleName=name)

    def assume_role(self, role_arn: str) -> Call:
        """AssumeRole."""
        asked = {"RoleArn": role_arn, "RoleSessionName": "session"}
        request = signed_request(self.port, self.key, "AssumeRole", "sts", **asked)
        return Call("AssumeRole", request, (b"<AssumeRoleResponse ", b"<SessionToken>", b"/session</Arn>"))

    def get_user(self, name: str) -> Call:
        """GetUser."""
        return self.call("GetUser", f"<UserName>{name}</UserName>", UserName=name)

    def update_access_key(self, user: User, status: str) -> Call:
        """UpdateAccessKey of the user's second key."""
        return self.call("UpdateAccessKey", UserName=user.name, AccessKeyId=user.second_key, Status=status)

    def list_access_keys(self, user: User, status: str = "Active") -> Call:
        """ListAccessKeys; the second key must have that status."""
        inactive = "<Status>Inactive</Status>"
        pieces = [f"<AccessKeyId>{id_}</AccessKeyId>" for id_ in (user.first_key, user.second_key)]
        if status == "Inactive":
            return self.call("ListAccessKeys", *pieces, inactive, UserName=user.name)
        return replace(self.call("ListAccessKeys", *pieces, UserName=user.name), absent=(inactive.encode(),))

    def switching(self, user: User, count: int) -> Iterator[Call]:
        """UpdateAccessKey, off and on in turn; an even count leaves the key on."""
        for number in range(count):
            yield self.update_access_key(user, "Active" if number % 2 else "Inactive")


@dataclass(frozen=True, slots=True)
class User:
    """A user with the ids of the two keys that are there."""

    name: str
    first_key: str
    second_key: str


def new_key(client: RawClient, caller: Caller, user_name: str) -> Key:
    """A new key of a user."""
    body = client.ask(caller.create_access_key(user_name))
    key_id, secret = ACCESS_KEY_ID.search(body), SECRET.search(body)
    if key_id is None or secret is None:
        raise WrongAnswer(f"a key without id or secret: {body!r}")
    return Key(key_id[1].decode(), secret[1].decode())


ROLE_ARN: Final = re.compile(rb"<Arn>([^<]+:role/[^<]+)</Arn>")


def new_role(client: RawClient, caller: Caller, name: str) -> str:
    """A new role's ARN."""
    body = client.ask(caller.create_role(name))
    arn = ROLE_ARN.search(body)
    if arn is None:
        raise WrongAnswer(f"a role without an ARN: {body!r}")
    return arn[1].decode()


def new_user(client: RawClient, caller: Caller, name: str) -> User:
    """A new user with two keys."""
    client.ask(caller.create_user(name))
    return User(name, new_key(client, caller, name).id, new_key(client, caller, name).id)


def user_found(client: RawClient, caller: Caller, name: str) -> User:
    """A user that is there already, with its two keys."""
    body = client.ask(caller.call("ListAccessKeys", UserName=name))
    found = [match.decode() for match in ACCESS_KEY_ID.findall(body)]
    if len(found) != 2:
        raise WrongAnswer(f"{name} has not two keys: {body!r}")
    return User(name, *found)


def signing_caller(server: Server) -> Caller:
    """A caller whose key the server has issued, so that fake_iam checks every signature; proven before it is used."""
    if not server.target.answers_iam:
        return Caller(server.port, DUMMY, answers_iam=False)
    with RawClient(server.port) as client:
        root = Caller(server.port, DUMMY)
        client.ask(root.create_user(SIGNER))
        client.ask(root.call("PutUserPolicy", UserName=SIGNER, PolicyName="all", PolicyDocument=EVERYTHING))
        caller = Caller(server.port, new_key(client, root, SIGNER))
        if server.target.distribution == FAKE_IAM.distribution:
            prove_requests_are_checked(client, caller)
    return caller


def prove_requests_are_checked(client: RawClient, caller: Caller) -> None:
    """A wrong signature and a bad parameter must be refused. Raises WrongAnswer."""
    wrong = Key(caller.key.id, caller.key.secret + "x")
    request = signed_request(caller.port, wrong, "ListUsers")
    client.ask(Call("a wrong signature", request, (b"<Code>SignatureDoesNotMatch</Code>",), status=403))
    request = signed_request(caller.port, caller.key, "CreateUser", UserName="not a name")
    client.ask(Call("a bad name", request, (b"<Code>ValidationError</Code>",), status=400))


def prove_calls_were_kept(client: RawClient, caller: Caller) -> None:
    """The signing key's last use must be known, and the journal must hold its calls. Raises WrongAnswer."""
    client.ask(caller.call("GetAccessKeyLastUsed", "<ServiceName>iam</ServiceName>", AccessKeyId=caller.key.id))
    path = f"/_fake_iam/journal?access_key_id={caller.key.id}&outcome=ok"
    body = client.ask(Call("the journal", plain_request(caller.port, "GET", path), (b'"calls"',)))
    if not json.loads(body)["calls"]:
        raise WrongAnswer("the journal does not hold the calls that were measured")


def prove(server: Server, caller: Caller) -> None:
    """What must hold of fake_iam once it has been measured; nothing is asked of the others."""
    if server.target.distribution == FAKE_IAM.distribution:
        with RawClient(server.port) as client:
            prove_requests_are_checked(client, caller)
            prove_calls_were_kept(client, caller)
