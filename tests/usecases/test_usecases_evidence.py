"""Files of evidence: read with care, kept on the trail, verified whenever they are read back."""

import hashlib
import os
import pty
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.errors import CannotAct, ExitCode, Refused, TrailUntrusted, UsageError
from promoter.messages import Language
from promoter.model.attachment import LONGEST_NAME, described, media_type, safe_name
from promoter.model.entry import Entry, EntryType, EvidenceItem, Rejected, SignedOff
from promoter.usecases.attaching import LARGEST_EVIDENCE, read_evidence
from promoter.usecases.drafting import write
from promoter.usecases.evidence import attachments, fetch, fit_for_terminals, write_evidence
from promoter.usecases.opening import open_promotion
from promoter.usecases.pinned import rules_of
from promoter.usecases.sharing import sync
from promoter.usecases.standing import chosen_promotion
from promoter.usecases.verifying import verify
from promoter.usecases.voices import sign
from promoter.usecases.workspace import Workspace
from tests.cli.test_cli_log import on_a_terminal
from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become, git
from tests.support.shop_floor import at_work, shop

PDF = b"%PDF-1.7\n\x00\xff the way back"


@pytest.fixture
def floor(tmp_path: Path, alice: Signer, bob: Signer) -> Path:
    """A shop whose preprod has simulated data, with a promotion open."""
    made = shop(tmp_path / "shop", alice, bob)
    path = made / "checklists" / "pipeline.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("data: real", "data: simulated"), encoding="utf-8"
    )
    git(made, "commit", "-q", "--no-gpg-sign", "-am", "Simulate")
    git(made, "tag", "-f", "--no-sign", "v1")
    with at_work(made) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
    return made


def _file(directory: Path, name: str, content: bytes) -> Path:
    path = directory / name
    path.write_bytes(content)
    return path


def test_a_file_comes_back_in_another_clone_as_it_was_given(tmp_path: Path, floor: Path, bob: Signer) -> None:
    hub, theirs = tmp_path / "hub.git", tmp_path / "theirs"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(hub))
    git(floor, "remote", "add", "origin", str(hub))
    git(floor, "push", "-q", "origin", "main")
    plan = _file(tmp_path, "plan.exe", PDF)
    with at_work(floor) as workspace:
        entry = sign(workspace, None, "rollback", files=[plan]).entry
        sync(workspace)
    git(tmp_path, "clone", "-q", str(hub), str(theirs))
    become(theirs, bob)
    with at_work(theirs) as workspace:
        sync(workspace)
        [listed] = attachments(workspace)
        for wanted in ("rollback", entry.id, listed.file.digest or "", (listed.file.digest or "")[:15]):
            found = fetch(workspace, wanted)
            assert (found.content, found.media_type) == (PDF, "application/pdf")
        assert verify(workspace, full=True).exit_code is ExitCode.YES


def test_the_same_file_twice_is_one_blob_and_one_piece(tmp_path: Path, floor: Path) -> None:
    plan, same = _file(tmp_path, "plan.pdf", PDF), _file(tmp_path, "same.pdf", PDF)
    with at_work(floor) as workspace:
        before = git(floor, "ls-tree", "-r", "--name-only", "promoter/trail", "a/").split()
        content = sign(workspace, None, "rollback", files=[plan, plan, same]).entry.content
        after = git(floor, "ls-tree", "-r", "--name-only", "promoter/trail", "a/").split()
    assert isinstance(content, SignedOff)
    assert [each.file for each in content.evidence] == ["plan.pdf", "same.pdf"]
    assert len(before) + 1 == len(after)


def test_links_directories_pipes_and_devices_are_refused(tmp_path: Path) -> None:
    target = _file(tmp_path, "target", b"x")
    (tmp_path / "link").symlink_to(target)
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "link", tmp_path, tmp_path / "pipe", Path("/dev/null")):
        with pytest.raises(UsageError):
            read_evidence(path)
    with pytest.raises(CannotAct):
        read_evidence(tmp_path / "missing")


def test_a_file_that_is_too_large_is_refused_with_both_numbers(tmp_path: Path) -> None:
    assert len(read_evidence(_file(tmp_path, "fits", b"x" * LARGEST_EVIDENCE))) == LARGEST_EVIDENCE
    with pytest.raises(UsageError) as refused:
        read_evidence(_file(tmp_path, "large", b"x" * (LARGEST_EVIDENCE + 5)))
    said = refused.value.wrong
    assert {"size": LARGEST_EVIDENCE + 5, "most": LARGEST_EVIDENCE}.items() <= dict(said.parameters).items()


def test_a_text_that_holds_a_secret_of_the_environment_is_refused(tmp_path: Path, floor: Path) -> None:
    leak = _file(tmp_path, "log.txt", b"login with 7b1e6f04c2a94d33a1f0 was fine\n")
    tip = git(floor, "rev-parse", "promoter/trail")
    with at_work(floor) as workspace, pytest.raises(Refused):
        sign(workspace, None, "rollback", files=[leak])
    assert tip == git(floor, "rev-parse", "promoter/trail")


SECRET = "7b1e6f04c2a94d33a1f0"
KEY = b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "content",
    [
        b"\x1b[32mok\x1b[0m login with " + SECRET.encode() + b"\n",
        b"\xff\xfe" + f"login {SECRET}".encode("utf-16-le"),
        PDF + b"/Author (" + SECRET.encode() + b")",
        b"\x89PNG\r\n\x1a\ntEXt" + SECRET.encode() + b"\0\xff",
        b"my key:\n" + KEY,
        b"PuTTY-User-Key-File-3: ssh-ed25519\n",
    ],
    ids=["colours", "utf-16", "pdf", "png", "private key", "putty"],
)
def test_what_holds_a_secret_is_refused_whatever_it_looks_like(
    tmp_path: Path, floor: Path, content: bytes
) -> None:
    leak = _file(tmp_path, "leak.bin", content)
    with at_work(floor) as workspace, pytest.raises(Refused):
        sign(workspace, None, "rollback", files=[leak])


@pytest.mark.parametrize(
    "link",
    [
        f"https://ci.example.org/?token={SECRET}",
        f"https://ci.example.org/#{SECRET}",
        "https://alice:hunter2@ci.example.org/",
        "https://ghp_abcdef@github.com/",
    ],
)
def test_a_link_that_holds_a_secret_is_refused_without_repeating_it(floor: Path, link: str) -> None:
    refused = promoter("-C", floor, "comment", "-m", "see there", "--link", link)
    assert (refused.code, "a link holds a secret" in refused.err) == (1, True)
    for secret in (SECRET, "hunter2", "ghp_abcdef"):
        assert secret not in refused.err


def test_a_mail_address_in_the_path_of_a_link_is_no_secret(floor: Path) -> None:
    link = "https://ci.example.org/by/alice@example.org?of=bob@example.org"
    assert promoter("-C", floor, "comment", "-m", "see there", "--link", link).code == 0


def test_a_name_that_holds_a_secret_is_refused_even_where_no_byte_is_copied(
    tmp_path: Path, alice: Signer
) -> None:
    real = shop(tmp_path / "real", alice)
    with at_work(real) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
    named = _file(tmp_path, f"run-{SECRET}.log", b"fine")
    refused = promoter("-C", real, "sign", "rollback", "--file", named)
    assert (refused.code, SECRET in refused.err) == (1, False)


def test_an_empty_file_shows_nothing_and_is_refused(tmp_path: Path, floor: Path) -> None:
    refused = promoter("-C", floor, "sign", "rollback", "--file", _file(tmp_path, "empty", b""))
    assert (refused.code, "is empty: it shows nothing" in refused.err) == (2, True)


def test_who_signs_is_told_what_was_recorded_of_each_file(tmp_path: Path, floor: Path) -> None:
    said = promoter("-C", floor, "sign", "rollback", "--file", _file(tmp_path, "-rf\u202e.pdf", PDF))
    assert f"  + rf.pdf (application/pdf, {len(PDF)} bytes, sha256:" in said.out


def test_two_files_of_one_name_are_told_apart_by_the_start_of_their_digests(
    tmp_path: Path, floor: Path
) -> None:
    paths = []
    for each in (b"one\n", b"two\n"):
        directory = tmp_path / each.decode().strip()
        directory.mkdir()
        paths.append(_file(directory, "plan.txt", each))
    assert promoter("-C", floor, "sign", "rollback", "--file", paths[0], "--file", paths[1]).code == 0
    for wanted in ("rollback", "plan.txt"):
        several = promoter("-C", floor, "evidence", "get", wanted)
        assert several.code == 2
        for each in (b"one\n", b"two\n"):
            start = hashlib.sha256(each).hexdigest()[:12]
            assert f"{start} (plan.txt)" in several.err
            assert promoter("-C", floor, "evidence", "get", start).out == each.decode()


def test_a_file_is_had_by_its_name_which_takes_nothing_from_what_is_meant_otherwise(
    tmp_path: Path, floor: Path
) -> None:
    plan = _file(tmp_path, "plan.txt", b"the way back\n")
    digest = hashlib.sha256(plan.read_bytes()).hexdigest()
    assert promoter("-C", floor, "sign", "rollback", "--file", plan).code == 0
    for name in (digest, "rollback"):
        squatter = _file(tmp_path, name, f"squatter {name}\n".encode())
        assert promoter("-C", floor, "comment", "-m", "mine", "--file", squatter).code == 0
    for wanted in ("plan.txt", "rollback", digest, digest[:8], f"SHA256:{digest.upper()}"):
        assert promoter("-C", floor, "evidence", "get", wanted).out == "the way back\n"
    for nothing in ("", "sha256:", "webhook", "../plan.txt"):
        assert promoter("-C", floor, "evidence", "get", nothing).code == 2


def test_a_directory_is_not_where_a_file_is_written(tmp_path: Path, floor: Path) -> None:
    assert promoter("-C", floor, "sign", "rollback", "--file", _file(tmp_path, "plan.pdf", PDF)).code == 0
    (tmp_path / "out").mkdir()
    for more in ((), ("--force",)):
        refused = promoter("-C", floor, "evidence", "get", "rollback", "-o", tmp_path / "out", *more)
        assert (refused.code, "is a directory" in refused.err) == (2, True)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_copy_whose_object_is_missing_here_is_told_from_one_nobody_has(tmp_path: Path, floor: Path) -> None:
    assert promoter("-C", floor, "sign", "rollback", "--file", _file(tmp_path, "plan.pdf", PDF)).code == 0
    digest = hashlib.sha256(PDF).hexdigest()
    name = git(floor, "rev-parse", f"promoter/trail:a/{digest[:2]}/{digest}")
    (floor / ".git" / "objects" / name[:2] / name[2:]).unlink()
    missing = promoter("-C", floor, "evidence", "get", digest)
    assert (missing.code, "missing from this clone" in missing.err, "doctor" in missing.err) == (
        6,
        True,
        True,
    )


def test_a_partial_clone_has_the_copies_once_it_synced_though_the_remote_is_gone(
    tmp_path: Path, floor: Path, bob: Signer
) -> None:
    hub, theirs = tmp_path / "hub.git", tmp_path / "theirs"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(hub))
    git(hub, "config", "uploadpack.allowFilter", "true")
    git(floor, "remote", "add", "origin", f"file://{hub}")
    git(floor, "push", "-q", "origin", "main")
    assert promoter("-C", floor, "comment", "-m", "x", "--file", _file(tmp_path, "a.txt", b"a\n")).code == 0
    assert promoter("-C", floor, "sync").code == 0
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{hub}", str(theirs))
    become(theirs, bob)
    assert promoter("-C", theirs, "sync").code == 0
    hub.rename(tmp_path / "gone.git")
    assert promoter("-C", theirs, "evidence", "get", "a.txt").out == "a\n"
    assert promoter("-C", theirs, "verify", "--full").code == 0


def test_what_is_packed_stays_packed_and_what_runs_does_not_run(tmp_path: Path, floor: Path) -> None:
    bomb, mark = tmp_path / "bomb.zip", tmp_path / "mark"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("../../zeros", bytes(50_000_000))
    script = _file(tmp_path, "run.sh", f"#!/bin/sh\ntouch {mark}\n".encode())
    script.chmod(0o755)
    assert promoter("-C", floor, "sign", "rollback", "--file", bomb, "--file", script).code == 0
    assert promoter("-C", floor, "verify", "--full").code == 0
    for name in ("bomb.zip", "run.sh"):
        back = tmp_path / f"back-{name}"
        assert promoter("-C", floor, "evidence", "get", name, "-o", back).code == 0
        assert back.read_bytes() == (tmp_path / name).read_bytes()
        assert back.stat().st_mode & 0o111 == 0
    assert not mark.exists()


def test_a_copy_that_the_disk_lost_comes_back_from_the_remote(tmp_path: Path, floor: Path) -> None:
    hub = tmp_path / "hub.git"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(hub))
    git(floor, "remote", "add", "origin", str(hub))
    git(floor, "push", "-q", "origin", "main")
    assert (
        promoter("-C", floor, "sign", "rollback", "--file", _file(tmp_path, "plan.txt", b"back\n")).code == 0
    )
    assert promoter("-C", floor, "comment", "-m", "later").code == 0
    assert promoter("-C", floor, "sync").code == 0
    digest = hashlib.sha256(b"back\n").hexdigest()
    name = git(floor, "rev-parse", f"promoter/trail:a/{digest[:2]}/{digest}")
    (floor / ".git" / "objects" / name[:2] / name[2:]).unlink()
    assert promoter("-C", floor, "evidence", "get", digest).code == 6
    assert promoter("-C", floor, "doctor", "--fix").code == 0
    assert promoter("-C", floor, "sync").code == 0
    assert promoter("-C", floor, "evidence", "get", digest).out == "back\n"
    assert promoter("-C", floor, "doctor").code == 0
    assert promoter("-C", floor, "verify", "--full").code == 0


def test_where_the_data_is_real_only_the_digest_is_recorded(tmp_path: Path, alice: Signer) -> None:
    real = shop(tmp_path / "real", alice)
    with at_work(real) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        sign(workspace, None, "rollback", files=[_file(tmp_path, "plan.pdf", PDF)])
        [listed] = attachments(workspace)
        assert not listed.file.stored
        with pytest.raises(CannotAct):
            fetch(workspace, "rollback")


def test_a_copy_that_was_altered_is_found_by_verify_and_never_given_back(tmp_path: Path, floor: Path) -> None:
    with at_work(floor) as workspace:
        sign(workspace, None, "rollback", files=[_file(tmp_path, "plan.pdf", PDF)])
        [listed] = attachments(workspace)
    digest = (listed.file.digest or "").removeprefix("sha256:")
    other = git(floor, "hash-object", "-w", str(_file(tmp_path, "other", b"forged")))
    index = {"GIT_INDEX_FILE": str(tmp_path / "index")}
    place = f"a/{digest[:2]}/{digest}"
    git(floor, "read-tree", "promoter/trail", environment=index)
    git(floor, "update-index", "--add", "--cacheinfo", f"100644,{other},{place}", environment=index)
    tree = git(floor, "write-tree", environment=index)
    commit = git(floor, "commit-tree", tree, "-p", "promoter/trail", "-m", "forged")
    git(floor, "update-ref", "refs/heads/promoter/trail", commit)
    with at_work(floor) as workspace:
        findings = verify(workspace, full=True)
        assert findings.exit_code == ExitCode.UNTRUSTED
        with pytest.raises(TrailUntrusted):
            fetch(workspace, "rollback")


def _written_by_hand(workspace: Workspace, **facts: Any) -> Entry:
    """A sign-off whose author's program says of a file's copy what they like."""
    chosen = chosen_promotion(workspace, None)
    digest = "sha256:" + hashlib.sha256(PDF).hexdigest()
    piece = EvidenceItem(file="plan.pdf", digest=digest, stored=True, **facts)
    return write(
        workspace,
        EntryType.SIGNED_OFF,
        SignedOff(evidence=(piece,)),
        promotion=chosen,
        item=rules_of(workspace, chosen).item("rollback"),
        blobs={digest: PDF},
    ).entry


def test_a_size_that_is_not_the_copys_is_found_by_verify_and_the_copy_never_given_back(floor: Path) -> None:
    with at_work(floor) as workspace:
        lie = _written_by_hand(workspace, size=7)
        for full in (False, True):
            findings = verify(workspace, full=full)
            assert findings.exit_code is ExitCode.UNTRUSTED
            [found] = findings.findings
            assert (found.message.code, found.entry) == ("attached-size-differs", lie.id)
            assert {"name": "plan.pdf", "said": 7, "size": len(PDF)} == found.message.parameters
        with pytest.raises(TrailUntrusted) as refused:
            fetch(workspace, "rollback")
        assert {"said": 7, "size": len(PDF)}.items() <= dict(refused.value.wrong.parameters).items()


def test_one_false_entry_takes_nobody_elses_copy_away(tmp_path: Path, floor: Path) -> None:
    with at_work(floor) as workspace:
        lie = _written_by_hand(workspace, size=7)
        truth = sign(workspace, None, "rollback", files=[_file(tmp_path, "plan.pdf", PDF)]).entry
        digest = hashlib.sha256(PDF).hexdigest()
        assert fetch(workspace, digest).attachment.recorded.entry.id == truth.id
        assert fetch(workspace, truth.id).content == PDF
        with pytest.raises(TrailUntrusted):
            fetch(workspace, lie.id)


def test_a_type_that_is_not_the_copys_is_noted(floor: Path) -> None:
    with at_work(floor) as workspace:
        _written_by_hand(workspace, size=len(PDF), media_type="text/plain")
        findings = verify(workspace, full=True)
        assert findings.exit_code is ExitCode.YES
        [found] = findings.findings
        assert found.message.code == "attached-type-differs"
        assert tuple(found.message.parameters[k] for k in ("said", "type")) == (
            "text/plain",
            "application/pdf",
        )
        assert fetch(workspace, "rollback").media_type == "application/pdf"


def test_an_entry_that_says_no_size_is_believed_by_its_digest(floor: Path) -> None:
    with at_work(floor) as workspace:
        _written_by_hand(workspace)
        assert verify(workspace, full=True).findings == ()
        assert fetch(workspace, "rollback").content == PDF


def test_nothing_is_overwritten_unasked_or_made_executable(tmp_path: Path) -> None:
    path = tmp_path / "out.sh"
    write_evidence(path, b"one", force=False)
    assert path.stat().st_mode & 0o111 == 0
    with pytest.raises(Refused):
        write_evidence(path, b"two", force=False)
    assert path.read_bytes() == b"one"
    write_evidence(path, b"two", force=True)
    assert path.read_bytes() == b"two"
    target = _file(tmp_path, "target", b"kept")
    (tmp_path / "link").symlink_to(target)
    write_evidence(tmp_path / "link", b"three", force=True)
    assert target.read_bytes() == b"kept"
    assert {"out.sh", "target", "link"} == {each.name for each in tmp_path.iterdir() if each.is_file()}


def test_the_command_line_lists_and_gives_back(tmp_path: Path, floor: Path) -> None:
    text = _file(tmp_path, "plan.json", b'{"way": "back"}\n')
    assert promoter("-C", floor, "sign", "rollback", "--file", text).code == 0
    listed = promoter("-C", floor, "evidence", "list", "--json").document
    assert [(each["item"], each["name"], each["size"]) for each in listed["files"]] == [
        ("rollback", "plan.json", 16)
    ]
    assert "plan.json" in promoter("-C", floor, "evidence").out
    assert promoter("-C", floor, "evidence", "get", "rollback", "-o", "-").out == '{"way": "back"}\n'
    out = tmp_path / "back.json"
    got = promoter("-C", floor, "evidence", "get", "rollback", "--output", out, "--json")
    assert ("application/json", str(out)) == (got.document["media_type"], got.document["path"])
    assert promoter("-C", floor, "evidence", "get", "rollback", "--output", out).code == 1
    assert promoter("-C", floor, "evidence", "get", "rollback", "--output", out, "--force").code == 0
    assert promoter("-C", floor, "evidence", "get", "nothing").code == 2


def test_log_and_report_tell_the_type_and_size_of_each_file_whatever_its_name_says(
    tmp_path: Path, floor: Path
) -> None:
    plan, page = (
        _file(tmp_path, "plan<b>*.txt", PDF),
        _file(tmp_path, "page.html", b"<script>alert(1)</script>"),
    )
    assert promoter("-C", floor, "sign", "rollback", "--file", plan, "--file", page).code == 0
    [pdf, html] = promoter("-C", floor, "evidence", "--json").document["files"]
    assert (pdf["media_type"], html["media_type"]) == ("application/pdf", "text/html")
    log = " ".join(promoter("-C", floor, "log").out.split())
    assert f"plan<b>*.txt (application/pdf, {len(PDF)} bytes, {pdf['digest']})" in log
    assert f"page.html (text/html, 25 bytes, {html['digest']})" in log
    report = promoter("-C", floor, "report").out
    told = f"Evidence: the file `plan<b>*.txt`, `application/pdf`, {len(PDF)} bytes, `{pdf['digest']}`"
    assert told in report
    assert "`page.html`, `text/html`, 25 bytes" in report
    assert "<script>" not in report


@pytest.mark.parametrize(
    "said", [["reject", "rollback"], ["reject"], ["comment", "rollback"], ["comment"]], ids=" ".join
)
def test_a_rejection_or_a_comment_takes_evidence_as_a_sign_off_does(
    tmp_path: Path, floor: Path, said: list[str]
) -> None:
    shot = _file(tmp_path, "shot.txt", b"\x89PNG\r\n\x1a\n...")
    link = "https://ci.example.org/7"
    given = promoter("-C", floor, "--json", *said, "-m", "see there", "--file", shot, "--link", link)
    assert given.code == 0, given.err
    assert given.document["entry"]["schema"] == "promoter/entry/2"
    listed = promoter("-C", floor, "evidence", "--json").document
    [file], [url] = listed["files"], listed["links"]
    assert (file["type"], file["item"]) == (given.document["entry"]["type"], "rollback" if said[1:] else "")
    assert (file["name"], file["media_type"], file["stored"], url["link"]) == (
        "shot.txt",
        "image/png",
        True,
        link,
    )
    got = subprocess.run(
        [sys.executable, "-m", "promoter", "-C", str(floor), "evidence", "get", file["digest"]],
        capture_output=True,
        check=False,
    )
    assert (got.returncode, got.stdout) == (0, shot.read_bytes())
    log = " ".join(promoter("-C", floor, "log").out.split())
    assert f"see there shot.txt (image/png, 11 bytes, {file['digest']}) " in f"{log} ".replace(link + " ", "")
    report = promoter("-C", floor, "report").out
    assert f"`shot.txt`, `image/png`, 11 bytes, `{file['digest']}`" in report
    assert f"Evidence: `{link}`" in report
    assert promoter("-C", floor, "verify", "--full").code == 0


def test_the_copy_of_a_rejections_evidence_is_verified_too(floor: Path) -> None:
    with at_work(floor) as workspace:
        lost = EvidenceItem(file="lost.txt", digest="sha256:" + "0" * 64, size=3, stored=True)
        content = Rejected("see there", (lost,))
        write(workspace, EntryType.REJECTED, content, promotion=chosen_promotion(workspace, None))
        [found] = verify(workspace, full=True).findings
        assert found.message.code == "pinned-missing"


def test_where_the_data_is_real_a_rejections_file_stays_where_it_is(tmp_path: Path, alice: Signer) -> None:
    real = shop(tmp_path / "real", alice)
    with at_work(real) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
    log = _file(tmp_path, "user.log", b"names of people")
    assert promoter("-C", real, "reject", "rollback", "-m", "it fails", "--file", log).code == 0
    assert promoter("-C", real, "comment", "-m", "it fails", "--file", log).code == 0
    files = promoter("-C", real, "evidence", "--json").document["files"]
    assert [each["stored"] for each in files] == [False, False]
    assert promoter("-C", real, "status", "--json").document["items"]


def test_a_secret_is_kept_out_of_a_rejection(tmp_path: Path, floor: Path) -> None:
    leak = _file(tmp_path, "log.txt", b"login with 7b1e6f04c2a94d33a1f0 was fine\n")
    tip = git(floor, "rev-parse", "promoter/trail")
    for said in (["reject", "rollback"], ["reject"], ["comment"]):
        assert promoter("-C", floor, *said, "-m", "see there", "--file", leak).code == 1
    assert tip == git(floor, "rev-parse", "promoter/trail")


def test_a_file_that_an_older_program_attached_is_told_of_without_a_type() -> None:
    old = EvidenceItem(file="old.pdf", digest="sha256:" + "0" * 64, size=1)
    assert described(old, Language()) == f"old.pdf (1 byte, {old.digest}, digest only)"
    assert described(EvidenceItem(link="https://ci.example"), Language()) == "https://ci.example"


@pytest.mark.parametrize(
    ("piece", "told"),
    [
        (EvidenceItem(), "—"),
        (EvidenceItem(digest="sha256:0", stored=True), "— (sha256:0)"),
        (EvidenceItem(link="https://a.example", file="a", stored=True), "a (https://a.example)"),
        (
            EvidenceItem(link="https://a.example", digest="sha256:0"),
            "— (https://a.example, sha256:0, digest only)",
        ),
    ],
)
def test_evidence_written_by_hand_hides_nothing(piece: EvidenceItem, told: str) -> None:
    assert described(piece, Language()) == told


def test_a_program_gets_the_bytes_and_a_terminal_gets_nothing_that_harms(tmp_path: Path, floor: Path) -> None:
    content = PDF + bytes(range(256))
    assert promoter("-C", floor, "sign", "rollback", "--file", _file(tmp_path, "a.pdf", content)).code == 0
    command = [sys.executable, "-m", "promoter", "-C", str(floor), "evidence", "get", "rollback"]
    piped = subprocess.run(command, capture_output=True, check=False)
    assert (0, content) == (piped.returncode, piped.stdout)
    mine, theirs = pty.openpty()
    shown = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, check=False)
    os.close(theirs)
    os.close(mine)
    assert shown.returncode == 1
    assert b"--output" in shown.stderr


def test_the_list_fits_a_terminal_whatever_the_names_are(tmp_path: Path, floor: Path) -> None:
    long = _file(tmp_path, "word " * 40 + "\x1b[31m\u202e.pdf", PDF)
    assert (
        promoter("-C", floor, "sign", "rollback", "--file", long, "--link", "https://ci.example.org/7").code
        == 0
    )
    assert promoter("-C", floor, "comment", "-m", "x", "--file", _file(tmp_path, "b.txt", b"b\n")).code == 0
    lines = on_a_terminal("-C", floor, "evidence")
    assert all(len(each) <= 80 for each in lines)
    shown = "\n".join(lines)
    assert "\u202e" not in shown
    for words in (
        "sign-off: rollback — Alice Martin",
        "  + https://ci.example.org/7",
        "  + b.txt (text/plain, 2 bytes,",
    ):
        assert words in shown
    assert [len(each.split("  ")) > 4 for each in promoter("-C", floor, "evidence").out.splitlines()] == [
        True
    ] * 3


@pytest.mark.parametrize(
    ("content", "fit"),
    [(b"plain\ttext\r\n", True), ("\u202eevil".encode(), False), (b"\x1b[2J", False), (PDF, False)],
)
def test_only_harmless_text_is_fit_for_terminals(content: bytes, fit: bool) -> None:
    assert fit == fit_for_terminals(content)


@given(st.text(max_size=400))
def test_any_name_becomes_one_that_misleads_nobody(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= LONGEST_NAME
    assert not set("/\\") & set(safe)
    assert not safe.startswith(".")
    assert not any(unicodedata.category(each).startswith(("C", "Zl", "Zp")) for each in safe)
    assert safe == safe_name(safe)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../.ssh/id", "id"),
        ("C:\\temp\\a.pdf", "a.pdf"),
        ("-rf", "rf"),
        ("--output=x", "output=x"),
        (" lead. ", "lead."),
        ("plan\u202efdp.exe", "planfdp.exe"),
        ("a\x1b[2Jb\n", "a[2Jb"),
        ("..", "file"),
        ("", "file"),
    ],
)
def test_hostile_names(name: str, expected: str) -> None:
    assert expected == safe_name(name)


@given(st.binary(max_size=200))
def test_any_bytes_have_a_type_and_text_is_text(content: bytes) -> None:
    found = media_type(content)
    if found in ("text/plain", "application/json"):
        assert "\x1b" not in content.decode("utf-8")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"PK\x03\x04", "application/zip"),
        ("réponse".encode(), "text/plain"),
        (b'[1, {"a": 2}]', "application/json"),
        (b"{not json", "text/plain"),
        (b"[" * 9_999, "text/plain"),
        (b"<!DOCTYPE html><p>hello", "text/html"),
        (b"<p>hello<script src=//evil></script>", "text/html"),
        (b"\xef\xbb\xbf<!-- report -->\n<html>", "text/html"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "x"><svg onload="alert(1)">', "image/svg+xml"),
        (b"<?xml version='1.0'?><testsuite/>", "application/xml"),
        (b"<!--" * 1_000, "text/plain"),
        (b"\x7fELF\x02\x01", "application/x-executable"),
        (b"MZ\x90\x00", "application/vnd.microsoft.portable-executable"),
        (b"MZ is how it begins", "text/plain"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8", "image/webp"),
        (b"x" * 257 + b"ustar\x00", "application/x-tar"),
        (b"", "text/plain"),
        (b"a\x1b]0;b\x07", "application/octet-stream"),
        (b"\xc3\x28", "application/octet-stream"),
    ],
)
def test_a_type_is_told_from_the_bytes(content: bytes, expected: str) -> None:
    assert expected == media_type(content)
