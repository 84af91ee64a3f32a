"""The command line that does by hand what a check did: secrets stand in it as shell variables."""

import re
import shlex
from collections.abc import Sequence

from promoter.messages import message
from promoter.model.address import split_url
from promoter.model.context import Context
from promoter.model.outcome import Evidence
from promoter.net.http import Request, Text
from promoter.net.route import Reach, route_to
from promoter.redaction import Secret

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)
_MEANT = re.compile(r'[\\"$`]')


def reproduced(line: str) -> Evidence:
    """A command line as evidence; kinds declare the shared fact `reproduce`."""
    return Evidence(message("reproduce"), None, line)


def curl_line(
    request: Request, reach: Reach, context: Context, *, form: Sequence[Text] = (), body: Text | None = None
) -> str:
    """The curl command that sends the request: `form` are the `NAME=VALUE` fields of a form, `body` is the
    request's body, shown instead of its bytes.

    Raises Trouble when there is no route to the URL.
    """
    words = ["curl", "--include"]
    if request.method == "HEAD":
        words.append("--head")
    elif request.method != "GET":
        words += ["--request", shlex.quote(request.method)]
    words += network_words(request.url, reach, context)
    for name, text in request.headers:
        words += ["--header", quoted([f"{name}: ", *_parts(text)])]
    for each in form:
        words += ["--data-urlencode", quoted(each)]
    if body is not None:
        words += ["--data-binary", quoted(body)]
    return " ".join([*words, shlex.quote(request.url)])


def network_words(url: str, reach: Reach, context: Context) -> list[str]:
    """curl's options for the way to a URL: the address it is mapped to, and the roots that are trusted."""
    endpoint = split_url(url)
    route = route_to(endpoint, reach, context)
    words = ["--connect-to", f"{endpoint.authority}:{route.target}"] if route.mapped else []
    for each in route.roots:
        words += ["--cacert", shlex.quote(each.path)]
    if reach.client_certificate is not None and reach.client_key is not None:
        key = quoted(reach.client_key)
        words += ["--cert", shlex.quote(reach.client_certificate), "--key", f"<(printf %s {key})"]
    return words


def quoted(text: Text) -> str:
    """A text as one word of a shell; each secret in it is `$` and its name."""
    parts = _parts(text)
    if not any(isinstance(each, Secret) for each in parts):
        return shlex.quote("".join(str(each) for each in parts))
    return '"' + "".join(_within_quotes(each) for each in parts) + '"'


def _within_quotes(part: str | Secret) -> str:
    if isinstance(part, Secret):
        return f"${{{part.name if _NAME.fullmatch(part.name) else 'SECRET'}}}"
    return _MEANT.sub(r"\\\g<0>", part)


def _parts(text: Text) -> Sequence[str | Secret]:
    return (text,) if isinstance(text, str | Secret) else text
