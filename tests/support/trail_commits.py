"""Commits of a trail as values, signed with keys that nobody has: for what is judged without any git."""

import base64
import itertools
from collections.abc import Sequence
from pathlib import Path

from promoter.model.entry import Entry, Recorded, Unreadable
from promoter.trail.entry import entry_path
from promoter.trail.facts import CommitFacts, Found
from promoter.trail.signature import Seal, SealState
from promoter.trail.sshsig import fingerprint_of_line
from promoter.trail.trust import Judgement, State, counting_ids, judge, judge_next
from tests.support.git_repositories import Signer
from tests.support.trail_histories import actor

_numbers = itertools.count(1)


def someone(name: str) -> Signer:
    """A signer whose key is well formed and belongs to nobody real."""
    blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + name.encode().ljust(32, b"\0")
    line = f"ssh-ed25519 {base64.b64encode(blob).decode()}"
    return Signer(name.capitalize(), f"{name}@example.org", Path(), line, str(fingerprint_of_line(line)))


def commit(
    *entries: Entry,
    after: CommitFacts | Sequence[CommitFacts] = (),
    key: Signer | None = None,
    seal: Seal | None = None,
    email: str | None = None,
) -> CommitFacts:
    """A commit of entries, signed by the first one's actor unless told otherwise."""
    parents = [after] if isinstance(after, CommitFacts) else after
    by = entries[0].actor if entries else actor(someone("alice"))
    own = Seal(SealState.INTACT, key.id if key else by.key)
    return CommitFacts(
        f"{next(_numbers):040x}",
        tuple(each.commit for each in parents),
        email or by.email,
        seal or own,
        tuple(Found(entry_path(each), each) for each in entries),
    )


def verdicts(judgement: Judgement) -> dict[str, str]:
    """Commit to trust, or to the reason it is quarantined."""
    return {
        each.commit: each.why.code if each.why else each.trust.value
        for each in judgement.judged
        if isinstance(each, Recorded)
    }


def one_by_one(commits: Sequence[CommitFacts]) -> tuple[tuple[Recorded | Unreadable, ...], State]:
    """What comes of judging each commit of a history without branches after the one before."""
    state, known = State(), set[str]()
    judged: list[Recorded | Unreadable] = []
    for each in commits:
        one = judge_next(state, each, known.__contains__)
        state = one.state
        known.update(counting_ids(one.judged))
        judged += one.judged
    return tuple(judged), state


def outcome_of(which: CommitFacts, *commits: CommitFacts) -> str:
    return verdicts(judge(commits))[which.commit]
