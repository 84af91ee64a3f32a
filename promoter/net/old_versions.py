"""What it means when a server still settles for TLS versions that nobody should use any more (RFC 8996)."""

from collections.abc import Mapping

from promoter.frozen import frozen
from promoter.messages import N_, Template, message
from promoter.model.outcome import Evidence, Verdict
from promoter.model.ruling import Ruling
from promoter.net.trouble import Trouble

RULINGS: Mapping[str, Ruling] = {
    "old-tls": Ruling(
        Verdict.FAILED,
        N_("{address} still accepts {versions:list}"),
        N_("Disable every TLS version before 1.2 on the server and on what stands before it."),
    ),
    "old-tls-tolerated": Ruling(
        Verdict.WARNED,
        N_("{address} still accepts {versions:list}"),
        N_("Disable every TLS version before 1.2 on the server and on what stands before it."),
    ),
    "old-tls-unknown": Ruling(
        Verdict.ERRORED,
        N_("it could not be tried whether {address} still accepts TLS versions before 1.2"),
        N_("Run the check again, from a machine that may connect to {address} more than once."),
    ),
    "old-tls-untried": Ruling(
        Verdict.WARNED,
        N_("it could not be tried whether {address} still accepts TLS versions before 1.2"),
        N_("Run the check again, from a machine that may connect to {address} more than once."),
    ),
}
FACTS: Mapping[str, Template] = {
    "old-versions": N_("TLS versions before 1.2"),
    "old-versions-of": N_("TLS versions before 1.2, at {authority}"),
    "none": N_("none"),
    "silent": N_("none: no answer to who offers nothing newer"),
    "not-tried": N_("could not be tried"),
}


@frozen
class Settled:
    """For which outdated versions a server settles; `versions` is None when it could not be tried, and it was
    `silent` when it gave no answer. `authority` is given of a server that a redirect led to."""

    address: str
    versions: tuple[str, ...] | None
    silent: bool
    authority: str | None = None


def judge(found: Settled, seen: list[Evidence], *, strict: bool) -> Trouble | None:
    """What is wrong with it, which `seen` is told of: a failure when it is to be `strict`, else a warning."""
    verdict, observed = Verdict.PASSED, found.versions or message("silent" if found.silent else "none")
    trouble = None
    if found.versions is None:
        verdict, observed = Verdict.ERRORED if strict else Verdict.WARNED, message("not-tried")
        trouble = Trouble("old-tls-unknown" if strict else "old-tls-untried", address=found.address)
    elif found.versions:
        verdict = Verdict.FAILED if strict else Verdict.WARNED
        code = "old-tls" if strict else "old-tls-tolerated"
        trouble = Trouble(code, address=found.address, versions=found.versions)
    of = message("old-versions")
    if found.authority is not None:
        of = message("old-versions-of", authority=found.authority)
    seen.append(Evidence(of, message("none"), observed, verdict))
    return trouble
