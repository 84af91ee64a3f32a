"""What an OCSP answer says of a certificate (RFC 6960), fetched or stapled. Nothing here connects."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, SignatureAlgorithmOID

from promoter.messages import Parameter, message
from promoter.net.certificate import WEAK_DIGESTS
from promoter.net.der import UNREADABLE, quietly
from promoter.net.standing import CLOCK_SKEW, Standing, why_revoked
from promoter.net.trouble import Trouble

_OLDEST_WITHOUT_END = timedelta(days=1)
_PSS = SignatureAlgorithmOID.RSASSA_PSS
_PSS_DIGESTS = (hashes.SHA256(), hashes.SHA384(), hashes.SHA512())


@quietly()
def request_for(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """The question for a responder, in DER; its names are SHA-1, which every responder knows (RFC 5019)."""
    asked = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303 - no signature
    return asked.build().public_bytes(serialization.Encoding.DER)


@quietly()
def judge(
    content: bytes, certificate: x509.Certificate, issuer: x509.Certificate, source: Parameter, now: datetime
) -> Standing:
    """What the answer of a source says of the certificate.

    Raises Trouble, with that `source`, when it is no answer, is not signed by the issuer or whom the issuer
    appoints for that, is about another certificate, or is not valid now.
    """
    try:
        answer = ocsp.load_der_ocsp_response(content)
        if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            status = answer.response_status.name.lower().replace("_", " ")
            raise Trouble("ocsp-refused", source=source, status=status)
        _judge_signature(answer, issuer, source, now)
        if any(each.critical for each in answer.extensions):
            raise Trouble("ocsp-unreadable", source=source)
        about = next((each for each in answer.responses if _is_about(each, certificate, issuer)), None)
        if about is None:
            raise Trouble("ocsp-of-another", source=source)
        return _standing(about, source, now)
    except UNREADABLE as error:
        raise Trouble("ocsp-unreadable", source=source) from error


def _standing(about: ocsp.OCSPSingleResponse, source: Parameter, now: datetime) -> Standing:
    begins, until = about.this_update_utc, about.next_update_utc
    revoked = about.certificate_status is ocsp.OCSPCertStatus.REVOKED
    if revoked and about.revocation_reason is not x509.ReasonFlags.certificate_hold:  # which does not lapse
        return Standing(about.revocation_time_utc or begins, why_revoked(about.revocation_reason), until)
    if begins > now + CLOCK_SKEW:
        raise Trouble("ocsp-premature", source=source, at=begins.isoformat())
    last = until if until is not None else begins + _OLDEST_WITHOUT_END
    if last < now:
        raise Trouble("ocsp-outdated", source=source, at=last.isoformat())
    if about.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise Trouble("ocsp-unknown", source=source)
    if about.certificate_status is ocsp.OCSPCertStatus.GOOD:
        return Standing(None, "", until)
    return Standing(about.revocation_time_utc or begins, why_revoked(about.revocation_reason), until)


def _is_about(
    single: ocsp.OCSPSingleResponse, certificate: x509.Certificate, issuer: x509.Certificate
) -> bool:
    if single.serial_number != certificate.serial_number:
        return False
    own = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, single.hash_algorithm).build()
    return (single.issuer_name_hash, single.issuer_key_hash) == (own.issuer_name_hash, own.issuer_key_hash)


def _judge_signature(
    answer: ocsp.OCSPResponse, issuer: x509.Certificate, source: Parameter, now: datetime
) -> None:
    shown = issuer.subject.rfc4514_string()[:200]
    try:
        digest = _digest_of(answer)
    except UnsupportedAlgorithm as error:
        raise Trouble("ocsp-untrusted", source=source, why=message("signed-unreadably")) from error
    if digest is not None and digest.name.lower() in WEAK_DIGESTS:
        raise Trouble("ocsp-untrusted", source=source, why=message("signed-weakly", signature=digest.name))
    if _is_signer(answer, issuer) and _signed_by(answer, issuer):
        return
    others = [each for each in answer.certificates if _is_signer(answer, each) and _signed_by(answer, each)]
    if not others:
        raise Trouble("ocsp-untrusted", source=source, why=message("not-signed-by", issuer=shown))
    if not any(_is_appointed(each, issuer, now) for each in others):
        raise Trouble("ocsp-untrusted", source=source, why=message("signer-not-appointed", issuer=shown))


def _is_signer(answer: ocsp.OCSPResponse, candidate: x509.Certificate) -> bool:
    """Whether the answer names it as its signer (RFC 6960, section 4.2.1)."""
    if answer.responder_name is not None:
        return answer.responder_name == candidate.subject
    return (
        answer.responder_key_hash == x509.SubjectKeyIdentifier.from_public_key(candidate.public_key()).digest
    )


def _signed_by(answer: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    key, digest = signer.public_key(), _digest_of(answer)
    try:
        if isinstance(key, rsa.RSAPublicKey) and answer.signature_algorithm_oid == _PSS:
            return any(_signed_with_pss(answer, key, each) for each in _PSS_DIGESTS)
        if isinstance(key, rsa.RSAPublicKey) and digest is not None:
            key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and digest is not None:
            key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(digest))
        elif isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes)
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _digest_of(answer: ocsp.OCSPResponse) -> hashes.HashAlgorithm | None:
    """The digest that its signature's algorithm names; None where that is a parameter, as of RSASSA-PSS."""
    return None if answer.signature_algorithm_oid == _PSS else answer.signature_hash_algorithm


def _signed_with_pss(answer: ocsp.OCSPResponse, key: rsa.RSAPublicKey, digest: hashes.HashAlgorithm) -> bool:
    """Whether it is signed so (RFC 4055): which digest it was, only the key tells for sure."""
    salted = padding.PSS(padding.MGF1(digest), padding.PSS.AUTO)
    try:
        key.verify(answer.signature, answer.tbs_response_bytes, salted, digest)
    except InvalidSignature:
        return False
    return True


def _is_appointed(signer: x509.Certificate, issuer: x509.Certificate, now: datetime) -> bool:
    """Whether the issuer itself issued it for signing OCSP answers, and it is valid (section 4.2.2.2)."""
    try:
        signer.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    in_time = signer.not_valid_before_utc <= now <= signer.not_valid_after_utc
    return in_time and ExtendedKeyUsageOID.OCSP_SIGNING in _purposes(signer)


def _purposes(signer: x509.Certificate) -> Iterator[x509.ObjectIdentifier]:
    try:
        yield from signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return
