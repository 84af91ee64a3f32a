"""Whether a certificate still stands: what a source of revocation says of it, or why it cannot be had or
believed, as rulings and evidence. Nothing here connects."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from promoter.frozen import frozen
from promoter.messages import N_, Template
from promoter.model.outcome import Verdict
from promoter.model.ruling import Ruling
from promoter.net.trouble import Trouble

if TYPE_CHECKING:
    from cryptography import x509

CLOCK_SKEW = timedelta(minutes=5)
"""How far a source's clock may be ahead; what it says may also be younger than the run's own `now`."""
NO_SOURCE = "no-revocation-source"
"""The code of what is observed of a link that nobody can be asked about."""
TOLERATED = "-tolerated"
"""What the code of a source's trouble ends with where nobody requires an answer."""


@frozen
class Standing:
    """What a source says of a certificate: since when it is revoked, None when it is not, and why (the
    code of one of the facts below); `until` is when the source is to be asked anew, if it says so. UTC."""

    revoked_at: datetime | None
    why: str
    until: datetime | None


def ruling_of(trouble: Trouble, *, required: bool) -> str:
    """The code of the ruling for a trouble, where an answer is `required` or not."""
    definite = required or RULINGS[trouble.code].verdict is Verdict.FAILED
    return trouble.code if definite else f"{trouble.code}{TOLERATED}"


def why_revoked(reason: "x509.ReasonFlags | None") -> str:
    """The code of the fact that words a reason (RFC 5280, section 5.3.1)."""
    code = "reason-" + reason.name.replace("_", "-") if reason is not None else "reason-unspecified"
    return code if code in FACTS else "reason-unspecified"


_UNANSWERED: Mapping[str, tuple[Template, Template]] = {
    "crl-unreachable": (
        N_("unknown whether {subject} is revoked: no revocation list from {url}: {why}"),
        N_(
            "Let this machine reach {url}, or tell the issuer of {subject} that its list cannot be had there."
        ),
    ),
    "crl-too-large": (
        N_("unknown whether {subject} is revoked: the list at {url} is larger than {limit} bytes"),
        N_("Ask the issuer of {subject} for a certificate whose revocation list is split into smaller ones."),
    ),
    "crl-unreadable": (
        N_("unknown whether {subject} is revoked: what {url} serves is no revocation list"),
        N_(
            "Tell the issuer of {subject} what {url} serves; look for a proxy or portal that answers instead."
        ),
    ),
    "crl-untrusted": (
        N_("unknown whether {subject} is revoked: the list at {url} cannot be believed: {why}"),
        N_("Tell the issuer of {subject}: the list must be signed with the key that signs its certificates."),
    ),
    "crl-outdated": (
        N_("unknown whether {subject} is revoked: the list at {url} expired on {at:time}"),
        N_(
            "Have the issuer of {subject} publish a fresh revocation list; clients that look refuse this one."
        ),
    ),
    "crl-premature": (
        N_("unknown whether {subject} is revoked: the list at {url} is not valid before {at:time}"),
        N_("Check this machine's clock, then the one of the issuer of {subject}."),
    ),
    "crl-unusable": (
        N_("unknown whether {subject} is revoked: the list at {url} does not tell: {why}"),
        N_("Ask the issuer of {subject} for a complete list of its own, signed by itself (RFC 5280)."),
    ),
    "crl-unsupported": (
        N_("unknown whether {subject} is revoked: its list is at {url}, which is not on the web"),
        N_("Have the issuer of {subject} publish its list over http as well, and name that URL."),
    ),
    "ocsp-unreachable": (
        N_("unknown whether {subject} is revoked: no OCSP answer from {url}: {why}"),
        N_("Let this machine reach {url}, or tell the issuer of {subject} that its responder is down."),
    ),
    "ocsp-unreadable": (
        N_("unknown whether {subject} is revoked: what {source} says is no OCSP answer"),
        N_("Tell the issuer of {subject}; look for a proxy or portal that answers instead."),
    ),
    "ocsp-refused": (
        N_("unknown whether {subject} is revoked: {source} declines to tell: {status}"),
        N_("Ask the issuer of {subject} why its responder declines; try again later if it is busy."),
    ),
    "ocsp-untrusted": (
        N_("unknown whether {subject} is revoked: what {source} says cannot be believed: {why}"),
        N_("Tell the issuer of {subject}: it, or a signer that it appointed for OCSP, must sign the answer."),
    ),
    "ocsp-outdated": (
        N_("unknown whether {subject} is revoked: what {source} says expired on {at:time}"),
        N_("Have the issuer of {subject} answer afresh, or the server renew its staple."),
    ),
    "ocsp-premature": (
        N_("unknown whether {subject} is revoked: what {source} says is not valid before {at:time}"),
        N_("Check this machine's clock, then the one of the issuer of {subject}."),
    ),
    "ocsp-of-another": (
        N_("unknown whether {subject} is revoked: {source} speaks of another certificate"),
        N_("Tell the issuer of {subject}; check that the server staples the answer for its own certificate."),
    ),
    "ocsp-unknown": (
        N_("unknown whether {subject} is revoked: {source} does not know it"),
        N_(
            "Ask the issuer whether it issued {subject}; a certificate that its issuer does not know is suspect."
        ),
    ),
    "staple-unasked": (
        N_("unknown whether {address} staples an OCSP answer: {why}"),
        N_("Run the check again, from a machine that may connect to {address} more than once."),
    ),
}

RULINGS: Mapping[str, Ruling] = {
    "revoked": Ruling(
        Verdict.FAILED,
        N_("the certificate of {subject} was revoked on {at:date}: {why}"),
        N_("Find out why it was revoked, and replace it and its key before promoting."),
    ),
    "revocation-issuer-missing": Ruling(
        Verdict.ERRORED,
        N_("unknown whether {subject} is revoked: it is trusted as it is, and its issuer is not known here"),
        N_("Let `ca_file` hold the certificate of its issuer, up to the root, in its place."),
    ),
    "revocation-unsourced": Ruling(
        Verdict.ERRORED,
        N_("unknown whether {subject} is revoked: it names neither a list nor a responder"),
        N_(
            "Have it issued with a revocation source, or let the check pass without: `revocation: when-possible`."
        ),
    ),
    "staple-missing": Ruling(
        Verdict.FAILED,
        N_("{address} staples no OCSP answer for {subject}"),
        N_("Turn OCSP stapling on, on the server; clients refuse a certificate that must come with one."),
    ),
    "staple-unusable": Ruling(
        Verdict.FAILED,
        N_("{address} staples an OCSP answer that is of no use: {why}"),
        N_("Make the server fetch its staple again, and renew it in time."),
    ),
    **{code: Ruling(Verdict.ERRORED, *words) for code, words in _UNANSWERED.items()},
    **{f"{code}{TOLERATED}": Ruling(Verdict.WARNED, *words) for code, words in _UNANSWERED.items()},
}

FACTS: Mapping[str, Template] = {
    "revocation": N_("revocation of {subject}"),
    "not-revoked": N_("not revoked"),
    "not-asked": N_("not asked for"),
    "stands-by-list": N_("not revoked, by the list at {source}, valid until {next:time}"),
    "stands-by-ocsp": N_("not revoked, by the answer of {source}"),
    "stands-by-ocsp-until": N_("not revoked, by the answer of {source}, valid until {next:time}"),
    NO_SOURCE: N_("it names no source that could tell"),
    "issuer-not-here": N_("trusted as it is: its issuer, who could tell, is not known here"),
    "contacted": N_("third party contacted"),
    "contacted-at": N_("{url}, at {address}"),
    "contacted-through": N_("{url}, through {proxy}"),
    "own-staple": N_("the server's staple"),
    "not-on-the-web": N_("it is no address on the web"),
    "status-instead": N_("it answered {status}"),
    "redirects-on": N_("it redirects once too often, or nowhere"),
    "no-answer-in-time": N_("no answer in time"),
    "answer-too-large": N_("its answer is larger than {limit} bytes"),
    "not-signed-by": N_("it is not signed by {issuer}"),
    "signed-weakly": N_("it is signed with {signature}"),
    "signed-unreadably": N_("its signature is of a sort that cannot be verified here"),
    "signer-not-appointed": N_("{issuer} does not appoint its signer to answer"),
    "may-not-sign-lists": N_("{issuer} may not sign revocation lists"),
    "list-of-another": N_("it is the list of another issuer"),
    "list-indirect": N_("it is published by somebody else for the issuer"),
    "list-delta": N_("it has only what changed since another list"),
    "list-of-others": N_("it covers other certificates"),
    "list-of-some-reasons": N_("it covers some reasons for a revocation only"),
    "list-extended": N_("it must be understood in a way that nobody here knows"),
    "list-endless": N_("it does not say until when it is valid"),
    "another-certificate-shown": N_("it showed another certificate on a second connection"),
    "reason-unspecified": N_("no reason is given"),
    "reason-key-compromise": N_("its key was compromised"),
    "reason-ca-compromise": N_("its issuer was compromised"),
    "reason-affiliation-changed": N_("whom it names has changed"),
    "reason-superseded": N_("it was replaced"),
    "reason-cessation-of-operation": N_("it is no longer used"),
    "reason-certificate-hold": N_("it is on hold"),
    "reason-privilege-withdrawn": N_("a right was withdrawn from its holder"),
    "reason-aa-compromise": N_("an authority for its attributes was compromised"),
}
