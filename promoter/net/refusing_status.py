"""Statuses below 500 with which a server says that it did not answer what was asked (RFC 9110, section 15.5):
there is somebody, but not the service that callers are to find."""

from collections.abc import Mapping

from promoter.messages import N_
from promoter.model.outcome import Verdict
from promoter.model.ruling import Ruling
from promoter.net.trouble import Trouble

RULINGS: Mapping[str, Ruling] = {
    "nothing-there": Ruling(
        Verdict.WARNED,
        N_("answered {status}: there is a server, but nothing at this address"),
        N_("Check the URL; if {status} is the right answer, name it in `status`."),
    ),
    "request-not-taken": Ruling(
        Verdict.WARNED,
        N_("answered {status}: the server does not take the request"),
        N_(
            "Check the URL and its host; some servers answer so to who shows no client certificate: name one in `client_certificate`. If {status} is the right answer, name it in `status`."
        ),
    ),
    "client-certificate-not-taken": Ruling(
        Verdict.FAILED,
        N_("answered {status}, as servers do that refuse the client certificate {path}"),
        N_(
            "Look into the server's log, and have it trust the issuer of {path}; if {status} is the right answer, name it in `status`."
        ),
    ),
    "proxy-asks-who": Ruling(
        Verdict.WARNED,
        N_("answered {status}: a proxy that stands before the server wants to know who asks"),
        N_("Have the proxy let callers through; if {status} is the right answer, name it in `status`."),
    ),
    "request-given-up": Ruling(
        Verdict.WARNED,
        N_("answered {status}: the server gave up waiting for the request"),
        N_(
            "Look into the time-outs of the server and of what stands before it, then run the check again; if {status} is the right answer, name it in `status`."
        ),
    ),
    "not-served-here": Ruling(
        Verdict.WARNED,
        N_("answered {status}: this server does not serve {host}"),
        N_(
            "Have {host} served at the address that was asked, or correct its DNS; if {status} is the right answer, name it in `status`."
        ),
    ),
    "too-early": Ruling(
        Verdict.WARNED,
        N_("answered {status}: it is too early for the server to answer"),
        N_("Run the check again; if {status} is the right answer, name it in `status`."),
    ),
    "other-protocol-wanted": Ruling(
        Verdict.WARNED,
        N_("answered {status}: the server wants another protocol than HTTP/1.1"),
        N_(
            "Have the server answer in HTTP/1.1 too, or correct the URL; if {status} is the right answer, name it in `status`."
        ),
    ),
}
_CODES = {
    400: "request-not-taken",
    404: "nothing-there",
    407: "proxy-asks-who",
    408: "request-given-up",
    410: "nothing-there",
    421: "not-served-here",
    425: "too-early",
    426: "other-protocol-wanted",
}


def refusal(status: int, host: str, shown: str | None) -> Trouble | None:
    """What a status that nobody said to be right comes down to; None when it is none of these. With a client
    certificate `shown` (its path), 400 is how many servers refuse it, or what they make of none (nginx)."""
    if status == 400 and shown is not None:
        return Trouble("client-certificate-not-taken", status=status, path=shown)
    code = _CODES.get(status)
    if code is None:
        return None
    return Trouble(code, (), status=status, **({"host": host} if code == "not-served-here" else {}))
