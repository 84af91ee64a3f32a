"""A certificate authority of the embedded service's own, and a certificate for each host it plays."""

import ssl
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import trustme

LIFETIME = timedelta(days=90)
"""How long a host's certificate is valid: what a public authority grants today."""


class Authority:
    """Vouches for the given host names, at least one, and for nothing else.

    `ca_pem` is the root to trust, `context` the server side of TLS. It presents the certificate of
    the host named by SNI (RFC 6066, section 3), and that of the first host to a client that names
    none or another, as servers commonly do.
    """

    def __init__(self, hosts: Iterable[str]) -> None:
        root = trustme.CA(organization_name="promoter", organization_unit_name="Embedded Passe Marché")
        contexts = {host: _context_for(host, root) for host in hosts}

        def choose(
            connection: ssl.SSLSocket | ssl.SSLObject, name: str | None, first: ssl.SSLContext
        ) -> None:
            connection.context = contexts.get((name or "").lower(), first)

        self.ca_pem: bytes = root.cert_pem.bytes()
        self.context = next(iter(contexts.values()))
        self.context.sni_callback = choose


def _context_for(host: str, root: trustme.CA) -> ssl.SSLContext:
    now = datetime.now(UTC)
    certificate = root.issue_cert(
        host, common_name=host, not_before=now - timedelta(hours=1), not_after=now + LIFETIME
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    certificate.configure_cert(context)
    return context
