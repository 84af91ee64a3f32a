"""JUnit XML, as Jenkins and every CI read it: an item is a suite, a check one of its cases."""

from collections.abc import Sequence
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from promoter.export.finding import Finding
from promoter.model.outcome import Verdict

_COUNTED = {Verdict.FAILED: "failures", Verdict.ERRORED: "errors", Verdict.SKIPPED: "skipped"}
_ELEMENT = {Verdict.FAILED: "failure", Verdict.ERRORED: "error", Verdict.SKIPPED: "skipped"}


def junit(findings: Sequence[Finding], name: str) -> str:
    """The outcomes as one document. What warned has passed, and says so in its output. What could not tell is
    an error, never a pass."""
    root = Element("testsuites", {"name": name})
    for item, group in groupby(findings, key=lambda each: each.item):
        cases = list(group)
        suite = SubElement(root, "testsuite", {"name": item, **_counts(cases), "timestamp": _moment(cases)})
        for each in cases:
            _case(suite, each)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _case(suite: Element, finding: Finding) -> None:
    case = SubElement(
        suite,
        "testcase",
        {"classname": finding.item, "name": finding.check, "time": f"{finding.took_s:.3f}"},
    )
    text = "\n".join(finding.details)
    if finding.verdict is Verdict.SKIPPED:
        SubElement(case, "skipped", {"message": finding.summary})
    elif finding.verdict in _ELEMENT:
        told = SubElement(case, _ELEMENT[finding.verdict], {"message": finding.summary, "type": finding.code})
        told.text = text
    else:
        SubElement(case, "system-out").text = "\n".join((finding.summary, *finding.details))


def _counts(cases: Sequence[Finding]) -> dict[str, str]:
    counts = {name: sum(_COUNTED.get(each.verdict) == name for each in cases) for name in _COUNTED.values()}
    took = sum(each.took_s for each in cases)
    return {
        "tests": str(len(cases)),
        **{name: str(count) for name, count in counts.items()},
        "time": f"{took:.3f}",
    }


def _moment(cases: Sequence[Finding]) -> str:
    return min(each.at for each in cases).removesuffix("Z")
