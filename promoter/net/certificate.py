"""The facts of X.509 certificates, and what a failed verification comes down to. Nothing here connects."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from promoter.frozen import frozen
from promoter.messages import Parameter
from promoter.net.trouble import Trouble

if TYPE_CHECKING:
    from cryptography import x509

_SMALLEST_RSA = 2048
_SMALLEST_CURVE = 224
WEAK_DIGESTS = frozenset({"md2", "md4", "md5", "sha1"})
"""Names of digests that no signature may rely on any more."""


@frozen
class CertificateFacts:
    """What one certificate says. Times are UTC. `subject` is what it is called: one of its `names` (the subject
    alternative ones) where it has no other name, as many of public authorities'. `names_issuer_url` when it
    says where its issuer's certificate is published (RFC 5280, 4.2.2.1); `for_servers` unless it is for other
    purposes only; `must_staple` when it obliges its server to staple an OCSP answer (RFC 7633)."""

    subject: str
    issuer: str
    common_name: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    key: str
    weak_key: bool
    signature: str
    weak_signature: bool
    self_issued: bool
    names_issuer_url: bool
    for_servers: bool
    must_staple: bool
    serial: str
    fingerprint: str

    def days_left(self, now: datetime) -> int:
        """Whole days until it expires; negative once it has."""
        return (self.not_after - now).days


def read_chain(chain: Sequence[bytes]) -> tuple[CertificateFacts, ...]:
    """The facts of DER certificates, in their order.

    Raises Trouble when one cannot be read.
    """
    from cryptography import x509

    from promoter.net.der import UNREADABLE, quietly

    try:
        with quietly():
            return tuple(_facts(x509.load_der_x509_certificate(each)) for each in chain)
    except UNREADABLE as unreadable:
        raise Trouble("certificate-unreadable", detail=str(unreadable)[:200]) from unreadable


def why_untrusted(
    code: int, detail: str, sent: Sequence[CertificateFacts], host: str, now: datetime, *, private_roots: bool
) -> tuple[str, dict[str, Parameter]]:
    """The ruling, with its parameters, for OpenSSL's verification error (x509_vfy.h) and the chain that
    the server sent, leaf first. `private_roots`: roots besides the system's were given."""
    if not sent:
        return "untrusted", {"detail": detail}
    leaf = sent[0]
    if code in _TRUST:
        return _why_unknown(code, sent, private_roots=private_roots)
    if code in _HOST:
        if not leaf.names and leaf.common_name.lower() == host:
            return "common-name-only", {"host": host}
        return "wrong-host", {"names": (leaf.names or (leaf.common_name or leaf.subject,))[:10], "host": host}
    if code == _EXPIRED and (late := next((each for each in sent if each.not_after < now), None)):
        return "expired", {"subject": late.subject, "at": late.not_after.isoformat()}
    if code == _NOT_YET and (early := next((each for each in sent if each.not_before > now), None)):
        return "not-yet-valid", {"subject": early.subject, "at": early.not_before.isoformat()}
    if code in _WEAK_KEY and (weak := next((each for each in sent if each.weak_key), None)):
        return "weak-key", {"subject": weak.subject, "key": weak.key}
    if code == _WEAK_SIGNATURE and (weak := next((each for each in sent if each.weak_signature), None)):
        return "weak-signature", {"subject": weak.subject, "signature": weak.signature}
    if code == _PURPOSE:
        other = next((each for each in sent if not each.for_servers), leaf)
        return "wrong-purpose", {"subject": other.subject}
    if code in _NAMED:
        return _NAMED[code], {"subject": leaf.subject}
    return "not-conforming" if code in _STRICT else "untrusted", {"detail": detail}


_EXPIRED, _NOT_YET, _SELF_SIGNED, _PURPOSE, _WEAK_SIGNATURE = 10, 9, 18, 26, 68
_HOST = frozenset({62, 64})
_WEAK_KEY = frozenset({66, 67})
_TRUST = frozenset({2, _SELF_SIGNED, 19, 20, 21, 27})
_STRICT = range(80, 92)
_NAMED = {
    24: "not-an-authority",
    25: "not-an-authority",
    47: "outside-name-constraints",
    48: "outside-name-constraints",
    79: "not-an-authority",
}


def _why_unknown(
    code: int, sent: Sequence[CertificateFacts], *, private_roots: bool
) -> tuple[str, dict[str, Parameter]]:
    """A lone certificate whose issuer is missing: an incomplete chain, when its issuer's is published
    as public authorities do or when a private root was given; nobody can tell for sure."""
    if code == _SELF_SIGNED:
        return "self-signed", {"subject": sent[0].subject}
    last = _last_linked(sent)
    lone = last is sent[0] and not last.self_issued
    incomplete = lone and (last.names_issuer_url or private_roots)
    return "incomplete-chain" if incomplete else "unknown-issuer", {
        "issuer": last.issuer,
        "subject": last.subject,
    }


def _last_linked(sent: Sequence[CertificateFacts]) -> CertificateFacts:
    """The last that the leaf leads to by the issuers' names: a server may send strangers as well."""
    last, left = sent[0], list(sent[1:])
    while issuer := next((each for each in left if each.subject == last.issuer), None):
        last = issuer
        left.remove(issuer)
    return last


def _facts(certificate: "x509.Certificate") -> CertificateFacts:
    from cryptography.hazmat.primitives.hashes import SHA256

    key, weak_key = _key(certificate)
    signature = _signature(certificate)
    names = _names(certificate)
    return CertificateFacts(
        subject=_shown(certificate.subject) or next(iter(names), "")[:200],
        issuer=_shown(certificate.issuer),
        common_name=_common_name(certificate.subject),
        names=names,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key=key,
        weak_key=weak_key,
        signature=signature,
        weak_signature=signature.lower() in WEAK_DIGESTS,
        self_issued=certificate.subject == certificate.issuer,
        names_issuer_url=_names_issuer_url(certificate),
        for_servers=_for_servers(certificate),
        must_staple=_must_staple(certificate),
        serial=f"{certificate.serial_number:x}",
        fingerprint=certificate.fingerprint(SHA256()).hex(),
    )


def _common_name(name: "x509.Name") -> str:
    from cryptography.x509.oid import NameOID

    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def _shown(name: "x509.Name") -> str:
    return (_common_name(name) or name.rfc4514_string())[:200]


def _names(certificate: "x509.Certificate") -> tuple[str, ...]:
    from cryptography import x509

    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = (str(each) for each in found.get_values_for_type(x509.IPAddress))
    return (*found.get_values_for_type(x509.DNSName), *addresses)


def _names_issuer_url(certificate: "x509.Certificate") -> bool:
    from cryptography import x509
    from cryptography.x509.oid import AuthorityInformationAccessOID

    try:
        found = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return False
    return any(each.access_method == AuthorityInformationAccessOID.CA_ISSUERS for each in found)


def _for_servers(certificate: "x509.Certificate") -> bool:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return (
        ExtendedKeyUsageOID.SERVER_AUTH in purposes or ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in purposes
    )


def _must_staple(certificate: "x509.Certificate") -> bool:
    from cryptography import x509

    try:
        features = certificate.extensions.get_extension_for_class(x509.TLSFeature).value
    except x509.ExtensionNotFound:
        return False
    return x509.TLSFeatureType.status_request in features


def _key(certificate: "x509.Certificate") -> tuple[str, bool]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

    try:
        key = certificate.public_key()
    except UnsupportedAlgorithm:
        return certificate.public_key_algorithm_oid.dotted_string, False
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}", key.key_size < _SMALLEST_RSA
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}", key.key_size < _SMALLEST_CURVE
    return type(key).__name__.removesuffix("PublicKey").lstrip("_"), isinstance(key, dsa.DSAPublicKey)


def _signature(certificate: "x509.Certificate") -> str:
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        digest = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return certificate.signature_algorithm_oid.dotted_string
    return digest.name if digest is not None else "EdDSA"
