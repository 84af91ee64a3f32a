"""How long the client's own certificate lasts: when it ends, the integration ends, as with the server's."""

from collections.abc import Mapping

from promoter.messages import N_, NP_, Template, message
from promoter.model.outcome import Evidence, Verdict
from promoter.model.ruling import Ruling
from promoter.net import chain
from promoter.net.chain import Limits
from promoter.net.client_certificate import ClientCertificate
from promoter.net.trouble import Trouble

RULINGS: Mapping[str, Ruling] = {
    "client-certificate-expires-soon": Ruling(
        Verdict.WARNED,
        NP_(
            "the client certificate {path} expires on {until:date}: {count} day left",
            "the client certificate {path} expires on {until:date}: {count} days left",
        ),
        N_("Renew {path} now, and have the server expect the new one where it must."),
    ),
    "client-certificate-expires-too-soon": Ruling(
        Verdict.FAILED,
        NP_(
            "the client certificate {path} expires on {until:date}: {count} day left, {min_days} wanted",
            "the client certificate {path} expires on {until:date}: {count} days left, {min_days} wanted",
        ),
        N_("Renew {path} before promoting, and have the server expect the new one where it must."),
    ),
}
FACTS: Mapping[str, Template] = {
    "client-validity": N_("validity of the client certificate {path}"),
    **{code: chain.FACTS[code] for code in ("days-or-more", "days-left", "over-since", "begins")},
}


def judge(shown: ClientCertificate | None, limits: Limits, seen: list[Evidence]) -> Trouble | None:
    """What is wrong with how long it lasts, which `seen` is told of; None when nothing is, or there is none."""
    if shown is None:
        return None
    leaf = shown.leaf
    seen.append(chain.validity(message("client-validity", path=shown.path), leaf, limits))
    days = leaf.days_left(limits.now)
    ended = shown.out_of_time(limits.now)
    if ended is not None or days >= max(limits.min_days, limits.warn_days):
        return ended
    until = leaf.not_after.isoformat()
    if days < limits.min_days:
        code = "client-certificate-expires-too-soon"
        return Trouble(code, path=shown.path, until=until, count=days, min_days=limits.min_days)
    return Trouble("client-certificate-expires-soon", path=shown.path, until=until, count=days)
