"""Where a redirect leads, and why it must not be followed (RFC 9110, section 15.4)."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from promoter.messages import N_, NP_, Template, message
from promoter.model.address import split_url
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Verdict
from promoter.model.ruling import Ruling
from promoter.net.real_data import shown_url
from promoter.net.trouble import Trouble, fact

if TYPE_CHECKING:
    from promoter.net.http import Answer

_STATUSES = frozenset({301, 302, 303, 307, 308})

RULINGS: Mapping[str, Ruling] = {
    "redirect-to-http": Ruling(
        Verdict.FAILED,
        N_("redirects to plain http: {to}"),
        N_("Make the server redirect to https, never to http."),
    ),
    "bad-redirect": Ruling(
        Verdict.FAILED,
        N_("answered {status} without a URL to go to"),
        N_("Make the server send a valid Location header with its redirects."),
    ),
    "redirect-with-user": Ruling(
        Verdict.FAILED,
        N_("answered {status} with a URL that holds a user or a password"),
        N_("Make the server leave them out of its Location header: clients refuse them, and logs keep them."),
    ),
    "redirect-loop": Ruling(
        Verdict.FAILED,
        N_("redirects in a circle: {to} again"),
        N_("Look for two rules of the server or of a proxy before it that redirect to each other."),
    ),
    "too-many-redirects": Ruling(
        Verdict.FAILED,
        NP_("redirects more than {count} time", "redirects more than {count} times"),
        N_("Shorten the chain of redirects, or raise `redirects`."),
    ),
}
FACTS: Mapping[str, Template] = {
    "redirect": N_("redirect"),
    "over-https": N_("over https"),
    "redirected": N_("{status} to {to}"),
}


def next_url(
    answer: "Answer", asked: Sequence[str], seen: list[Evidence], context: Context, *, final: bool
) -> str | None:
    """Where an answer to the last of the URLs `asked` for redirects to; None when it is no redirect, or is
    `final` all the same. The step is added to `seen`, without its query, which may hold a token, and where
    the data is real without its path.

    Raises Trouble when the step leads nowhere, out of https, or in a circle.
    """
    if answer.status not in _STATUSES:
        return None
    location = answer.header("location")
    try:
        target = urljoin(asked[-1], location) if location else ""
        if urlsplit(target).username is not None:
            raise Trouble("redirect-with-user", status=answer.status)
        secure = split_url(target).scheme == "https"
    except ValueError:
        raise Trouble("bad-redirect", status=answer.status) from None
    target = urlsplit(target)._replace(fragment="").geturl()
    shown = shown_url(target, context)
    step = message("redirected", status=answer.status, to=shown)
    seen.append(fact("redirect", message("over-https"), step, Verdict.PASSED if secure else Verdict.FAILED))
    if not secure:
        raise Trouble("redirect-to-http", to=shown)
    if final:
        return None
    if target in asked:
        raise Trouble("redirect-loop", to=shown)
    return target
