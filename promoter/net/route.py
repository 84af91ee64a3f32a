"""How to get to an endpoint: what overrides its address, which roots to trust, through which proxy."""

import base64
import ipaddress
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import unquote, urlsplit

from promoter.frozen import frozen
from promoter.messages import N_
from promoter.model.address import Endpoint, HostPort, is_ip_address, parse_host_port, split_url
from promoter.model.context import Context
from promoter.model.duration import Duration
from promoter.model.limits import InsideTree
from promoter.net.client_certificate import ClientCertificate, client_certificate_of
from promoter.net.roots import Roots, roots_of
from promoter.net.trouble import Trouble
from promoter.redaction import Secret


@frozen(kw_only=True)
class Reach:
    """The fields of every kind that connects to an endpoint."""

    connect_to: Annotated[
        HostPort | None, N_("Connect to this ADDRESS:PORT instead of what the host's name resolves to")
    ] = None
    ca_file: Annotated[
        str | None,
        InsideTree(),
        N_("A file of PEM certificates to trust besides the system's, from the root of the work tree"),
    ] = None
    server_name: Annotated[
        str | None, N_("The host name to ask for and to expect in the certificate, if not the URL's")
    ] = None
    client_certificate: Annotated[
        str | None,
        InsideTree(),
        N_(
            "A PEM file with the certificate to show to a server that asks for one, from the root of the work tree"
        ),
    ] = None
    client_key: Annotated[
        Secret | None, N_("The private key of the client certificate, in PEM and not encrypted")
    ] = None
    timeout: Annotated[Duration | None, N_("How long the whole check may take; 10 seconds by default")] = None


@frozen
class Proxy:
    """An HTTP proxy that gives tunnels (RFC 9110, section 9.3.6)."""

    at: HostPort
    authorization: Secret | None

    def __str__(self) -> str:
        return str(self.at)


@frozen
class Route:
    """Where to connect, through what, whom to trust, which name the certificate must have, and which
    certificate to show. When there are `addresses`, these are tried instead of what the target's name
    resolves to."""

    target: HostPort
    mapped: bool
    proxy: Proxy | None
    roots: tuple[Roots, ...]
    server_name: str
    client_certificate: ClientCertificate | None = None
    addresses: tuple[HostPort, ...] = ()


def route_to(endpoint: Endpoint, reach: Reach, context: Context) -> Route:
    """The route to an endpoint. A mapped address is connected to directly, without a proxy. What the
    command line overrides comes first, and is noted in the journal unless it is pinned.

    Raises Trouble when the proxy, a file of roots or the client certificate cannot be used.
    """
    mapped = mapped_address(endpoint.authority, reach.connect_to, context)
    environ = context.process_environment
    proxy = None if mapped else proxy_for(endpoint.authority, environ, endpoint.scheme)
    return Route(
        target=mapped or endpoint.authority,
        mapped=mapped is not None,
        proxy=proxy,
        roots=_roots(reach, context),
        server_name=_host(reach.server_name) if reach.server_name is not None else endpoint.host,
        client_certificate=client_certificate_of(reach.client_certificate, reach.client_key, context),
    )


def _host(written: str) -> str:
    try:
        return split_url(f"https://{written}").host
    except ValueError:
        raise Trouble("name-unknown", host=written) from None


def mapped_address(authority: HostPort, own: HostPort | None, context: Context) -> HostPort | None:
    """What to connect to instead of a host and port: as the command line says, which is noted in the
    journal unless it is pinned, as the check's `own` field says, or as the environment pins it."""
    overridden = _override(authority, context)
    return overridden or own or _mapped(authority, context.environment.network.connect_to)


def proxy_for(target: HostPort, environ: Mapping[str, str], scheme: str = "https") -> Proxy | None:
    """The proxy that `HTTPS_PROXY` names (or `https_proxy`, which wins, as in curl), unless `NO_PROXY`
    lists the host, after commas or blanks: by name, by domain, as an address or a network, or with `*`. For plain http it is
    `http_proxy`, in lower case only: a web server sets `HTTP_PROXY` from a header of its client's.

    Raises Trouble when it is not an `http` proxy.
    """
    plain = scheme == "http"
    named = environ.get("http_proxy") if plain else environ.get("https_proxy") or environ.get("HTTPS_PROXY")
    if not named or _excepted(target, environ.get("no_proxy") or environ.get("NO_PROXY") or ""):
        return None
    try:
        parts = urlsplit(named if "://" in named else f"http://{named}")
        host, port = parts.hostname, parts.port or 80
    except ValueError:
        raise Trouble("proxy-unsupported", proxy=f"{scheme}_proxy") from None
    if parts.scheme != "http" or not host:
        raise Trouble("proxy-unsupported", proxy=f"{parts.scheme}://{host or ''}")
    authorization = None
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        authorization = Secret(f"Basic {base64.b64encode(pair).decode()}")
    return Proxy(HostPort(host, port), authorization)


def _excepted(target: HostPort, no_proxy: str) -> bool:
    return any(_lists(each, target) for each in no_proxy.lower().replace(",", " ").split())


def _lists(pattern: str, target: HostPort) -> bool:
    if pattern == "*":
        return True
    if is_ip_address(target.host):
        try:
            return ipaddress.ip_address(target.host) in ipaddress.ip_network(
                pattern.strip("[]"), strict=False
            )
        except ValueError:
            return pattern == str(target)
    name, colon, port = pattern.partition(":")
    name = name.removeprefix("*").removeprefix(".")
    if colon and port != str(target.port):
        return False
    return target.host == name or target.host.endswith(f".{name}")


def _override(authority: HostPort, context: Context) -> HostPort | None:
    mapped = _mapped(authority, context.overrides.connect_to)
    if mapped is not None and not context.overrides.pinned:
        context.journal.overrides.add(f"--connect-to {authority}:{mapped}")
    return mapped


def _mapped(authority: HostPort, connect_to: Mapping[str, str]) -> HostPort | None:
    for written, address in connect_to.items():
        try:
            if parse_host_port(written) == authority:
                return parse_host_port(address)
        except ValueError:
            continue
    return None


def _roots(reach: Reach, context: Context) -> tuple[Roots, ...]:
    files = list(context.overrides.ca_files)
    if files and not context.overrides.pinned:
        context.journal.overrides.update(f"--ca-file {each}" for each in files)
    if context.ca_file is not None:
        files.append(context.ca_file)
    return roots_of(files, reach.ca_file, context)
