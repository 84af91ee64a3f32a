"""With what a caller says over TLS who it is: a certificate of the work tree, and a key that is in no file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from promoter.frozen import frozen
from promoter.messages import Message, message
from promoter.model.context import Context
from promoter.net.certificate import CertificateFacts, read_chain
from promoter.net.regular_file import NotUsable, read_usable_file
from promoter.net.trouble import Trouble
from promoter.redaction import Secret

if TYPE_CHECKING:
    import ssl

_LARGEST = 32 * 1024


@frozen
class ClientCertificate:
    """A certificate with those above it, leaf first, and its key, both in PEM."""

    path: str
    chain: bytes = field(repr=False)
    key: Secret
    leaf: CertificateFacts

    def out_of_time(self, now: datetime) -> Trouble | None:
        """The trouble with a certificate that has expired, or is not valid yet; None when it is."""
        if self.leaf.not_after < now:
            return Trouble("client-certificate-expired", path=self.path, at=self.leaf.not_after.isoformat())
        if self.leaf.not_before > now:
            since = self.leaf.not_before.isoformat()
            return Trouble("client-certificate-not-yet-valid", path=self.path, at=since)
        return None


def client_certificate_of(path: str | None, key: Secret | None, context: Context) -> ClientCertificate | None:
    """The client certificate at a path of the work tree; None when there is to be none. Read and tried
    once a run.

    Raises Trouble when one of the two is missing, or they cannot be used.
    """
    if path is None and key is None:
        return None
    if path is None or key is None:
        raise _unusable(path or "?", message("key-not-given" if path else "certificate-not-given"))

    def read() -> ClientCertificate:
        try:
            chain = read_usable_file(Path(path), _LARGEST, inside=context.root)
        except NotUsable as wrong:
            raise _unusable(path, wrong.why) from wrong
        return _checked(path, chain, key)

    return context.shared.once(("client certificate", path, key, context.root), read)


def present(settings: "ssl.SSLContext", certificate: ClientCertificate) -> None:
    """Lets connections under these settings show the certificate to servers that ask for one.

    Raises Trouble when TLS cannot use it.
    """
    try:
        with _pipe(certificate.chain) as chain, _pipe(certificate.key.reveal().encode("ascii")) as key:
            settings.load_cert_chain(chain, key, password=lambda: b"")
        settings.post_handshake_auth = True  # a server may ask when it has seen what is wanted of it
    except OSError as wrong:
        detail = getattr(wrong, "reason", None) or wrong.strerror or ""
        why = message("not-usable-over-tls", detail=detail.lower().replace("_", " "))
        raise _unusable(certificate.path, why) from wrong


def _checked(path: str, chain: bytes, key: Secret) -> ClientCertificate:
    """The key is kept as nothing but the PEM of one private key, which a pipe can feed to OpenSSL."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    pem, public = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    try:
        own = x509.load_pem_x509_certificates(chain)[0]
        certified = own.public_key()
        (leaf,) = read_chain([own.public_bytes(serialization.Encoding.DER)])
    except (ValueError, UnsupportedAlgorithm, Trouble) as wrong:
        raise _unusable(path, message("not-pem")) from wrong
    try:
        private = serialization.load_pem_private_key(key.reveal().encode(), None)
    except TypeError as wrong:
        raise _unusable(path, message("key-encrypted")) from wrong
    except (ValueError, UnsupportedAlgorithm) as wrong:
        raise _unusable(path, message("key-not-pem")) from wrong
    if private.public_key().public_bytes(pem, public) != certified.public_bytes(pem, public):
        raise _unusable(path, message("key-of-another"))
    alone = private.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return ClientCertificate(path, chain, Secret(alone.decode("ascii"), key.name), leaf)


def _unusable(path: str, why: Message) -> Trouble:
    return Trouble("client-certificate-unusable", path=path, why=why)


@contextmanager
def _pipe(content: bytes) -> Iterator[str]:
    """The path of a pipe that holds the content: OpenSSL reads keys from paths only, and a key must never
    lie in a file. What a pipe holds at least (16 KiB) is more than any key takes; a chain that is longer
    than it holds is refused."""
    reading, writing = os.pipe()
    try:
        os.set_blocking(writing, False)
        written = os.write(writing, content)
        os.close(writing)
        writing = -1
        if written < len(content):
            raise OSError(None, "too long")
        yield f"/dev/fd/{reading}"
    finally:
        os.close(reading)
        if writing >= 0:
            os.close(writing)
