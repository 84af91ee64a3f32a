"""Does a name resolve as expected?"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from promoter.checks import dns_rulings
from promoter.checks.declaration import conclude, kind
from promoter.checks.dns_records import in_one_form, is_there, leads_nowhere
from promoter.messages import N_, Message, Parameter, message
from promoter.model.address import HostPort, is_ip_address, parse_host_port, split_url
from promoter.model.context import Context
from promoter.model.duration import Duration
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.net.trouble import Trouble, fact

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver
    from dns.message import Message as Response
    from dns.rdata import Rdata

_SHARE_FOR_ASKING = 0.8
_MOST_SHOWN = 10


def _relations(written: Mapping[str, Any]) -> Iterator[tuple[str, Message]]:
    if "name" in written and not _host(written["name"]):
        yield "name", message("not-a-name")
    if "server" in written and not is_ip_address(written["server"].host):
        yield "server", message("not-a-server")
    wrong = _no_record(written.get("type"), written.get("expect", ()))
    if wrong is not None:
        yield "expect", wrong


@kind(
    "dns",
    rulings=dns_rulings.RULINGS,
    facts=dns_rulings.FACTS,
    example={"name": "preprod.example.org", "type": "CNAME", "expect": ["gateway.example.net"]},
    relations=_relations,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Dns:
    """A name resolves as expected.

    Looks up the addresses of the name as callers on this machine would, through its own resolver and
    hosts file. With `type` it asks the name servers of this machine for such records, with `server` that
    one. Every record of `expect` must be there, in any order; others may be there too. Without `expect`
    there must be at least one. A server that fails, refuses or stays silent is never a pass.
    """

    name: Annotated[str, N_("The name to look up, or a URL whose host is looked up")]
    type: Annotated[
        Literal["A", "AAAA", "CNAME", "TXT", "MX", "NS", "CAA"] | None,
        N_("The type of record to ask for; addresses by default"),
    ] = None
    expect: Annotated[
        tuple[str, ...], N_("The records that must be there; at least one of any value by default")
    ] = ()
    server: Annotated[
        HostPort | None, N_("The ADDRESS:PORT of the name server to ask; this machine's by default")
    ] = None
    timeout: Annotated[Duration | None, N_("How long the whole check may take; 10 seconds by default")] = None

    async def observe(self, context: Context) -> Outcome:
        """Asks once for each type of record, and compares."""
        host = _host(self.name)
        wrong = self._unusable(host)
        if wrong is not None:
            return conclude(self, "not-usable", field=wrong[0], why=wrong[1])
        seen: list[Evidence] = []
        try:
            if self.type is None and self.server is None:
                seen.append(fact("server", observed=message("own-resolver")))
                found = await _addresses(host, context)
            else:
                found = await self._ask(host, context, seen)
        except Trouble as trouble:
            return conclude(self, trouble.code, (*seen, self._by_hand(host)), **trouble.parameters)
        return self._judge(host, found, seen)

    def _unusable(self, host: str) -> tuple[str, Message] | None:
        """What a reference brought that cannot be asked for."""
        if not host:
            return "name", message("not-a-name")
        if self.server is not None and not is_ip_address(self.server.host):
            return "server", message("not-a-server")
        wrong = _no_record(self.type, self.expect)
        return None if wrong is None else ("expect", wrong)

    def _types(self) -> tuple[str, ...]:
        return ("A", "AAAA") if self.type is None else (self.type,)

    def _judge(self, host: str, found: Sequence[str], seen: list[Evidence]) -> Outcome:
        expected = [in_one_form(self.type, each) for each in self.expect]
        missing = [each for each in expected if not is_there(each, found)]
        verdict = Verdict.PASSED if found and not missing else Verdict.FAILED
        about = message("addresses") if self.type is None else message("records", type=self.type)
        wanted: Parameter = expected or message("at-least-one")
        line = Evidence(about, wanted, list(found) or message("none"), verdict)
        evidence = (line, *seen, self._by_hand(host))
        if not found:
            return conclude(self, "no-records", evidence, name=host, types=self._types())
        shown = list(found[:_MOST_SHOWN])
        if not self.expect and all(map(leads_nowhere, found)):
            return conclude(
                self,
                "leads-nowhere",
                [replace(line, verdict=Verdict.FAILED), *evidence[1:]],
                name=host,
                found=shown,
            )
        if missing:
            return conclude(self, "records-missing", evidence, name=host, missing=missing, found=shown)
        return conclude(self, "resolves", evidence, name=host, found=shown)

    async def _ask(self, host: str, context: Context, seen: list[Evidence]) -> list[str]:
        """The records that name servers give, each once, sorted; none when there is none of the types."""
        import asyncio

        import dns.exception
        import dns.resolver

        server: Parameter = str(self.server) if self.server else message("own-servers")
        asked = message("dns.asking", server=server, name=host)
        context.journal.doing = asked
        found: set[str] = set()
        try:
            resolver = _resolver(self.server)
            for record_type in self._types():
                left = context.deadline - asyncio.get_running_loop().time()
                lifetime = max(left, 0.1) * _SHARE_FOR_ASKING
                answer = await resolver.resolve(
                    f"{host}.", record_type, raise_on_no_answer=False, lifetime=lifetime, search=False
                )
                if answer.rrset is None:
                    _hold_to_charge(answer.response, host, server)
                found |= {_written(record_type, each) for each in answer}
                seen += _of_answer(answer, host)
        except dns.resolver.NXDOMAIN as unknown:
            for response in unknown.kwargs["responses"].values():
                _hold_to_charge(response, host, server)
            raise Trouble("no-such-name", name=host) from None
        except dns.resolver.NoResolverConfiguration:
            raise Trouble("no-server") from None
        except (dns.exception.DNSException, UnicodeError) as error:
            raise _no_answer(error, host, server) from error
        return sorted(found)

    def _by_hand(self, host: str) -> Evidence:
        if self.type is None and self.server is None:
            return fact("reproduce", observed=f"getent ahosts {shlex.quote(host)}")
        at = f" @{self.server.host} -p {self.server.port}" if self.server else ""
        lines = [f"dig {shlex.quote(host)}. {each}{at}" for each in self._types()]
        return fact("reproduce", observed="; ".join(lines))


def _host(name: str) -> str:
    """The host that a name or URL stands for, in ASCII; empty when there is none, or an address."""
    try:
        host = split_url(name).host if "://" in name else parse_host_port(f"{name}:53").host
    except ValueError:
        return ""
    return "" if is_ip_address(host) else host.removesuffix(".")


def _no_record(record_type: str | None, expected: Sequence[str]) -> Message | None:
    for each in expected:
        try:
            in_one_form(record_type, each)
        except ValueError:
            if record_type is None:
                return message("not-addresses", written=each)
            return message("not-a-record", type=record_type, written=each)
    return None


async def _addresses(host: str, context: Context) -> list[str]:
    from promoter.net.dial import look_up

    context.journal.doing = message("looking-up", host=host)
    found = await look_up(HostPort(host, 0), context)
    return sorted({in_one_form(None, where[0]) for _, _, where in found})


def _resolver(server: HostPort | None) -> "Resolver":
    import dns.asyncresolver

    resolver = dns.asyncresolver.Resolver(configure=server is None)
    if server is not None:
        resolver.nameservers = [server.host]
        resolver.port = server.port
    return resolver


def _written(record_type: str, record: "Rdata") -> str:
    if record_type == "TXT":
        strings: tuple[bytes, ...] = getattr(record, "strings", ())
        return b"".join(strings).decode("utf-8", "replace").strip()
    try:
        return in_one_form(record_type, record.to_text())
    except ValueError:
        return record.to_text()


def _of_answer(answer: Any, host: str) -> Iterator[Evidence]:
    yield fact("server", observed=str(HostPort(answer.nameserver, answer.port)))
    alias = answer.canonical_name.to_text(omit_final_dot=True).lower()
    if alias != host:
        yield fact("alias", observed=alias)
    if answer.rrset is not None:
        yield fact("lifetime", observed=message("seconds", seconds=answer.rrset.ttl))


def _hold_to_charge(response: "Response", host: str, server: Parameter) -> None:
    """Raises Trouble when that a server knows nothing says nothing: it is not in charge, and asks nobody (RFC 1034,
    4.3.1; RFC 8499, `lame delegation`)."""
    from dns.flags import AA, RA

    if not response.flags & (AA | RA):
        raise Trouble("server-not-in-charge", server=server, name=host)


def _no_answer(error: Exception, host: str, server: Parameter) -> Trouble:
    """What it comes down to that no server answered: the gravest of what each of them did."""
    import dns.resolver

    told = [each[3] for each in getattr(error, "kwargs", {}).get("errors", ())]
    statuses = [each for each in told if isinstance(each, str)]
    if "REFUSED" in statuses:
        return Trouble("server-refused", server=server, name=host)
    if statuses:
        return Trouble("server-failed", server=server, name=host, detail=statuses[0])
    unclear = [each for each in told if not isinstance(each, dns.exception.Timeout | OSError)]
    if unclear or not isinstance(error, dns.resolver.NoNameservers | dns.resolver.LifetimeTimeout):
        return Trouble("server-unclear", server=server, detail=_unclear(unclear[0] if unclear else error))
    return Trouble("server-silent", server=server)


def _unclear(wrong: object) -> Message:
    from dns.message import AnswerForNXDOMAIN, ChainTooLong

    if isinstance(wrong, ChainTooLong):
        return message("too-many-aliases")
    if isinstance(wrong, AnswerForNXDOMAIN):
        return message("contradicts-itself")
    return message("no-such-answer", error=type(wrong).__name__)
