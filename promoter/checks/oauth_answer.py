"""What a token endpoint's answer comes to (RFC 6749, sections 5.1 and 5.2)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from promoter.checks import withheld
from promoter.checks.json_text import MARK, NotJson, read_json
from promoter.checks.oauth_rulings import RULINGS
from promoter.checks.withheld import is_withheld, shown_text
from promoter.messages import Parameter, message
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Verdict
from promoter.net.real_data import shown_location, shown_media_type
from promoter.net.trouble import Trouble, fact
from promoter.redaction import Secret

if TYPE_CHECKING:
    from promoter.net.http import Answer

LARGEST = 64 * 1024
"""Bytes of an answer that are read: no token needs as much."""

_LONGEST_LIFETIME = 2**53
_LONGEST_BELIEVED = 10 * 366 * 24 * 3600
_SENDABLE = re.compile(r"[\x21-\x7e]+")
_JSON_TYPE = re.compile(r"application/([a-z0-9.-]+\+)?json", re.ASCII)
_WEB_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_MOST_TOKENS = 50
_SECRET_MEMBERS = ("access_token", "refresh_token", "id_token")
_NEARLY_JSON = re.compile(r'"(?:access|refresh|id)_token"\s*:\s*"([^"]*)')
_IN_A_FORM = re.compile(r"(?:access|refresh|id)_token=([^&\s]*)")

_ERRORS = {
    each.replace("-", "_"): each
    for each in (
        *("invalid-client", "unauthorized-client", "invalid-scope", "invalid-request", "invalid-grant"),
        "unsupported-grant-type",
    )
}
_SERVER_ERRORS = frozenset({"server_error", "temporarily_unavailable"})


@dataclass(slots=True)
class Grant:
    """What was granted, as far as it is right, with the evidence; `token` is for the API to judge."""

    evidence: list[Evidence]
    token: Secret
    lifetime: float | None = None
    remarks: tuple[str, ...] = ()


def judged(
    answer: "Answer", asked: Sequence[str], least: float | None, seen: list[Evidence], context: Context
) -> Grant:
    """What the answer grants, held against the scopes asked for and the `least` lifetime in seconds. What
    is secret in it is noted in the journal before anything of it is shown.

    Raises Trouble with one of the codes above when it grants nothing that can be used. Evidence is added to
    `seen`.
    """
    context.journal.secrets += islice(_tokens(answer.body), _MOST_TOKENS)
    right = 200 <= answer.status < 300
    odd = right and answer.status != 200
    seen.append(fact("status", 200, answer.status, Verdict.WARNED if odd else _verdict(right)))
    seen += _headers(answer, context)
    found = _read(answer, context)
    if found.get("error") is not None:
        raise _refusal(answer, found, seen, context)
    if not right:
        raise Trouble("wrong-status", status=answer.status)
    grant = Grant(seen, _token(found, seen))
    wrong = [
        *_type(found, seen, context),
        *_lifetime(found, least, grant),
        *_scope(found, asked, seen, context),
    ]
    if wrong:
        raise next((each for each in wrong if RULINGS[each.code].verdict is Verdict.FAILED), wrong[0])
    named = (answer.header("content-type") or "").partition(";")[0].strip().lower()
    if not _JSON_TYPE.fullmatch(named):
        grant.remarks = (*grant.remarks, "wrong-content-type")
    if odd:
        grant.remarks = (*grant.remarks, "odd-status")
    return grant


def is_web_page(answer: "Answer") -> bool:
    """Whether the answer is HTML, by what it says or by how it begins."""
    named = (answer.header("content-type") or "").lower()
    return "html" in named or _WEB_PAGE.match(answer.body) is not None


def tells_of_error(answer: "Answer") -> bool:
    """Whether the answer is a JSON object with an error in it, whatever its status."""
    try:
        found = read_json(answer.body.removeprefix(MARK))
    except NotJson:
        return False
    return isinstance(found, dict) and any(found.get(each) for each in ("error", "errors"))


def _headers(answer: "Answer", context: Context) -> Iterator[Evidence]:
    named = answer.header("content-type")
    shown = message("absent") if named is None else shown_media_type(named, context)
    yield fact("content-type", "application/json", shown)
    yield fact("cache-control", "no-store", answer.header("cache-control") or message("absent"))
    if (wait := answer.header("retry-after")) is not None:
        yield fact("retry-after", None, wait)


def _read(answer: "Answer", context: Context) -> Mapping[str, Any]:
    """The object that the answer is."""
    status = answer.status
    if 300 <= status < 400:
        raise Trouble("redirected", status=status, to=shown_location(answer.header("location"), context))
    if status == 429:
        raise Trouble("rate-limited")
    if status >= 500:
        raise Trouble("server-failed", status=status)
    if answer.encoding:
        raise Trouble("encoded-answer", encoding=answer.encoding)
    if not answer.complete:
        raise Trouble("answer-too-large", limit=LARGEST)
    if is_web_page(answer) or answer.body.lstrip()[:1] == b"<":
        raise Trouble("web-page", status=status)
    try:
        found = read_json(answer.body)
    except NotJson as why:
        if status >= 400:
            raise Trouble("wrong-status", status=status) from None
        raise Trouble("not-json", detail=why.why) from None
    if not isinstance(found, dict):
        raise Trouble("no-token") if status < 400 else Trouble("wrong-status", status=status)
    return found


def _tokens(body: bytes) -> Iterator[Secret]:
    """Every token in the body, whatever else is wrong with the answer: also in what is nearly JSON, or a form."""
    try:
        found = read_json(body)
    except NotJson:
        found = None
    if isinstance(found, dict):
        yield from _secrets_in([found.get(each) for each in _SECRET_MEMBERS])
    text = body.decode("utf-8", "replace")
    yield from (Secret(each[1]) for each in _NEARLY_JSON.finditer(text))
    yield from (Secret(unquote_plus(each[1])) for each in _IN_A_FORM.finditer(text))


def _secrets_in(values: list[Any]) -> Iterator[Secret]:
    """Whatever stands where a token does, be it no text."""
    while values:
        value = values.pop()
        if isinstance(value, list | dict):
            values += value.values() if isinstance(value, dict) else value
        elif value is not None:
            yield Secret(str(value))


def _refusal(answer: "Answer", found: Mapping[str, Any], seen: list[Evidence], context: Context) -> Trouble:
    """The error that the answer tells of, whatever its status."""
    error = found["error"]
    known = isinstance(error, str) and (error in _ERRORS or error in _SERVER_ERRORS)
    shown = error if known else _shown(error, context)
    seen.append(fact("error", None, shown, Verdict.FAILED))
    if isinstance(description := found.get("error_description"), str):
        seen.append(fact("error-description", None, shown_text(description, context)))
    if isinstance(error, str) and not error.strip():
        return Trouble("refused-without-why")
    if not known:
        return Trouble("refused", error=shown)
    if error in _SERVER_ERRORS:
        return Trouble("server-failed", status=answer.status)
    return Trouble(_ERRORS[error])


def _token(found: Mapping[str, Any], seen: list[Evidence]) -> Secret:
    token = found.get("access_token")
    if token is None:
        raise Trouble("no-token")
    if not isinstance(token, str) or not _SENDABLE.fullmatch(token):
        raise Trouble("unusable-token")
    seen.append(fact("token", None, message("characters", length=len(token)), Verdict.PASSED))
    return Secret(token, "TOKEN")


def _type(found: Mapping[str, Any], seen: list[Evidence], context: Context) -> Iterator[Trouble]:
    kind = found.get("token_type")
    right = isinstance(kind, str) and kind.lower() == "bearer"
    shown = kind if right else _shown(kind, context)
    seen.append(fact("token-type", "Bearer", shown, _verdict(right)))
    if not right:
        yield Trouble("wrong-token-type", observed=shown)


def _lifetime(found: Mapping[str, Any], least: float | None, grant: Grant) -> Iterator[Trouble]:
    lifetime = found.get("expires_in")
    expected = message("at-least", seconds=least) if least is not None else None
    if lifetime is None:
        unknown = Verdict.WARNED if least is None else Verdict.ERRORED
        grant.evidence.append(fact("lifetime", expected, message("absent"), unknown))
        if least is None:
            grant.remarks = ("no-lifetime",)
        else:
            yield Trouble("lifetime-unknown")
        return
    number = not isinstance(lifetime, bool) and isinstance(lifetime, int | float)
    if not number or not 1 <= lifetime <= _LONGEST_LIFETIME:
        grant.evidence.append(fact("lifetime", expected, withheld.type_of(lifetime), Verdict.FAILED))
        yield Trouble("wrong-lifetime")
        return
    grant.lifetime = lifetime
    enough = least is None or lifetime >= least
    endless = enough and lifetime > _LONGEST_BELIEVED
    shown = message("seconds", seconds=lifetime)
    verdict = Verdict.WARNED if endless else _verdict(enough)
    grant.evidence.append(fact("lifetime", expected, shown, verdict))
    if endless:
        grant.remarks = ("endless-lifetime",)
    if least is not None and not enough:
        yield Trouble("short-lived", lifetime=lifetime, least=least)


def _scope(
    found: Mapping[str, Any], asked: Sequence[str], seen: list[Evidence], context: Context
) -> Iterator[Trouble]:
    """A server that grants exactly what was asked for need not say so (RFC 6749, section 5.1)."""
    if "scope" not in found:
        seen.append(fact("scope", asked or None, message("as-asked"), Verdict.PASSED))
        return
    scope = found["scope"]
    if not isinstance(scope, str):
        seen.append(fact("scope", asked or None, _shown(scope, context), Verdict.FAILED))
        yield Trouble("wrong-scope")
        return
    granted = [each for each in scope.split(" ") if each]
    dropped = [each for each in asked if each not in granted]
    seen.append(fact("scope", asked or None, _shown_scopes(granted, asked, context), _verdict(not dropped)))
    if dropped:
        yield Trouble("scope-dropped", dropped=dropped)


def _shown_scopes(granted: Sequence[str], asked: Sequence[str], context: Context) -> Parameter:
    if not is_withheld(context):
        return tuple(shown_text(each, context) for each in granted)
    known = tuple(each for each in granted if each in asked)
    if len(known) == len(granted):
        return known
    return message("some-scopes-withheld", known=known) if known else message("scopes-withheld")


def _shown(value: object, context: Context) -> Parameter:
    """A value that should have been a text."""
    if value is None:
        return message("absent")
    return shown_text(value, context) if isinstance(value, str) else withheld.type_of(value)


def _verdict(right: bool) -> Verdict:
    return Verdict.PASSED if right else Verdict.FAILED
