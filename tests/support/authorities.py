"""What authorities publish about their certificates, good and bad; and servers that staple it."""

import asyncio
import contextlib
import datetime
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID
from OpenSSL import SSL

from promoter.model.overrides import Overrides
from tests.support.tls_servers import DAY, NOW, Handler, Made, Wanted, answer, make, serving

LIST_HOST, OCSP_HOST = "crl.authority.test", "ocsp.authority.test"
LIST_URL, OCSP_URL = f"http://{LIST_HOST}/list.crl", f"http://{OCSP_HOST}/"
HOUR = datetime.timedelta(hours=1)
KEY_COMPROMISE = x509.ReasonFlags.key_compromise
Extensions = tuple[tuple[x509.ExtensionType, bool], ...]


def listed_at(
    *urls: str, reasons: frozenset[x509.ReasonFlags] | None = None, published_by: x509.Name | None = None
) -> Extensions:
    """The extension of a certificate that says where its issuer's list is, each URL a place of its own."""
    by = [x509.DirectoryName(published_by)] if published_by is not None else None
    points = [
        x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, reasons, by) for url in urls
    ]
    return ((x509.CRLDistributionPoints(points), False),)


def answered_at(url: str = OCSP_URL) -> Extensions:
    """The extension that says where its issuer's responder is."""
    where = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(url))
    return ((x509.AuthorityInformationAccess([where]), False),)


MUST_STAPLE: Extensions = ((x509.TLSFeature([x509.TLSFeatureType.status_request]), False),)


def list_of(
    issuer: Made,
    *revoked: Made,
    since: datetime.timedelta = -HOUR,
    until: datetime.timedelta = DAY,
    signed_by: Made | None = None,
    reason: x509.ReasonFlags | None = KEY_COMPROMISE,
    extensions: Extensions = (),
) -> bytes:
    """The issuer's revocation list in DER, signed with its key or another's."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(NOW + since)
        .next_update(NOW + until)
    )
    for each in revoked:
        entry = (
            x509.RevokedCertificateBuilder()
            .serial_number(each.certificate.serial_number)
            .revocation_date(NOW - 2 * DAY)
        )
        if reason is not None:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    signer = signed_by or issuer
    digest = None if isinstance(signer.key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(signer.key, digest).public_bytes(serialization.Encoding.DER)


def scoped(
    urls: Sequence[str] = (),
    *,
    users: bool = False,
    authorities: bool = False,
    reasons: frozenset[x509.ReasonFlags] | None = None,
    indirect: bool = False,
    attributes: bool = False,
) -> Extensions:
    """The extension of a list that says what it covers."""
    names = [x509.UniformResourceIdentifier(url) for url in urls] or None
    scope = x509.IssuingDistributionPoint(names, None, users, authorities, reasons, indirect, attributes)
    return ((scope, True),)


def answer_for(
    asked: Made,
    issuer: Made,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    *,
    since: datetime.timedelta = -HOUR,
    until: datetime.timedelta | None = DAY,
    signed_by: Made | None = None,
    send: Sequence[Made] = (),
    by_name: bool = False,
    reason: x509.ReasonFlags | None = KEY_COMPROMISE,
    names: hashes.HashAlgorithm | None = None,
) -> bytes:
    """An OCSP answer about a certificate in DER, signed with its issuer's key or another's."""
    revoked = status is ocsp.OCSPCertStatus.REVOKED
    signer = signed_by or issuer
    encoding = ocsp.OCSPResponderEncoding.NAME if by_name else ocsp.OCSPResponderEncoding.HASH
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=asked.certificate,
            issuer=issuer.certificate,
            algorithm=names or hashes.SHA1(),  # noqa: S303 - names, not signatures
            cert_status=status,
            this_update=NOW + since,
            next_update=NOW + until if until is not None else None,
            revocation_time=NOW - 2 * DAY if revoked else None,
            revocation_reason=reason if revoked else None,
        )
        .responder_id(encoding, signer.certificate)
    )
    if send:
        builder = builder.certificates([each.certificate for each in send])
    digest = None if isinstance(signer.key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(signer.key, digest).public_bytes(serialization.Encoding.DER)


def appointed(
    issuer: Made,
    *,
    usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.OCSP_SIGNING,
    until: datetime.timedelta = 30 * DAY,
) -> Made:
    """Whom an issuer appoints to sign its OCSP answers."""
    return make(Wanted(name="Responder", names=(), usage=usage, since=-60 * DAY, until=until), issuer)


@dataclass
class Publisher:
    """A web server that publishes these pages by path; `asked` has the requests it got."""

    pages: Mapping[str, bytes | Handler]
    port: int = 0
    asked: list[bytes] = field(default_factory=list)

    def overrides(self, **more: str) -> Overrides:
        """What leads to it by the names of the authorities."""
        at = f"127.0.0.1:{self.port}"
        names = (f"{host}:{port}" for host in (LIST_HOST, OCSP_HOST) for port in (80, 443))
        return Overrides(connect_to={**dict.fromkeys(names, at), **more}, pinned=True)


@contextlib.asynccontextmanager
async def publishing(
    crl: bytes | Handler | None = None,
    ocsp_answer: bytes | Handler | None = None,
    *,
    settings: ssl.SSLContext | None = None,
    **more: bytes | Handler,
) -> AsyncIterator[Publisher]:
    """Publishes a list at `LIST_URL`, an OCSP answer at `OCSP_URL`, and `more` by the path's last word; over
    TLS where there are `settings`."""
    named: dict[str, bytes | Handler | None] = {"/list.crl": crl, "/": ocsp_answer}
    pages = {path: page for path, page in named.items() if page is not None}
    publisher = Publisher(pages | {f"/{name}": page for name, page in more.items()})

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")), 0
        )
        publisher.asked.append(head + await reader.readexactly(size))
        asked_for = urlsplit(head.split(b" ")[1].decode()).path  # a proxy is asked for a whole URL
        page = publisher.pages.get(asked_for, answer(404))
        if callable(page):
            await page(reader, writer)
            return
        raw = page if page.startswith(b"HTTP/") else answer(200, page)
        writer.write(raw)
        with contextlib.suppress(OSError):
            await writer.drain()
        writer.close()

    async with serving(handler, settings) as port:
        publisher.port = port
        yield publisher


@contextlib.asynccontextmanager
async def stapling_blindly(made: Made, folder: Path, staple: bytes) -> AsyncIterator[int]:
    """The `s_server` of openssl's command line, which staples answers about other certificates as well;
    recent libraries do not."""
    path = made.write(folder)
    (folder / "staple.der").write_bytes(staple)
    server = await asyncio.create_subprocess_exec(
        *("openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", path, "-key", path),
        *("-status_file", folder / "staple.der"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert server.stdout is not None
        while not (line := await server.stdout.readline()).startswith(b"ACCEPT "):
            assert line
        yield int(line.rpartition(b":")[2])
    finally:
        server.kill()
        await server.communicate()


@contextlib.asynccontextmanager
async def stapling(
    made: Made, folder: Path, staple: bytes, *, most: int = 1000, newest: int = SSL.TLS1_3_VERSION
) -> AsyncIterator[int]:
    """A TLS server on 127.0.0.1 that staples these bytes, or nothing; it hangs up on every connection
    beyond `most`."""
    settings = SSL.Context(SSL.TLS_SERVER_METHOD)
    settings.set_max_proto_version(newest)
    settings.use_certificate_chain_file(str(made.write(folder)))
    settings.use_privatekey_file(str(made.write(folder)))
    settings.set_ocsp_server_callback(lambda connection, _: staple)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_staple_on, args=(listener, settings, most), daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def _staple_on(listener: socket.socket, settings: SSL.Context, most: int) -> None:
    served = 0
    with contextlib.suppress(OSError):
        while True:
            accepted, _ = listener.accept()
            served += 1
            if served > most:
                accepted.close()
                continue
            threading.Thread(target=_shake_hands, args=(accepted, settings), daemon=True).start()


def _shake_hands(accepted: socket.socket, settings: SSL.Context) -> None:
    with contextlib.closing(accepted):
        connection = SSL.Connection(settings, accepted)
        connection.set_accept_state()
        with contextlib.suppress(SSL.Error, OSError):
            connection.do_handshake()
            connection.recv(1)
