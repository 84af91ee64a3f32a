"""One line for each entry, as logs, messages of commits and reports say it. Pure."""

from collections.abc import Mapping
from typing import Any

from promoter.messages import N_, Message, Template, message
from promoter.model.entry import (
    Adopted,
    Amended,
    Checked,
    Commented,
    Entry,
    Frozen,
    Held,
    KeyCompromised,
    KeyRetired,
    Rejected,
    Revoked,
    RolledBack,
    Thawed,
    Waived,
)
from promoter.model.outcome import Verdict

PHRASES: Mapping[str, Template] = {
    "log-genesis": N_("trail started — {name}"),
    "log-roster": N_("roster changed — {name}"),
    "log-key-retired": N_("key retired: {key} of {person} — {name}"),
    "log-key-compromised": N_("key compromised: {key} of {person} — {name}"),
    "amended-to": N_("the release is {release}"),
    "amended-to-rules": N_("other rules"),
    "log-adopted": N_("adopted: {release} in {environment} — {name}"),
    "log-opened": N_("opened: {release} from {source} to {target} — {name}"),
    "log-amended": N_("amended: {changes:list} — {name}"),
    "log-amended-agreed": N_("agreed to an amendment: {changes:list} — {name}"),
    "log-amended-withdrawn": N_("took an amendment back — {name}"),
    "log-checked": N_("checked: {passed} of {total} passed — {name}"),
    "log-signed-off": N_("sign-off: {item} — {name}"),
    "log-approved": N_("approved: {release} to {target} — {name}"),
    "log-rejected": N_("rejected: {item} — {name}"),
    "log-rejected-whole": N_("rejected: {release} to {target} — {name}"),
    "log-revoked": N_("revoked: {item} — {name}"),
    "log-revoked-whole": N_("revoked what was said of the promotion: {release} to {target} — {name}"),
    "log-commented": N_("comment — {name}"),
    "log-commented-item": N_("comment: {item} — {name}"),
    "log-waived": N_("waived until {until:time}: {item} — {name}"),
    "log-not-applicable": N_("not applicable: {item} — {name}"),
    "log-held": N_("held: {held} — {name}"),
    "log-frozen": N_("frozen until {until:time}: {environment} — {name}"),
    "log-thawed": N_("thawed until {until:time}: {environment} — {name}"),
    "log-broke-glass": N_("BROKE THE GLASS: {release} to {target} — {name}"),
    "log-settled": N_("debt settled: {release} to {target} — {name}"),
    "log-lifted": N_("hold lifted — {name}"),
    "log-promoted": N_("promoted: {release} to {target} — {name}"),
    "log-deployed": N_("deployed: {release} in {target} — {name}"),
    "log-rolled-back": N_("rolled back: {target} to {back} — {name}"),
    "log-abandoned": N_("abandoned: {release} to {target} — {name}"),
    "log-reported": N_("report handed over — {name}"),
    "log-other": N_("{type} — {name}"),
}
"""The words of every headline."""


def headline(entry: Entry) -> Message:
    """One line that says what the entry records; its words are here too."""
    known: dict[str, Any] = {"name": entry.actor.name}
    if entry.subject is not None:
        known |= {"release": entry.subject.release.name, "source": entry.subject.from_environment}
        known |= {"target": entry.subject.to_environment}
    if entry.item is not None:
        known["item"] = entry.item.id
    match entry.content:
        case KeyRetired(person=person, key=key) | KeyCompromised(person=person, key=key):
            known |= {"person": person, "key": key}
        case Adopted(environment=environment, release=release):
            known |= {"environment": environment, "release": release.name}
        case Frozen(environment=environment, until=until) | Thawed(environment=environment, until=until):
            known |= {"environment": environment, "until": until}
        case RolledBack(release=release):
            known["back"] = release.name
        case Waived(until=until):
            known["until"] = until
        case Amended(release=release, rules=rules):
            known["changes"] = [
                *([message("amended-to", release=release.name)] if release else []),
                *([message("amended-to-rules")] if rules else []),
            ]
        case Held(environment=environment, release=release):
            known["held"] = [name for name in (release.name if release else None, environment) if name]
        case Checked(outcomes=outcomes):
            known["total"] = len(outcomes)
            counted = [each.outcome for each in outcomes if not each.outcome.overrides]
            known["passed"] = sum(each.verdict is Verdict.PASSED for each in counted)
    code = f"log-{entry.type.value}"
    if isinstance(entry.content, Commented) and entry.item is not None:
        code = "log-commented-item"
    if isinstance(entry.content, Rejected | Revoked) and entry.item is None:
        code = f"{code}-whole"
    if isinstance(entry.content, Amended) and entry.refers_to:
        nothing = entry.content.release is None and entry.content.rules is None
        code = "log-amended-withdrawn" if nothing else "log-amended-agreed"
    return Message(code, known) if code in PHRASES else message("log-other", type=entry.type.value, **known)
