"""The verification of a trail: everything wrong with it, each finding with its own code.

Entries that never counted are notes: anyone who may push can add noise, and noise must not fail the
trail for ever. What fails it is history that was changed, dropped or replaced, and a bound file that
is not what its name says.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from promoter.errors import CannotAct, ExitCode, TrailUntrusted
from promoter.messages import N_, Message, Template, message
from promoter.model.entry import Promoted, Recorded, Trust, Unreadable
from promoter.trail import bindings, history, trust
from promoter.trail.ancestry import Ancestry, fold_order
from promoter.trail.anchor import Anchors, require_descent, require_same_beginning
from promoter.trail.facts import CommitFacts, Finding, Severity
from promoter.trail.history import walk
from promoter.trail.index import Index, directory_of
from promoter.trail.index_rows import IndexDamaged
from promoter.trail.projection import InMemory, Projection
from promoter.trail.repository import Repository
from promoter.trail.trust import State, judge

__all__ = ["PHRASES", "Finding", "Severity", "Verification", "verify"]

_SECONDS = 900

PHRASES: Mapping[str, Template] = {
    **trust.PHRASES,
    **history.PHRASES,
    **bindings.PHRASES,
    "no-trail": N_(
        "there is no trail in this clone: 'promoter sync' fetches one, 'promoter open' begins one"
    ),
    "not-counted": N_("does not count: {why}"),
    "no-longer-counts": N_("does not count any more: {why}"),
    "not-readable": N_("no entry this version can read: {why}"),
    "trail-rewound": N_(
        "the trail no longer has what this clone last saw of it: it was rewritten or cut short"
    ),
    "trail-replaced": N_("the trail does not begin as it did when this clone first saw it"),
    "anchor-unreadable": N_("what this clone remembers of the trail cannot be read"),
    "counted-no-more": N_("counted for the index, and does not"),
    "decided-elsewhere": N_("was decided on {tip}, which is not in the history before it"),
    "object-differs": N_("a git object is not what its id says: {object}"),
    "object-missing": N_("a git object is missing from this clone: {object}"),
    "history-replaced": N_(
        "this clone replaces objects (refs/replace): other tools may show another history"
    ),
    "history-grafted": N_("this clone grafts history (info/grafts): other tools may show another history"),
    "no-roster": N_("there is no roster: entries are claims, whoever wrote them"),
    "verify-limits": N_(
        "What no git history can prove: that a person meant what their key signed, that a time is true, "
        "or that a fresh clone was shown the newest trail."
    ),
}


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification came to. `entries` counts those walked, `limits` says what cannot be proven."""

    findings: tuple[Finding, ...]
    entries: int
    tip: str | None
    limits: Message = field(default_factory=lambda: message("verify-limits"))

    @property
    def exit_code(self) -> ExitCode:
        """4 when the trail was altered, 6 when that cannot be told, else 0."""
        severities = {each.severity for each in self.findings}
        if Severity.UNTRUSTED in severities:
            return ExitCode.UNTRUSTED
        return ExitCode.COULD_NOT_TELL if Severity.UNSURE in severities else ExitCode.YES


def verify(repository: Repository, branch: str, *, full: bool) -> Verification:
    """Verifies the trail on a branch; with `full` from its objects alone, believing no index."""
    tip = repository.tip(branch)
    findings = list(_local(repository))
    if tip is None:
        findings.append(Finding(message("no-trail"), Severity.UNSURE))
    entries = 0
    state = State()
    if tip is not None:
        walked = None if full else _indexed(repository, branch, tip)
        if walked is None:
            walked, commits = _walked(repository, tip)
            findings += _objects(repository, tip)
            findings += _decisions(walked, commits)
            findings += _no_longer(repository, branch, tip, walked)
        findings += _judged(walked)
        counted = [each for each in walked.everything().recorded if each.trust is not Trust.QUARANTINED]
        findings += bindings.copies(repository, tip, counted, full=full)
        findings += bindings.subjects(counted)
        if full:
            findings += bindings.items(repository, tip, counted)
        entries, state = walked.entries, walked.state
    findings += _against_anchor(repository, branch, tip, state)
    return Verification(tuple(sorted(findings, key=_rank)), entries, tip)


def _rank(finding: Finding) -> int:
    return list(Severity).index(finding.severity)


def _indexed(repository: Repository, branch: str, tip: str) -> Projection | None:
    try:
        projection = Index(repository, branch).at(tip)
        return InMemory(tip, _everything(projection), projection.findings(), projection.state)
    except (CannotAct, IndexDamaged):
        return None


def _everything(projection: Projection) -> Iterator[Recorded | Unreadable]:
    records = projection.everything()
    yield from records.recorded
    yield from records.unreadable


def _walked(repository: Repository, tip: str) -> tuple[Projection, list[CommitFacts]]:
    walked = walk(repository, tip)
    judgement = judge(walked.commits)
    findings = (*walked.findings, *judgement.findings)
    return InMemory(tip, judgement.judged, findings, judgement.state), walked.commits


def _judged(projection: Projection) -> Iterator[Finding]:
    yield from projection.findings()
    records = projection.everything()
    for each in records.recorded:
        if each.trust is Trust.QUARANTINED and each.why is not None:
            unsure = each.why.code == "unchecked-signature"
            severity = Severity.UNSURE if unsure else Severity.NOTE
            code = "not-counted" if each.disowned_by is None else "no-longer-counts"
            yield Finding(message(code, why=each.why), severity, each.commit, each.path)
    for unreadable in records.unreadable:
        said = message("not-readable", why=unreadable.why)
        yield Finding(said, Severity.NOTE, unreadable.commit, unreadable.path)
    for conflict in projection.state.conflicts:
        yield Finding(conflict, Severity.NOTE)
    if projection.state.genesis is not None and not projection.state.roster:
        yield Finding(message("no-roster"), Severity.NOTE)


def _objects(repository: Repository, tip: str) -> Iterator[Finding]:
    """Objects that are missing, or whose bytes are not those of their id."""
    listed = repository.run(
        "rev-list", "--objects", "--no-object-names", "--missing=print", tip, timeout=_SECONDS
    )
    names = listed.decode("ascii").split()
    for name in names:
        if name.startswith("?"):
            yield Finding(message("object-missing", object=name[1:]), Severity.UNSURE)
    present = [name for name in names if not name.startswith("?")]
    algorithm = hashlib.sha256 if repository.object_format == "sha256" else hashlib.sha1
    for name, (_, kind, content) in zip(present, repository.objects(present), strict=True):
        if kind == "missing":
            yield Finding(message("object-missing", object=name), Severity.UNSURE)
        elif algorithm(f"{kind} {len(content)}\0".encode() + content).hexdigest() != name:
            yield Finding(message("object-differs", object=name), Severity.UNTRUSTED)


def _decisions(projection: Projection, commits: list[CommitFacts]) -> Iterator[Finding]:
    """Promotions decided on a tip that is not in their own history."""
    quoting = [
        (each, each.entry.content.tip)
        for each in projection.everything().recorded
        if isinstance(each.entry.content, Promoted) and each.trust is not Trust.QUARANTINED
    ]
    known = {each.commit for each in commits}
    ancestry = Ancestry(fold_order(commits), sorted({tip for _, tip in quoting} & known))
    for recorded, tip in quoting:
        if tip not in known or not ancestry.descends(recorded.commit, tip):
            said = message("decided-elsewhere", tip=tip[:12])
            yield Finding(said, Severity.NOTE, recorded.commit, recorded.path)


def _no_longer(repository: Repository, branch: str, tip: str, walked: Projection) -> Iterator[Finding]:
    """What the index counts, and the history does not."""
    try:
        counted = {
            (each.commit, each.path)
            for each in Index(repository, branch).at(tip).everything().recorded
            if each.trust is not Trust.QUARANTINED
        }
    except (CannotAct, IndexDamaged):
        return
    really = {
        (each.commit, each.path)
        for each in walked.everything().recorded
        if each.trust is not Trust.QUARANTINED
    }
    for commit, path in sorted(counted - really):
        yield Finding(message("counted-no-more"), Severity.UNTRUSTED, commit, path)


def _against_anchor(repository: Repository, branch: str, tip: str | None, state: State) -> Iterator[Finding]:
    anchors = Anchors(directory_of(repository))
    try:
        anchor = anchors.of(branch)
    except TrailUntrusted:
        yield Finding(message("anchor-unreadable"), Severity.UNSURE)
        return
    if anchor is None:
        return
    try:
        require_descent(branch, anchor, tip, anchors.path, Index(repository, branch).follows)
    except TrailUntrusted:
        yield Finding(message("trail-rewound"), Severity.UNTRUSTED, anchor.tip)
        return
    try:
        require_same_beginning(branch, anchor, state, anchors.path)
    except TrailUntrusted:
        yield Finding(message("trail-replaced"), Severity.UNTRUSTED, anchor.genesis)


def _local(repository: Repository) -> Iterator[Finding]:
    """What in this clone makes other tools show another history than the one that is verified."""
    if repository.run("for-each-ref", "--count=1", "refs/replace/"):
        yield Finding(message("history-replaced"), Severity.NOTE)
    if (repository.common_directory / "info" / "grafts").exists():
        yield Finding(message("history-grafted"), Severity.NOTE)
