"""HTTP without a client library's good manners: odd paths, methods and headers go out as they are."""

from __future__ import annotations

import http.client
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree import ElementTree

from conformance.answers import AwsError, Bare
from conformance.signing import Headers

TIMEOUT = 10.0


@dataclass(frozen=True)
class RawAnswer:
    """An answer as it came. Names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def xml(self) -> ElementTree.Element:
        """The root element; fails the case if the body is no XML."""
        __tracebackhide__ = True
        try:
            return ElementTree.fromstring(self.body)
        except ElementTree.ParseError:
            raise AssertionError(f"expected XML, got {self.summary()}") from None

    @property
    def namespace(self) -> str:
        """The namespace of the root element."""
        return self.xml.tag.partition("}")[0].lstrip("{")

    @property
    def request_id(self) -> str:
        """The request id in the body; fails the case if there is none."""
        __tracebackhide__ = True
        found = self.xml.findtext(".//{*}RequestId")
        assert found, f"expected a RequestId in the body, got {self.summary()}"
        return found

    def error(self) -> AwsError:
        """The error in the body; fails the case if it holds none."""
        __tracebackhide__ = True
        found = self.xml.find(".//{*}Error")
        if found is None:
            raise AssertionError(f"expected an error, got {self.summary()}")
        code = found.findtext("{*}Code") or ""
        message = found.find("{*}Message")
        return AwsError(code, None if message is None else message.text or "", self.status)

    def names(self, path: str) -> list[str]:
        """The names of the elements inside the first element at the path, in their order."""
        __tracebackhide__ = True
        found = self.xml.find("/".join(f"{{*}}{name}" for name in path.split("/")))
        assert found is not None, f"expected {path} in the answer, got {self.summary()}"
        return [child.tag.rpartition("}")[2] for child in found]

    def shown(self) -> str:
        """The body with the characters of the request id replaced, to be compared to the letter."""
        found = self.xml.findtext(".//{*}RequestId")
        return self.text.replace(found, "ID") if found else self.text

    def succeeded(self) -> RawAnswer:
        """This answer; fails the case unless its status is 200 and its body that of a success."""
        __tracebackhide__ = True
        assert self.status == 200, f"expected status 200, got {self.summary()}"
        assert self.xml.tag.endswith("Response"), f"expected a success, got {self.summary()}"
        return self

    def bare(self) -> Bare:
        """The answer by status, body and Location alone."""
        return Bare(self.status, self.body, self.headers.get("location"))

    def summary(self) -> str:
        """The answer in one line."""
        kind = self.headers.get("content-type", "no content type")
        begins = " ".join(self.text.split())[:160]
        return f"status {self.status}, {kind}, {'body ' + repr(begins) if begins else 'no body'}"


def send(url: str, method: str, target: str, headers: Headers, body: bytes) -> RawAnswer:
    """Send one request on a connection of its own. Fails the case if there is no answer."""
    __tracebackhide__ = True
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=TIMEOUT)
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        if body or method == "POST":
            connection.putheader("Content-Length", str(len(body)))
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.endheaders(body)
        response = connection.getresponse()
        sent = {name.lower(): value for name, value in response.getheaders()}
        return RawAnswer(response.status, sent, response.read())
    except (OSError, http.client.HTTPException) as problem:
        raise AssertionError(f"no answer from {url}: {type(problem).__name__}: {problem}") from None
    finally:
        connection.close()
