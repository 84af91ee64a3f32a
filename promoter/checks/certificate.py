"""Would a caller trust the certificate of an endpoint, and for how long?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from promoter.checks.declaration import conclude, kind
from promoter.messages import N_, NP_, Message, Parameter, Template, message
from promoter.model.address import Url, split_url
from promoter.model.context import Context
from promoter.model.limits import OnlyHttps, Within
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.ruling import Ruling
from promoter.net.route import Reach
from promoter.net.trouble import CERTIFICATE_RULINGS, FACTS, RULINGS, Trouble, fact

if TYPE_CHECKING:
    from promoter.net.certificate import CertificateFacts

_MOST_LINKS = 10
_MOST_NAMES = 20
_DAYS = Within(0, 3660)

_OWN_RULINGS = {
    "valid": Ruling(
        Verdict.PASSED,
        NP_("valid until {until:date}: {count} day left", "valid until {until:date}: {count} days left"),
    ),
    "expires-soon": Ruling(
        Verdict.WARNED,
        NP_(
            "the certificate of {subject} expires on {until:date}: {count} day left",
            "the certificate of {subject} expires on {until:date}: {count} days left",
        ),
        N_("Renew the certificate of {subject} now; its renewal may not be automatic."),
    ),
    "expires-too-soon": Ruling(
        Verdict.FAILED,
        NP_(
            "the certificate of {subject} expires on {until:date}: {count} day left, {min_days} wanted",
            "the certificate of {subject} expires on {until:date}: {count} days left, {min_days} wanted",
        ),
        N_("Renew the certificate of {subject} before promoting, and automate its renewal."),
    ),
    "tls-version": Ruling(
        Verdict.FAILED,
        N_("{address} settles for {version}; {least} or newer is wanted"),
        N_("Enable {least} on the server."),
    ),
}
_OWN_FACTS: Mapping[str, Template] = {
    "names": N_("names"),
    "issuer": N_("issuer"),
    "fingerprint": N_("SHA-256 fingerprint"),
    "validity": N_("validity of {subject}"),
    "key": N_("key of {subject}"),
    "signature": N_("signature of {subject}"),
    "rsa-2048-or-ec": N_("RSA of 2048 bits, elliptic curve of 256, or better"),
    "sha-256-or-better": N_("SHA-256 or better"),
    "days-or-more": NP_("{count} day or more", "{count} days or more"),
    "days-left": NP_("until {until:date}: {count} day left", "until {until:date}: {count} days left"),
    "over-since": N_("expired on {until:date}"),
    "begins": N_("not before {since:time}"),
    "warns-too-late": N_("must not be less than min_days, which is {min_days}: it would never warn"),
}


def _relations(written: Mapping[str, Any]) -> Iterator[tuple[str, Message]]:
    if written.keys() >= {"min_days", "warn_days"} and written["warn_days"] < written["min_days"]:
        yield "warn_days", message("warns-too-late", min_days=written["min_days"])


@kind(
    "certificate",
    rulings={**RULINGS, **CERTIFICATE_RULINGS, **_OWN_RULINGS},
    facts={**FACTS, **_OWN_FACTS},
    example={"url": "https://preprod.example.org", "min_days": 7, "warn_days": 30},
    relations=_relations,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Reach):
    """The certificate of an endpoint is valid, and stays so for a while.

    Verifies the chain up to a trusted root and the host name (in the subject alternative names only),
    with RFC 5280 followed strictly. Every link of the verified chain, not only the first, must have
    `min_days` left; below `warn_days` it warns. Keys, signatures and the TLS version must not be weak.
    """

    url: Annotated[
        Url, OnlyHttps(), N_("An https URL of the endpoint; nothing is asked for, only the handshake is made")
    ]
    min_days: Annotated[int, _DAYS, N_("Fewer days left than this on any link of the chain fail")] = 7
    warn_days: Annotated[int, _DAYS, N_("Fewer days left than this on any link of the chain warn")] = 30
    min_tls: Annotated[Literal["1.2", "1.3"], N_("The lowest TLS version to settle for")] = "1.2"

    async def observe(self, context: Context) -> Outcome:
        """Makes one handshake and judges what it brought."""
        from promoter.net.certificate import read_chain
        from promoter.net.connection import Distrusted, connected

        endpoint = split_url(self.url)
        if endpoint.scheme != "https":
            return conclude(self, "not-https", url=self.url)
        host = self.server_name or endpoint.host
        try:
            async with connected(endpoint, self, context) as connection:
                seen = connection.evidence(f"TLSv{self.min_tls}")
                chain = read_chain(connection.chain)
        except Distrusted as distrusted:
            named = distrusted.code not in ("wrong-host", "common-name-only")
            shown = self._evidence(distrusted.sent, host, context.now, anchored=False, named=named)
            return conclude(self, distrusted.code, (*distrusted.evidence, *shown), **distrusted.parameters)
        except Trouble as trouble:
            return conclude(self, trouble.code, trouble.evidence, **trouble.parameters)
        code, parameters = self._judge(chain, context.now)
        if connection.tls_version < f"TLSv{self.min_tls}":
            code = "tls-version"
            parameters = {
                "address": connection.address,
                "version": connection.tls_version,
                "least": f"TLSv{self.min_tls}",
            }
        shown = self._evidence(chain, host, context.now, anchored=True, named=True)
        return conclude(self, code, (*seen, *shown), **parameters)

    def _judge(self, chain: Sequence["CertificateFacts"], now: datetime) -> tuple[str, dict[str, Parameter]]:
        for link in chain:
            if link.weak_key:
                return "weak-key", {"subject": link.subject, "key": link.key}
        for link in chain[:-1]:  # nobody relies on the signature of the root
            if link.weak_signature:
                return "weak-signature", {"subject": link.subject, "signature": link.signature}
        first = min(chain, key=lambda link: link.not_after)
        days = first.days_left(now)
        until: dict[str, Parameter] = {"until": first.not_after.isoformat(), "count": days}
        if days < self.min_days:
            return "expires-too-soon", {"subject": first.subject, "min_days": self.min_days, **until}
        if days < self.warn_days:
            return "expires-soon", {"subject": first.subject, **until}
        return "valid", until

    def _evidence(
        self, chain: Sequence["CertificateFacts"], host: str, now: datetime, *, anchored: bool, named: bool
    ) -> Iterator[Evidence]:
        """What the certificates say; `anchored` when the last is a trusted root."""
        if not chain:
            return
        leaf = chain[0]
        shown = leaf.names[:_MOST_NAMES] or (leaf.common_name or leaf.subject,)
        yield fact("names", host, shown, None if named and not anchored else _verdict(named))
        yield fact("issuer", observed=leaf.issuer)
        yield fact("fingerprint", observed=leaf.fingerprint)
        for position, link in enumerate(chain[:_MOST_LINKS]):
            yield self._validity(link, now)
            strong = _verdict(not link.weak_key)
            yield Evidence(_of("key", link), message("rsa-2048-or-ec"), link.key, strong)
            if not anchored or position < len(chain) - 1:
                strong = _verdict(not link.weak_signature)
                yield Evidence(_of("signature", link), message("sha-256-or-better"), link.signature, strong)

    def _validity(self, link: "CertificateFacts", now: datetime) -> Evidence:
        days = link.days_left(now)
        wanted = message("days-or-more", count=self.min_days)
        observed = message("days-left", until=link.not_after.isoformat(), count=days)
        verdict = _verdict(days >= self.min_days)
        if link.not_after < now:
            observed = message("over-since", until=link.not_after.isoformat())
        elif link.not_before > now:
            observed, verdict = message("begins", since=link.not_before.isoformat()), Verdict.FAILED
        elif verdict is Verdict.PASSED and days < self.warn_days:
            verdict = Verdict.WARNED
        return Evidence(_of("validity", link), wanted, observed, verdict)


def _of(code: str, link: "CertificateFacts") -> Message:
    return message(code, subject=link.subject)


def _verdict(good: bool) -> Verdict:
    return Verdict.PASSED if good else Verdict.FAILED
