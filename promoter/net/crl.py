"""What a certificate revocation list says of a certificate (RFC 5280, sections 5 and 6.3). Nothing here connects.

Only complete lists that the issuer itself signs are believed: indirect ones, deltas, and lists of some
reasons only are refused.
"""

from datetime import datetime

from cryptography import x509

from promoter.frozen import frozen
from promoter.messages import message
from promoter.model.address import split_url
from promoter.net.certificate import WEAK_DIGESTS
from promoter.net.der import UNREADABLE, quietly
from promoter.net.standing import CLOCK_SKEW, Standing, why_revoked
from promoter.net.trouble import Trouble

_PEM = b"-----BEGIN X509 CRL-----"
_KNOWN = (x509.IssuingDistributionPoint, x509.CRLNumber, x509.AuthorityKeyIdentifier)


@frozen
class Point:
    """Where a certificate says that its issuer's list is: one URL, and every name of the place."""

    url: str
    names: frozenset[x509.GeneralName]


@quietly()
def points_of(certificate: x509.Certificate) -> tuple[tuple[Point, ...], Trouble | None]:
    """Where the lists that cover the certificate are, and why the first of those that are named beside
    cannot be used."""
    try:
        named = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return (), None
    found: list[Point] = []
    refused: Trouble | None = None
    for point in named:
        urls = [each.value for each in point.full_name or () if isinstance(each, _Uri)]
        web = [each for each in urls if is_on_the_web(each)]
        trouble = _refusal(point, certificate, urls[0][:_LONGEST] if urls else "?", on_the_web=bool(web))
        refused = refused or trouble
        if trouble is None:
            found += [Point(url, frozenset(point.full_name or ())) for url in web]
    return tuple(found), refused


_Uri = x509.UniformResourceIdentifier
_LONGEST = 200


def is_on_the_web(url: str) -> bool:
    """Whether it is an http or https URL."""
    try:
        split_url(url)
    except ValueError:
        return False
    return True


def _refusal(
    point: x509.DistributionPoint, certificate: x509.Certificate, url: str, *, on_the_web: bool
) -> Trouble | None:
    if point.crl_issuer and x509.DirectoryName(certificate.issuer) not in point.crl_issuer:
        return Trouble("crl-unusable", url=url, why=message("list-indirect"))
    if point.reasons:
        return Trouble("crl-unusable", url=url, why=message("list-of-some-reasons"))
    return None if on_the_web else Trouble("crl-unsupported", url=url)


def load(content: bytes, url: str) -> x509.CertificateRevocationList:
    """The list in DER, or in PEM as some serve it.

    Raises Trouble when it is none.
    """
    try:
        if content.lstrip().startswith(_PEM):
            return x509.load_pem_x509_crl(content)
        return x509.load_der_x509_crl(content)
    except UNREADABLE as error:
        raise Trouble("crl-unreadable", url=url) from error


_TAKEN_BACK = (x509.ReasonFlags.certificate_hold, x509.ReasonFlags.remove_from_crl)
"""The reasons that a later list may take back (RFC 5280, section 5.3.1)."""


@quietly()
def verify(listed: x509.CertificateRevocationList, issuer: x509.Certificate, url: str) -> None:
    """Raises Trouble unless the list is the issuer's own, signed by it."""
    shown = issuer.subject.rfc4514_string()[:200]
    try:
        own = listed.issuer == issuer.subject
    except UNREADABLE as error:
        raise Trouble("crl-unreadable", url=url) from error
    if not own:
        raise Trouble("crl-unusable", url=url, why=message("list-of-another"))
    if not _may_sign_lists(issuer):
        raise Trouble("crl-untrusted", url=url, why=message("may-not-sign-lists", issuer=shown))
    try:
        digest = listed.signature_hash_algorithm
        signed = listed.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]  # TypeError if it cannot
    except UNREADABLE as error:
        raise Trouble("crl-untrusted", url=url, why=message("signed-unreadably")) from error
    if not signed:
        raise Trouble("crl-untrusted", url=url, why=message("not-signed-by", issuer=shown))
    if digest is not None and digest.name.lower() in WEAK_DIGESTS:
        raise Trouble("crl-untrusted", url=url, why=message("signed-weakly", signature=digest.name))


@quietly()
def look_up(
    listed: x509.CertificateRevocationList, certificate: x509.Certificate, point: Point, now: datetime
) -> Standing:
    """What the issuer's list at this point says of the certificate. That it is revoked for good does not lapse.

    Raises Trouble when it is not valid now, or does not cover the certificate.
    """
    try:
        _judge_scope(listed, certificate, point)
        begins, until = listed.last_update_utc, listed.next_update_utc
        entry = listed.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is not None and _reason(entry) not in _TAKEN_BACK:
            return Standing(entry.revocation_date_utc, why_revoked(_reason(entry)), until)
        if begins > now + CLOCK_SKEW:
            raise Trouble("crl-premature", url=point.url, at=begins.isoformat())
        if until is None:
            raise Trouble("crl-unusable", url=point.url, why=message("list-endless"))
        if until < now:
            raise Trouble("crl-outdated", url=point.url, at=until.isoformat())
        if entry is None:
            return Standing(None, "", until)
        return Standing(entry.revocation_date_utc, why_revoked(_reason(entry)), until)
    except UNREADABLE as error:
        raise Trouble("crl-unreadable", url=point.url) from error


def _judge_scope(listed: x509.CertificateRevocationList, certificate: x509.Certificate, point: Point) -> None:
    why = None
    for extension in listed.extensions:
        if isinstance(extension.value, x509.DeltaCRLIndicator):
            why = "list-delta"
        elif isinstance(extension.value, x509.IssuingDistributionPoint):
            why = why or _out_of_scope(extension.value, certificate, point)
        elif extension.critical and not isinstance(extension.value, _KNOWN):
            why = why or "list-extended"
    if why is not None:
        raise Trouble("crl-unusable", url=point.url, why=message(why))


def _out_of_scope(
    scope: x509.IssuingDistributionPoint, certificate: x509.Certificate, point: Point
) -> str | None:
    if scope.indirect_crl:
        return "list-indirect"
    if scope.only_some_reasons:
        return "list-of-some-reasons"
    elsewhere = scope.full_name is not None and point.names.isdisjoint(scope.full_name)
    other_sort = (
        scope.only_contains_ca_certs if not _is_authority(certificate) else scope.only_contains_user_certs
    )
    if elsewhere or other_sort or scope.relative_name is not None or scope.only_contains_attribute_certs:
        return "list-of-others"
    return None


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _may_sign_lists(issuer: x509.Certificate) -> bool:
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


def _reason(entry: x509.RevokedCertificate) -> x509.ReasonFlags | None:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (x509.ExtensionNotFound, *UNREADABLE):
        return None
