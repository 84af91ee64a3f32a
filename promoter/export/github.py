"""Annotations of GitHub: workflow commands on the standard output, one line each."""

from collections.abc import Sequence

from promoter.export.finding import Finding
from promoter.model.outcome import Verdict
from promoter.redaction import visible

_COMMANDS = {
    Verdict.FAILED: "error",
    Verdict.ERRORED: "error",
    Verdict.WARNED: "warning",
    Verdict.SKIPPED: "notice",
}


def github(findings: Sequence[Finding]) -> str:
    """One command for each outcome that did not simply pass; nothing foreign can begin a line of its own."""
    return "".join(_command(each) for each in findings if each.verdict in _COMMANDS)


def not_listening(token: str) -> str:
    """The command after which GitHub takes no line for a command; nobody whose words follow may know the token."""
    return f"::stop-commands::{token}\n"


def listening_again(token: str) -> str:
    """The command that ends what `not_listening` began."""
    return f"::{token}::\n"


def _command(finding: Finding) -> str:
    properties = {"title": f"{finding.item} {finding.check}"}
    if finding.place is not None:
        properties = {"file": visible(finding.place.path), "line": str(finding.place.line or 1), **properties}
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    text = "\n".join((finding.summary, *finding.details))
    return f"::{_COMMANDS[finding.verdict]} {written}::{_data(text)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
