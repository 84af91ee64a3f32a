"""TLS settings, the same on every Python, and what a handshake that failed comes down to."""

import asyncio
import re
import ssl
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from promoter.messages import Message, Parameter, message
from promoter.model.context import Context
from promoter.net import alerts
from promoter.net.client_certificate import ClientCertificate, present
from promoter.net.roots import Roots
from promoter.net.system_roots import roots_of_the_system, trusting_the_system
from promoter.net.trouble import Trouble


async def verifying(
    context: Context, roots: Sequence[Roots], shown: ClientCertificate | None = None
) -> ssl.SSLContext:
    """The TLS settings of the run: TLS 1.2 or newer, RFC 5280 followed strictly, an intermediate may be
    a root of trust, and no host name is read from the common name. Made once per set of roots and client
    certificate to be `shown`; the system's roots, of which there are many, are read beside the loop.

    Raises Trouble when a file of roots holds none, or the client certificate cannot be used.
    """
    key = (tuple(roots), shown)
    plain = await asyncio.shield(context.shared.once(("plain tls", *key), trusting_the_system))
    return context.shared.once(("tls", *key), lambda: _verifying(plain, roots, shown))


def indifferent(context: Context) -> ssl.SSLContext:
    """Settings that accept whatever a server presents, to look at it; nothing is ever sent over them."""
    return context.shared.once("indifferent tls", _indifferent)


def trusted_besides(chain: Sequence[bytes], roots: Sequence[Roots], context: Context) -> bool:
    """Whether a verified chain ends in one of these roots and in none of the system's."""
    given = {ssl.PEM_cert_to_DER_cert(each) for root in roots for each in _certificates(root.pem)}
    return (
        bool(chain)
        and chain[-1] in given
        and chain[-1] not in context.shared.once("roots", roots_of_the_system)
    )


def verified_chain(connection: ssl.SSLObject) -> tuple[bytes, ...]:
    """The verified chain in DER, leaf first, root last."""
    return _chain(connection, "get_verified_chain")


def sent_chain(connection: ssl.SSLObject) -> tuple[bytes, ...]:
    """The certificates the server sent in DER, leaf first."""
    return _chain(connection, "get_unverified_chain")


def settled_for(writer: asyncio.StreamWriter) -> tuple[str, str]:
    """The TLS version (`TLSv1.2` or `TLSv1.3`) and the cipher of a handshake under verifying settings, as
    they were at its end: the connection may be broken since, and then it is without a version."""
    cipher, since, _ = writer.get_extra_info("cipher")
    return "TLSv1.3" if since == "TLSv1.3" else "TLSv1.2", cipher


def why_no_handshake(error: OSError, address: str, shown: ClientCertificate | None, now: datetime) -> Trouble:
    """What a handshake that failed for another reason than the server's certificate comes down to. From
    TLS 1.3 on a server says only after it what it thinks of the client certificate that was `shown`."""
    detail = said_in(error)
    if not isinstance(error, ssl.SSLError) or detail == HUNG_UP:
        return Trouble("closed-in-handshake", address=address)
    reason = error.reason or ""
    if reason in _NOT_TLS:
        return Trouble("not-tls", address=address)
    if reason in _TOO_OLD:
        return Trouble("tls-too-old", address=address)
    if alerts.is_about_the_client(reason):
        return why_client_unknown(address, shown, detail, now)
    return Trouble("handshake-refused", address=address, detail=detail)


def said_in(error: OSError) -> Message:
    """What the other side of a connection that broke had to say, in words of ours."""
    if not isinstance(error, ssl.SSLError) or isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return HUNG_UP
    return alerts.said_by(error.reason or "", str(error))


def why_client_unknown(
    address: str, shown: ClientCertificate | None, detail: Parameter, now: datetime
) -> Trouble:
    """What it comes down to when a server turns away who shows this client certificate, or none."""
    if shown is None:
        return Trouble("client-certificate-required", address=address)
    refused = Trouble("client-certificate-refused", address=address, path=shown.path, detail=detail)
    return shown.out_of_time(now) or refused


HUNG_UP = message("closed")
_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG"})
_TOO_OLD = frozenset({"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "VERSION_TOO_LOW"})


def _verifying(
    settings: ssl.SSLContext, roots: Sequence[Roots], shown: ClientCertificate | None
) -> ssl.SSLContext:
    for each in roots:
        _trust(settings, each)
    settings.minimum_version = ssl.TLSVersion.TLSv1_2
    settings.verify_flags = (
        ssl.VERIFY_X509_TRUSTED_FIRST | ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    )
    settings.hostname_checks_common_name = False
    settings.set_alpn_protocols(["http/1.1"])
    if shown is not None:
        present(settings, shown)
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


def _certificates(pem: bytes) -> Sequence[str]:
    return _CERTIFICATE.findall(pem.decode("ascii", "replace"))


_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")


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
