"""Asking Prometheus and Alertmanager, and believing only what has the shape of their answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from promoter.checks import authorization, json_text
from promoter.checks.authorization import Basic
from promoter.checks.json_text import NotJson, read_json
from promoter.checks.withheld import shown_text
from promoter.messages import N_, Parameter, Template, message
from promoter.model.address import Url
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Verdict
from promoter.model.ruling import Ruling
from promoter.net.route import Reach
from promoter.net.trouble import Trouble
from promoter.redaction import Secret

if TYPE_CHECKING:
    from promoter.net.http import Request

_LARGEST = 8 * 1024 * 1024
_LONGEST_URL = 2000

RULINGS: Mapping[str, Ruling] = {
    "not-allowed": Ruling(
        Verdict.ERRORED,
        N_("{url} lets nobody in with these credentials: it answered {status}"),
        N_("Name a token in `bearer`, or a user and a password in `basic`, that may read there."),
    ),
    "query-refused": Ruling(
        Verdict.ERRORED,
        N_("the server refuses the query: {detail}"),
        N_("Correct the query: try it in the server's own web page first."),
    ),
    "server-failed": Ruling(
        Verdict.ERRORED,
        N_("{url} answered {status}"),
        N_("Look into the log of the server; a monitoring that fails watches nothing."),
    ),
    "not-the-api": Ruling(
        Verdict.ERRORED,
        N_("{url} does not answer as this API does: {detail}"),
        N_("Name the address of the server itself: what comes before /api/ in its own web page."),
    ),
    "incomplete": Ruling(
        Verdict.ERRORED,
        N_("the server warns that its answer may be wrong or incomplete: {detail:list}"),
        N_("Bring back the part of the monitoring that the server names, then run the check again."),
    ),
    "answer-too-large": Ruling(
        Verdict.ERRORED,
        N_("the answer of {url} is larger than the {limit} bytes that are read"),
        N_("Write a query that gives fewer series."),
    ),
}


FACTS: Mapping[str, Template] = {
    **json_text.FACTS,
    "no-reason": N_("it does not say why"),
    "not-a-status": N_("there is no status in it"),
    "not-an-object": N_("something else stands where an object should"),
    "not-a-list": N_("something else stands where a list should"),
    "not-a-text": N_("something else stands where a text should"),
    "not-a-moment": N_("the time of a value is none that there could be"),
    "not-a-sample": N_("something else stands where a time and a value should"),
    "not-a-value": N_("something else stands where a number should"),
    "encoded": N_("it is encoded as {encoding}, though this was not asked for"),
    "unnamed-warning": N_("a warning without words"),
    "partial": N_("it is partial"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking(Reach):
    """The fields that say whom to ask, and as whom."""

    url: Annotated[Url, N_("The address of the Prometheus server, without /api/")]
    plain: Annotated[bool, N_("Whether plain http will do")] = False
    bearer: Annotated[Secret | None, N_("A token to send as Authorization: Bearer, to both servers")] = None
    basic: Annotated[Basic | None, N_("A user and a password to send to both servers")] = None

    def request(self, base: str, path: str, parameters: Mapping[str, str]) -> "Request":
        """A request of the API below the server's address; a long query goes into the body."""
        from promoter.net.http import Request

        url = f"{base.partition('?')[0].rstrip('/')}{path}"
        headers = authorization.headers_of(self.bearer, self.basic)
        encoded = urlencode(parameters)
        if not encoded or len(url) + len(encoded) < _LONGEST_URL:
            asked = f"{url}?{encoded}" if encoded else url
            return Request(url=asked, headers=headers, largest_body=_LARGEST)
        sort = ("Content-Type", "application/x-www-form-urlencoded")
        return Request(
            url=url, method="POST", headers=[*headers, sort], body=encoded.encode(), largest_body=_LARGEST
        )

    def by_hand(self, base: str, path: str, parameters: Mapping[str, str], context: Context) -> Evidence:
        """The curl line that asks the same.

        Raises Trouble when there is no route to the server.
        """
        from promoter.net.http import Request
        from promoter.net.reproduce import curl_line, reproduced

        asked = self.request(base, path, {})
        headers = [] if self.basic is not None else asked.headers
        fields = [f"{name}={value}" for name, value in parameters.items()]
        line = curl_line(Request(url=asked.url, headers=headers), self, context, form=fields)
        if fields and not self.request(base, path, parameters).body:
            line = line.replace("curl ", "curl --get ", 1)
        return reproduced(authorization.by_hand(line, self.basic))


async def ask_prometheus(
    check: Asking, path: str, parameters: Mapping[str, str], context: Context, seen: list[Evidence]
) -> Any:
    """The `data` of an answer of Prometheus's HTTP API (v1).

    Raises Trouble when it does not succeed without reservations.
    """
    document = table(await _ask(check, check.url, path, parameters, context, seen), check.url)
    if document.get("status") == "error":
        told = document.get("error")
        known = isinstance(told, str) and told.strip()
        detail = shown_text(str(told), context) if known else message("no-reason")
        raise Trouble("query-refused", detail=detail)
    if document.get("status") != "success":
        raise Trouble("not-the-api", url=check.url, detail=message("not-a-status"))
    warnings = list(_warnings(document, context))
    if warnings:
        raise Trouble("incomplete", detail=warnings)
    return document.get("data")


async def ask_alertmanager(
    check: Asking, base: str, path: str, context: Context, seen: list[Evidence]
) -> Sequence[Any]:
    """The list that an answer of Alertmanager's API (v2) is.

    Raises Trouble when it is none.
    """
    return listed(await _ask(check, base, path, {}, context, seen), base)


async def ask_status(check: Asking, base: str, context: Context, seen: list[Evidence]) -> Mapping[str, Any]:
    """What Alertmanager says of itself (v2, `/status`); raises Trouble when it is no object."""
    return table(await _ask(check, base, "/api/v2/status", {}, context, seen), base)


def _warnings(document: Mapping[str, Any], context: Context) -> Iterator[Parameter]:
    """What the server warns of; a warning in no shape that the API has is one."""
    for name in ("warnings", "error"):
        yield from _words(document.get(name), context)
    if document.get("isPartial"):
        yield message("partial")


def _words(told: Any, context: Context) -> Iterator[Parameter]:
    for each in told if isinstance(told, list) else [told] if told else ():
        yield shown_text(each, context) if isinstance(each, str) and each else message("unnamed-warning")


def table(value: Any, url: str) -> Mapping[str, Any]:
    """The value as an object; raises Trouble when it is none."""
    if not isinstance(value, dict):
        raise Trouble("not-the-api", url=url, detail=message("not-an-object"))
    return value


def listed(value: Any, url: str) -> Sequence[Any]:
    """The value as a list; raises Trouble when it is none."""
    if not isinstance(value, list):
        raise Trouble("not-the-api", url=url, detail=message("not-a-list"))
    return value


def text_of(value: Any, url: str) -> str:
    """The value as a text; raises Trouble when it is none."""
    if not isinstance(value, str):
        raise Trouble("not-the-api", url=url, detail=message("not-a-text"))
    return value


async def _ask(
    check: Asking, base: str, path: str, parameters: Mapping[str, str], context: Context, seen: list[Evidence]
) -> Any:
    from promoter.net.http import ask

    own = check if base == check.url else Reach(ca_file=check.ca_file)
    fresh: list[Evidence] = []
    try:
        answer = await ask(check.request(base, path, parameters), own, context, fresh)
    finally:
        seen += [each for each in fresh if each not in seen]
    if answer.status in (401, 403, 407):
        raise Trouble("not-allowed", url=base, status=answer.status)
    if not answer.complete:
        raise Trouble("answer-too-large", url=base, limit=_LARGEST)
    try:
        if answer.encoding:
            raise Trouble("not-the-api", url=base, detail=message("encoded", encoding=answer.encoding))
        document = read_json(answer.body)
    except NotJson as wrong:
        if answer.status >= 500:
            raise Trouble("server-failed", url=base, status=answer.status) from None
        raise Trouble("not-the-api", url=base, detail=wrong.why) from None
    refused = isinstance(document, dict) and document.get("status") == "error"
    if answer.status == 200 or (refused and answer.status in (400, 422)):
        return document
    raise Trouble("server-failed", url=base, status=answer.status)
