"""The openssl command line that makes the same handshake by hand."""

import shlex
from collections.abc import Sequence

from promoter.messages import message
from promoter.model.address import Endpoint, HostPort, is_ip_address
from promoter.model.context import Context
from promoter.model.outcome import Evidence
from promoter.net.route import Reach, Route, route_to

_AS_STRICT = ("-verify_return_error", "-x509_strict", "-partial_chain", "-trusted_first")


def handshake_by_hand(
    endpoint: Endpoint, reach: Reach, addresses: Sequence[HostPort], context: Context
) -> Evidence:
    """The command line as evidence (the shared fact `reproduce`); the first of the addresses, where there is
    one, stands for the endpoint's own.

    Raises Trouble when there is no route to the endpoint.
    """
    route = route_to(endpoint, reach, context)
    target = addresses[0] if addresses else route.target
    words = ["openssl", "s_client", "-connect", shlex.quote(str(target))]
    if route.proxy is not None:
        words += ["-proxy", shlex.quote(str(route.proxy))]
    name = shlex.quote(route.server_name)
    sort = ("-verify_ip", name) if is_ip_address(route.server_name) else _named(name)
    words += [*sort, *_AS_STRICT, "-status", "-showcerts", *_files(route)]
    return Evidence(message("reproduce"), None, " ".join(words) + " </dev/null")


def _named(name: str) -> Sequence[str]:
    return "-servername", name, "-verify_hostname", name


def _files(route: Route) -> Sequence[str]:
    """The roots, of which openssl takes one file only; and the client certificate, its key from a variable."""
    paths = [shlex.quote(each.path) for each in route.roots]
    words = [] if not paths else ["-CAfile", paths[0] if len(paths) == 1 else f"<(cat {' '.join(paths)})"]
    if route.client_certificate is not None:
        from promoter.net.reproduce import quoted

        shown = route.client_certificate
        words += ["-cert", shlex.quote(shown.path), "-key", f"<(printf %s {quoted(shown.key)})"]
    return words
