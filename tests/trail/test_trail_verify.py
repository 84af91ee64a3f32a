"""What can be done to a trail, and what is seen of it: one test for each attack that history shows."""

from pathlib import Path

import pytest

from promoter.errors import ExitCode, TrailUntrusted
from promoter.model.entry import ItemBinding, Opened, Pinned, Recorded, Trust
from promoter.model.roster import ROSTER_ADMIN
from promoter.trail.entry import blob_path, entry_bytes, entry_path
from promoter.trail.remedies import REMEDIES
from promoter.trail.repository import Repository
from promoter.trail.severity import gravest
from promoter.trail.trail import Trail
from promoter.trail.verify import LIMITS, PHRASES, Finding, Severity, Verification, verify
from promoter.usecases.language import phrasebook
from tests.support.git_repositories import Signer, git, make_signer
from tests.support.lying_index import let_everything_count
from tests.support.trail_histories import (
    BRANCH,
    CHECKLIST,
    History,
    digest_of,
    entry,
    files_of,
    genesis,
    opened,
    person,
    roster_change,
    sign_off,
    subject,
)


@pytest.fixture(scope="session")
def mallory(keys: Path) -> Signer:
    return make_signer(keys, "Mallory", "mallory@example.org")


@pytest.fixture
def history(repository_of_alice: Path) -> History:
    return History(repository_of_alice)


@pytest.fixture
def begun(history: History, alice: Signer, bob: Signer) -> History:
    """Alice, an admin, and Bob are on the roster; a promotion is open and Bob has signed."""
    beginning = genesis(alice, person(alice, ROSTER_ADMIN), person(bob))
    history.add(beginning, by=alice)
    history.add(opened(alice, beginning), by=alice)
    history.add(sign_off(bob, "seen"), by=bob)
    return history


def repository_of(history: History) -> Repository:
    return Repository.discover(history.directory)


def trail_of(history: History) -> Trail:
    return Trail(repository_of(history), BRANCH)


def whole(history: History) -> Verification:
    """The verification from the objects; the one from the index must find the same."""
    quick, full = (verify(repository_of(history), BRANCH, full=each) for each in (False, True))
    assert {_plain(each) for each in quick.findings} <= {_plain(each) for each in full.findings}
    assert all(each.message.code in REMEDIES for each in full.findings)
    lesser = {"written-by-newer", "pinned-differs"}
    assert all(
        gravest(each.message.code) is each.severity
        for each in full.findings
        if each.message.code not in lesser
    )
    return full


def _plain(finding: Finding) -> str:
    code = finding.message.code
    return f"not-counted: {code}" if finding.severity is Severity.NOT_COUNTED else code


def found(history: History) -> tuple[ExitCode, list[str]]:
    verification = whole(history)
    return verification.exit_code, [_plain(each) for each in verification.findings]


def last(history: History) -> Recorded:
    return trail_of(history).all_records().recorded[-1]


def test_an_honest_trail_has_nothing_to_find(begun: History) -> None:
    assert found(begun) == (ExitCode.YES, [])
    assert whole(begun).entries == 3


def test_an_entry_forged_in_anothers_name_does_not_count(begun: History, alice: Signer, bob: Signer) -> None:
    begun.add(sign_off(alice), by=alice, key=bob)

    assert found(begun) == (ExitCode.YES, ["not-counted: signer-not-actor"])
    assert Trust.QUARANTINED is last(begun).trust


def test_an_entry_committed_under_anothers_address_does_not_count(
    begun: History, alice: Signer, bob: Signer
) -> None:
    begun.add(sign_off(bob), by=alice, key=bob)

    assert found(begun) == (ExitCode.YES, ["not-counted: author-not-signer"])


def test_an_unsigned_entry_does_not_count(begun: History, bob: Signer) -> None:
    begun.add(sign_off(bob), by=bob, signed=False)

    assert found(begun) == (ExitCode.YES, ["not-counted: unsigned"])


def test_an_entry_signed_with_an_unknown_key_does_not_count(
    begun: History, bob: Signer, mallory: Signer
) -> None:
    begun.add(sign_off(bob), by=bob, key=mallory)

    assert found(begun) == (ExitCode.YES, ["not-counted: unknown-key"])
    assert mallory.id == last(begun).key


def test_an_entry_changed_under_its_signature_does_not_count(begun: History, bob: Signer) -> None:
    before = begun.tip
    honest = begun.add(sign_off(bob, "no"), by=bob)
    forged = sign_off(bob, "yes")
    tree = git(
        begun.directory, "rev-parse", f"{begun.commit(files_of(forged), by=bob, after=[before])}^{{tree}}"
    )
    raw = git(begun.directory, "cat-file", "commit", honest)
    old = git(begun.directory, "rev-parse", f"{honest}^{{tree}}")
    replaced = raw.replace(old, tree).encode() + b"\n"
    begun.point(git(begun.directory, "hash-object", "-t", "commit", "-w", "--stdin", given=replaced))

    assert found(begun) == (ExitCode.YES, ["not-counted: bad-signature"])


def test_a_changed_entry_fails_the_trail(begun: History, bob: Signer) -> None:
    voice = sign_off(bob, "no")
    begun.add(voice, by=bob)
    begun.commit({entry_path(voice): entry_bytes(sign_off(bob, "yes"))}, by=bob)

    assert found(begun) == (ExitCode.UNTRUSTED, ["file-changed"])
    assert voice == last(begun).entry


def test_a_deleted_entry_fails_the_trail(begun: History, bob: Signer, mallory: Signer) -> None:
    voice = sign_off(bob, "no")
    begun.add(voice, by=bob)
    begun.commit({}, by=mallory, without=[entry_path(voice)])

    assert found(begun) == (ExitCode.UNTRUSTED, ["file-removed"])
    assert voice == last(begun).entry


def test_a_merge_that_drops_an_entry_fails_the_trail(begun: History, alice: Signer, bob: Signer) -> None:
    base, voice = begun.tip, sign_off(bob, "no")
    ours = begun.add(voice, by=bob)
    theirs = begun.add(sign_off(alice), by=alice, after=[base])
    begun.merge(ours, theirs, by=alice, without=[entry_path(voice)])

    assert found(begun) == (ExitCode.UNTRUSTED, ["removed-by-merge"])


def test_a_merge_that_adds_an_entry_fails_the_trail_and_the_entry_does_not_count(
    begun: History, alice: Signer, bob: Signer
) -> None:
    base = begun.tip
    ours = begun.add(sign_off(bob), by=bob)
    theirs = begun.add(sign_off(alice), by=alice, after=[base])
    begun.merge(ours, theirs, by=alice, files=files_of(sign_off(alice, "smuggled")))

    assert found(begun) == (ExitCode.UNTRUSTED, ["smuggled-by-merge", "not-counted: added-by-merge"])


def test_a_merge_that_changes_an_entry_fails_the_trail(begun: History, alice: Signer, bob: Signer) -> None:
    base, voice = begun.tip, sign_off(bob, "no")
    ours = begun.add(voice, by=bob)
    theirs = begun.add(sign_off(alice), by=alice, after=[base])
    changed = {entry_path(voice): entry_bytes(sign_off(bob, "yes"))}
    begun.merge(ours, theirs, by=alice, files=changed)

    assert ExitCode.UNTRUSTED is whole(begun).exit_code


def test_an_honest_merge_is_nothing_to_find(begun: History, alice: Signer, bob: Signer) -> None:
    base = begun.tip
    ours = begun.add(sign_off(bob), by=bob)
    theirs = begun.add(sign_off(alice), by=alice, after=[base])
    begun.merge(ours, theirs, by=alice, signed=False)

    assert found(begun) == (ExitCode.YES, [])
    assert whole(begun).entries == 5


@pytest.mark.parametrize("what", ["rewound", "rewritten", "deleted"])
def test_a_branch_that_lost_what_was_seen_of_it_is_not_trusted(
    begun: History, alice: Signer, bob: Signer, what: str
) -> None:
    trail = trail_of(begun)
    seen = trail.position().tip
    if what == "deleted":
        git(begun.directory, "update-ref", "-d", f"refs/heads/{BRANCH}")
    else:
        begun.point(git(begun.directory, "rev-parse", f"{seen}~1"))
    if what == "rewritten":
        begun.add(sign_off(bob, "something else"), by=bob)

    assert ExitCode.UNTRUSTED is verify(repository_of(begun), BRANCH, full=True).exit_code
    with pytest.raises(TrailUntrusted) as untrusted:
        trail_of(begun).records_of_trail()
    assert seen == untrusted.value.remedy.parameters["tip"]  # type: ignore[union-attr]

    begun.point(str(seen))
    assert trail_of(begun).position().entries == 3


def test_another_genesis_under_the_same_branch_is_not_trusted(
    begun: History, alice: Signer, mallory: Signer
) -> None:
    trail_of(begun).refresh()
    seen = begun.tip
    early = genesis(mallory, person(mallory, ROSTER_ADMIN), id="00000000000000000000000000")
    other = begun.add(early, by=mallory, after=[])
    begun.merge(seen, other, by=mallory)

    assert [_plain(each) for each in whole(begun).findings if each.severity == "untrusted"] == [
        "several-beginnings",
        "several-beginnings",
        "trail-replaced",
    ]
    with pytest.raises(TrailUntrusted):
        trail_of(begun).records_of_trail()


@pytest.mark.parametrize("identity", ["00000000000000000000000000", None])
def test_a_history_of_two_beginnings_is_not_trusted_by_who_never_saw_it_before(
    begun: History, mallory: Signer, identity: str | None
) -> None:
    seen = begun.tip
    people = person(mallory, ROSTER_ADMIN)
    begin = genesis(mallory, people, id=identity) if identity else genesis(mallory, people)
    begun.merge(seen, begun.add(begin, by=mallory, after=[]), by=mallory)

    assert ExitCode.UNTRUSTED is whole(begun).exit_code
    with pytest.raises(TrailUntrusted):
        trail_of(begun).records_of_trail()


def test_a_second_genesis_does_not_count(begun: History, alice: Signer) -> None:
    begun.add(genesis(alice, person(alice, ROSTER_ADMIN)), by=alice)

    assert found(begun) == (ExitCode.YES, ["not-counted: second-genesis"])


def test_what_a_removed_person_signs_does_not_count_whatever_its_date(
    begun: History, alice: Signer, bob: Signer
) -> None:
    base = begun.tip
    backdated = sign_off(bob, "late", at="2026-11-22T12:00:00Z")
    removal = begun.add(roster_change(alice, person(alice, ROSTER_ADMIN)), by=alice)
    begun.add(backdated, by=bob)
    after = ["not-counted: unknown-key"]
    assert (ExitCode.YES, after) == found(begun)

    beside = begun.add(sign_off(bob, "beside"), by=bob, after=[base])
    begun.merge(removal, beside, by=bob)
    assert found(begun) == (ExitCode.YES, ["not-counted: removed-meanwhile"])
    counted = [each.entry for each in trail_of(begun).all_records().recorded if each.trust is Trust.COUNTED]
    assert [getattr(each.content, "comment", "") for each in counted if each.actor.id == "bob"] == ["seen"]


def test_an_entry_replayed_under_another_promotion_is_no_entry(
    begun: History, bob: Signer, mallory: Signer
) -> None:
    voice = sign_off(bob)
    begun.add(voice, by=bob)
    elsewhere = entry_path(sign_off(bob, subject=subject("p2"), id=voice.id))
    begun.commit({elsewhere: entry_bytes(voice)}, by=mallory)

    assert found(begun) == (ExitCode.YES, ["not-counted: entry-wrong-path"])
    assert trail_of(begun).records_of("p2").recorded == ()


def test_a_replayed_copy_cannot_push_the_entry_aside(begun: History, bob: Signer, mallory: Signer) -> None:
    voice = sign_off(bob)
    first = git(begun.directory, "rev-parse", f"{begun.tip}~1")
    ours = begun.add(voice, by=bob)
    copy = begun.add(voice, by=mallory, after=[first])
    begun.merge(ours, copy, by=mallory)

    counted = [each for each in trail_of(begun).all_records().recorded if each.trust is Trust.COUNTED]
    assert [ours] == [each.commit for each in counted if each.entry == voice]


@pytest.mark.parametrize(
    ("path", "content", "code"),
    [
        ("r/00000000000000000000000001.roster.json", b"{}\n", "not-counted: malformed-entry"),
        ("r/00000000000000000000000001.roster.json", b"\xff" * 2_000_000, "not-counted: entry-too-large"),
        ("r/00000000000000000000000001.roster.json", b"[" * 900_000, "not-counted: malformed-entry"),
        ("README.md", b"hello", "foreign-file"),
        ("p/00/x/..x", b"hello", "foreign-file"),
    ],
)
def test_garbage_is_noted_and_fails_nothing(
    begun: History, mallory: Signer, path: str, content: bytes, code: str
) -> None:
    begun.commit({path: content}, by=mallory, signed=False)

    assert (ExitCode.YES, [code]) == found(begun)
    assert len(trail_of(begun).all_records().recorded) == 3
    assert not any(each.blocks for each in trail_of(begun).records_of_trail().unreadable)


def test_a_symbolic_link_is_no_entry(begun: History, bob: Signer) -> None:
    begun.commit(files_of(sign_off(bob)), by=bob, mode="120000")

    assert found(begun) == (ExitCode.YES, ["not-counted: entry-not-a-file"])


def test_entries_committed_together_do_not_count(begun: History, bob: Signer) -> None:
    begun.add(sign_off(bob), sign_off(bob), by=bob)

    assert found(begun) == (ExitCode.YES, ["not-counted: several-entries"] * 2)


@pytest.mark.parametrize(
    ("blocks", "by"), [(True, "bob"), (False, "mallory")], ids=["of a member", "of anyone"]
)
def test_what_a_newer_version_wrote_blocks_when_a_member_wrote_it(
    begun: History, bob: Signer, mallory: Signer, blocks: bool, by: str
) -> None:
    signer = {"bob": bob, "mallory": mallory}[by]
    voice = sign_off(bob)
    newer = entry_bytes(voice).replace(b"promoter/entry/1", b"promoter/entry/3")
    begun.commit({entry_path(voice): newer}, by=signer)

    [unreadable] = trail_of(begun).records_of("p1").unreadable
    assert (blocks, "written-by-newer", "p1") == (
        unreadable.blocks,
        unreadable.why.code,
        unreadable.promotion,
    )


def test_a_copied_file_that_is_not_what_its_name_says_fails_the_trail_once_an_entry_names_it(
    history: History, alice: Signer
) -> None:
    beginning = genesis(alice, person(alice, ROSTER_ADMIN))
    opening = opened(alice, beginning)
    history.add(beginning, by=alice)
    history.commit({blob_path(digest_of(CHECKLIST)): b"false"}, by=alice)
    unnamed = verify(repository_of(history), BRANCH, full=True)
    assert (
        unnamed.exit_code,
        [*map(_plain, unnamed.findings)],
    ) == (ExitCode.YES, ["not-counted: copy-differs"])

    history.commit({entry_path(opening): entry_bytes(opening)}, by=alice)
    for full in (False, True):
        named = verify(repository_of(history), BRANCH, full=full)
        assert (named.exit_code, [*map(_plain, named.findings)]) == (ExitCode.UNTRUSTED, ["pinned-differs"])


def test_a_pinned_file_that_is_not_there_fails_the_trail(history: History, alice: Signer) -> None:
    beginning = genesis(alice, person(alice, ROSTER_ADMIN))
    opening = opened(alice, beginning)
    history.add(beginning, by=alice)
    history.commit({entry_path(opening): entry_bytes(opening)}, by=alice)

    assert found(history) == (ExitCode.UNTRUSTED, ["pinned-missing"] * 3)


def test_an_entry_bound_to_another_checklist_is_noted(begun: History, bob: Signer) -> None:
    begun.add(sign_off(bob, subject=subject(checklist=b"another")), by=bob)

    assert found(begun) == (ExitCode.YES, ["binding-differs"])


def test_an_entry_for_another_definition_of_an_item_is_noted(begun: History, bob: Signer) -> None:
    begun.add(sign_off(bob, item=ItemBinding("webhook", digest_of(b"another"))), by=bob)
    begun.add(sign_off(bob, item=ItemBinding("nowhere", digest_of(b"another"))), by=bob)

    assert found(begun) == (ExitCode.YES, ["item-differs", "item-differs"])


def test_a_pinned_checklist_that_does_not_load_is_noted(history: History, alice: Signer) -> None:
    beginning = genesis(alice, person(alice, ROSTER_ADMIN))
    pinned = Pinned("checklists/it.yaml", digest_of(b"{"))
    opening = Opened("staging-to-preprod", pinned, pinned, pinned, beginning.id)
    history.add(beginning, by=alice)
    files = files_of(entry(opening, alice, subject=subject(checklist=b"{")))
    history.commit({**files, blob_path(pinned.digest): b"{"}, by=alice)

    assert found(history) == (ExitCode.YES, ["pinned-unreadable"])


def test_a_time_before_that_of_the_entry_it_follows_is_noted(begun: History, bob: Signer) -> None:
    begun.add(sign_off(bob, at="2026-11-22T11:00:00Z"), by=bob)

    assert found(begun) == (ExitCode.YES, ["time-before-parent"])
    assert Trust.COUNTED is last(begun).trust


def test_a_truncated_clone_cannot_tell(begun: History, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=2", "--branch", BRANCH, begun.directory.as_uri(), str(shallow))

    verification = verify(Repository.discover(shallow), BRANCH, full=True)
    assert ExitCode.COULD_NOT_TELL is verification.exit_code
    assert "parent-missing" in [each.message.code for each in verification.findings]


def test_replaced_and_grafted_history_is_seen_through_and_noted(begun: History, bob: Signer) -> None:
    tip = begun.add(sign_off(bob), by=bob)
    git(begun.directory, "replace", "--graft", tip)
    (begun.directory / ".git" / "info").mkdir(exist_ok=True)
    (begun.directory / ".git" / "info" / "grafts").write_text(f"{tip}\n")

    assert found(begun) == (ExitCode.YES, ["history-replaced", "history-grafted"])
    assert whole(begun).entries == 4


def test_an_object_that_is_not_what_its_id_says_fails_the_trail(begun: History) -> None:
    objects = begun.directory / ".git" / "objects"
    good = git(begun.directory, "hash-object", "-w", "--stdin", given=b"other")
    name = git(
        begun.directory, "rev-parse", f"{begun.tip}:a/{digest_of(CHECKLIST)[7:9]}/{digest_of(CHECKLIST)[7:]}"
    )
    target = objects / name[:2] / name[2:]
    target.chmod(0o644)
    target.write_bytes((objects / good[:2] / good[2:]).read_bytes())

    codes = {each.message.code for each in verify(repository_of(begun), BRANCH, full=True).findings}
    assert {"object-differs", "pinned-differs"} == codes


def test_an_entry_that_the_index_counts_and_history_does_not_fails_the_trail(
    begun: History, bob: Signer
) -> None:
    begun.add(sign_off(bob), by=bob, signed=False)
    trail_of(begun).refresh()
    let_everything_count(begun.directory, BRANCH)

    verification = verify(repository_of(begun), BRANCH, full=True)
    assert (
        verification.exit_code,
        [each.message.code for each in verification.findings],
    ) == (ExitCode.UNTRUSTED, ["counted-no-more", "unsigned"])


def test_every_finding_says_what_happened_and_what_to_do() -> None:
    of_verify = PHRASES.keys() - LIMITS.keys()

    assert of_verify <= REMEDIES.keys()
    assert {each for each in REMEDIES if phrasebook(each) is None} == set()
