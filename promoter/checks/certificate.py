"""Would a caller trust the certificate of an endpoint, and for how long?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from promoter.checks.declaration import conclude, kind
from promoter.messages import N_, NP_, Message, Template, message
from promoter.model.address import Endpoint, HostPort, Url, split_url
from promoter.model.context import Context
from promoter.model.limits import OnlyHttps, Within
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.ruling import Ruling
from promoter.net import chain, client_validity, every_address, interception, standing
from promoter.net.chain import Limits
from promoter.net.route import Reach, Route
from promoter.net.trouble import CERTIFICATE_RULINGS, FACTS, HTTP_RULINGS, RULINGS, Trouble
from promoter.net.worst import worst

if TYPE_CHECKING:
    from promoter.net.certificate import CertificateFacts
    from promoter.net.connection import Connection
    from promoter.net.revocation import LinkStanding

_DAYS = Within(0, 3660)

_OWN_RULINGS = {
    "valid": Ruling(
        Verdict.PASSED,
        NP_("valid until {until:date}: {count} day left", "valid until {until:date}: {count} days left"),
    ),
    "tls-version": Ruling(
        Verdict.FAILED,
        N_("{address} settles for {version}; {least} or newer is wanted"),
        N_("Enable {least} on the server."),
    ),
}
_RULINGS: Mapping[str, Ruling] = {
    **RULINGS,
    **CERTIFICATE_RULINGS,
    **every_address.RULINGS,
    **chain.RULINGS,
    **client_validity.RULINGS,
    **interception.RULINGS,
    **standing.RULINGS,
    **_OWN_RULINGS,
}
_FACTS: Mapping[str, Template] = {
    **FACTS,
    **chain.FACTS,
    **client_validity.FACTS,
    **interception.FACTS,
    **standing.FACTS,
    **{code: ruling.summary for code, ruling in HTTP_RULINGS.items()},  # why a list could not be fetched
    "warns-too-late": N_("must not be less than min_days, which is {min_days}: it would never warn"),
}


def _relations(written: Mapping[str, Any]) -> Iterator[tuple[str, Message]]:
    if written.keys() >= {"min_days", "warn_days"} and written["warn_days"] < written["min_days"]:
        yield "warn_days", message("warns-too-late", min_days=written["min_days"])


@kind(
    "certificate",
    rulings=_RULINGS,
    facts=_FACTS,
    example={"url": "https://preprod.example.org", "min_days": 7, "warn_days": 30},
    relations=_relations,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Reach):
    """The certificate of an endpoint is valid, not revoked, and stays so for a while.

    Verifies the chain up to a trusted root and the host name (in the subject alternative names only),
    with RFC 5280 followed strictly. Every link of the verified chain, from the server's certificate to the
    root, must have `min_days` left; below `warn_days` it warns. What the server sends beside that chain does
    not matter. Keys, signatures and the TLS version must not be weak. A client certificate is held to the
    same days, and must be taken by a server that asks for one.

    Whether a link was revoked is asked of its issuer: its revocation list first, its OCSP responder when
    there is no list or the list does not tell. Third parties are contacted for that, and named in the
    evidence. With `revocation: when-possible`, the default, a source that cannot be had or believed warns,
    and a link that names none passes; with `required`, neither does. With `staple`, the server must staple
    an OCSP answer, and nobody else is asked; with `off`, nobody is. A certificate that obliges its server
    to staple must come with a good staple, unless revocation is `off`.

    The first address that answers is the one judged, and named. With `addresses: every`, each address of
    the name must be right; `ipv4` and `ipv6` ask for an address of that family. A proxy named in HTTPS_PROXY
    is used, and named. One that intercepts TLS below a trusted root warns: it is asked for a name that cannot
    exist (promoter.invalid), unless the certificate is in public logs.
    """

    url: Annotated[
        Url, OnlyHttps(), N_("An https URL of the endpoint; nothing is asked for, only the handshake is made")
    ]
    min_days: Annotated[int, _DAYS, N_("Fewer days left than this on any link of the chain fail")] = (
        chain.MIN_DAYS
    )
    warn_days: Annotated[int, _DAYS, N_("Fewer days left than this on any link of the chain warn")] = (
        chain.WARN_DAYS
    )
    min_tls: Annotated[Literal["1.2", "1.3"], N_("The lowest TLS version to settle for")] = "1.2"
    revocation: Annotated[
        Literal["when-possible", "required", "staple", "off"],
        N_("Whether it must be known that no link was revoked, and whom to ask"),
    ] = "when-possible"
    addresses: Annotated[
        Literal["first", "every", "ipv4", "ipv6"],
        N_("Which addresses of the name to ask: the first that answers, every one, or those of a family"),
    ] = "first"

    async def observe(self, context: Context) -> Outcome:
        """Judges each address that is to be judged."""
        endpoint = split_url(self.url)
        if endpoint.scheme != "https":
            return conclude(self, "not-https", url=self.url)
        try:
            if self.addresses == "first":
                return await self._judge_at((), context)
            from promoter.net.dial import addresses_of
            from promoter.net.route import route_to

            found = await addresses_of(route_to(endpoint, self, context), self.addresses, context)
            if self.addresses == "every":
                return await self.observe_each(found, context)
            return await self._judge_at(found, context)
        except Trouble as trouble:
            return conclude(self, trouble.code, trouble.evidence, **trouble.parameters)

    async def observe_each(self, addresses: Sequence[HostPort], context: Context) -> Outcome:
        """Judges every one of these addresses.

        Raises Trouble when one of several does not pass.
        """
        return await every_address.judge_each(
            addresses, lambda address, own: self._judge_at((address,), own), context
        )

    async def _judge_at(self, addresses: Sequence[HostPort], context: Context) -> Outcome:
        """Makes a handshake, and asks about what it brought; the first of these addresses that answers is
        the one, or of all that the host has when there are none."""
        from promoter.net.certificate import read_chain
        from promoter.net.client_certificate import client_certificate_of
        from promoter.net.connection import Distrusted, connected
        from promoter.net.s_client import handshake_by_hand

        seen, _ = context.journal.afresh()
        routes: list[Route] = []
        endpoint = split_url(self.url)
        try:
            seen.append(handshake_by_hand(endpoint, self, addresses, context))
            shown = client_certificate_of(self.client_certificate, self.client_key, context)
            client = client_validity.judge(shown, self._limits(context.now), seen)
            async with connected(
                endpoint, self, context, addresses=addresses, on_dialled=routes.append, watchful=True
            ) as connection:
                seen += connection.evidence(f"TLSv{self.min_tls}")
                links = read_chain(connection.chain)
                turned_away = await connection.why_turned_away()
        except Distrusted as distrusted:
            sent = self._of_distrusted(distrusted.code, distrusted.sent, endpoint, context.now)
            evidence = (*seen, *distrusted.evidence, *sent)
            return conclude(self, distrusted.code, evidence, **distrusted.parameters)
        except Trouble as trouble:
            return conclude(self, trouble.code, (*seen, *trouble.evidence), **trouble.parameters)
        limits = self._limits(context.now)
        host = self.server_name or endpoint.host
        seen += chain.evidence_of_leaf(links[0], host, Verdict.PASSED)
        seen += chain.evidence_of_links(links, limits, anchored=True)
        troubles = [
            turned_away,
            *await self._troubles_of_revocation(connection, links, routes[-1], context, seen),
            *self._troubles_of_tls(connection),
            await connection.suspicion(seen),
            *chain.troubles_of(links, limits),
            client,
        ]
        found = worst(troubles, _RULINGS)
        if found is not None:
            return conclude(self, found.code, seen, **found.parameters)
        first = chain.first_to_expire(links)
        days = first.days_left(context.now)
        return conclude(self, "valid", seen, until=first.not_after.isoformat(), count=days)

    def _troubles_of_tls(self, connection: "Connection") -> Iterator[Trouble]:
        least = f"TLSv{self.min_tls}"
        if connection.tls_version < least:
            yield Trouble(
                "tls-version", address=connection.address, version=connection.tls_version, least=least
            )

    async def _troubles_of_revocation(
        self,
        connection: "Connection",
        links: Sequence["CertificateFacts"],
        route: Route,
        context: Context,
        seen: list[Evidence],
    ) -> Sequence[Trouble]:
        """What keeps links from being known to stand, which `seen` is told of."""
        if self.revocation == "off":
            seen += (_said_of(each.subject, message("not-asked")) for each in links[:-1])
            return ()
        from promoter.net.revocation import links_of, standings

        subjects = [each.subject for each in links]
        *asked, root = links_of((*connection.chain, connection.chain[-1]), subjects)
        stapled = self.revocation == "staple" or links[0].must_staple
        context.journal.doing = None
        found = await standings(
            () if self.revocation == "staple" else asked,
            Reach(ca_file=self.ca_file),
            context,
            staple=((*asked, root)[0], route, connection.address) if stapled else None,
        )
        seen += (line for each in found for line in self._evidence_of(each))
        troubles = [ruled for each in found if (ruled := self._ruled(each)) is not None]
        if self.revocation == "required" and not root.is_root:
            troubles.append(Trouble("revocation-issuer-missing", subject=root.subject))
            verdict = _RULINGS["revocation-issuer-missing"].verdict
            seen.append(_said_of(root.subject, message("issuer-not-here"), message("not-revoked"), verdict))
        return troubles

    def _ruled(self, found: "LinkStanding") -> Trouble | None:
        """The trouble with a link as a ruling of this check."""
        required = self.revocation != "when-possible"
        if found.trouble is not None:
            code = standing.ruling_of(found.trouble, required=required)
            return Trouble(code, (), **found.trouble.parameters)
        unsourced = required and found.observed.code == standing.NO_SOURCE
        return Trouble("revocation-unsourced", subject=found.subject) if unsourced else None

    def _evidence_of(self, found: "LinkStanding") -> Iterator[Evidence]:
        ruled = self._ruled(found)
        unsourced = found.observed.code == standing.NO_SOURCE
        verdict = _RULINGS[ruled.code].verdict if ruled else None if unsourced else Verdict.PASSED
        yield _said_of(found.subject, found.observed, message("not-revoked"), verdict)
        yield from found.contacted

    def _of_distrusted(
        self, code: str, sent: Sequence["CertificateFacts"], endpoint: Endpoint, now: datetime
    ) -> Iterator[Evidence]:
        """What the certificates say that a server sent and nobody here trusts."""
        if sent:
            misnamed = code in ("wrong-host", "common-name-only")
            host = self.server_name or endpoint.host
            yield from chain.evidence_of_leaf(sent[0], host, Verdict.FAILED if misnamed else None)
            yield from chain.evidence_of_links(sent, self._limits(now), anchored=False)

    def _limits(self, now: datetime) -> Limits:
        return Limits(self.min_days, self.warn_days, now)


def _said_of(
    subject: str, observed: Message, expected: Message | None = None, verdict: Verdict | None = None
) -> Evidence:
    return Evidence(message("revocation", subject=subject), expected, observed, verdict)
