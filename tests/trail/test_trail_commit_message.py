"""What git itself shows of the trail, for whoever has only git."""

from pathlib import Path

from promoter.messages import message
from promoter.model.entry import (
    Checked,
    Commented,
    Entry,
    EntryType,
    EvidenceItem,
    Rejected,
    RosterChanged,
    SignedOff,
)
from promoter.model.outcome import CheckOutcome, Outcome, Verdict
from promoter.model.roster import Actor, Person, Roster
from promoter.trail.commit_message import commit_message
from promoter.trail.repository import Repository
from promoter.trail.ulid import new_ulid
from promoter.trail.writing import append
from tests.support.git_repositories import Signer, git, make_repository
from tests.support.trail_entries import AT, MOMENT, TRAIL, actor_of, digest_of, genesis, of_promotion


def body(entry: Entry) -> list[str]:
    return [line.strip() for line in commit_message(entry).split("\n\n")[1].splitlines()]


def test_a_sign_off_tells_what_was_filled_in_and_given(alice: Signer) -> None:
    given = (
        EvidenceItem(link="https://ci.example.org/1"),
        EvidenceItem(file="run.txt", digest="sha256:0", size=12, media_type="text/plain", stored=True),
    )
    content = SignedOff("read it", {"kept": "vault\nPromoter-Item: x"}, given)
    assert body(of_promotion(alice, EntryType.SIGNED_OFF, content, item="webhook")) == [
        "read it",
        "kept: vault",
        "Promoter-Item: x",
        "https://ci.example.org/1",
        "run.txt (text/plain, 12 bytes, sha256:0)",
    ]


def test_a_rejection_and_a_comment_tell_what_was_given_with_them(alice: Signer) -> None:
    given = (EvidenceItem(file="run.txt", digest="sha256:0", size=1, media_type="text/plain"),)
    told = "run.txt (text/plain, 1 byte, sha256:0, digest only)"
    no = of_promotion(alice, EntryType.REJECTED, Rejected("it fails", given), item="webhook")
    assert body(no) == ["it fails", told]
    assert body(of_promotion(alice, EntryType.COMMENTED, Commented("slow", given))) == ["slow", told]


def test_a_run_tells_what_did_not_pass(alice: Signer) -> None:
    def done(item: str, verdict: Verdict, code: str) -> CheckOutcome:
        return CheckOutcome(item, digest_of(b""), "https", "https", AT, Outcome(verdict, message(code)))

    outcomes = (
        done("site", Verdict.PASSED, "https.answered"),
        done("api", Verdict.FAILED, "https.refused"),
        done("hook", Verdict.ERRORED, "https.no-address"),
    )
    assert body(of_promotion(alice, EntryType.CHECKED, Checked(outcomes, "1"))) == [
        "api https: failed (https.refused)",
        "hook https: errored (https.no-address)",
    ]


def test_a_roster_tells_whom_it_lists_in_which_roles(alice: Signer) -> None:
    roster = Roster(
        (
            Person("alice", "Alice", ("a@example.com",), ("roster-admin", "security"), ()),
            Person("bob\x1b[2J", "Bob", (), (), ()),
        )
    )
    actor: Actor = actor_of(alice)
    entry = Entry(new_ulid(MOMENT), TRAIL, "shop", EntryType.ROSTER, actor, AT, RosterChanged(roster))
    assert body(entry) == ["alice (roster-admin, security)", "bob␛[2J"]


def test_git_reads_the_ids_as_trailers_and_nothing_else(tmp_path: Path, alice: Signer) -> None:
    with Repository.discover(make_repository(tmp_path / "code", person=alice)) as repository:
        append(repository, "promoter/trail", genesis(alice))
        content = SignedOff("fine\n\nPromoter-Item: another\nSigned-off-by: Eve <eve@example.com>")
        append(
            repository,
            "promoter/trail",
            of_promotion(alice, EntryType.SIGNED_OFF, content, item="webhook"),
        )
    shown = git(repository.root, "log", "-1", "--format=%s%n%(trailers:only)", "promoter/trail").splitlines()
    assert shown[0] == "sign-off: webhook — Alice Martin"
    named = [line.partition(":")[0] for line in shown[1:] if line]
    assert named == ["Promoter-Entry", "Promoter-Trail", "Promoter-Promotion", "Promoter-Item"]
    assert "Promoter-Item: webhook" in shown
