"""Is the commit of the release what a release should be?"""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeAlias

from promoter.checks import git_rulings, git_tags
from promoter.checks.declaration import conclude, kind
from promoter.checks.release_commit import asked, commit_of, short
from promoter.frozen import frozen
from promoter.messages import N_, Message, message
from promoter.model.commits import BranchRecord, CommitRecord
from promoter.model.context import Context
from promoter.model.duration import Duration
from promoter.model.limits import InsideTree
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.net.trouble import Trouble, fact

_LARGEST_STATUS_FILE = 64 * 1024
_MOST_NAMED = 10
_MOST_IN_A_SENTENCE = 3
_CLAIMS = ("tagged", "on_branch", "pushed", "trailer", "status_file", "clean", "no_fixup")
_YES_OR_NO = ("tagged", "signed", "pushed", "clean", "no_fixup")
_GRAVEST_FIRST = (Verdict.FAILED, Verdict.ERRORED, Verdict.WARNED)

_Claim: TypeAlias = Callable[[CommitRecord, Context, list[Evidence]], Awaitable[list[Message]]]


@frozen(kw_only=True)
class StatusFile:
    """A file that continuous integration commits."""

    path: Annotated[str, InsideTree(), N_("The file, from the root of the repository")]
    contains: Annotated[str | None, N_("A text that it must contain")] = None


def _presences(written: Collection[str]) -> Iterator[tuple[str, Message]]:
    if not set(_CLAIMS) & set(written):
        yield "tagged", message("nothing-asserted")
    if "signed" in written and "tagged" not in written:
        yield "signed", message("needs-tagged")
    if "since" in written and "no_fixup" not in written:
        yield "since", message("needs-no-fixup")


def _relations(written: Mapping[str, Any]) -> Iterator[tuple[str, Message]]:
    for each in (*_YES_OR_NO, "trailer"):
        if each in written and not written[each]:
            yield each, message("is-no-claim")


@kind(
    "git",
    rulings=git_rulings.RULINGS,
    facts=git_rulings.FACTS,
    example={
        "tagged": True,
        "signed": True,
        "on_branch": "main",
        "pushed": True,
        "trailer": {"CI-Status": "success"},
        "no_fixup": True,
    },
    relations=_relations,
    presences=_presences,
    timeout=30.0,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """The commit of the release is what a release should be, as far as git can tell here.

    A tag named as the release, with or without a `v` before it, leads to the commit, and with `signed` its
    signature is verified with your own configuration of git; where both names are there, a warning says if
    they lead to different commits. The commit is on a branch, of this clone or of a remote; it is pushed;
    its message has a trailer, or it has a file, from continuous integration; the work tree has this commit
    checked out, submodules as well, and is clean; and of what runs in the target environment until now no commit is a `fixup!`,
    `squash!`, `amend!` or `WIP`. Only what is asked for is looked at, and at least one thing must be.

    Nothing is fetched: what a remote has is said as of the last fetch. A release that is bound to no
    commit, and a shallow clone that may hide the answer, are could-not-tell. Tried by itself, it is about
    HEAD. No program that the repository's own configuration names is run: when only a filter of it (as of
    git-crypt) could tell whether a file was changed, that is could-not-tell. Filters of your own
    configuration, as of an installed Git LFS, may run.
    """

    tagged: Annotated[bool, N_("Whether a tag named as the release must lead to the commit")] = False
    signed: Annotated[bool, N_("Whether that tag must have a signature that can be verified")] = False
    on_branch: Annotated[str | None, N_("The branch that must contain the commit")] = None
    pushed: Annotated[bool, N_("Whether a branch of a remote must contain the commit")] = False
    trailer: Annotated[
        Mapping[str, str], N_("Trailers that the message of the commit must have, and their values")
    ] = field(default_factory=dict)
    status_file: Annotated[
        StatusFile | None, N_("A file of continuous integration that the commit must have")
    ] = None
    clean: Annotated[bool, N_("Whether the work tree must be of the commit, and not differ from it")] = False
    no_fixup: Annotated[
        bool, N_("Whether no commit may be unfinished, from what runs in the target environment on")
    ] = False
    since: Annotated[
        str | None,
        N_("The commit or tag to begin with, if not the release that runs in the target environment"),
    ] = None
    timeout: Annotated[Duration | None, N_("How long the whole check may take; 30 seconds by default")] = None

    async def observe(self, context: Context) -> Outcome:
        """Looks at each thing that is asked for; what fails comes before what cannot be told, a warning last."""
        seen: list[Evidence] = []
        parts: list[Message] = []
        troubles: list[Trouble] = []
        try:
            commit = await commit_of(context, seen)
        except Trouble as trouble:
            return conclude(self, trouble.code, seen, **trouble.parameters)
        for claim in self._claims():
            try:
                parts += await claim(commit, context, seen)
            except Trouble as trouble:
                troubles.append(trouble)
        if troubles:
            gravest = min(
                troubles, key=lambda each: _GRAVEST_FIRST.index(git_rulings.RULINGS[each.code].verdict)
            )
            return conclude(self, gravest.code, seen, **gravest.parameters)
        return conclude(self, "in-order", seen, commit=short(commit.id), parts=parts)

    def _claims(self) -> Iterator[_Claim]:
        claims: list[tuple[object, _Claim]] = [
            (self.tagged or self.signed, self._tagged),
            (self.on_branch, self._on_branch),
            (self.pushed, self._pushed),
            (self.trailer, self._trailers),
            (self.status_file, self._has_status_file),
            (self.clean, self._clean),
            (self.no_fixup, self._finished),
        ]
        return (claim for wanted, claim in claims if wanted)

    async def _tagged(self, commit: CommitRecord, context: Context, seen: list[Evidence]) -> list[Message]:
        return await git_tags.tagged(commit, context, seen, signed=self.signed)

    async def _on_branch(self, commit: CommitRecord, context: Context, seen: list[Evidence]) -> list[Message]:
        branches = await asked(context, lambda history: history.branches(commit.id, self.on_branch or ""))
        await _of_branches("branch", branches, context, seen, expected=self.on_branch)
        if not branches:
            raise Trouble("branch-unknown", branch=self.on_branch)
        having = [each.name for each in branches if each.contains]
        if having:
            return [message("branch-part", branch=having[0])]
        await _refuse_shallow(context)
        raise Trouble("not-on-branch", commit=short(commit.id), branches=[each.name for each in branches])

    async def _pushed(self, commit: CommitRecord, context: Context, seen: list[Evidence]) -> list[Message]:
        branches = await asked(context, lambda history: history.branches(commit.id))
        await _of_branches("remote-branch", branches, context, seen, expected=None)
        if not branches:
            raise Trouble("no-remote")
        if any(each.contains for each in branches):
            return [message("pushed-part")]
        await _refuse_shallow(context)
        raise Trouble("not-pushed", commit=short(commit.id))

    async def _trailers(self, commit: CommitRecord, context: Context, seen: list[Evidence]) -> list[Message]:
        wrong: list[Trouble] = []
        for name, value in self.trailer.items():
            found = [is_ for key, is_ in commit.trailers if key.casefold() == name.casefold()]
            right = bool(found) and all(each == value for each in found)
            verdict = Verdict.PASSED if right else Verdict.FAILED
            about = message("trailer-line", name=name)
            seen.append(Evidence(about, value, found[:_MOST_NAMED] or message("missing"), verdict))
            said = {"name": name, "commit": short(commit.id)}
            if not found:
                wrong.append(Trouble("trailer-missing", (), **said))
            elif not right:
                wrong.append(Trouble("trailer-differs", (), expected=value, found=found, **said))
        if wrong:
            raise wrong[0]
        return [message("trailer-part", name=name, value=value) for name, value in self.trailer.items()]

    async def _has_status_file(
        self, commit: CommitRecord, context: Context, seen: list[Evidence]
    ) -> list[Message]:
        assert self.status_file is not None  # noqa: S101 - it is asked for
        path, text = self.status_file.path, self.status_file.contains
        there = context.root / path
        found = await asked(context, lambda history: history.file(commit.id, there, _LARGEST_STATUS_FILE))
        said = {"path": path, "commit": short(commit.id)}
        usable = found is not None and found.content is not None
        present = found is not None and found.content is not None and bool(found.content.strip())
        right = found is not None and found.content is not None and (text or "").encode() in found.content
        verdict = Verdict.PASSED if present and right else Verdict.FAILED
        expected = message("containing", text=text) if text else message("present")
        observed = message("missing" if not present else "present" if right else "not-found")
        seen.append(Evidence(message("status-file", path=path), expected, observed, verdict))
        if found is not None and not usable:
            raise Trouble("status-file-unusable", (), limit=_LARGEST_STATUS_FILE, **said)
        if not present:
            raise Trouble("status-file-missing", (), **said)
        if not right:
            raise Trouble("status-file-differs", (), text=text, **said)
        return [message("status-part", path=path)]

    async def _clean(self, commit: CommitRecord, context: Context, seen: list[Evidence]) -> list[Message]:
        there = await asked(context, lambda history: history.work_tree(commit.id))
        if there is None:
            raise Trouble("no-work-tree")
        expected = message("of-commit", commit=short(commit.id))
        if not there.of_commit:
            other = short(there.head) or message("no-commit")
            seen.append(fact("work-tree", expected, message("of-commit", commit=other), Verdict.FAILED))
            raise Trouble("work-tree-elsewhere", other=other, commit=short(commit.id))
        seen.append(
            fact("work-tree", expected, message("of-commit", commit=short(there.head)), Verdict.PASSED)
        )
        for about, paths, verdict in (
            ("changed-files", there.changed, Verdict.FAILED),
            ("unwatched-files", there.unwatched, Verdict.ERRORED),
            ("filtered-files", there.filtered, Verdict.ERRORED),
        ):
            if paths:
                seen.append(fact(about, message("none"), list(paths[:_MOST_NAMED]), verdict))
        if there.changed:
            raise Trouble("not-clean")
        if there.unwatched:
            raise Trouble("changes-hidden", paths=list(there.unwatched[:_MOST_IN_A_SENTENCE]))
        if there.filtered:
            some = list(there.filtered[:_MOST_IN_A_SENTENCE])
            raise Trouble("filter-held-back", paths=some, filters=list(there.filters[:_MOST_NAMED]))
        return [message("clean-part")]

    async def _finished(self, commit: CommitRecord, context: Context, seen: list[Evidence]) -> list[Message]:
        since = await self._since(context, seen)
        found = await asked(context, lambda history: history.unfinished(commit.id, since))
        for each in found[:_MOST_NAMED]:
            shown = message("subject-of", commit=short(each.id), subject=each.subject)
            seen.append(fact("unfinished-commit", None, shown, Verdict.FAILED))
        if found:
            subjects = [each.subject for each in found[:_MOST_IN_A_SENTENCE]]
            raise Trouble("unfinished", count=len(found), subjects=subjects)
        await _refuse_shallow(context)
        seen.append(fact("unfinished-commits", 0, 0, Verdict.PASSED))
        return [message("finished-part")]

    async def _since(self, context: Context, seen: list[Evidence]) -> str | None:
        """The commit to begin after; None for the beginning of history, when nothing ran there before."""
        runs = context.replaces
        named = self.since or (runs.commit if runs is not None else None)
        if named is None:
            if runs is not None:
                raise Trouble("since-needed", release=runs.name, environment=context.environment.name)
            seen.append(fact("compared-with", None, message("the-beginning")))
            return None
        found = await asked(context, lambda history: history.commit(named))
        if found is None:
            raise Trouble("since-unknown", since=named)
        seen.append(fact("compared-with", None, found.id))
        return found.id


async def _of_branches(
    about: str,
    branches: Collection[BranchRecord],
    context: Context,
    seen: list[Evidence],
    *,
    expected: str | None,
) -> None:
    having = [each.name for each in branches if each.contains]
    observed = having[:_MOST_NAMED] or message("missing")
    seen.append(fact(about, expected, observed, Verdict.PASSED if having else Verdict.FAILED))
    if any(each.remote for each in branches):
        at = await asked(context, lambda history: history.fetched_at())
        shown = message("not-known") if at is None else message("at", at=at.isoformat())
        seen.append(fact("as-of", None, shown))


async def _refuse_shallow(context: Context) -> None:
    if await asked(context, lambda history: history.is_shallow()):
        raise Trouble("shallow")
