"""The verification of a trail: everything wrong with it, each finding with its own code.

What never counted is listed as not counted: anyone who may push can add noise, and noise must not fail the
trail for ever. What fails it is history that was changed, dropped or replaced, and a bound file that
is not what its name says.
"""

from collections.abc import Iterator, Mapping

from promoter.errors import CannotAct, ExitCode
from promoter.frozen import frozen
from promoter.messages import N_, Message, Template, message
from promoter.model.entry import Promoted, Recorded, Trust, Unreadable
from promoter.trail import anchoring, arrival, bindings, history, integrity, tree_form, trust
from promoter.trail.ancestry import Ancestry, fold_order
from promoter.trail.anchor import Anchor, Anchors, AnchorUnreadable
from promoter.trail.as_of import AsOf
from promoter.trail.facts import CommitFacts, Finding, Severity
from promoter.trail.history import Walk, walk
from promoter.trail.index import Index, directory_of
from promoter.trail.index_rows import IndexDamaged
from promoter.trail.obstacles import CODES, in_the_way
from promoter.trail.projection import InMemory, Projection
from promoter.trail.repository import Repository
from promoter.trail.trust import judge
from promoter.trail.unbegun import PHRASES as UNBEGUN
from promoter.trail.unbegun import unbegun

__all__ = ["PHRASES", "Finding", "Severity", "Verification", "verify"]

LIMITS: Mapping[str, Template] = {
    "verify-limits": N_(
        "What no git history can prove: that a person meant what their key signed, that a time is true, "
        "or that a fresh clone was shown the newest trail."
    ),
    "verify-without-memory": N_(
        "Nothing was known here of this trail from before: that its end was not cut off cannot be told. "
        "'--anchor TIP' compares it with a tip you know, such as the one a report quotes."
    ),
    "verify-as-of-then": N_(
        "Judged by what was on the trail then: what was declared later, such as a compromised key, is not in this."
    ),
}
PHRASES: Mapping[str, Template] = {
    **trust.PHRASES,
    **history.PHRASES,
    **bindings.PHRASES,
    **integrity.PHRASES,
    **anchoring.PHRASES,
    **arrival.PHRASES,
    **tree_form.PHRASES,
    **UNBEGUN,
    "no-trail": N_(
        "there is no trail in this clone: 'promoter sync' fetches one, 'promoter open' begins one"
    ),
    "anchor-unreadable": N_("what this clone remembers of the trail cannot be read"),
    "counted-no-more": N_("counted for the index, and does not"),
    "decided-elsewhere": N_("was decided on {tip}, which is not in the history before it"),
    "no-roster": N_("there is no roster: entries are claims, whoever wrote them"),
    "not-joined-then": N_("{count} histories were not joined yet at that time: this is the longest of them"),
    **LIMITS,
}


@frozen
class Verification:
    """What a verification came to. `entries` counts those walked up to `tip`; `anchor` is the tip known from
    before that the trail was compared with; `limits` says what cannot be proven."""

    findings: tuple[Finding, ...]
    entries: int
    tip: str | None
    anchor: str | None = None
    limits: tuple[Message, ...] = (message("verify-limits"),)

    @property
    def exit_code(self) -> ExitCode:
        """4 when the trail was altered, 6 when that cannot be told, else 0."""
        severities = {each.severity for each in self.findings}
        if Severity.UNTRUSTED in severities:
            return ExitCode.UNTRUSTED
        return ExitCode.COULD_NOT_TELL if Severity.UNSURE in severities else ExitCode.YES


@frozen
class _Reading:
    """The judged trail; its commits, where it was read from its objects."""

    projection: Projection
    commits: list[CommitFacts] | None = None
    whole: bool = True


def verify(
    repository: Repository,
    branch: str,
    *,
    full: bool,
    at: AsOf | None = None,
    anchor: str | None = None,
) -> Verification:
    """Verifies the trail on a branch; with `full` from its objects alone, believing no index.

    `at` judges it as of an earlier commit. `anchor` is the commit of a tip that it must have.
    """
    now = repository.tip(branch)
    tip = at.commit if at is not None else now
    findings = list(integrity.disguises(repository))
    if at is None:
        findings += arrival.fetched_alterations(repository, branch, now)
        findings += [Finding(each, Severity.NOTE) for each in arrival.remotes_without(repository, branch)]
    reading = _Reading(InMemory(None))
    if tip is not None:
        reading = _read(repository, branch, tip, full=full or at is not None)
        findings += _found(repository, branch, tip, reading, full=full, then=at is not None)
    if at is not None and at.histories > 1:
        findings.append(Finding(message("not-joined-then", count=at.histories), Severity.NOTE, at.commit))
    memory, unreadable = _memory(repository, branch)
    findings += unreadable
    sight = anchoring.Sight(now, reading.whole, Index(repository, branch).follows)
    remembered = memory.tip if memory is not None else None
    for expected in dict.fromkeys(each for each in (remembered, now and anchor) if each):
        findings += anchoring.kept(expected, sight, given=expected != remembered)
    if memory is not None and now is not None and at is None:
        findings += anchoring.begun_alike(memory, reading.projection.state)
    if now is None and not any(each.severity is Severity.UNTRUSTED for each in findings):
        findings.append(Finding(message("no-trail"), Severity.UNSURE))
    known = anchor or remembered
    ordered = tuple(sorted(findings, key=_rank))
    limits = _limits(then=at is not None, remembers=known is not None)
    return Verification(ordered, reading.projection.entries, tip, known, limits)


def _limits(*, then: bool, remembers: bool) -> tuple[Message, ...]:
    applying = {
        "verify-limits": True,
        "verify-as-of-then": then,
        "verify-without-memory": not remembers,
    }
    return tuple(message(code) for code, applies in applying.items() if applies)


def _rank(finding: Finding) -> int:
    return list(Severity).index(finding.severity)


def _read(repository: Repository, branch: str, tip: str, *, full: bool) -> _Reading:
    if not full:
        try:
            indexed = Index(repository, branch).whole(tip)
            return _Reading(InMemory(tip, _everything(indexed), indexed.findings(), indexed.state))
        except (CannotAct, IndexDamaged):
            pass
    walked = walk(repository, tip)
    return _Reading(_judgement(tip, walked), walked.commits, whole=not walked.incomplete)


def _everything(projection: Projection) -> Iterator[Recorded | Unreadable]:
    records = projection.everything()
    yield from records.recorded
    yield from records.unreadable


def _judgement(tip: str, walked: Walk) -> Projection:
    judgement = judge(walked.commits)
    return InMemory(tip, judgement.judged, (*walked.findings, *judgement.findings), judgement.state)


def _found(
    repository: Repository, branch: str, tip: str, reading: _Reading, *, full: bool, then: bool
) -> Iterator[Finding]:
    projection = reading.projection
    if projection.state.genesis is None and reading.whole:
        first = unbegun(repository, tip)
        yield from () if first is None else (first,)
    if reading.commits is not None:
        yield from tree_form.malformed(repository, None, tip)
        yield from integrity.objects(repository, tip)
        yield from _decisions(projection, reading.commits)
        if not then:
            yield from _no_longer(repository, branch, tip, projection)
    counted = [each for each in projection.everything().recorded if each.trust is not Trust.QUARANTINED]
    copies = list(bindings.copies(repository, tip, counted))
    yield from _judged(projection, _obstacles(repository, tip, projection, {each.path for each in copies}))
    yield from copies
    yield from bindings.subjects(counted)
    yield from bindings.items(repository, tip, counted)


def _obstacles(
    repository: Repository, tip: str, projection: Projection, told: set[str | None]
) -> Iterator[Finding]:
    """What is in the way; of what was in it, nothing needs saying."""
    for each in in_the_way(repository, tip, projection.findings()):
        if each.path not in told:
            yield each


def _judged(projection: Projection, obstacles: Iterator[Finding]) -> Iterator[Finding]:
    yield from (each for each in projection.findings() if each.message.code not in CODES)
    yield from obstacles
    records = projection.everything()
    for each in records.recorded:
        if each.trust is Trust.QUARANTINED and each.why is not None:
            unsure = each.why.code == "unchecked-signature"
            severity = Severity.UNSURE if unsure else Severity.NOT_COUNTED
            yield Finding(each.why, severity, each.commit, each.path)
    for unreadable in records.unreadable:
        severity = Severity.UNSURE if unreadable.blocks else Severity.NOT_COUNTED
        yield Finding(unreadable.why, severity, unreadable.commit, unreadable.path)
    for conflict in projection.state.conflicts:
        yield Finding(conflict, Severity.NOTE)
    if projection.state.genesis is not None and not projection.state.roster:
        yield Finding(message("no-roster"), Severity.NOTE)


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
    """What the index counts, and the history does not; nothing where there is no index yet."""
    index = Index(repository, branch)
    if not index.path.exists():
        return
    try:
        counted = _counting(index.at(tip))
    except (CannotAct, IndexDamaged):
        return
    for commit, path in sorted(counted - _counting(walked)):
        yield Finding(message("counted-no-more"), Severity.UNTRUSTED, commit, path)


def _counting(projection: Projection) -> set[tuple[str, str]]:
    return {
        (each.commit, each.path)
        for each in projection.everything().recorded
        if each.trust is not Trust.QUARANTINED
    }


def _memory(repository: Repository, branch: str) -> tuple[Anchor | None, list[Finding]]:
    """What this clone remembers of the trail."""
    try:
        return Anchors(directory_of(repository)).of(branch), []
    except AnchorUnreadable:
        return None, [Finding(message("anchor-unreadable"), Severity.UNSURE)]
