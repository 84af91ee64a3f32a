"""The walk over the trail's commits: what each one adds, and what none may do — change, drop, smuggle in.

History is append-only: every entry is one new file in one commit, and a merge is the union of what it
joins. The walk reads commit objects and trees as they are, whatever `refs/replace` or grafts say.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from promoter.messages import N_, Template, message
from promoter.model.roster import Roster
from promoter.trail.comparing import EMPTY_TREE, Touched, compare
from promoter.trail.copies import wrong_copies
from promoter.trail.entry import (
    ENTRY_AT_MOST,
    EntryUnreadable,
    is_blob_path,
    is_entry_path,
    read_entry,
)
from promoter.trail.facts import CommitFacts, Finding, Found, Severity
from promoter.trail.keyring import Keyring
from promoter.trail.places import is_for_file, is_in_the_way
from promoter.trail.repository import Repository
from promoter.trail.seal import Seal, SealState
from promoter.trail.sealing import Sealing
from promoter.trail.signature import RawCommit, take_apart

_PLAIN_FILE = "100644"
_SECONDS = 900
_TOLD_EVERY = 1000
_UNASKED = Seal(SealState.NONE)
"""Nothing is decided by who signed a commit that adds nothing."""

Told: TypeAlias = Callable[[int, int], None]

PHRASES: Mapping[str, Template] = {
    "file-changed": N_("changed after it was written"),
    "file-removed": N_("removed after it was written"),
    "removed-by-merge": N_("dropped by a merge"),
    "changed-by-merge": N_("differs between the histories that a merge joins"),
    "smuggled-by-merge": N_("added by a merge, and by none of the histories it joins"),
    "foreign-file": N_("a file that has no place on the trail"),
    "path-in-the-way": N_("a file where the trail needs room for entries and copies"),
    "copy-differs": N_("a copy that is not what its name says, where the true one would lie"),
    "entry-not-a-file": N_("not a plain file"),
    "entry-missing": N_("its content is missing from this clone"),
    "parent-missing": N_("the history before it is missing from this clone"),
}


@dataclass(slots=True)
class Walk:
    """What the walk found: the commits, parents first, what is wrong with them, and whether something
    of the history is not in this clone; `copies` are the copied files they add or change, `lost` those they
    change or remove and how that is said of entries."""

    commits: list[CommitFacts] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    incomplete: bool = False
    copies: list[tuple[str, Touched]] = field(default_factory=list)
    lost: list[tuple[str, Touched, str]] = field(default_factory=list)


def walk(
    repository: Repository,
    tip: str,
    *,
    since: str | None = None,
    known: Callable[[str], bool] = lambda commit: False,
    rosters: Iterable[Roster] = (),
    told: Told = lambda read, of: None,
) -> Walk:
    """Walks from `since` (None: the root) to `tip`. `known` says whether a commit was walked before, and
    `told` is, of a long walk, how many entries were read of how many.

    `rosters` are those that counted before, with the keys signatures may need. Raises GitFailed.
    """
    names = _between(repository, since, tip)
    read = _commits(repository, [*names, since] if since else names)
    raw = {name: read[name] for name in names}
    done = Walk()
    signed = {name: pair for name, parts in raw.items() if (pair := parts.ssh_signed) is not None}
    with Sealing(signed) as seals, Keyring(rosters) as keys:
        touched = _touched(repository, raw, _earlier(repository, raw, read, known), done)
        added = {commit: _judged_by_paths(commit, raw[commit], touched[commit], done) for commit in names}
        _judge_copies(repository, done)
        found = _entries(repository, added, done, told)
        for commit in names:
            parts = raw[commit]
            seal = keys.examine(parts, found[commit], seals.of(commit)) if found[commit] else _UNASKED
            done.commits.append(CommitFacts(commit, parts.parents, parts.email, seal, tuple(found[commit])))
    return done


def _between(repository: Repository, since: str | None, tip: str) -> list[str]:
    """The commits from one to another, parents first; of the commonest case, one more, git need not be asked."""
    if since is not None and _commits(repository, [tip])[tip].parents == (since,):
        return [tip]
    excluded = [f"^{since}"] if since else []
    listed = repository.run("rev-list", "--topo-order", "--reverse", tip, *excluded, "--", timeout=_SECONDS)
    return listed.decode("ascii").split()


def _commits(repository: Repository, names: Sequence[str]) -> dict[str, RawCommit]:
    read = zip(names, repository.objects(names), strict=True)
    return {name: take_apart(content) for name, (_, _, content) in read}


def _earlier(
    repository: Repository,
    raw: Mapping[str, RawCommit],
    read: Mapping[str, RawCommit],
    known: Callable[[str], bool],
) -> dict[str, str]:
    """The trees of the commits that these ones follow, and of themselves."""
    parents = {parent for parts in raw.values() for parent in parts.parents}
    missing = sorted(each for each in parents - read.keys() if known(each))
    found = {**read, **(_commits(repository, missing) if missing else {})}
    return {commit: parts.tree for commit, parts in found.items()}


def _touched(
    repository: Repository, raw: Mapping[str, RawCommit], tree_of: Mapping[str, str], done: Walk
) -> dict[str, list[list[Touched]]]:
    """For each commit, in what it differs from each of its parents; from nothing, when it is a root."""
    pairs: list[tuple[str, str, str]] = []
    for commit, parts in raw.items():
        trees = [tree_of.get(each) for each in parts.parents]
        if None in trees:
            done.incomplete = True
            done.findings.append(Finding(message("parent-missing"), Severity.UNSURE, commit))
            continue
        before = trees or [EMPTY_TREE[len(commit)]]
        pairs += [(commit, tree, parts.tree) for tree in before if tree is not None]
    result: dict[str, list[list[Touched]]] = {commit: [] for commit in raw}
    compared = compare(repository, [(before, after) for _, before, after in pairs])
    for (commit, _, _), differences in zip(pairs, compared, strict=True):
        result[commit].append(differences)
    return result


def _judged_by_paths(
    commit: str, parts: RawCommit, differences: Sequence[Sequence[Touched]], done: Walk
) -> list[Touched]:
    """Notes what history may not do, and answers the entries the commit adds."""
    merge = len(parts.parents) > 1
    codes = {"D": "removed-by-merge"} if merge else {"D": "file-removed"}
    for each in (one for listed in differences for one in listed):
        if each.status == "A":
            continue
        code = codes.get(each.status, "changed-by-merge" if merge else "file-changed")
        if is_blob_path(each.path):
            done.lost.append((commit, each, code))
            done.copies += [(commit, each)] if each.status != "D" else []
        elif is_entry_path(each.path):
            _note(done, code, Severity.UNTRUSTED, commit, each.path)
        elif each.status != "D" or not is_in_the_way(each.path):
            _note(done, "foreign-file", Severity.NOTE, commit, each.path)
    added = _added_over_all(differences)
    for each in added:
        if is_blob_path(each.path):
            done.copies.append((commit, each))
        if merge:
            _note(done, "smuggled-by-merge", Severity.UNTRUSTED, commit, each.path)
        elif not is_for_file(each.path):
            code = "path-in-the-way" if is_in_the_way(each.path) else "foreign-file"
            _note(done, code, Severity.NOTE, commit, each.path)
    return [each for each in added if is_entry_path(each.path)]


def _judge_copies(repository: Repository, done: Walk) -> None:
    """Notes copies that are not what their name says, and what happened to those that were."""
    there = [(each.path, each.mode, each.oid) for _, each in done.copies]
    before = [(each.path, each.old_mode, each.old_oid) for _, each, _ in done.lost]
    wrong = wrong_copies(repository, (*there, *before))
    for commit, each in done.copies:
        if (each.path, each.oid) in wrong:
            _note(done, "copy-differs", Severity.NOT_COUNTED, commit, each.path)
    for commit, each, code in done.lost:
        if (each.path, each.old_oid) not in wrong:
            _note(done, code, Severity.UNTRUSTED, commit, each.path)


def _added_over_all(differences: Sequence[Sequence[Touched]]) -> list[Touched]:
    if not differences:
        return []
    first, *others = differences
    paths = [{each.path for each in other if each.status == "A"} for other in others]
    return [each for each in first if each.status == "A" and all(each.path in other for other in paths)]


def _note(done: Walk, code: str, severity: Severity, commit: str, path: str) -> None:
    finding = Finding(message(code), severity, commit, path)
    if finding not in done.findings[-8:]:
        done.findings.append(finding)


def _entries(
    repository: Repository, added: Mapping[str, Sequence[Touched]], done: Walk, told: Told
) -> dict[str, list[Found]]:
    flat = [(commit, each) for commit, listed in added.items() for each in listed]
    sizes = _sizes(repository, [each.oid for _, each in flat if each.mode == _PLAIN_FILE])
    wanted = [oid for oid, size in sizes.items() if size is not None and size <= ENTRY_AT_MOST]
    contents = {oid: content for oid, (_, _, content) in zip(wanted, repository.objects(wanted), strict=True)}
    result: dict[str, list[Found]] = {commit: [] for commit in added}
    for number, (commit, each) in enumerate(flat):
        if number % _TOLD_EVERY == 0 and len(flat) > _TOLD_EVERY:
            told(number, len(flat))
        if each.mode == _PLAIN_FILE and sizes.get(each.oid) is None:
            done.incomplete = True
            _note(done, "entry-missing", Severity.UNSURE, commit, each.path)
        result[commit].append(_found(each, contents))
    return result


def _found(touched: Touched, contents: Mapping[str, bytes]) -> Found:
    if touched.mode != _PLAIN_FILE:
        return Found(touched.path, None, message("entry-not-a-file"))
    content = contents.get(touched.oid)
    if content is None:
        return Found(touched.path, None, message("entry-too-large", at_most=ENTRY_AT_MOST))
    try:
        return Found(touched.path, read_entry(content, touched.path), content=content)
    except EntryUnreadable as unreadable:
        return Found(touched.path, None, unreadable.why)


def _sizes(repository: Repository, oids: Iterable[str]) -> dict[str, int | None]:
    wanted = list(dict.fromkeys(oids))
    return dict(zip(wanted, repository.sizes(wanted), strict=True))
