"""What a check of the kind `git` may come to, and the words of its evidence."""

from collections.abc import Mapping

from promoter.checks import release_commit
from promoter.messages import N_, NP_, Template
from promoter.model.outcome import Verdict
from promoter.model.ruling import Ruling

RULINGS: Mapping[str, Ruling] = {
    **release_commit.RULINGS,
    "in-order": Ruling(Verdict.PASSED, N_("{commit} is in order: {parts:list}")),
    "not-tagged": Ruling(
        Verdict.FAILED,
        N_("no tag named {names:list} leads to {commit}"),
        N_("Tag the commit of the release, push the tag, and fetch it where the check runs."),
    ),
    "untagged": Ruling(
        Verdict.FAILED,
        N_("no tag leads to {commit}"),
        N_("Tag the commit, push the tag, and fetch it where the check runs."),
    ),
    "tagged-elsewhere": Ruling(
        Verdict.FAILED,
        N_("the tag {tag} leads to {other}, not to {commit}"),
        N_("Find out which of the two is the release: never move a tag, make a new release."),
    ),
    "tags-disagree": Ruling(
        Verdict.WARNED,
        N_(
            "the tag {tag} leads to {commit}, and the tag {stray} to {other}: either may be taken for the release"
        ),
        N_(
            "Find out who takes the release by {stray}; then delete that tag, here and on every remote (git push --delete)."
        ),
    ),
    "tag-renamed": Ruling(
        Verdict.FAILED,
        N_("the tag {tag} holds the signed tag {named}: somebody renamed it"),
        N_("Have whoever releases tag and sign {tag} themselves."),
    ),
    "not-signed": Ruling(
        Verdict.FAILED,
        N_("the tag {tag} is not signed"),
        N_("Have whoever releases sign the tag: git tag -s, under a new release name."),
    ),
    "bad-signature": Ruling(
        Verdict.FAILED,
        N_("the signature of the tag {tag} is wrong: what it signs was changed"),
        N_("Do not use this tag; ask whoever signed it, and find out who changed it."),
    ),
    "signature-not-verified": Ruling(
        Verdict.ERRORED,
        N_("the signature of the tag {tag} cannot be verified here: {said}"),
        N_("Add the signer's key: to gpg.ssh.allowedSignersFile for SSH, to your keyring for GPG."),
    ),
    "signer-untrusted": Ruling(
        Verdict.ERRORED,
        N_("the tag {tag} is signed by {said}, and nothing here vouches for that key"),
        N_(
            "Compare the fingerprint with whoever releases, then certify the key: gpg --lsign-key and the fingerprint."
        ),
    ),
    "signer-revoked": Ruling(
        Verdict.FAILED,
        N_("the tag {tag} is signed by {said}, with a key that was revoked"),
        N_(
            "Ask whoever releases why the key was revoked, and have a new release signed with the key that is used now."
        ),
    ),
    "signer-expired": Ruling(
        Verdict.ERRORED,
        N_("the tag {tag} is signed by {said}, and that key or signature has expired"),
        N_("Fetch the key again if it was prolonged; else have a new release signed."),
    ),
    "not-on-branch": Ruling(
        Verdict.FAILED,
        N_("{commit} is not on {branches:list}"),
        N_("Merge the commit, or release one that is on the branch; fetch first if it was merged just now."),
    ),
    "branch-unknown": Ruling(
        Verdict.ERRORED,
        N_("there is no branch {branch} here"),
        N_("Fetch the branch, or correct its name in `on_branch`."),
    ),
    "not-pushed": Ruling(
        Verdict.FAILED,
        N_("{commit} is on no branch of a remote"),
        N_("Push the commit; if it was pushed from elsewhere, fetch first."),
    ),
    "no-remote": Ruling(
        Verdict.ERRORED,
        N_("nothing was ever fetched here from a remote"),
        N_("Add the remote of the repository (git remote add), and fetch."),
    ),
    "trailer-missing": Ruling(
        Verdict.FAILED,
        N_("the message of {commit} has no trailer {name}"),
        N_("Have what writes {name} run on the commit, or release one that has it."),
    ),
    "trailer-differs": Ruling(
        Verdict.FAILED,
        N_("the trailer {name} of {commit} is not {expected} alone: {found:list}"),
        N_("Find out from {name} why the commit is not as it should be, and release one that is."),
    ),
    "status-file-missing": Ruling(
        Verdict.FAILED,
        N_("{path} is not in {commit}, or is empty"),
        N_("Have continuous integration commit {path}, and release that commit."),
    ),
    "status-file-differs": Ruling(
        Verdict.FAILED,
        N_("{path} in {commit} does not contain {text}"),
        N_("Find out from {path} what went wrong, and release a commit where it is right."),
    ),
    "status-file-unusable": Ruling(
        Verdict.ERRORED,
        N_("{path} in {commit} is no regular file of at most {limit} bytes"),
        N_("Correct `status_file`: it names a small text file."),
    ),
    "not-clean": Ruling(
        Verdict.FAILED,
        N_("the work tree differs from HEAD"),
        N_("Commit, stash or remove what git status lists, or run the check in a clean clone."),
    ),
    "no-work-tree": Ruling(
        Verdict.ERRORED,
        N_("nothing is checked out here: the repository is bare"),
        N_("Run the check in a clone that has the commit of the release checked out."),
    ),
    "work-tree-elsewhere": Ruling(
        Verdict.FAILED,
        N_("the work tree is of {other}, not of {commit}"),
        N_("Check out {commit} (git switch --detach), or run the check in a clone that has it checked out."),
    ),
    "changes-hidden": Ruling(
        Verdict.ERRORED,
        N_("git was told not to look whether {paths:list} was changed"),
        N_(
            "Have git look again (git update-index --no-assume-unchanged, then --no-skip-worktree), or run the check in a clean clone."
        ),
    ),
    "filter-held-back": Ruling(
        Verdict.ERRORED,
        N_(
            "whether {paths:list} was changed, only a filter of this repository's own configuration could tell, which is not run: {filters:list}"
        ),
        N_(
            "If you trust the filter, let it run: git status; commit or undo what it lists, then run the check again. Or configure it for yourself, with git config --global."
        ),
    ),
    "unfinished": Ruling(
        Verdict.FAILED,
        NP_(
            "{count} commit is not meant to stay: {subjects:list}",
            "{count} commits are not meant to stay: {subjects:list}",
        ),
        N_(
            "Have them squashed (git rebase --autosquash) before the release; name another `since` if they are old."
        ),
    ),
    "since-unknown": Ruling(
        Verdict.ERRORED,
        N_("{since}, which the release is compared with, is no commit of this repository"),
        N_("Fetch it, or name with `since` a commit to compare with."),
    ),
    "since-needed": Ruling(
        Verdict.ERRORED,
        N_("{release}, which runs in {environment}, is bound to no commit to compare with"),
        N_("Name with `since` the commit or the tag that runs there."),
    ),
}
FACTS: Mapping[str, Template] = {
    **release_commit.FACTS,
    "tag": N_("tag"),
    "leads-to": N_("{tag}, leading to {commit}"),
    "one-of": N_("one of {names:list}"),
    "any-tag": N_("any"),
    "signature": N_("signature of the tag {tag}"),
    "verified": N_("verified"),
    "good-one": N_("verified: {said}"),
    "untrusted-one": N_("by a key that nothing vouches for: {said}"),
    "revoked-one": N_("by a revoked key: {said}"),
    "expired-one": N_("by an expired key, or expired: {said}"),
    "bad-one": N_("wrong"),
    "absent-one": N_("none"),
    "not-verified-one": N_("not verified"),
    "branch": N_("on branch"),
    "remote-branch": N_("on a branch of a remote"),
    "as-of": N_("last fetched"),
    "at": N_("{at:time}"),
    "not-known": N_("not known"),
    "trailer-line": N_("trailer {name}"),
    "status-file": N_("{path} in the commit"),
    "containing": N_("containing {text}"),
    "present": N_("present"),
    "missing": N_("missing"),
    "found": N_("found"),
    "not-found": N_("not found"),
    "work-tree": N_("work tree"),
    "of-commit": N_("of {commit}"),
    "no-commit": N_("no commit"),
    "changed-files": N_("changed in the work tree"),
    "unwatched-files": N_("in the work tree, and not looked at by git"),
    "filtered-files": N_("perhaps changed in the work tree"),
    "none": N_("none"),
    "unfinished-commit": N_("commit that is not meant to stay"),
    "unfinished-commits": N_("commits that are not meant to stay"),
    "subject-of": N_("{commit} {subject}"),
    "compared-with": N_("since"),
    "the-beginning": N_("the beginning of history: no release is known that it replaces"),
    "tagged-part": N_("tagged {tag}"),
    "signed-part": N_("signed"),
    "branch-part": N_("on {branch}"),
    "pushed-part": N_("pushed"),
    "trailer-part": N_("{name}: {value}"),
    "status-part": N_("{path} is there"),
    "clean-part": N_("work tree clean"),
    "finished-part": N_("nothing unfinished"),
    "nothing-asserted": N_("or another claim must be made: a check that claims nothing proves nothing"),
    "is-no-claim": N_("is no claim when it is false: leave it out"),
    "needs-tagged": N_("needs `tagged`"),
    "needs-no-fixup": N_("needs `no_fixup`"),
}
