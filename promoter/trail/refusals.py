"""Why a remote said no: its words, which differ from forge to forge, told apart and answered with what to do.

What is recognised is what GitHub, GitLab, Gitea and Forgejo, Bitbucket, Azure DevOps and git itself say.
The words are the remote's: they choose an explanation, and never anything that is done.
"""

import re
from collections.abc import Mapping

from promoter.errors import CannotAct
from promoter.frozen import frozen
from promoter.messages import N_, Phrase, phrase
from promoter.trail.command import GitFailed


@frozen
class Explanation:
    """What git's words mean: the pattern that knows them, and the English of what is wrong and what to do."""

    said: re.Pattern[str]
    wrong: str
    remedy: str


class SyncRefused(CannotAct):
    """A remote did not let this clone fetch or push. `code` is stable, `said` its own words made harmless."""

    def __init__(self, code: str, wrong: Phrase, remedy: Phrase, said: str) -> None:
        super().__init__(wrong, remedy)
        self.code = code
        self.said = said


def _any_of(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


_LOST_RACE = _any_of(
    "stale info",
    "fetch first",
    "non-fast-forward",
    "cannot lock ref",
    "failed to update ref",
    "incorrect old value",
    "reference already exists",
)
_NAME_TAKEN = _any_of("exists; cannot create", "directory/file conflict")


def is_lost_race(said: str) -> bool:
    """Whether somebody else pushed meanwhile, so that it is worth trying again."""
    return _LOST_RACE.search(said) is not None and _NAME_TAKEN.search(said) is None


EXPLANATIONS: Mapping[str, Explanation] = {
    "sync-name-taken": Explanation(
        _NAME_TAKEN,
        N_("a branch on {remote} has a name that leaves no room for {branch}: {said}"),
        N_(
            "have that branch renamed or deleted there, or name another branch for the trail in pipeline.yaml. Nothing is "
            "lost: what you recorded waits here"
        ),
    ),
    "sync-unsigned-refused": Explanation(
        _any_of(
            "must have verified signatures", "commit must be signed", "is not signed with", "unsigned commit"
        ),
        N_("{remote} takes signed commits only on {branch}: {said}"),
        N_(
            "set gpg.format, user.signingkey and commit.gpgsign in git's configuration: merges are then signed too"
        ),
    ),
    "sync-email-refused": Explanation(
        _any_of(
            r"GH007",
            "does not follow the pattern",
            "is not a verified email",
            "Committer check failed",
            "push email privacy",
        ),
        N_("{remote} does not take commits under your address: {said}"),
        N_("give git the address that {remote} knows (user.email); the roster must have it too"),
    ),
    "sync-branch-protected": Explanation(
        _any_of(
            r"GH006",
            r"GH013",
            r"TF402455",
            "protected branch",
            "rule violations",
            "repository rules",
            "can only be modified through pull requests",
            "branch is protected",
        ),
        N_("{remote} protects {branch} against this push: {said}"),
        N_(
            "let those who sign push to {branch} without a pull request, and keep force-pushes and deletion "
            "forbidden there; 'promoter sync --setup' says where that is set. Nothing is lost: what you "
            "recorded waits here"
        ),
    ),
    "sync-too-large": Explanation(
        _any_of(r"GH001", "exceeds.{0,40}size", "size limit", "Large files detected"),
        N_("{remote} does not take anything this large: {said}"),
        N_("have its limit raised: what is on the trail cannot be taken out again"),
    ),
    "sync-not-authenticated": Explanation(
        _any_of(
            "Authentication failed",
            "could not read (Username|Password)",
            r"Permission denied \([\w,.-]*(publickey|password|keyboard)",
            "Invalid username or (password|token)",
            "Invalid credentials",
            "HTTP Basic: Access denied",
            "terminal prompts disabled",
            "returned error: 401",
        ),
        N_("{remote} does not know who is asking: {said}"),
        N_("sign in as for 'git push': add your key to the agent (ssh-add), or set up a credential helper"),
    ),
    "sync-host-unknown": Explanation(
        _any_of("Host key verification failed", "REMOTE HOST IDENTIFICATION HAS CHANGED"),
        N_("the host of {remote} is not the one that ssh knows: {said}"),
        N_("compare its key with the one it publishes, then connect once with ssh"),
    ),
    "sync-not-permitted": Explanation(
        _any_of(
            r"Permission to \S+ denied",
            "Write access to (this )?repository not granted",
            "marked as read only",
            "not allowed to push",
            "not allowed to upload code",
            "don't have permission",
            "do not have permission",
            "insufficient permission",
            "unable to (create|write).{0,80}Permission denied",
            "returned error: 403",
            "TF401027",
        ),
        N_("{remote} does not let you do this: {said}"),
        N_("ask for the right to push there. Nothing is lost: what you recorded waits here"),
    ),
    "sync-repository-not-found": Explanation(
        _any_of(
            "Repository not found",
            "repository '[^']{0,500}' not found",
            "does not appear to be a git repository",
            "project you were looking for could not be found",
            "returned error: 404",
            "TF401019",
        ),
        N_("there is no repository where {remote} points to, or you may not see it: {said}"),
        N_("see 'git remote get-url {remote}'"),
    ),
    "sync-remote-full": Explanation(
        _any_of("No space left on device", "Disk quota exceeded", "repository storage limit"),
        N_("{remote} has no room left: {said}"),
        N_("make room there. Nothing is lost: what you recorded waits here"),
    ),
    "sync-unreachable": Explanation(
        _any_of(
            "Could not resolve (host|proxy|hostname)",
            "Name or service not known",
            "Temporary failure in name resolution",
            "Connection (refused|timed out|reset)",
            "Failed to connect",
            "Couldn't connect",
            "Network is unreachable",
            "No route to host",
            "Operation timed out",
            "no answer within",
            "returned error: 5\\d\\d",
            "remote end hung up",
        ),
        N_("{remote} does not answer: {said}"),
        N_("work on: everything waits here until the next 'promoter sync'"),
    ),
    "sync-mirror": Explanation(
        _any_of("--mirror can't be combined"),
        N_("{remote} is set up as a mirror, to which only everything at once is pushed: {said}"),
        N_("git config --unset remote.{remote}.mirror, or push from another clone"),
    ),
    "sync-refused-by-hook": Explanation(
        _any_of("hook declined", "pre-push", "denying non-fast-forward", "deny updating", "remote rejected"),
        N_("{remote} refuses the push: {said}"),
        N_("its rules, or a hook of your own, forbid it: see what it says. Nothing is lost"),
    ),
}


def explained(failed: GitFailed, remote: str, branch: str) -> CannotAct:
    """What git's failure means; the failure itself where its words are not known."""
    for code, each in EXPLANATIONS.items():
        if each.said.search(failed.said):
            known = {"remote": remote, "branch": branch}
            return SyncRefused(
                code,
                phrase(each.wrong, said=failed.said, **known),
                phrase(each.remedy, **known),
                failed.said,
            )
    return failed
