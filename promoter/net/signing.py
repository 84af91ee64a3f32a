"""How senders of webhooks sign what they deliver: an HMAC (RFC 2104) over the body, in a header."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Literal

from promoter.frozen import frozen

Algorithm = Literal["sha256", "sha512", "sha1"]
Encoding = Literal["hex", "base64"]

_MARK = "whsec_"
_HEX = "0123456789abcdef"
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


@frozen(kw_only=True)
class Scheme:
    """One sender's way. `timed` is that of Standard Webhooks: an id and a time are signed before the body,
    and the secret is Base64. `patience` is how many seconds the sender waits for an answer, `refusals` are
    the statuses that rightly refuse a signature."""

    header: str
    algorithm: Algorithm = "sha256"
    encoding: Encoding = "hex"
    prefix: str = ""
    timed: bool = False
    patience: float = 30.0
    refusals: tuple[int, ...] = (401, 403)

    def key(self, secret: str) -> bytes:
        """The key that a secret stands for.

        Raises ValueError when it must be Base64 and is not.
        """
        if self.timed:
            return base64.b64decode(bare(secret), validate=True)
        return secret.encode("utf-8", "surrogateescape")

    def digest(self, key: bytes, signed: bytes) -> str:
        """The signature of some bytes, without its prefix."""
        return self._written(hmac.new(key, signed, getattr(hashlib, self.algorithm)).digest())

    def keyless(self, signed: bytes) -> str:
        """What anybody can compute of some bytes: their hash, written as a signature is."""
        return self._written(hashlib.new(self.algorithm, signed).digest())

    def altered(self, digest: str, place: int) -> str:
        """A signature with one character changed to another that stands for other bits."""
        letters = _HEX if self.encoding == "hex" else _BASE64
        other = letters[(letters.index(digest[place]) + len(letters) // 2) % len(letters)]
        return digest[:place] + other + digest[place + 1 :]

    def _written(self, raw: bytes) -> str:
        return raw.hex() if self.encoding == "hex" else base64.b64encode(raw).decode()


SCHEMES: Mapping[str, Scheme] = {
    "passe-marche": Scheme(header="X-Webhook-Signature-SHA256", prefix="sha256="),
    "github": Scheme(header="X-Hub-Signature-256", prefix="sha256=", patience=10.0),
    "standard-webhooks": Scheme(
        header="webhook-signature", encoding="base64", prefix="v1,", timed=True, refusals=(400, 401, 403)
    ),
    "custom": Scheme(header="X-Signature"),
}
"""The senders known by name; `custom` is for its parts to be said."""


def bare(secret: str) -> str:
    """A secret of Standard Webhooks without what marks it as one."""
    return secret.removeprefix(_MARK)


def shell_digest(scheme: Scheme, secret: str, signed: str) -> str:
    """The shell words that print the digest of what the command `signed` prints; `secret` is a word, quoted,
    that stands for the secret."""
    key = f"-hmac {secret}"
    if scheme.timed:
        raw = f'printf %s {secret} | sed "s/^{_MARK}//" | openssl base64 -d -A | od -An -v -tx1'
        key = f"""-mac HMAC -macopt "hexkey:$({raw} | tr -d ' \\n')\""""
    printed = "-r | cut -d ' ' -f 1" if scheme.encoding == "hex" else "-binary | openssl base64 -A"
    return f"{signed} | openssl dgst -{scheme.algorithm} {key} {printed}"
