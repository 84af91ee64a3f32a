"""TLS servers on loopback, good and bad, with certificates of every sort."""

import asyncio
import contextlib
import datetime
import hashlib
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
NOW = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Made:
    """A certificate with its key, and the certificates above it that a server should send."""

    certificate: x509.Certificate
    key: PrivateKey
    above: tuple[x509.Certificate, ...] = ()

    @property
    def is_root(self) -> bool:
        return self.certificate.issuer == self.certificate.subject

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def write(self, folder: Path, *, send: tuple[x509.Certificate, ...] | None = None) -> Path:
        """A PEM file of key and chain, as a server loads it."""
        chain = b"".join(
            each.public_bytes(serialization.Encoding.PEM)
            for each in (self.certificate, *(self.above if send is None else send))
        )
        key = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path = folder / f"{self.certificate.serial_number:x}.pem"
        path.write_bytes(key + chain)
        return path


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a certificate shall be like."""

    name: str = "localhost"
    names: tuple[str, ...] | None = None
    since: datetime.timedelta = -DAY
    until: datetime.timedelta = 90 * DAY
    key: PrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    authority: bool = False
    issuer_url: str | None = None
    usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH
    critical_names: bool = False
    path_length: int | None = None
    may_sign: bool = True
    may_sign_lists: bool = True
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = ()


def make(wanted: Wanted, issuer: Made | None = None) -> Made:
    """A certificate issued by another one, or by itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, wanted.name)] if wanted.name else [])
    signer = issuer.key if issuer else wanted.key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(wanted.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + wanted.since)
        .not_valid_after(NOW + wanted.until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(wanted.key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(
            x509.BasicConstraints(ca=wanted.authority, path_length=wanted.path_length), critical=True
        )
    )
    builder = _for_authority(builder, wanted) if wanted.authority else _for_server(builder, wanted)
    for extension, critical in wanted.extensions:
        builder = builder.add_extension(extension, critical=critical)
    digest = None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    certificate = builder.sign(signer, digest)
    above = () if issuer is None or issuer.is_root else (issuer.certificate, *issuer.above)
    return Made(certificate, wanted.key, above)


def _for_authority(builder: x509.CertificateBuilder, wanted: Wanted) -> x509.CertificateBuilder:
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=wanted.may_sign,
        crl_sign=wanted.may_sign_lists,
        encipher_only=False,
        decipher_only=False,
    )
    return builder.add_extension(usage, critical=True)


def _for_server(builder: x509.CertificateBuilder, wanted: Wanted) -> x509.CertificateBuilder:
    names = (wanted.name, "127.0.0.1") if wanted.names is None else wanted.names
    if names:
        general = [_general(each) for each in names]
        builder = builder.add_extension(x509.SubjectAlternativeName(general), critical=wanted.critical_names)
    if wanted.issuer_url:
        at = x509.UniformResourceIdentifier(wanted.issuer_url)
        access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, at)
        builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    return builder.add_extension(x509.ExtendedKeyUsage([wanted.usage]), critical=False)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def server_side(
    made: Made, folder: Path, *, send: tuple[x509.Certificate, ...] | None = None
) -> ssl.SSLContext:
    """TLS settings of a server that sends the certificate and what is above it, or `send`; it accepts
    weak ones, which is for the client to refuse."""
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    settings.set_ciphers("ALL:@SECLEVEL=0")
    settings.load_cert_chain(made.write(folder, send=send))
    return settings


@contextlib.asynccontextmanager
async def serving(
    handler: Handler, settings: ssl.SSLContext | None = None, *, host: str = "127.0.0.1"
) -> AsyncIterator[int]:
    """Serves on a free port of 127.0.0.1, or another host; whatever a client does, the server goes on."""
    conversations: set[asyncio.Task[None]] = set()

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await handler(reader, writer)

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(attend(reader, writer))
        conversations.add(task)
        task.add_done_callback(conversations.discard)
        task.add_done_callback(lambda _: writer.transport.abort())

    server = await asyncio.start_server(accept, host, 0, ssl=settings)
    port: int = server.sockets[0].getsockname()[1]
    try:
        yield port
    finally:
        server.close()
        for task in list(conversations):
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)


def answering(raw: bytes) -> Handler:
    """Reads a request, then sends these bytes and hangs up."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    return handler


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A plain HTTP answer; `_` in a header's name stands for `-`."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


OK = answering(answer(200, b"fine"))


def dripping(raw: bytes, pause: float = 0.02) -> Handler:
    """Sends these bytes one by one, for as long as anyone listens."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            for byte in raw:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(pause)

    return handler


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Never says a word."""
    await asyncio.sleep(3600)


async def hanging_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reads a little and closes."""
    await reader.read(16)
    writer.close()


def signed_with_sha1(made: Made, issuer: Made) -> Made:
    """The same certificate under a SHA-1 signature, which cryptography no longer makes: RSASSA-PKCS1-v1_5
    by hand (RFC 8017, section 8.2)."""
    assert isinstance(issuer.key, rsa.RSAPrivateKey)
    sha256_with_rsa, sha1_with_rsa = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")
    signed = made.certificate.tbs_certificate_bytes.replace(sha256_with_rsa, sha1_with_rsa)
    numbers = issuer.key.private_numbers()
    size = issuer.key.key_size // 8
    digest = bytes.fromhex("3021300906052b0e03021a05000414") + hashlib.sha1(signed).digest()  # noqa: S324
    padded = b"\0\1" + b"\xff" * (size - len(digest) - 3) + b"\0" + digest
    signature = pow(int.from_bytes(padded), numbers.d, numbers.public_numbers.n).to_bytes(size)
    encoded = made.certificate.public_bytes(serialization.Encoding.DER).replace(
        sha256_with_rsa, sha1_with_rsa
    )
    certificate = x509.load_der_x509_certificate(encoded[:-size] + signature)
    return Made(certificate, made.key, made.above)
