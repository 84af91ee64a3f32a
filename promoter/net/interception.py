"""Does a proxy show certificates of its own making, below a root that is trusted here? What it does with the
name of a server says nothing of that; what it shows for a name that cannot exist (RFC 6761, section 6.4) does."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from promoter.messages import N_, Template, message
from promoter.model.address import HostPort
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Verdict
from promoter.model.ruling import Ruling
from promoter.net.route import Route
from promoter.net.trouble import Trouble

if TYPE_CHECKING:
    from promoter.net.certificate import CertificateFacts

RULINGS: Mapping[str, Ruling] = {
    "perhaps-intercepted": Ruling(
        Verdict.WARNED,
        N_(
            "the proxy {proxy} intercepts TLS: what was judged may be a certificate of its own making, from {issuer}, and not the one of {host}"
        ),
        N_(
            "Ask who runs the proxy to let {host} through untouched, list it in NO_PROXY, or run the check where there is no proxy: nothing is known of the certificate that callers see."
        ),
    ),
}
FACTS: Mapping[str, Template] = {
    "for-no-name": N_("certificate for {name}, which cannot exist, from"),
    "from-nobody": N_("nobody"),
}
NAME = "promoter.invalid"
"""A name that nobody can have; the rulings tell of nothing else, so that it is asked for as it is."""

_PATIENCE_S = 2.0
_SHARE = 0.5
_PUBLICLY_LOGGED = bytes.fromhex("060a2b06010401d679020402")
"""What a certificate holds that public logs vouch for (RFC 6962, section 3.3): no proxy can make that."""


async def suspicion(
    chain: Sequence[bytes], route: Route, context: Context, seen: list[Evidence]
) -> Trouble | None:
    """The trouble with a verified chain (DER, leaf first) that came through a proxy, which `seen` is told of;
    None when it is the server's own, as far as can be told in two seconds, or half of the time left.

    The proxy is asked for a server of a name that cannot exist. It may refuse; so the server's own address is
    asked for that name's certificate, which counts only when it names the server as well: some servers make
    certificates for whatever they are asked for."""
    if route.proxy is None or not chain or _PUBLICLY_LOGGED in chain[0]:
        return None
    from promoter.net.certificate import read_chain

    try:
        judged = read_chain(chain)
    except Trouble:  # who reads certificates says so, where they are judged
        return None
    context.journal.doing = message("asking-proxy", proxy=str(route.proxy))
    made = await _made_up(judged, route, context)
    nobody, about = message("from-nobody"), message("for-no-name", name=NAME)
    if made is None:
        seen.append(Evidence(about, nobody, nobody, Verdict.PASSED))
        return None
    seen.append(Evidence(about, nobody, made.issuer, Verdict.WARNED))
    return Trouble("perhaps-intercepted", proxy=str(route.proxy), issuer=made.issuer, host=route.server_name)


async def _made_up(
    judged: Sequence["CertificateFacts"], route: Route, context: Context
) -> "CertificateFacts | None":
    """A certificate for the name that cannot exist, from an issuer of those that were judged."""
    import asyncio

    from promoter.net.looks import look

    issuers = {each.issuer for each in judged}
    left = context.deadline - asyncio.get_running_loop().time()

    async def asked(other: Route, names: set[str]) -> "CertificateFacts | None":
        try:
            async with asyncio.timeout(min(_PATIENCE_S, left * _SHARE)):
                shown = (await look(other, context)).sent
        except TimeoutError:
            return None
        made = bool(shown) and names <= set(shown[0].names)
        return shown[0] if made and not issuers.isdisjoint(each.issuer for each in shown) else None

    nowhere = replace(route, target=HostPort(NAME, route.target.port), addresses=(), server_name=NAME)
    here = replace(route, server_name=NAME)
    found = await asyncio.gather(asked(nowhere, {NAME}), asked(here, {NAME, route.server_name}))
    return found[0] or found[1]
