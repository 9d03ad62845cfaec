"""Says why clients of AWS do not reach a server, and what cures it: ``fake-iam doctor``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session
from botocore.utils import get_environ_proxies

from fake_iam.domain.clock import SystemClock
from fake_iam.remote import Remote, RemoteError

SERVICES: Final = ("iam", "sts")
REGION: Final = "us-east-1"
SKEW: Final = timedelta(minutes=5)
"""As far as a date of a signature may be off (recorded: fifteen minutes); a warning comes in good time."""
REFUSED: Final = {
    "InvalidClientTokenId": "no active key of this server has that id: make one, or use any credentials that were not "
    "issued, such as test; --auth strict takes none but its own",
    "SignatureDoesNotMatch": "the secret is not that of the key: take the one that CreateAccessKey gave out",
    "ExpiredToken": "the session is over by the server's clock: fake-iam clock shows it; begin another session",
    "RequestExpired": "this machine's clock and the server's differ: set the clocks",
}


class Finding(NamedTuple):
    """What was looked at, and what cures it if it is not well."""

    text: str
    cure: str | None = None


def report(remote: Remote) -> tuple[str, int]:
    """Every finding in lines, and how many problems there are."""
    found = list(examine(remote))
    lines = [
        f"ok: {finding.text}" if finding.cure is None else f"problem: {finding.text}\n   cure: {finding.cure}"
        for finding in found
    ]
    return "\n".join(lines), sum(finding.cure is not None for finding in found)


def examine(remote: Remote) -> Iterator[Finding]:
    """Look at the server, then at what a client of AWS finds in this environment, in its own order."""
    yield from _server(remote)
    session = Session()
    try:
        session.get_scoped_config()
    except BotoCoreError as problem:
        yield Finding(f"the configuration of AWS cannot be used: {problem}", "mend the file, or unset AWS_PROFILE")
        return
    if session.get_config_variable("region") is None:
        yield Finding("no region is set", f"export AWS_DEFAULT_REGION={REGION}")
    credentials = session.get_credentials()
    if credentials is None:
        yield Finding("there are no credentials", "export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test")
    else:
        yield Finding(f"credentials: {credentials.access_key}, from {credentials.method}")
    reached = [found for service in SERVICES for found in _endpoint(remote, session, service)]
    yield from reached
    if all(found.cure is None for found in reached) and credentials is not None:
        yield from _call(session)


def _server(remote: Remote) -> Iterator[Finding]:
    try:
        health = remote.get("health")
    except RemoteError as problem:
        yield Finding(str(problem), "start it with fake-iam, or name its address with --host and --port")
        return
    yield Finding(f"fake-iam {health['version']} answers on {remote.url} (auth: {health['auth']})")
    if "warning" in health:
        yield Finding(health["warning"], "sign with the number of the other account as the access key id")


def _endpoint(remote: Remote, session: Session, service: str) -> Iterator[Finding]:
    """Where clients of a service go, by variables, profile and files, and whether a proxy stands between."""
    try:
        url = _client(session, service).meta.endpoint_url
    except (BotoCoreError, ValueError) as problem:
        yield Finding(f"no client of {service} can be made: {problem}", f"unset AWS_ENDPOINT_URL_{service.upper()}")
        return
    cure = f'eval "$(fake-iam env --port {remote.settings.port})"'
    there, here = urlsplit(url), urlsplit(remote.url)
    if (there.hostname or "").endswith("amazonaws.com"):
        if session.get_config_variable("ignore_configured_endpoint_urls"):
            cure = (
                "unset AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, and take ignore_configured_endpoint_urls out of the profile"
            )
        yield Finding(f"clients of {service} go to AWS, {url}", cure)
    elif there.scheme == "https" and there.port == here.port:
        yield Finding(f"clients of {service} speak HTTPS, {url}; the server speaks HTTP", cure)
    elif (_host(there.hostname), there.port) != (_host(here.hostname), here.port):
        yield Finding(f"clients of {service} go to {url}, the server is on {remote.url}", cure)
    elif proxy := get_environ_proxies(url).get("http"):
        yield Finding(f"clients of {service} go through the proxy {proxy}", f"export NO_PROXY={there.hostname}")
    else:
        yield Finding(f"clients of {service} go to {url}")


def _host(name: str | None) -> str | None:
    return "127.0.0.1" if name == "localhost" else name


def _call(session: Session) -> Iterator[Finding]:
    """A call as a client makes it; GetCallerIdentity takes no permission."""
    try:
        answer: Any = _client(session, "sts").get_caller_identity()
    except ClientError as refusal:
        error = refusal.response["Error"]
        cure = REFUSED.get(error["Code"], "see the journal: fake-iam calls GetCallerIdentity")
        yield Finding(f"GetCallerIdentity is refused: {error['Code']}: {error.get('Message', '')}", cure)
        return
    except BotoCoreError as problem:
        yield Finding(f"GetCallerIdentity gets no answer: {problem}", "see whether the server still runs")
        return
    yield Finding(f"GetCallerIdentity: {answer['Arn']}")
    said = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    if said is not None:
        off = abs(SystemClock().now() - parsedate_to_datetime(said))
        if off > SKEW:
            yield Finding(f"the clocks of this machine and of the server's differ by {off}", "set the clocks")


def _client(session: Session, service: str) -> Any:
    region = session.get_config_variable("region") or REGION
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=5)
    return session.create_client(service, region_name=region, config=config)
