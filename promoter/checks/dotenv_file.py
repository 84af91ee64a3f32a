"""What a dotenv file is to the other users of the machine and to git, for the kind `credentials`."""

import stat
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path

from promoter.frozen import frozen
from promoter.messages import Message, Parameter, message
from promoter.model.context import Context, RepositoryFacts, VariableValues
from promoter.model.outcome import Evidence, Verdict
from promoter.net.trouble import fact


@frozen
class Finding:
    """One line of evidence and the ruling it calls for: about a variable, and another environment."""

    line: Evidence
    code: str | None = None
    name: str | None = None
    other: str | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


def findings_of_file(found: VariableValues, context: Context) -> Iterator[Finding]:
    """What is to be said of the dotenv file that variables come from, if they come from one."""
    if found.unclear:
        line = fact("source", observed=found.unclear, verdict=Verdict.WARNED)
        yield Finding(line, "unclear-lines", parameters={"why": found.unclear})
    if found.path is None:
        return
    about = message("file", source=found.source)
    mode = stat.S_IMODE(found.path.stat().st_mode)
    shown = message("mode", mode=f"{mode:03o}")
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        line = Evidence(about, message("private"), shown, Verdict.FAILED)
        yield Finding(line, "readable-by-others", parameters={"mode": f"{mode:03o}"})
    else:
        yield Finding(Evidence(about, message("private"), shown, Verdict.PASSED))
    if context.repository is None:
        yield Finding(Evidence(about, message("untracked"), message("not-known")))
    else:
        yield _of_git(about, found.path, context.repository)


def _of_git(about: Message, path: Path, repository: RepositoryFacts) -> Finding:
    """What git says of the file at a path and, where that is a link, of the file it leads to."""
    paths = dict.fromkeys((path, path.resolve()))
    tracked = {repository.is_tracked(each) for each in paths}
    if True in tracked:
        line = Evidence(about, message("untracked"), message("tracked"), Verdict.FAILED)
        return Finding(line, "tracked-by-git")
    ignored = {repository.is_ignored(each) for each in paths}
    if None in tracked | ignored:
        line = Evidence(about, message("untracked"), message("not-known"), Verdict.ERRORED)
        return Finding(line, "git-cannot-tell")
    if False in ignored:
        line = Evidence(about, message("ignored"), message("unignored"), Verdict.WARNED)
        return Finding(line, "not-ignored")
    return Finding(Evidence(about, message("ignored"), message("ignored"), Verdict.PASSED))
