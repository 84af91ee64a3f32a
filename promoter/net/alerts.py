"""What OpenSSL says when a handshake fails, in words of our own: the alerts of a server (RFC 8446, section 6),
and what this side cannot put up with."""

import re
from collections.abc import Mapping

from promoter.messages import N_, Message, Template, message

PHRASES: Mapping[str, Template] = {
    "alert-unexpected-message": N_("it says that it did not expect such a message"),
    "alert-handshake-failure": N_("it says that it agrees to none of the settings offered"),
    "alert-no-certificate": N_("it says that there is no certificate"),
    "alert-bad-certificate": N_("it says that the certificate is damaged, or not one it takes"),
    "alert-unsupported-certificate": N_("it says that it does not support certificates of this sort"),
    "alert-certificate-revoked": N_("it says that the certificate was revoked"),
    "alert-certificate-expired": N_("it says that the certificate has expired, or is not valid yet"),
    "alert-certificate-unknown": N_("it says that it cannot accept the certificate"),
    "alert-illegal-parameter": N_("it says that the client is mistaken"),
    "alert-unknown-authority": N_("it says that it does not know the certificate's issuer"),
    "alert-access-denied": N_("it says that access is denied"),
    "alert-decode-error": N_("it says that it cannot read the message"),
    "alert-decrypt-error": N_("it says that a signature is wrong"),
    "alert-insufficient-security": N_("it says that it wants stronger ciphers"),
    "alert-internal-error": N_("it says that it failed inside"),
    "alert-inappropriate-fallback": N_("it says that it speaks a newer version of TLS"),
    "alert-missing-extension": N_("it says that an extension of TLS is missing"),
    "alert-unsupported-extension": N_("it says that it does not support an extension of TLS"),
    "alert-unrecognized-name": N_("it says that it does not know this host name"),
    "alert-certificate-required": N_("it says that it wants a client certificate"),
    "alert-no-application-protocol": N_("it says that it does not speak HTTP/1.1"),
    "small-key-exchange": N_("its key exchange is too weak"),
    "old-renegotiation": N_("it knows only the old, unsafe way to renegotiate"),
    "weak-handshake-signature": N_("it signs the handshake in a way that is too weak or was not offered"),
    "garbled-handshake": N_("what it sends is not as TLS has it"),
    "other-failure": N_("OpenSSL says {reason}"),
}
_CODES: Mapping[str, str] = {
    "UNEXPECTED_MESSAGE": "alert-unexpected-message",
    "HANDSHAKE_FAILURE": "alert-handshake-failure",
    "NO_CERTIFICATE": "alert-no-certificate",
    "BAD_CERTIFICATE": "alert-bad-certificate",
    "UNSUPPORTED_CERTIFICATE": "alert-unsupported-certificate",
    "CERTIFICATE_REVOKED": "alert-certificate-revoked",
    "CERTIFICATE_EXPIRED": "alert-certificate-expired",
    "CERTIFICATE_UNKNOWN": "alert-certificate-unknown",
    "ILLEGAL_PARAMETER": "alert-illegal-parameter",
    "UNKNOWN_CA": "alert-unknown-authority",
    "ACCESS_DENIED": "alert-access-denied",
    "DECODE_ERROR": "alert-decode-error",
    "DECRYPT_ERROR": "alert-decrypt-error",
    "INSUFFICIENT_SECURITY": "alert-insufficient-security",
    "INTERNAL_ERROR": "alert-internal-error",
    "INAPPROPRIATE_FALLBACK": "alert-inappropriate-fallback",
    "MISSING_EXTENSION": "alert-missing-extension",
    "UNSUPPORTED_EXTENSION": "alert-unsupported-extension",
    "UNRECOGNIZED_NAME": "alert-unrecognized-name",
    "CERTIFICATE_REQUIRED": "alert-certificate-required",
    "NO_APPLICATION_PROTOCOL": "alert-no-application-protocol",
}
_OF_THIS_SIDE: Mapping[str, str] = {
    "DH_KEY_TOO_SMALL": "small-key-exchange",
    "UNSAFE_LEGACY_RENEGOTIATION_DISABLED": "old-renegotiation",
    "WRONG_SIGNATURE_TYPE": "weak-handshake-signature",
    "UNEXPECTED_MESSAGE": "garbled-handshake",
    "UNEXPECTED_RECORD": "garbled-handshake",
    "LENGTH_MISMATCH": "garbled-handshake",
    "DECRYPTION_FAILED_OR_BAD_RECORD_MAC": "garbled-handshake",
    "BAD_RECORD_TYPE": "garbled-handshake",
    "BAD_EXTENSION": "garbled-handshake",
}
_ALERT = re.compile(r"(?:.*_ALERT_|TLSV1_(?=UN))(.*)")
"""How OpenSSL names an alert: `TLSV1_ALERT_UNKNOWN_CA`, but `TLSV1_UNRECOGNIZED_NAME`."""
_ABOUT_THE_CLIENT = frozenset(
    {
        "CERTIFICATE_REQUIRED",
        "UNKNOWN_CA",
        "ACCESS_DENIED",
        "DECRYPT_ERROR",
        "NO_CERTIFICATE",
        "BAD_CERTIFICATE",
        "UNSUPPORTED_CERTIFICATE",
        "CERTIFICATE_REVOKED",
        "CERTIFICATE_EXPIRED",
        "CERTIFICATE_UNKNOWN",
    }
)


def said_by(reason: str, text: str) -> Message:
    """What OpenSSL's reason (`TLSV1_ALERT_UNKNOWN_CA`) or, where it has none, its text comes down to."""
    alert = _ALERT.fullmatch(reason)
    known = _CODES.get(alert[1]) if alert else _OF_THIS_SIDE.get(reason)
    if known is not None:
        return message(known)
    return message("other-failure", reason=reason.lower().replace("_", " ") or text[:200])


def is_about_the_client(reason: str) -> bool:
    """Whether a server says so of who connects to it, not of the handshake."""
    alert = _ALERT.fullmatch(reason)
    return alert is not None and alert[1] in _ABOUT_THE_CLIENT
