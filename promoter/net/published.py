"""What authorities publish about their certificates: fetched once a run, whoever asks for it, and capped."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast
from urllib.parse import urljoin

from promoter.frozen import frozen
from promoter.messages import Message, message
from promoter.model.address import split_url
from promoter.model.context import Context, Journal
from promoter.model.outcome import Evidence
from promoter.net.http import Answer, Request, ask
from promoter.net.route import Reach, route_to
from promoter.net.trouble import Trouble, fact

LARGEST_LIST = 16 * 1024 * 1024
LARGEST_OCSP = 64 * 1024
_MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

_Made = TypeVar("_Made")


class Unpublished(Exception):
    """Nothing could be had; `why` says why, `limit` is the cap in bytes when that is what was in the way."""

    def __init__(self, why: Message, contacted: tuple[Evidence, ...] = (), limit: int | None = None) -> None:
        super().__init__(why.code)
        self.why = why
        self.contacted = contacted
        self.limit = limit


@frozen
class Publication:
    """What was had, whom it was had from, and the command line's overrides that led there."""

    content: bytes = field(repr=False)
    contacted: tuple[Evidence, ...]
    overrides: frozenset[str]


async def fetch(request: Request, reach: Reach, context: Context) -> Publication:
    """The body of the answer to a request of this run, redirects followed; those who ask for the same at the
    same time share one exchange, which ends when none of them waits any more.

    Raises Unpublished when there is none.
    """
    try:
        route_to(split_url(request.url), reach, context)  # notes the overrides that lead there
    except Trouble as trouble:
        raise Unpublished(message(trouble.code, **trouble.parameters)) from trouble
    key = ("published", request.url, request.body, reach)
    published = await shared(key, lambda: _fetch(request, reach, context), context)
    context.journal.overrides |= published.overrides
    return published


async def shared(key: Hashable, make: Callable[[], Awaitable[_Made]], context: Context) -> _Made:
    """What `make` came to for whoever of this run asked first; what failed is made anew for who asks later.
    It is not cancelled before the last who waits for it is."""
    under_way: dict[Hashable, _Flight] = context.shared.once("flights", dict)
    flight = under_way.get(key)
    if flight is None:
        flight = under_way[key] = _Flight(asyncio.ensure_future(make()))
    flight.waiting += 1
    try:
        return cast(_Made, await asyncio.shield(flight.task))
    except BaseException:
        if under_way.get(key) is flight and (flight.waiting == 1 or flight.task.done()):
            del under_way[key]
        raise
    finally:
        flight.waiting -= 1
        if not flight.waiting and not flight.task.done():
            flight.task.cancel()
            await asyncio.gather(flight.task, return_exceptions=True)


@dataclass(slots=True)
class _Flight:
    task: asyncio.Future[Any]
    waiting: int = 0


async def _fetch(request: Request, reach: Reach, context: Context) -> Publication:
    own = replace(context, journal=Journal())
    contacted: list[Evidence] = []
    try:
        answer = await _follow(request, reach, own, contacted)
    except Trouble as trouble:
        raise Unpublished(message(trouble.code, **trouble.parameters), tuple(contacted)) from trouble
    if answer.status != 200:
        raise Unpublished(message("status-instead", status=answer.status), tuple(contacted))
    if not answer.complete:
        limit = request.largest_body
        raise Unpublished(message("answer-too-large", limit=limit), tuple(contacted), limit)
    return Publication(answer.body, tuple(contacted), frozenset(own.journal.overrides))


async def _follow(request: Request, reach: Reach, context: Context, contacted: list[Evidence]) -> Answer:
    for _ in range(_MOST_REDIRECTS + 1):
        seen: list[Evidence] = []
        contacted.append(fact("contacted", observed=request.url))
        try:
            answer = await ask(request, reach, context, seen)
        finally:
            contacted[-1] = fact("contacted", observed=_whom(request.url, seen))
        if answer.status not in _REDIRECTS or request.method != "GET":
            return answer
        try:
            url = urljoin(request.url, answer.header("location") or "")
            split_url(url)
        except ValueError:
            break
        request = replace(request, url=url)
    raise Unpublished(message("redirects-on"), tuple(contacted))


def _whom(url: str, seen: list[Evidence]) -> Message | str:
    met = {each.fact.code: each.observed for each in seen}
    if "proxy" in met:
        return message("contacted-through", url=url, proxy=met["proxy"])
    return message("contacted-at", url=url, address=met["address"]) if "address" in met else url
