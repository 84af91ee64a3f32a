"""Strict-Transport-Security: for how long browsers shall reach a host over https only (RFC 6797)."""

import re
from collections.abc import Mapping, Sequence

from promoter.messages import N_, Template, message
from promoter.model.outcome import Evidence, Verdict
from promoter.model.ruling import Ruling
from promoter.net.trouble import Trouble, fact

RULINGS: Mapping[str, Ruling] = {
    "no-hsts": Ruling(
        Verdict.FAILED,
        N_("{host} sends no Strict-Transport-Security"),
        N_("Make {host} send “Strict-Transport-Security: max-age=31536000” with every answer."),
    ),
    "hsts-ignored": Ruling(
        Verdict.FAILED,
        N_("browsers ignore the Strict-Transport-Security of {host}: {policy}"),
        N_("Write the header as “max-age=31536000; includeSubDomains”, each directive once (RFC 6797)."),
    ),
    "hsts-too-short": Ruling(
        Verdict.FAILED,
        N_("the Strict-Transport-Security of {host} ends after {kept:duration}, {least:duration} wanted"),
        N_("Raise max-age in the Strict-Transport-Security header of {host}."),
    ),
}
FACTS: Mapping[str, Template] = {
    "hsts": N_("Strict-Transport-Security"),
    "not-sent": N_("not sent"),
    "at-least": N_("max-age of at least {seconds:duration}"),
}
_LONGEST_SHOWN = 200
_LONGEST = 4096
_DIRECTIVE = re.compile(
    r'[ \t]*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)[ \t]*(?:=[ \t]*([!#$%&\'*+.^_`|~0-9A-Za-z-]+|"(?:[^"\\]|\\.)*")[ \t]*)?'
)
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)


def judge_policy(
    headers: Sequence[tuple[str, str]], host: str, least: float | None, seen: list[Evidence]
) -> Trouble | None:
    """What is wrong with an answer's policy, which `seen` is told of: it does not hold browsers to https for
    `least` seconds; None asks for nothing. The header that counts is the first (section 8.1); names are in
    lower case."""
    policy = next((value[:_LONGEST] for name, value in headers if name == "strict-transport-security"), None)
    if least is None:
        if policy is not None:
            seen.append(fact("hsts", observed=policy[:_LONGEST_SHOWN]))
        return None
    kept = max_age_of(policy) if policy is not None else None
    enough = kept is not None and kept >= least
    observed = policy[:_LONGEST_SHOWN] if policy is not None else message("not-sent")
    wanted = message("at-least", seconds=least)
    seen.append(fact("hsts", wanted, observed, Verdict.PASSED if enough else Verdict.FAILED))
    if policy is None:
        return Trouble("no-hsts", host=host)
    if kept is None:
        return Trouble("hsts-ignored", host=host, policy=policy[:_LONGEST_SHOWN])
    if not enough:
        return Trouble("hsts-too-short", host=host, kept=kept, least=least)
    return None


def max_age_of(policy: str) -> int | None:
    """The seconds of a policy's `max-age`; None when browsers ignore the policy: because it has none, says
    something twice, or breaks the grammar of section 6.1."""
    directives: dict[str, str] = {}
    at = 0
    while at <= len(policy):
        found = _DIRECTIVE.match(policy, at)
        if found is None:
            end = _past_blanks(policy, at)
        else:
            name, end = found[1].lower(), found.end()
            if name in directives:
                return None
            directives[name] = found[2] or ""
        if end < len(policy) and policy[end] != ";":
            return None
        at = end + 1
    seconds = directives.get("max-age", "")
    seconds = seconds[1:-1] if seconds.startswith('"') else seconds
    return int(seconds) if _SECONDS.fullmatch(seconds) else None


def _past_blanks(policy: str, at: int) -> int:
    while at < len(policy) and policy[at] in " \t":
        at += 1
    return at
