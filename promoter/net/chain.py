"""How long and how strong the links of a chain are: judged, and said as evidence. Nothing here connects."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from promoter.frozen import frozen
from promoter.messages import N_, NP_, Message, Parameter, Template, message
from promoter.model.outcome import Evidence, Verdict
from promoter.model.ruling import Ruling
from promoter.net.certificate import CertificateFacts
from promoter.net.trouble import Trouble, fact

MIN_DAYS, WARN_DAYS = 7, 30
"""Fewer days left fail, or warn, where nobody says otherwise."""
_MOST_LINKS = 10
_MOST_NAMES = 20

RULINGS: Mapping[str, Ruling] = {
    "expires-soon": Ruling(
        Verdict.WARNED,
        NP_(
            "the certificate of {subject} expires on {until:date}: {count} day left",
            "the certificate of {subject} expires on {until:date}: {count} days left",
        ),
        N_("Renew the certificate of {subject} now; its renewal may not be automatic."),
    ),
    "expires-too-soon": Ruling(
        Verdict.FAILED,
        NP_(
            "the certificate of {subject} expires on {until:date}: {count} day left, {min_days} wanted",
            "the certificate of {subject} expires on {until:date}: {count} days left, {min_days} wanted",
        ),
        N_("Renew the certificate of {subject} before promoting, and automate its renewal."),
    ),
    "authority-expires-soon": Ruling(
        Verdict.WARNED,
        NP_(
            "{subject}, which the certificate relies on, expires on {until:date}: {count} day left",
            "{subject}, which the certificate relies on, expires on {until:date}: {count} days left",
        ),
        N_("Have the certificate issued below the successor of {subject}, and send the new chain."),
    ),
    "authority-expires-too-soon": Ruling(
        Verdict.FAILED,
        NP_(
            "{subject}, which the certificate relies on, expires on {until:date}: {count} day left, {min_days} wanted",
            "{subject}, which the certificate relies on, expires on {until:date}: {count} days left, {min_days} wanted",
        ),
        N_("Have the certificate issued below the successor of {subject} before promoting."),
    ),
    "root-expires-soon": Ruling(
        Verdict.WARNED,
        NP_(
            "the trusted root {subject} expires on {until:date}: {count} day left",
            "the trusted root {subject} expires on {until:date}: {count} days left",
        ),
        N_(
            "Have the certificate issued below a root that lasts, and callers trust it before {subject} ends."
        ),
    ),
    "root-expires-too-soon": Ruling(
        Verdict.FAILED,
        NP_(
            "the trusted root {subject} expires on {until:date}: {count} day left, {min_days} wanted",
            "the trusted root {subject} expires on {until:date}: {count} days left, {min_days} wanted",
        ),
        N_("Have the certificate issued below a root that lasts before promoting."),
    ),
}

FACTS: Mapping[str, Template] = {
    "names": N_("names"),
    "subject": N_("subject"),
    "issuer": N_("issuer"),
    "serial": N_("serial number"),
    "fingerprint": N_("SHA-256 fingerprint"),
    "validity": N_("validity of {subject}"),
    "key": N_("key of {subject}"),
    "signature": N_("signature of {subject}"),
    "rsa-2048-or-ec": N_("RSA of 2048 bits, elliptic curve of 256, or better"),
    "sha-256-or-better": N_("SHA-256 or better"),
    "days-or-more": NP_("{count} day or more", "{count} days or more"),
    "days-left": NP_("until {until:date}: {count} day left", "until {until:date}: {count} days left"),
    "over-since": N_("expired on {until:date}"),
    "begins": N_("not before {since:time}"),
}


@frozen
class Limits:
    """How many days a link must have left at least, and below how many it warns; `now` is UTC."""

    min_days: int
    warn_days: int
    now: datetime


def first_to_expire(chain: Sequence[CertificateFacts]) -> CertificateFacts:
    """The link of a chain that ends first; of those that end together the nearest to the leaf."""
    return min(chain, key=lambda link: link.not_after)


def troubles_of(chain: Sequence[CertificateFacts], limits: Limits) -> Iterator[Trouble]:
    """What is wrong with a verified chain (leaf first, trusted root last), the worst first."""
    for link in chain:
        if link.weak_key:
            yield Trouble("weak-key", subject=link.subject, key=link.key)
    for link in chain[:-1]:  # nobody relies on the signature of the root
        if link.weak_signature:
            yield Trouble("weak-signature", subject=link.subject, signature=link.signature)
    first = first_to_expire(chain)
    days = first.days_left(limits.now)
    if days >= max(limits.min_days, limits.warn_days):
        return
    whose = "" if first is chain[0] else "root-" if first is chain[-1] else "authority-"
    left: dict[str, Parameter] = {
        "subject": first.subject,
        "until": first.not_after.isoformat(),
        "count": days,
    }
    if days < limits.min_days:
        yield Trouble(f"{whose}expires-too-soon", (), min_days=limits.min_days, **left)
    else:
        yield Trouble(f"{whose}expires-soon", (), **left)


def evidence_of_leaf(leaf: CertificateFacts, host: str, named: Verdict | None) -> Iterator[Evidence]:
    """What a server's own certificate says; `named` is the verdict on its names, if there is one."""
    yield fact("names", host, leaf.names[:_MOST_NAMES] or (leaf.common_name or leaf.subject,), named)
    yield fact("subject", observed=leaf.subject)
    yield fact("issuer", observed=leaf.issuer)
    yield fact("serial", observed=leaf.serial)
    yield fact("fingerprint", observed=leaf.fingerprint)


def evidence_of_links(
    chain: Sequence[CertificateFacts], limits: Limits, *, anchored: bool
) -> Iterator[Evidence]:
    """What every link of a chain says, leaf first; `anchored` when the last is a trusted root."""
    for position, link in enumerate(chain[:_MOST_LINKS]):
        yield validity(_of("validity", link), link, limits)
        yield Evidence(_of("key", link), message("rsa-2048-or-ec"), link.key, _verdict(not link.weak_key))
        if not anchored or position < len(chain) - 1:
            strong = _verdict(not link.weak_signature)
            yield Evidence(_of("signature", link), message("sha-256-or-better"), link.signature, strong)


def validity(whose: Message, link: CertificateFacts, limits: Limits) -> Evidence:
    """How long a certificate has left, as evidence of the fact `whose`."""
    days = link.days_left(limits.now)
    wanted = message("days-or-more", count=limits.min_days)
    too_late = link.not_after - timedelta(days=limits.min_days)
    observed = message(
        "days-left", until=link.not_after.isoformat(), count=days, holds_until=too_late.isoformat()
    )
    verdict = _verdict(days >= limits.min_days)
    if link.not_after < limits.now:
        observed = message("over-since", until=link.not_after.isoformat())
    elif link.not_before > limits.now:
        observed, verdict = message("begins", since=link.not_before.isoformat()), Verdict.FAILED
    elif verdict is Verdict.PASSED and days < limits.warn_days:
        verdict = Verdict.WARNED
    return Evidence(whose, wanted, observed, verdict)


def _of(code: str, link: CertificateFacts) -> Message:
    return message(code, subject=link.subject)


def _verdict(good: bool) -> Verdict:
    return Verdict.PASSED if good else Verdict.FAILED
