"""What the kind `http` expects of the answer, as its fields say it."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from promoter.checks import http_sending, json_conditions, json_text, patterns
from promoter.checks.http_sending import Sending
from promoter.checks.json_conditions import Condition, JsonExpectation
from promoter.checks.json_text import NotJson, read_json
from promoter.checks.withheld import is_withheld, shown_text
from promoter.frozen import frozen
from promoter.messages import N_, Message, Parameter, Template, message
from promoter.model.context import Context
from promoter.model.duration import Duration
from promoter.model.limits import Within
from promoter.model.outcome import Evidence, Verdict
from promoter.net.real_data import shown_media_type
from promoter.net.trouble import Trouble, fact

if TYPE_CHECKING:
    from promoter.net.http import Answer

_LARGEST = 16 * 1024 * 1024
_USUAL_LARGEST = 1024 * 1024
_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})
_SHOWN_HEADERS = frozenset(
    {
        *("allow", "cache-control", "content-encoding", "content-language", "content-length"),
        *("content-security-policy", "content-type", "date", "expires", "retry-after", "server", "vary"),
        *("access-control-allow-origin", "strict-transport-security", "x-content-type-options"),
        *("x-frame-options",),
    }
)

FACTS: Mapping[str, Template] = {
    **json_conditions.FACTS,
    **json_text.FACTS,
    "status": N_("status"),
    "success": N_("200 to 299"),
    "header": N_("header {name}"),
    "body": N_("body"),
    "begins": N_("beginning of the body"),
    "size-and-digest": N_("{size} bytes, {digest}"),
    "text": N_("text {text}"),
    "pattern": N_("pattern {pattern}"),
    "found": N_("found"),
    "not-found": N_("not found"),
    "not-shown": N_("not shown"),
    "warns-never": N_("must be less than fail_after, which is {limit:duration}: it would never warn"),
    "no-body": N_("needs a body, and answers to HEAD have none"),
}


@frozen(kw_only=True)
class HeaderExpectation:
    """What a header of the answer must be; without more, it must be there."""

    name: Annotated[str, N_("The name of the header")]
    equals: Annotated[str | None, N_("The whole value")] = None
    contains: Annotated[str | None, N_("A text in the value")] = None


@frozen(kw_only=True)
class Expecting(Sending):
    """The fields that judge the answer."""

    status: Annotated[
        tuple[int, ...], Within(200, 599), N_("The status or statuses to accept; 200 to 299 by default")
    ] = ()
    headers_expected: Annotated[
        tuple[HeaderExpectation, ...], N_("Headers that the answer must have, and what they must be")
    ] = ()
    contains: Annotated[tuple[str, ...], N_("Texts that the body must contain")] = ()
    matches: Annotated[str | None, N_("A regular expression that must be found in the body")] = None
    json_expected: Annotated[
        tuple[JsonExpectation, ...], N_("What must hold at places of the body, which must be JSON")
    ] = ()
    warn_after: Annotated[Duration | None, N_("Warn when the answer takes longer than this")] = None
    fail_after: Annotated[Duration | None, N_("Fail when the answer takes longer than this")] = None
    largest_body: Annotated[int, Within(1, _LARGEST), N_("How many bytes of the body are read at most")] = (
        _USUAL_LARGEST
    )


@frozen
class Judgement:
    """The reason an answer is not as expected (None when it is), and the evidence."""

    code: str | None
    parameters: Mapping[str, Parameter]
    evidence: tuple[Evidence, ...]


def relations(written: Mapping[str, Any]) -> Iterator[tuple[str, Message]]:
    """Fields of the expectation that cannot be; see `declaration`."""
    yield from http_sending.relations(written)
    wrong = patterns.mistake_in(written["matches"]) if "matches" in written else None
    if wrong is not None:
        yield "matches", message("pattern-mistaken", detail=wrong)
    for why in json_conditions.mistakes(written.get("json_expected", ())):
        yield "json_expected", why
    if written.keys() >= {"warn_after", "fail_after"} and written["warn_after"] >= written["fail_after"]:
        yield "warn_after", message("warns-never", limit=written["fail_after"])
    if written.get("method") == "HEAD":
        for each in ("contains", "matches", "json_expected"):
            if each in written:
                yield each, message("no-body")


async def judged(check: Expecting, answer: "Answer", context: Context) -> Judgement:
    """Holds the answer against what is expected, part by part; the first that is wrong is the reason."""
    seen = [_status(check, answer)]
    if seen[0].verdict is Verdict.FAILED:
        shown = (*seen, *_shown(answer, context))
        parameters = {"status": answer.status, "expected": seen[0].expected}
        return Judgement("wrong-status", parameters, shown)
    wrong: list[tuple[str, Mapping[str, Parameter]]] = []
    headers = [_header(each, answer, context) for each in check.headers_expected]
    bad = [each.fact.parameters["name"] for each in headers if each.verdict is Verdict.FAILED]
    if bad:
        wrong.append(("wrong-headers", {"names": bad}))
    seen += [*headers, *_shown(answer, context)]
    if check.contains or check.matches is not None or check.json_expected:
        try:
            seen += await _body(check, answer, context, wrong)
        except Trouble as trouble:
            wrong.append((trouble.code, trouble.parameters))
    code, about = wrong[0] if wrong else (None, {})
    return Judgement(code, about, tuple(seen))


def _status(check: Expecting, answer: "Answer") -> Evidence:
    right = answer.status in check.status if check.status else 200 <= answer.status < 300
    expected: Parameter = check.status or message("success")
    return fact("status", expected, answer.status, _verdict(right))


def _shown(answer: "Answer", context: Context) -> Iterator[Evidence]:
    named = answer.header("content-type")
    if named is not None:
        yield Evidence(message("header", name="content-type"), None, shown_media_type(named, context))
    if answer.size:
        digest = f"sha256:{hashlib.sha256(answer.body).hexdigest()}"
        yield fact("body", None, message("size-and-digest", size=answer.size, digest=digest))


def _header(said: HeaderExpectation, answer: "Answer", context: Context) -> Evidence:
    name = said.name.lower()
    values = [value for key, value in answer.headers if key == name]
    right = bool(values)
    expected: Parameter = message("present")
    if said.equals is not None:
        expected, right = said.equals, right and said.equals in values
    if said.contains is not None:
        expected = message("with", text=said.contains) if said.equals is None else expected
        right = right and any(said.contains in each for each in values)
    hidden = name == "set-cookie" or (is_withheld(context) and name not in _SHOWN_HEADERS)
    shown = [shown_media_type(each, context) if name == "content-type" else each for each in values]
    observed: Parameter = message("not-shown") if hidden else tuple(shown)
    return Evidence(
        message("header", name=said.name),
        expected,
        observed if values else message("absent"),
        _verdict(right),
    )


async def _body(
    check: Expecting, answer: "Answer", context: Context, wrong: list[tuple[str, Mapping[str, Parameter]]]
) -> list[Evidence]:
    """Evidence of what the body holds; what is wrong with it is added to `wrong`.

    Raises Trouble when the body cannot be judged.
    """
    if answer.encoding:
        raise Trouble("encoded-body", encoding=answer.encoding)
    text = _text(answer)
    missing = [each for each in check.contains if each not in text]
    lines = [_found("text", each, each not in missing) for each in check.contains]
    whole = check.matches is not None or check.json_expected
    if not answer.complete and (whole or missing):
        raise Trouble("body-too-large", limit=check.largest_body)
    if missing:
        wrong.append(("text-missing", {"texts": missing}))
    places = _conditions(check, answer, wrong)
    trials = [(check.matches, text)] if check.matches is not None else []
    tried = [each for each in places if each.right is None]
    try:
        found = await patterns.are_found(
            [*trials, *((each.pattern, each.found) for each in tried)], context.deadline
        )
    except patterns.NotTried:
        raise Trouble("pattern-without-end", (), pattern=check.matches or tried[0].pattern) from None
    if check.matches is not None:
        lines.append(_found("pattern", check.matches, found[0]))
        if not found[0]:
            wrong.append(("pattern-missing", {"pattern": check.matches}))
    later = dict(zip(map(id, tried), found[len(trials) :], strict=True))
    right = [later[id(each)] if each.right is None else each.right for each in places]
    bad = [each.path for each, good in zip(places, right, strict=True) if not good]
    if bad:
        wrong.append(("wrong-values", {"paths": list(dict.fromkeys(bad))}))
    if wrong and not is_withheld(context):
        lines.append(fact("begins", None, shown_text(text, context)))
    return [*lines, *(each.line(good, context) for each, good in zip(places, right, strict=True))]


def _conditions(
    check: Expecting, answer: "Answer", wrong: list[tuple[str, Mapping[str, Parameter]]]
) -> Sequence[Condition]:
    if not check.json_expected:
        return ()
    try:
        return json_conditions.conditions(check.json_expected, read_json(answer.body))
    except NotJson as why:
        wrong.append(("not-json", {"detail": why.why}))
        return ()


def _found(code: str, sought: str, right: bool) -> Evidence:
    about = message(code, text=sought) if code == "text" else message(code, pattern=sought)
    return Evidence(about, message("found"), message("found" if right else "not-found"), _verdict(right))


def _text(answer: "Answer") -> str:
    declared = (answer.header("content-type") or "").lower().partition("charset=")[2]
    charset = declared.partition(";")[0].strip(" \"'")
    return answer.body.decode(charset if charset in _CHARSETS else "utf-8", "replace")


def _verdict(right: bool) -> Verdict:
    return Verdict.PASSED if right else Verdict.FAILED
