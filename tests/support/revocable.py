"""Certificates that name sources of revocation, and servers whose authorities publish something."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from OpenSSL import SSL

from promoter.net.standing import TOLERATED
from tests.support.authorities import (
    LIST_URL,
    MUST_STAPLE,
    Extensions,
    answered_at,
    appointed,
    listed_at,
    publishing,
    stapling,
    stapling_blindly,
)
from tests.support.matrix_case import ROOT, Case, Scene, Serve, at, bad
from tests.support.matrix_fronts import before, tunnelling
from tests.support.tls_servers import DAY, OK, Handler, Made, Wanted, answer, make, server_side, serving

KINDS = ("certificate",)
GOOD, REVOKED, UNKNOWN = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.UNKNOWN
SOME_REASONS = frozenset({x509.ReasonFlags.key_compromise})
STRANGER = make(Wanted(name="Somebody's Root", authority=True))
NAMESAKE = make(Wanted(name="Matrix Root", authority=True))
UNHEARD_OF: Extensions = (
    (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00"), True),
)


def leaf(*extensions: Extensions, issuer: Made = ROOT) -> Made:
    """A server's certificate with these extensions."""
    return make(Wanted(extensions=tuple(each for several in extensions for each in several)), issuer)


def authority(extensions: Extensions = (), issuer: Made = ROOT, name: str = "Odd Intermediate") -> Made:
    """An intermediate with these extensions."""
    return make(Wanted(name=name, authority=True, extensions=extensions), issuer)


def published(
    made: Made,
    crl: bytes | Handler | None = None,
    ocsp_answer: bytes | Handler | None = None,
    **more: bytes | Handler,
) -> Serve:
    """A server with this certificate, whose authorities publish these."""

    @contextlib.asynccontextmanager
    async def serve(tree: Path) -> AsyncIterator[Scene]:
        async with (
            serving(OK, server_side(made, tree)) as port,
            publishing(crl, ocsp_answer, settings=None, **more) as publisher,
        ):
            yield Scene(fields=at(port), surroundings={"overrides": publisher.overrides()})

    return serve


def behind_proxy(made: Made, crl: bytes) -> Serve:
    """A server whose authority's list is to be had through a proxy only."""

    @contextlib.asynccontextmanager
    async def serve(tree: Path) -> AsyncIterator[Scene]:
        async with serving(OK, server_side(made, tree)) as port, publishing(crl) as proxy:
            environ = {"http_proxy": f"http://127.0.0.1:{proxy.port}"}
            yield Scene(fields=at(port), surroundings={"process_environment": environ})

    return serve


def trusting(made: Made, *, as_root: Made, crl: bytes | None = None) -> Serve:
    """A server whose chain ends in this certificate, because it is the only one that is trusted."""

    @contextlib.asynccontextmanager
    async def serve(tree: Path) -> AsyncIterator[Scene]:
        (tree / "only.pem").write_bytes(as_root.pem)
        async with serving(OK, server_side(made, tree)) as port, publishing(crl) as publisher:
            surroundings = {"overrides": publisher.overrides(), "ca_file": tree / "only.pem"}
            yield Scene(fields=at(port), surroundings=surroundings)

    return serve


def stapled(
    made: Made,
    staple: bytes = b"",
    crl: bytes | None = None,
    *,
    most: int = 1000,
    newest: int = SSL.TLS1_3_VERSION,
) -> Serve:
    """A server that staples this, or nothing, and listens to so many connections only."""

    @contextlib.asynccontextmanager
    async def serve(tree: Path) -> AsyncIterator[Scene]:
        async with (
            stapling(made, tree, staple, most=most, newest=newest) as port,
            publishing(crl) as publisher,
        ):
            yield Scene(fields=at(port), surroundings={"overrides": publisher.overrides()})

    return serve


def stapled_behind_proxy(made: Made, staple: bytes) -> Serve:
    """A server that staples this, through a proxy."""

    @contextlib.asynccontextmanager
    async def serve(tree: Path) -> AsyncIterator[Scene]:
        async with stapling(made, tree, staple) as port, tunnelling() as proxy:
            environ = {"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"}
            yield Scene(fields=at(port), surroundings={"process_environment": environ})

    return serve


def stapled_once(made: Made, staple: bytes) -> Serve:
    """A server that staples this, and says nothing on every connection but the first."""
    met: list[bytes] = []

    async def first_only(hello: bytes, writer: asyncio.StreamWriter) -> bool:
        met.append(hello)
        if len(met) > 1:
            await asyncio.sleep(3600)
        return True

    @contextlib.asynccontextmanager
    async def serve(tree: Path) -> AsyncIterator[Scene]:
        met.clear()
        async with stapling(made, tree, staple) as port, serving(before(port, first_only)) as outside:
            yield Scene(fields=at(outside))

    return serve


def stapled_blindly(made: Made, staple: bytes) -> Serve:
    """A server that staples an answer about whatever certificate."""

    @contextlib.asynccontextmanager
    async def serve(tree: Path) -> AsyncIterator[Scene]:
        async with stapling_blindly(made, tree, staple) as port:
            yield Scene(fields=at(port))

    return serve


def endless(size: int) -> Handler:
    """An answer of so many bytes that mean nothing."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode())
        for _ in range(size // 65536):
            writer.write(bytes(65536))
            await writer.drain()
        writer.close()

    return handler


def moved(where: str) -> bytes:
    """A redirect."""
    return answer(302, location=where)


LISTED = leaf(listed_at(LIST_URL))
ANSWERED = leaf(answered_at())
BOTH = leaf(listed_at(LIST_URL), answered_at())
STAPLED = leaf(MUST_STAPLE)
STAPLED_AND_LISTED = leaf(MUST_STAPLE, listed_at(LIST_URL))
LISTED_AUTHORITY = authority(listed_at(LIST_URL), name="Listed Intermediate")
BELOW_LISTED = leaf(issuer=LISTED_AUTHORITY)
BOTH_LISTED = leaf(listed_at("http://crl.authority.test/below"), issuer=LISTED_AUTHORITY)
SILENT_AUTHORITY = make(Wanted(name="Silent Intermediate", authority=True, may_sign_lists=False), ROOT)
BELOW_SILENT = leaf(listed_at(LIST_URL), issuer=SILENT_AUTHORITY)
RSA_AUTHORITY = make(
    Wanted(name="RSA Authority", authority=True, key=rsa.generate_private_key(65537, 2048)), ROOT
)
BELOW_RSA = leaf(listed_at(LIST_URL), answered_at(), issuer=RSA_AUTHORITY)
ED_AUTHORITY = make(
    Wanted(name="Ed25519 Authority", authority=True, key=ed25519.Ed25519PrivateKey.generate()), ROOT
)
BELOW_ED = leaf(listed_at(LIST_URL), issuer=ED_AUTHORITY)
BULKY: Extensions = ((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), bytes(3 << 20)), False),)
FRESHEST = leaf(
    listed_at(LIST_URL),
    (
        (
            x509.FreshestCRL(
                [
                    x509.DistributionPoint(
                        [x509.UniformResourceIdentifier(LIST_URL + "/changes")], None, None, None
                    )
                ]
            ),
            False,
        ),
    ),
)
NOWHERE = leaf(listed_at("http://[crl/list"))
OWN = make(Wanted())
LDAP = leaf(listed_at("ldap:///CN=Matrix,DC=test?certificateRevocationList"))
SEVERAL = leaf(listed_at("ldap:///CN=Matrix", "http://crl.authority.test/gone", LIST_URL))
PARTIAL = leaf(listed_at(LIST_URL, reasons=SOME_REASONS))
INDIRECT = leaf(listed_at(LIST_URL, published_by=STRANGER.certificate.subject))
DELEGATE, LATE_DELEGATE = appointed(ROOT), appointed(ROOT, until=-DAY)
NO_DELEGATE = appointed(ROOT, usage=ExtendedKeyUsageOID.SERVER_AUTH)
STRANGERS_DELEGATE = appointed(STRANGER)
ANOTHER = leaf()
DECLINED = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER).public_bytes(
    Encoding.DER
)


def unbelieved(name: str, serve: Serve, code: str, **fields: str) -> Case:
    """A source that cannot be had or believed, which warns; where an answer is required it errs, for the
    same reason."""
    family = "list not to be had" if code.startswith("crl") else "OCSP not to be had"
    return bad(name, family, serve, certificate=f"warned {code}{TOLERATED}", **fields)
