"""What can be wrong around a trail, as values: what it is, how grave, and what to do. The words of `promoter doctor`."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from promoter.frozen import frozen
from promoter.messages import N_, NP_, Message, Parameter, Phrase, Template, message


class Gravity(StrEnum):
    """How grave an ailment is: something cannot be done or told because of it, something may be lost, or
    it is only worth knowing."""

    BLOCKS = "blocks"
    RISK = "risk"
    NOTE = "note"


@frozen
class Ailment:
    """Something that is wrong. `mend`, where it is safe, puts it right; it raises CannotAct or OSError."""

    message: Message
    gravity: Gravity
    mend: Callable[[], object] | None = None

    @property
    def remedy(self) -> Phrase | None:
        """What to do about it."""
        template = REMEDIES.get(self.message.code)
        return None if template is None else Phrase(template, self.message.parameters)


def ailment(
    gravity: Gravity, code: str, mend: Callable[[], object] | None = None, **parameters: Parameter
) -> Ailment:
    """An ailment by its code."""
    return Ailment(message(code, **parameters), gravity, mend)


PHRASES: Mapping[str, Template] = {
    "git-missing": N_("git was not found"),
    "git-too-old": N_("git {version} is too old"),
    "no-repository": N_("{directory} is not in a git repository"),
    "dubious-ownership": N_("git does not trust this repository: its owner is somebody else"),
    "repository-unusable": N_("git cannot use this repository: {said}"),
    "not-writable": N_("{path} cannot be written"),
    "no-identity": N_("git does not know who you are"),
    "no-signing-key": N_("git has no signing key here: what you record is a claim"),
    "no-signing-key-for-roster": N_("git has no signing key here, and the roster counts signed entries only"),
    "signing-key-unreadable": N_("git would sign with a key that cannot be read"),
    "pipeline-unreadable": N_("the pipeline does not load, so the trail is looked for on {branch}"),
    "trail-branch-in-the-way": N_("a branch {parent} leaves no room for the trail's branch {branch}"),
    "trail-checked-out": N_("the trail's branch {branch} is checked out in {place}"),
    "trail-not-fetched": N_("this clone does not have the trail yet, and its remote does"),
    "trail-elsewhere": N_(
        "the trail of this clone is on {known}, and {path} names {branch} instead since commit {commit}, "
        "by {name} <{email}>"
    ),
    "trail-elsewhere-uncommitted": N_(
        "the trail of this clone is on {known}, and {path} names {branch} instead: that is not committed, or "
        "older than this clone's history"
    ),
    "stale-lock": N_("{path} is left from a git command that was stopped half-way, {age:duration} ago"),
    "foreign-lock": N_("{path} is in the way: a git command is running, or was stopped half-way"),
    "empty-object": N_("the git object {object} is empty, as a power cut leaves it"),
    "tip-unreadable": N_("the trail's newest commit {tip} is not in this clone"),
    "trail-incomplete": NP_(
        "{count} object of the trail is missing from this clone, first {object}",
        "{count} objects of the trail are missing from this clone, first {object}",
    ),
    "trail-partial": N_("this is a partial clone, and {count} objects of the trail were left out"),
    "trail-shallow": N_("this is a shallow clone: the trail's history before {commit} was left out"),
    "malformed": N_("nobody can write to the trail since commit {commit}, by {author}: {path} is {what}"),
    "obstacle": NP_(
        "{path} lies in the way of the trail since commit {commit}, by {author}: new clones do not take it in",
        "{count} files lie in the way of the trail, first {path} since commit {commit}, by {author}: new clones do "
        "not take it in",
    ),
    "remote-unchosen": N_("there are several remotes ({names}), and none is chosen for the trail"),
    "remote-not-followed": NP_(
        "{what} ({path}, commit {commit}): 'promoter verify' says what to do",
        "{what} ({path}, commit {commit}; {count} such findings): 'promoter verify' says what to do",
    ),
    "remote-branch-in-the-way": N_(
        "a branch {parent} on {remote}, as last fetched, leaves no room there for the trail's branch {branch}"
    ),
    "remote-no-trail": N_("{what}: 'promoter verify' says what to do"),
    "trail-behind-anchor": N_("the trail's branch no longer has {tip}, which this clone saw before"),
    "entries-lost": NP_(
        "{count} entry that this clone keeps is not on the trail: {entries}",
        "{count} entries that this clone keeps are not on the trail: {entries}",
    ),
    "entries-waiting": NP_(
        "{count} entry is only in this clone: it was not pushed yet",
        "{count} entries are only in this clone: they were not pushed yet",
    ),
    "mirror-refspec": N_("a fetch from {remote} overwrites the trail here: it is set up with {refspec}"),
    "mirror-push": N_("a push to {remote} overwrites the trail there: it is set up as a mirror"),
    "prune-too-soon": N_("git removes objects that nothing names yet as soon as it tidies up: {setting}"),
    "index-unreadable": N_("the index of the trail cannot be read: {path}"),
    "could-not-look": N_("part of this repository could not be looked at: {said}"),
}
"""Beside those it shares with `verify`: `not-a-trail`, `beginning-unsure`, `remote-lost-trail`, `history-replaced`,
`history-grafted`, `anchor-unreadable`."""

_ELSEWHERE = N_(
    "ask whoever changed it; if it was not meant, have {path} name {known} again. 'promoter sync "
    "--adopt' shows whom the trail on {branch} makes you trust, and goes on with it once you agree"
)

REMEDIES: Mapping[str, Template] = {
    "git-missing": N_("install git 2.38 or newer"),
    "git-too-old": N_("install git 2.38 or newer"),
    "no-repository": N_("`git init` makes one; `promoter demo` shows promoter in one of its own"),
    "dubious-ownership": N_(
        "if you trust what is in it: git config --global --add safe.directory {directory}"
    ),
    "repository-unusable": N_("run 'git status' in it, and see what it says"),
    "not-writable": N_("let your user write there; reading works as it is"),
    "no-identity": N_("run: git config user.name 'Your Name'; git config user.email you@example.org"),
    "no-signing-key": N_(
        "to sign with SSH: git config gpg.format ssh; git config user.signingkey ~/.ssh/id_ed25519.pub; "
        "git config commit.gpgsign true"
    ),
    "no-signing-key-for-roster": N_(
        "to sign with SSH: git config gpg.format ssh; git config user.signingkey ~/.ssh/id_ed25519.pub; "
        "git config commit.gpgsign true"
    ),
    "signing-key-unreadable": N_("see what 'git config user.signingkey' names, and gpg.format"),
    "pipeline-unreadable": N_("'promoter lint' says what is wrong with it"),
    "trail-branch-in-the-way": N_(
        "name the trail's branch otherwise in pipeline.yaml: trail: {{branch: promoter-trail}}"
    ),
    "trail-checked-out": N_("check another branch out there: the next commit in it would delete entries"),
    "trail-not-fetched": N_("run 'promoter sync'"),
    "trail-elsewhere": _ELSEWHERE,
    "trail-elsewhere-uncommitted": _ELSEWHERE,
    "stale-lock": N_("'promoter doctor --fix' removes it"),
    "foreign-lock": N_("when no git command and no editor of one is open in this repository, remove it"),
    "empty-object": N_("'promoter doctor --fix' takes it away, so that it can be written or fetched again"),
    "tip-unreadable": N_(
        "'promoter doctor --fix' goes back to the newest commit that is whole, and puts back what you recorded since"
    ),
    "malformed": N_(
        "find out who pushed commit {commit}, and have the branch set back to before it, on the remote and here: "
        "'git update-ref refs/heads/{branch} {commit}^', and promoter/anchor in .git removed; new clones do not take it in"
    ),
    "obstacle": N_(
        "'promoter doctor --fix' takes it away in a commit of yours, and 'promoter sync' shares that; ask who pushed "
        "commit {commit}"
    ),
    "remote-unchosen": N_("choose one for good: git config branch.{branch}.remote {first}"),
    "remote-not-followed": N_(
        "find out who pushed it, and have the branch on the remote set back to before commit {commit}; until then "
        "nothing can be shared: what you record waits here"
    ),
    "remote-lost-trail": N_(
        "'promoter sync' puts it back; find out who deleted it, and forbid deletion there ('promoter sync --setup' says "
        "where that is set)"
    ),
    "remote-branch-in-the-way": N_(
        "ask who pushed {parent}; if nobody needs it, have it deleted there, then run 'git fetch --prune'. Of a trail that "
        "has not begun, pipeline.yaml may name another branch"
    ),
    "remote-no-trail": N_(
        "nothing of it was taken in here. Ask its author what it is for; if nobody needs it, have the branch deleted on the "
        "remote, then run 'promoter sync' again; else name another branch for the trail in pipeline.yaml"
    ),
    "beginning-unsure": N_(
        "install the newest promoter, or what checks the signature (ssh-keygen, gpg or gpgsm); else ask its author what "
        "that commit is for"
    ),
    "not-a-trail": N_(
        "ask its author what it is for. If nobody needs it, delete the branch here ('git branch -D' and its name) and on "
        "the remote, then run 'promoter sync'; else name another branch for the trail in pipeline.yaml"
    ),
    "trail-incomplete": N_(
        "'promoter doctor --fix' goes back to the newest commit that is whole, and puts back what you recorded "
        "since; 'promoter sync' then fetches what others have"
    ),
    "trail-partial": N_("run 'promoter sync': it fetches the trail whole"),
    "trail-shallow": N_("run 'promoter sync': it fetches the trail whole"),
    "trail-behind-anchor": N_(
        "'promoter doctor --fix' brings it back; if you know why it was replaced, remove {path} instead"
    ),
    "entries-lost": N_(
        "'promoter doctor --fix' records yours: the same entries, under a new commit that you sign now"
    ),
    "entries-waiting": N_("'promoter sync' shares what waits"),
    "mirror-refspec": N_(
        "leave the trail out of it: git config --add remote.{remote}.fetch '^refs/heads/{branch}'"
    ),
    "mirror-push": N_("git config --unset remote.{remote}.mirror, or push from another clone"),
    "prune-too-soon": N_("leave git its two weeks: git config gc.pruneExpire 2.weeks.ago"),
    "index-unreadable": N_("'promoter doctor --fix' removes it; it is made anew"),
    "could-not-look": N_("run 'git fsck' and 'git status', and see what they say"),
    "history-replaced": N_("'git replace --delete' takes each away; promoter looks past them"),
    "history-grafted": N_("remove info/grafts; promoter looks past it"),
    "anchor-unreadable": N_(
        "run 'promoter verify --full'; where it finds nothing else, remove the file promoter/anchor in .git"
    ),
}
