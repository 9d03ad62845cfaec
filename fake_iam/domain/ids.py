"""Identifiers and secrets: their forms, and the one generator they are drawn from.

Source of the account's place in a key id: eight real ids and sts:GetAccessKeyInfo (facts, section 5).
"""

from __future__ import annotations

import base64
import binascii
import random
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import datetime
from typing import Final

ID_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
BASE32_PAIRS: Final = [first + second for first in ID_ALPHABET for second in ID_ALPHABET]  # ten bits each
LETTERS_AND_DIGITS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
SECRET_ALPHABET: Final = LETTERS_AND_DIGITS + "+/"
ACCOUNT_MASK: Final = 0x7FFFFFFFFF80
TOKEN_HEAD: Final = "IQoJb3JpZ2luX2Vj"
TOKEN_SIZE: Final = 316
UUID_VARIANT: Final = {f"{digit:x}": "89ab"[digit & 3] for digit in range(16)}  # the two highest bits are 1 and 0
PRESENT_FORM: Final = 0x800000000000  # ids of the present form have a fifth character of Q or later


class IdSource:
    """Draws every identifier, secret and request id from one generator.

    Args:
        seed: an integer makes the whole sequence the same in every run; None begins it at random.
        key_prefix: the first four characters of long-term key ids. Another than AKIA also changes those of temporary
            ones, to its first three characters and an S (a T if it ends in S itself).
        awkward_secrets: whether every secret has a ``/`` and a ``+``, which real ones have now and then.
    """

    def __init__(self, seed: int | None = None, *, key_prefix: str = "AKIA", awkward_secrets: bool = False) -> None:
        self._seed = seed
        self._key_prefix = key_prefix
        self._session_prefix = session_prefix(key_prefix)
        self._awkward_secrets = awkward_secrets
        self.restart()

    def restart(self) -> None:
        """Begin the sequence anew; without a seed this changes nothing that can be seen."""
        seed = self._seed
        self._repeatable = seed is not None
        self._random = random.Random(seed)
        # Apart from the rest, so that a read does not change the next key's secret.
        self._requests = random.Random(None if seed is None else f"requests {seed}")

    def export(self) -> str | None:
        """Where the sequence stands, as text for ``resume``; None if it was not seeded, and so has no such place."""
        if not self._repeatable:
            return None
        places = [generator.getstate()[1] for generator in (self._random, self._requests)]
        return base64.b64encode(b"".join(struct.pack(">625I", *place) for place in places)).decode()

    def resume(self, text: str) -> None:
        """Go on where the exported sequence stood. Raises ValueError for text that ``export`` did not make."""
        try:
            data = base64.b64decode(text, validate=True)
            places = [struct.unpack(">625I", data[at : at + 2500]) for at in (0, 2500)]
            generators = [random.Random(0), random.Random(0)]
            for generator, place in zip(generators, places, strict=True):
                generator.setstate((3, place, None))
        except (binascii.Error, struct.error, ValueError) as problem:
            raise ValueError("it is no place in a sequence of ids") from problem
        self._random, self._requests = generators
        self._repeatable = True

    def place(self) -> str | None:
        """Where the sequence of ids and secrets alone stands, as text for ``go_to``; None if it was not seeded."""
        place = self.export()
        return place and base64.b64encode(base64.b64decode(place)[:2500]).decode()

    def go_to(self, place: str) -> None:
        """Go on with ids and secrets where another process stands, whose ``place`` this is."""
        self._random.setstate((3, struct.unpack(">625I", base64.b64decode(place)), None))

    def fork(self) -> IdSource:
        """A source that draws what this one would draw next; unseeded, it draws from the same generator."""
        found = copy(self)
        if self._repeatable:
            found._random = random.Random(0)
            found._random.setstate(self._random.getstate())
        return found

    def join(self, fork: IdSource, began: object) -> bool:
        """Go on where a fork stands; False if something was drawn here since ``began``, which was ``state`` then."""
        if self.state() != began:
            return False
        self._random, self._requests, self._repeatable = fork._random, fork._requests, fork._repeatable
        return True

    def state(self) -> object:
        """Equal as long as nothing is drawn but request ids; unseeded, always."""
        return self._random.getstate() if self._repeatable else None

    @contextmanager
    def undone_on_failure(self) -> Iterator[None]:
        """Inside, an exception takes back what was drawn or resumed."""
        generators, place = (self._random, self._requests), self.export()
        try:
            yield
        except BaseException:
            self._random, self._requests = generators
            self._repeatable = place is not None
            if place is not None:
                self.resume(place)
            raise

    def access_key_id(self, account_id: str) -> str:
        """A long-term key id: the prefix and 16 characters that carry the account."""
        return self._with_account(self._key_prefix, account_id, 16)

    def session_key_id(self, account_id: str) -> str:
        """A temporary key id: its own prefix and 16 characters that carry the account."""
        return self._with_account(self._session_prefix, account_id, 16)

    def user_id(self, account_id: str) -> str:
        """A user's unique id, 21 characters."""
        return self.unique_id("AIDA", account_id)

    def unique_id(self, prefix: str, account_id: str) -> str:
        """An id of 21 characters that carries the account: AGPA for groups, ANPA for policies, APKA, ASCA, ACCA."""
        return self._with_account(prefix, account_id, 17)

    def secret(self) -> str:
        """A secret of 40 characters."""
        secret = self._draw(SECRET_ALPHABET, 40)
        return f"{secret[:12]}/{secret[13:27]}+{secret[28:]}" if self._awkward_secrets else secret

    def mfa_seed(self) -> str:
        """The seed of an MFA device: 64 characters of Base32, which are 40 bytes."""
        return self._draw(ID_ALPHABET, 64)

    def text(self, alphabet: str, count: int) -> str:
        """So many characters of an alphabet."""
        return self._draw(alphabet, count)

    def session_token(self, minimum_size: int = 0) -> str:
        """An opaque token; its form is not promised by AWS, its beginning is that of real ones."""
        return TOKEN_HEAD + self._draw(SECRET_ALPHABET, max(TOKEN_SIZE, minimum_size) - len(TOKEN_HEAD))

    def message_key(self) -> str:
        """A key for authorization messages: the same from the same seed, wherever the sequence stands."""
        generator = random.SystemRandom() if self._seed is None else random.Random(f"messages {self._seed}")
        return _drawn(generator, LETTERS_AND_DIGITS, 43)

    def uuid(self) -> str:
        """A lower-case UUID of version 4."""
        return _uuid(self._random)

    def request_id(self) -> str:
        """A lower-case UUID of version 4, from a generator of its own."""
        return _uuid(self._requests)

    def extended_request_id(self, region: str, at: datetime) -> str:
        """The value of STS's x-amz-sts-extended-request-id header."""
        tail = _drawn(self._requests, LETTERS_AND_DIGITS, 8)
        return base64.b64encode(f"1:{region}:S:{int(at.timestamp() * 1000)}:R:{tail}".encode()).decode()

    def _with_account(self, prefix: str, account_id: str, length: int) -> str:
        head = PRESENT_FORM | (int(account_id) << 7) | self._random.getrandbits(7)
        tail = self._random.getrandbits(32)
        bits = head << 32 | tail
        body = "".join([BASE32_PAIRS[bits >> shift & 1023] for shift in range(70, -1, -10)])
        return prefix + body + self._draw(ID_ALPHABET, length - 16)

    def _draw(self, alphabet: str, count: int) -> str:
        return _drawn(self._random, alphabet, count)


def _uuid(generator: random.Random) -> str:
    text = generator.getrandbits(128).to_bytes(16, "big").hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{UUID_VARIANT[text[16]]}{text[17:20]}-{text[20:]}"


def _drawn(generator: random.Random, alphabet: str, count: int) -> str:
    """What the generator's ``choice`` would draw, in a third of its time: a session token has 300 characters."""
    draw, size = generator.getrandbits, len(alphabet)
    bits, found = size.bit_length(), ""
    while len(found) < count:
        number = draw(bits)
        if number < size:
            found += alphabet[number]
    return found


def chances(seed: str) -> Callable[[], float]:
    """Draws numbers from 0 to 1, the same for the same seed."""
    return random.Random(seed).random


def control_token() -> str:
    """A token for the control plane, from the system's randomness whatever the seed."""
    return _drawn(random.SystemRandom(), LETTERS_AND_DIGITS, 32)


def session_prefix(key_prefix: str) -> str:
    """The first four characters of temporary key ids beside long-term ones that begin with ``key_prefix``."""
    if key_prefix == "AKIA":
        return "ASIA"
    return key_prefix[:3] + ("T" if key_prefix.endswith("S") else "S")


def account_of(key_id: str) -> str | None:
    """The account number a key id of the present form carries, or None if it carries none.

    >>> account_of("AKIAIOSFODNN7EXAMPLE") is None
    True
    """
    body = key_id[4:20]
    if len(body) < 16:
        return None
    try:
        head = int.from_bytes(base64.b32decode(body)[:6], "big")
    except (binascii.Error, ValueError):
        return None
    if not head & PRESENT_FORM:
        return None
    account = (head & ACCOUNT_MASK) >> 7
    return f"{account:012d}" if account < 10**12 else None
