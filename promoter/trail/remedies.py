"""What to do about each finding of `promoter verify`."""

from collections.abc import Mapping

from promoter.messages import N_, Template
from promoter.trail.ailment import REMEDIES as OF_A_CLONE

_AGAIN = N_("nothing, if nobody misses it; else its author records it again, with promoter")
_KEY_IN_USE = N_(
    "whoever it names says whether it is theirs: they record it again with a key that 'promoter roster show' "
    "lists, or a roster-admin adds their key; if it is not, ask who pushed commit {commit}"
)
_IMPOSTURE = N_(
    "ask both people: one of them used, or lost, the other's key or name. A key in other hands: 'promoter key compromised'"
)
_ALTERED = N_(
    "find out who pushed commit {commit}. Set the branch back to before it, here and on the remote, from a clone "
    "that verifies, then 'promoter sync'"
)
_ANOTHER_TIME = N_(
    "ask whose machine wrote it: its clock is wrong, or it was dated back. It counts by its place"
)
_FETCH = N_("run 'promoter sync': it fetches the trail whole")
_REOPENED = N_("whoever still stands by it records it again; 'promoter status' says which items wait")
_UPGRADE = N_("install the newest promoter; until then its promotion stays blocked")
_ROSTER = N_("a roster-admin sets pipeline.yaml right and runs 'promoter roster apply'")
_OTHER_PERSON = N_("a roster-admin does this, or the key's own person")
_CORRUPT = N_(
    "the disk or an object was damaged: 'promoter doctor --fix' mends what it can, another clone has the rest"
)
_REWRITTEN = N_(
    "run 'promoter sync', if this clone may be behind. Else set the branch right from a clone that still has {commit} "
    "('promoter doctor --fix' does that in the one that saw it), find out who rewrote the remote, and forbid "
    "force-pushes and deletion there"
)
_BOUND_ELSEWHERE = N_("it is stale and opens nothing: its author answers again for what is pinned")
_NO_PLACE = N_(
    "nothing: it counts for nothing. Ask who pushed commit {commit} to keep other files off the branch"
)

_SET_BACK = N_(
    "nothing of it was taken in here: have the branch on the remote set back to before commit {commit}, then run "
    "'promoter sync' again; ask who pushed it"
)
_RESTORED_THERE = N_(
    "nothing of it was taken in here. Find out who rewrote it; have the branch on the remote set to what it had, "
    "which this clone keeps under refs/promoter/remote, forbid force-pushes there, then run 'promoter sync' again"
)
_IN_THE_WAY = N_(
    "it counts for nothing. 'promoter doctor --fix' takes it away, and 'promoter sync' shares that; ask who pushed "
    "commit {commit}"
)

REMEDIES: Mapping[str, Template] = {
    "added-by-merge": _ALTERED,
    "anchor-unreadable": OF_A_CLONE["anchor-unreadable"],
    "anchor-not-there": N_(
        "compare {commit} with what it was copied from, such as a report. If it was the trail's, this clone may be "
        "behind: 'promoter sync'; else ask a clone that has it what happened"
    ),
    "anchor-not-reached": N_("fetch the whole history: 'promoter sync', or a checkout that is not shallow"),
    "attached-size-differs": N_(
        "what the entry says of the file is not true, and promoter never writes that: ask its author, who gives the file "
        "again, and whoever pushed commit {commit}"
    ),
    "attached-type-differs": N_("go by the bytes: 'promoter evidence get' tells what they look like"),
    "author-not-signer": _IMPOSTURE,
    "bad-signature": _AGAIN,
    "beginning-unsure": OF_A_CLONE["beginning-unsure"],
    "binding-differs": _BOUND_ELSEWHERE,
    "changed-by-merge": _ALTERED,
    "class-differs": N_(
        "give the machine a key and an entry of its own on the roster, or record it as yourself"
    ),
    "compromised-key": _REOPENED,
    "copy-differs": _IN_THE_WAY,
    "counted-no-more": N_(
        "something wrote into the index of this clone: delete promoter/index-*.sqlite in .git, and look again "
        "at what was decided since"
    ),
    "decided-elsewhere": N_("compare the promotion with whoever authorised it: they saw another history"),
    "duplicate-entry": N_("nothing: the first one counts, once"),
    "entry-missing": _FETCH,
    "entry-not-a-file": _NO_PLACE,
    "entry-too-large": _NO_PLACE,
    "entry-wrong-path": N_(
        "nothing: a copy answers for nothing but what it was written for. Ask who pushed commit {commit}"
    ),
    "file-changed": _ALTERED,
    "file-removed": _ALTERED,
    "fetched-altered": _SET_BACK,
    "fetched-differs": _SET_BACK,
    "fetched-no-trail": OF_A_CLONE["remote-no-trail"],
    "fetched-rewritten": _RESTORED_THERE,
    "foreign-file": _NO_PLACE,
    "genesis-not-by-member": N_("whoever is on the roster begins the trail: 'promoter open' with their key"),
    "history-grafted": OF_A_CLONE["history-grafted"],
    "history-replaced": OF_A_CLONE["history-replaced"],
    "item-differs": _BOUND_ELSEWHERE,
    "key-not-theirs": N_("see 'promoter roster show' for the keys there are"),
    "let-in-by-compromised": _REOPENED,
    "machine-decides": N_("a person records it: from a machine only runs of checks count"),
    "malformed-entry": _NO_PLACE,
    "no-genesis": N_("nothing: it belongs to no trail. Ask who pushed commit {commit}"),
    "no-roster": N_("name people and keys in pipeline.yaml, then 'promoter roster apply'"),
    "no-trail": N_("'promoter sync' fetches one, 'promoter open' begins one"),
    "not-a-trail": OF_A_CLONE["not-a-trail"],
    "not-joined-then": N_("name a commit instead of a date to choose another"),
    "not-ones-own-key": _OTHER_PERSON,
    "not-roster-admin": N_("nothing was changed by it. Ask who wanted this; a roster-admin applies a roster"),
    "object-differs": _CORRUPT,
    "object-missing": N_(
        "'promoter doctor' says what brings it back, mostly 'promoter doctor --fix', then 'promoter sync'"
    ),
    "opened-under-other-roster": N_("compare the two rosters: 'promoter roster show --history'"),
    "other-pipeline": N_("nothing: it was written for another pipeline and answers for nothing here"),
    "other-trail": N_("nothing: it was written for another trail and answers for nothing here"),
    "outside-membership": N_(
        "whoever may sign now records it again, or a roster-admin changes the roster's dates"
    ),
    "parent-missing": _FETCH,
    "path-in-the-way": _IN_THE_WAY,
    "pinned-differs": _ALTERED,
    "pinned-missing": _ALTERED,
    "pinned-unreadable": N_(
        "abandon the promotion and open it again with a checklist that 'promoter lint' accepts"
    ),
    "refers-to-missing": N_(
        "nothing: what it speaks of is not there. Its author records it again after 'promoter sync'"
    ),
    "remote-lost-trail": OF_A_CLONE["remote-lost-trail"],
    "removed-by-merge": _ALTERED,
    "removed-each-other": N_(
        "the roster-admins who remain agree which change stands, and set the branch back to before the other, "
        "here and on the remote"
    ),
    "ended-meanwhile": N_(
        "a roster-admin who knows that it was written in time has it recorded again; the end of the membership is shown "
        "by 'promoter roster show'"
    ),
    "roster-takes-key": N_(
        "ask who pushed commit {commit} what was meant by it: nothing was changed, and the key stays whose it was"
    ),
    "roster-repeated": N_(
        "ask who pushed commit {commit} what was meant by it; what is still wanted is recorded again"
    ),
    "removed-meanwhile": N_(
        "nothing, if they were to go; else a roster-admin has them back: 'promoter roster apply'"
    ),
    "retired-key": N_("its author records it again with the key they use now"),
    "approved-without-role": N_("somebody with the role approves; a roster-admin may give the role first"),
    "signed-without-role": N_("somebody with the role signs it off; a roster-admin may give the role first"),
    "roster-conflict": _ROSTER,
    "roster-crossed": _ROSTER,
    "roster-joined": N_("nothing, where 'promoter roster show' is as you want it"),
    "second-genesis": N_("whoever began it runs 'promoter sync --adopt' in a clone of their own"),
    "several-beginnings": N_(
        "find out which beginning is yours and who pushed the other; set the branch back to before they were "
        "joined, here and on the remote"
    ),
    "several-entries": _AGAIN,
    "signer-not-actor": _IMPOSTURE,
    "since-not-before": N_("declare it again, naming an entry that is in the history before it"),
    "smuggled-by-merge": _ALTERED,
    "crowded": N_(
        "nothing of it was taken in. Find out who pushed commit {commit}, and have the branch on the remote set back to "
        "before it; then run 'promoter sync' again"
    ),
    "dated-ahead": N_(
        "ask whose machine wrote it: its clock is wrong, or it was dated ahead. By itself it ends nobody's membership"
    ),
    "time-before-parent": _ANOTHER_TIME,
    "trail-deleted": N_(
        "'promoter doctor --fix' brings it back, to {commit}; find out who deleted it. Forbid deletion on the remote"
    ),
    "trail-replaced": N_(
        "ask a colleague which trail is right; if it is the new one, remove promoter/anchor in .git"
    ),
    "trail-rewound": _REWRITTEN,
    "trail-rewritten": _REWRITTEN,
    "tree-malformed": _ALTERED,
    "unchecked-signature": N_("install what checks it (ssh-keygen, gpg or gpgsm), then verify again"),
    "unknown-key": _KEY_IN_USE,
    "unsigned": N_(
        "its author sets git up to sign ('promoter doctor' says how) and records it again; if it is not theirs, "
        "ask who pushed commit {commit}"
    ),
    "written-by-newer": _UPGRADE,
}
"""By the code of the finding; `commit` and `path` are where it was found."""
