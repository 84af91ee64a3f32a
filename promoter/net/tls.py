"""TLS settings, the same on every Python, and what a handshake that failed comes down to."""

import ssl
from collections.abc import Sequence
from typing import Any

from promoter.messages import Parameter, message
from promoter.model.context import Context
from promoter.net.roots import Roots
from promoter.net.trouble import Trouble


def verifying(context: Context, roots: Sequence[Roots]) -> ssl.SSLContext:
    """The TLS settings of the run: TLS 1.2 or newer, RFC 5280 followed strictly, an intermediate may be
    a root of trust, and no host name is read from the common name. Made once per set of roots.

    Raises Trouble when a file of roots holds none.
    """
    return context.shared.once(("tls", tuple(roots)), lambda: _verifying(roots))


def indifferent(context: Context) -> ssl.SSLContext:
    """Settings that accept whatever a server presents, to look at it; nothing is ever sent over them."""
    return context.shared.once("indifferent tls", _indifferent)


def verified_chain(connection: ssl.SSLObject) -> tuple[bytes, ...]:
    """The verified chain in DER, leaf first, root last."""
    return _chain(connection, "get_verified_chain")


def sent_chain(connection: ssl.SSLObject) -> tuple[bytes, ...]:
    """The certificates the server sent in DER, leaf first."""
    return _chain(connection, "get_unverified_chain")


def why_no_handshake(error: OSError, address: str) -> Trouble:
    """What a handshake that failed for another reason than the certificate comes down to."""
    if not isinstance(error, ssl.SSLError) or isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Trouble("closed-in-handshake", address=address)
    reason = error.reason or ""
    if reason in _NOT_TLS:
        return Trouble("not-tls", address=address)
    if reason in _TOO_OLD:
        return Trouble("tls-too-old", address=address)
    detail: Parameter = reason.lower().replace("_", " ") or str(error)[:200]
    return Trouble("handshake-refused", address=address, detail=detail)


_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG"})
_TOO_OLD = frozenset({"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "VERSION_TOO_LOW"})


def _verifying(roots: Sequence[Roots]) -> ssl.SSLContext:
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    settings.load_default_certs()
    for each in roots:
        _trust(settings, each)
    settings.minimum_version = ssl.TLSVersion.TLSv1_2
    settings.verify_flags = (
        ssl.VERIFY_X509_TRUSTED_FIRST | ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    )
    settings.hostname_checks_common_name = False
    settings.set_alpn_protocols(["http/1.1"])
    return settings


def _trust(settings: ssl.SSLContext, roots: Roots) -> None:
    try:
        settings.load_verify_locations(cadata=roots.pem.decode("ascii"))
    except (ssl.SSLError, ValueError) as wrong:
        raise Trouble("ca-file-unreadable", path=roots.path, detail=message("not-pem")) from wrong


def _indifferent() -> ssl.SSLContext:
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    settings.check_hostname = False
    settings.verify_mode = ssl.CERT_NONE
    settings.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    settings.set_ciphers("ALL:@SECLEVEL=0")
    return settings


def _chain(connection: ssl.SSLObject, method: str) -> tuple[bytes, ...]:
    """Public from 3.13; before, only on the private object, as certificates of the `_ssl` module."""
    source: Any = connection if hasattr(connection, method) else getattr(connection, "_sslobj", None)
    found: Sequence[Any] = getattr(source, method)() or ()
    return tuple(each if isinstance(each, bytes) else _der(each) for each in found)


def _der(certificate: Any) -> bytes:
    encoded: bytes = certificate.public_bytes(_ENCODING_DER)
    return encoded


_ENCODING_DER = 2
"""`_ssl.ENCODING_DER`."""
