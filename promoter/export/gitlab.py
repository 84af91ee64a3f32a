"""GitLab's Code Quality report: what a merge request shows beside the checklist's lines."""

import hashlib
import json
from collections.abc import Sequence

from promoter.export.finding import Finding
from promoter.model.outcome import Verdict
from promoter.redaction import visible

_SEVERITIES = {
    Verdict.FAILED: "blocker",
    Verdict.ERRORED: "critical",
    Verdict.WARNED: "minor",
    Verdict.SKIPPED: "info",
}


def gitlab(findings: Sequence[Finding]) -> str:
    """One issue for each outcome that did not simply pass. Its fingerprint stays the same from run to run, so
    that a merge request shows what is new and what is mended."""
    issues = [_issue(each) for each in findings if each.verdict in _SEVERITIES]
    return json.dumps(issues, indent=2) + "\n"


def _issue(finding: Finding) -> dict[str, object]:
    place = finding.place
    identity = "\0".join((finding.item, finding.check, finding.code))
    return {
        "description": "\n".join((f"{finding.item} {finding.check}: {finding.summary}", *finding.details)),
        "check_name": finding.code,
        "fingerprint": hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest(),
        "severity": _SEVERITIES[finding.verdict],
        "location": {
            "path": visible(place.path) if place is not None else "checklists",
            "lines": {"begin": (place.line if place is not None else None) or 1},
        },
    }
