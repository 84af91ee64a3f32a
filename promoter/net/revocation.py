"""Is a link of a verified chain revoked? Its issuer's list is asked first, its OCSP responder when there is no
list or the list does not tell, and the server's staple where it must have one."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from promoter.frozen import frozen
from promoter.messages import Message, Parameter, message
from promoter.model.context import Context
from promoter.model.outcome import Evidence
from promoter.net import crl, ocsp
from promoter.net.der import quietly
from promoter.net.http import Request
from promoter.net.published import LARGEST_LIST, LARGEST_OCSP, Unpublished, fetch, shared
from promoter.net.route import Reach, Route
from promoter.net.standing import NO_SOURCE, RULINGS, Standing
from promoter.net.trouble import Trouble, fact

_SHARE = 0.7
_MOST_SOURCES = 4
_SMALL = 256 * 1024


@frozen
class LinkStanding:
    """What came of one link below the root, or of the staple of the first. `observed` says it in words;
    `trouble` is why it is not simply good: its code is a ruling of `promoter.net.standing`. `contacted` names
    the third parties asked."""

    subject: str
    observed: Message
    trouble: Trouble | None = None
    contacted: tuple[Evidence, ...] = ()


@frozen
class Link:
    """A certificate of a verified chain and its issuer; `subject` is what it is called."""

    certificate: x509.Certificate
    issuer: x509.Certificate
    subject: str

    @property
    def is_root(self) -> bool:
        """Whether nobody stands above it."""
        return self.certificate.issuer == self.certificate.subject


@frozen
class _Source:
    url: str
    ask: Callable[[Context], Awaitable[tuple[Standing, tuple[Evidence, ...]]]]
    by: str


@quietly()
def links_of(chain: Sequence[bytes], subjects: Sequence[str]) -> tuple[Link, ...]:
    """The links of a verified chain (DER, leaf first) but its root."""
    found = [x509.load_der_x509_certificate(each) for each in chain]
    return tuple(Link(*each) for each in zip(found, found[1:], subjects, strict=False))


async def standings(
    links: Sequence[Link], reach: Reach, context: Context, *, staple: tuple[Link, Route, str] | None = None
) -> tuple[LinkStanding, ...]:
    """What the issuers of these links say of them; and of the `staple`'s link, the first, what the server staples
    that the route leads to, at this address. Takes at most a share of the time that is left to the deadline."""
    loop = asyncio.get_running_loop()
    until = loop.time() + (context.deadline - loop.time()) * _SHARE
    own = replace(context, deadline=until, journal=replace(context.journal, doing=None))
    asked = [_ask(each, reach, own) for each in links]
    if staple is not None:
        asked.append(_ask_for_staple(*staple, own))
    tasks = [asyncio.create_task(each) for each in asked]
    try:
        found = await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    stapled = staple is not None and bool(links) and links[0] is staple[0]
    superfluous = stapled and found[0].observed.code == NO_SOURCE  # the staple speaks for it
    return tuple(found[1:] if superfluous else found)


async def _ask_for_staple(link: Link, route: Route, address: str, context: Context) -> LinkStanding:
    from promoter.net.staple import staple_at

    try:
        async with asyncio.timeout_at(context.deadline):
            stapled = await staple_at(route, context)
        if stapled.certificate != link.certificate:
            raise Trouble("staple-unasked", address=address, why=message("another-certificate-shown"))
        if not stapled.answer:
            raise Trouble("staple-missing", address=address)
    except TimeoutError:
        why = message("no-answer-in-time")
        return _troubled(link, Trouble("staple-unasked", address=address, why=why))
    except Trouble as trouble:
        if trouble.code not in RULINGS:
            why = message(trouble.code, **trouble.parameters)
            trouble = Trouble("staple-unasked", address=address, why=why)
        return _troubled(link, trouble)
    source = message("own-staple")
    try:
        standing = ocsp.judge(stapled.answer, link.certificate, link.issuer, source, context.now)
    except Trouble as trouble:
        why = message(trouble.code, **{**trouble.parameters, "subject": link.subject})
        return _troubled(link, Trouble("staple-unusable", address=address, why=why))
    return _answered(link, standing, source, "ocsp")


async def _ask(link: Link, reach: Reach, context: Context) -> LinkStanding:
    sources, first = _sources(link, reach)
    contacted: list[Evidence] = []
    for number, source in enumerate(sources):
        try:
            async with asyncio.timeout_at(_share_of(context, len(sources) - number)):
                standing, whom = await source.ask(context)
            return _answered(link, standing, source.url, source.by, (*contacted, *whom))
        except TimeoutError:
            trouble = Trouble(f"{source.by}-unreachable", url=source.url, why=message("no-answer-in-time"))
            contacted.append(fact("contacted", observed=source.url))
        except Trouble as met:
            trouble = met
            contacted += met.evidence
        first = first or trouble
    if first is None:
        return LinkStanding(link.subject, message(NO_SOURCE))
    return _troubled(link, first, contacted)


def _troubled(link: Link, trouble: Trouble, contacted: Sequence[Evidence] = ()) -> LinkStanding:
    parameters: dict[str, Parameter] = {**trouble.parameters, "subject": link.subject}
    told = Trouble(trouble.code, (), **parameters)
    return LinkStanding(link.subject, message(told.code, **parameters), told, tuple(contacted))


def _share_of(context: Context, sources: int) -> float:
    now = asyncio.get_running_loop().time()
    return now + (context.deadline - now) / sources


def _answered(
    link: Link, standing: Standing, source: Parameter, by: str, contacted: Sequence[Evidence] = ()
) -> LinkStanding:
    if standing.revoked_at is not None:
        at = standing.revoked_at.isoformat()
        return _troubled(link, Trouble("revoked", at=at, why=message(standing.why)), contacted)
    if standing.until is None:
        observed = message("stands-by-ocsp", source=source)
    else:
        until = standing.until.isoformat()
        code = "stands-by-list" if by == "crl" else "stands-by-ocsp-until"
        observed = message(code, source=source, next=until)
    return LinkStanding(link.subject, observed, None, tuple(contacted))


def _sources(link: Link, reach: Reach) -> tuple[list[_Source], Trouble | None]:
    """Whom to ask, and why the first of those that are named beside cannot be."""
    points, refused = crl.points_of(link.certificate)
    found = [_by_list(each, link, reach) for each in points]
    for url in _responders(link.certificate):
        if crl.is_on_the_web(url):
            found.append(_by_ocsp(url, link, reach))
        else:
            refused = refused or Trouble("ocsp-unreachable", url=url[:200], why=message("not-on-the-web"))
    return found[:_MOST_SOURCES], refused


def _by_list(point: crl.Point, link: Link, reach: Reach) -> _Source:
    async def ask(context: Context) -> tuple[Standing, tuple[Evidence, ...]]:
        try:
            published = await fetch(Request(url=point.url, largest_body=LARGEST_LIST), reach, context)
        except Unpublished as wrong:
            if wrong.limit is not None:
                raise Trouble("crl-too-large", wrong.contacted, url=point.url, limit=wrong.limit) from wrong
            raise Trouble("crl-unreachable", wrong.contacted, url=point.url, why=wrong.why) from wrong

        def read() -> x509.CertificateRevocationList:
            listed = crl.load(published.content, point.url)
            crl.verify(listed, link.issuer, point.url)
            return listed

        key = ("list", point.url, reach, link.issuer)
        with _having_contacted(published.contacted):
            listed = await shared(key, lambda: _aside(read, published.content), context)
            return crl.look_up(listed, link.certificate, point, context.now), published.contacted

    return _Source(point.url, ask, "crl")


@contextlib.contextmanager
def _having_contacted(contacted: tuple[Evidence, ...]) -> Iterator[None]:
    """Troubles name whom their sources were had from."""
    try:
        yield
    except Trouble as trouble:
        raise Trouble(trouble.code, contacted, **trouble.parameters) from trouble


async def _aside(
    read: Callable[[], x509.CertificateRevocationList], content: bytes
) -> x509.CertificateRevocationList:
    """Verifying a list of megabytes takes tenths of a second: not on the loop."""
    return read() if len(content) < _SMALL else await asyncio.to_thread(read)


def _by_ocsp(url: str, link: Link, reach: Reach) -> _Source:
    async def ask(context: Context) -> tuple[Standing, tuple[Evidence, ...]]:
        request = Request(
            url=url,
            method="POST",
            headers=(("Content-Type", "application/ocsp-request"),),
            body=ocsp.request_for(link.certificate, link.issuer),
            largest_body=LARGEST_OCSP,
        )
        try:
            published = await fetch(request, reach, context)
        except Unpublished as wrong:
            raise Trouble("ocsp-unreachable", wrong.contacted, url=url, why=wrong.why) from wrong
        with _having_contacted(published.contacted):
            standing = ocsp.judge(published.content, link.certificate, link.issuer, url, context.now)
        return standing, published.contacted

    return _Source(url, ask, "ocsp")


def _responders(link: x509.Certificate) -> list[str]:
    try:
        named = link.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return []
    return [
        each.access_location.value
        for each in named
        if each.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(each.access_location, x509.UniformResourceIdentifier)
    ]
