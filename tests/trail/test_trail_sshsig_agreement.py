"""Signatures as this process checks them, and as `ssh-keygen` and git do: whatever is good here is good there, and what
is good there and not here is only written in another form."""

import base64
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promoter.model.entry import SignatureVerdict
from promoter.model.roster import Key
from promoter.trail import sshsig
from promoter.trail.seal import Seal
from promoter.trail.signature import Examiner, check, take_apart
from tests.support.command_line import away_from_home
from tests.support.git_repositories import Signer, git, make_repository

SOME = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
MANY = settings(SOME, max_examples=400)
ORDER = 2**252 + 27742317777372353535851937790883648493
"""Of the group that Ed25519 signs in (RFC 8032, section 5.1)."""
PAYLOAD = b"tree 1\nauthor a <a@example.org> 1 +0000\n\nentry\n"


@dataclass(frozen=True)
class Bench:
    """A signed payload and a signed commit, and the others who check them."""

    directory: Path
    key: Key
    payload: bytes
    armoured: bytes
    commit: bytes

    def ssh_keygen(self, armoured: bytes, payload: bytes) -> bool:
        """Whether `ssh-keygen -Y verify` takes it, as git asks it."""
        (self.directory / "signature").write_bytes(armoured)
        command = ["ssh-keygen", "-Y", "verify", "-n", "git", "-I", "alice@example.org"]
        done = subprocess.run(
            [*command, "-f", str(self.directory / "allowed"), "-s", str(self.directory / "signature")],
            input=payload,
            capture_output=True,
            check=False,
        )
        return done.returncode == 0

    def git(self, raw: bytes) -> bool:
        """Whether `git verify-commit` takes a commit."""
        written = subprocess.run(
            ["git", "hash-object", "-t", "commit", "-w", "--literally", "--stdin"],
            cwd=self.directory / "repository",
            input=raw,
            capture_output=True,
            check=True,
        )
        verified = subprocess.run(
            ["git", "verify-commit", written.stdout.decode().strip()],
            cwd=self.directory / "repository",
            capture_output=True,
            check=False,
        )
        return verified.returncode == 0

    def here(self, armoured: bytes, payload: bytes) -> bool:
        """Whether promoter takes it."""
        try:
            signature = sshsig.parse(armoured)
        except sshsig.NoSignature:
            return False
        return signature.key_id == self.key.id and signature.covers(payload)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, alice: Signer) -> Iterator[Bench]:
    directory = tmp_path_factory.mktemp("agreement")
    with away_from_home(directory / "home"):
        repository = make_repository(directory / "repository", person=alice)
        (directory / "allowed").write_text(f"alice@example.org {alice.public}\n")
        git(repository, "config", "gpg.ssh.allowedSignersFile", str(directory / "allowed"))
        commit = git(repository, "commit-tree", "-S", "-m", "entry", git(repository, "mktree", given=b""))
        raw = subprocess.run(
            ["git", "cat-file", "commit", commit], cwd=repository, check=True, capture_output=True
        ).stdout
        key = Key(alice.id, "ssh-ed25519", alice.public)
        yield Bench(directory, key, PAYLOAD, made_by(alice), raw)


def made_by(signer: Signer, *options: str, namespace: str = "git") -> bytes:
    return subprocess.run(
        ["ssh-keygen", "-Y", "sign", "-f", str(signer.key), "-n", namespace, *options],
        input=PAYLOAD,
        capture_output=True,
        check=True,
    ).stdout


def armour(blob: bytes, *, width: int = 70) -> bytes:
    text = base64.b64encode(blob)
    lines = [text[at : at + width] for at in range(0, len(text), width)]
    return b"\n".join([b"-----BEGIN SSH SIGNATURE-----", *lines, b"-----END SSH SIGNATURE-----", b""])


def blob_of(armoured: bytes) -> bytes:
    return base64.b64decode(b"".join(armoured.splitlines()[1:-1]))


def wire(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4) + part for part in parts)


def test_all_three_take_an_honest_signature(bench: Bench, alice: Signer) -> None:
    for armoured in (bench.armoured, made_by(alice, "-O", "hashalg=sha256")):
        assert bench.here(armoured, PAYLOAD)
        assert bench.ssh_keygen(armoured, PAYLOAD)
    assert bench.git(bench.commit)
    assert check(bench.commit, [bench.key])[0] is SignatureVerdict.GOOD


def test_none_takes_a_signature_for_another_namespace_or_payload(bench: Bench, alice: Signer) -> None:
    for armoured, payload in (
        (made_by(alice, namespace="file"), PAYLOAD),
        (bench.armoured, PAYLOAD + b" "),
        (bench.armoured, b""),
    ):
        assert not bench.here(armoured, payload)
        assert not bench.ssh_keygen(armoured, payload)


@SOME
@given(place=st.integers(0, 10_000), change=st.integers(1, 255))
def test_a_commit_with_a_byte_changed_is_good_for_neither(bench: Bench, place: int, change: int) -> None:
    forged = bytearray(bench.commit)
    forged[place % len(forged)] ^= change

    assert check(bytes(forged), [bench.key])[0] is not SignatureVerdict.GOOD
    if bench.git(bytes(forged)):  # in a place that says nothing, such as between the lines of the armour
        assert take_apart(bytes(forged)).payload == take_apart(bench.commit).payload


@SOME
@given(place=st.integers(0, 10_000), change=st.integers(1, 255))
def test_a_signature_with_a_byte_changed_is_good_for_neither(bench: Bench, place: int, change: int) -> None:
    forged = bytearray(blob_of(bench.armoured))
    forged[place % len(forged)] ^= change

    assert not bench.here(armour(bytes(forged)), PAYLOAD)
    assert not bench.ssh_keygen(armour(bytes(forged)), PAYLOAD)


@SOME
@given(
    place=st.integers(0, 400),
    cut=st.integers(0, 3),
    put=st.sampled_from(
        [b"", b"\n", b"\r\n", b" ", b"\t", b"=", b"A", b"-", b"\0", b"\xff", b"\n\n", b"AAAA"]
    ),
)
def test_what_is_good_there_and_not_here_is_only_in_another_form(
    bench: Bench, place: int, cut: int, put: bytes
) -> None:
    at = place % len(bench.armoured)
    mangled = bench.armoured[:at] + put + bench.armoured[at + cut :]
    here, there = bench.here(mangled, PAYLOAD), bench.ssh_keygen(mangled, PAYLOAD)

    assert there or not here
    if there and not here:
        lines = mangled.replace(b"\r", b"").split(b"-----")
        assert base64.b64decode(lines[2]) == blob_of(bench.armoured)


@pytest.mark.parametrize("width", [1, 64, 70, 76, 1000])
def test_lines_of_any_one_width_are_taken(bench: Bench, width: int) -> None:
    armoured = armour(blob_of(bench.armoured), width=width)

    assert bench.here(armoured, PAYLOAD)
    assert bench.ssh_keygen(armoured, PAYLOAD)


def test_no_field_of_a_signature_can_be_another(bench: Bench) -> None:
    honest = sshsig.parse(bench.armoured)
    fields = [honest.key_blob, b"git", b"", b"sha512", honest.signature]
    half, s = honest.signature[-64:-32], int.from_bytes(honest.signature[-32:], "little")
    unreduced = wire(b"ssh-ed25519", half + (s + ORDER).to_bytes(32, "little"))
    head = b"SSHSIG" + (1).to_bytes(4)

    def with_field(number: int, other: bytes) -> bytes:
        return head + wire(*fields[:number], other, *fields[number + 1 :])

    lenient = {with_field(1, b"git\0"), with_field(2, b"reserved"), with_field(4, unreduced)}
    forged = [
        b"SSHSIG" + (2).to_bytes(4) + wire(*fields),
        b"SSHSIH" + (1).to_bytes(4) + wire(*fields),
        *(with_field(0, each) for each in (b"", wire(b"ssh-ed25519", b"\0" * 32), honest.key_blob + b"\0")),
        *(with_field(1, each) for each in (b"file", b"", b"gi")),
        *(with_field(3, each) for each in (b"sha256", b"md5", b"")),
        *(with_field(4, each) for each in (b"", honest.signature[:-1], honest.signature + b"\0")),
        with_field(4, wire(b"ssh-rsa", honest.signature[-64:])),
        head + wire(*fields) + b"\0",
        head + b"\xff" * 4,
        *lenient,
    ]
    assert not any(bench.here(armour(each), PAYLOAD) for each in forged)
    there = {each for each in forged if bench.ssh_keygen(armour(each), PAYLOAD)}
    assert there <= lenient, "what ssh-keygen takes for the same signature, and is refused here"


@MANY
@given(st.binary(max_size=300), st.binary(max_size=60))
def test_no_bytes_make_the_reader_of_signatures_fail(bench: Bench, raw: bytes, end: bytes) -> None:
    begun = blob_of(bench.armoured)
    for armoured in (
        raw,
        armour(raw),
        armour(b"SSHSIG" + raw),
        armour(begun[: len(raw)] + end),
        bench.armoured + raw,
    ):
        assert not bench.here(armoured, PAYLOAD) or armoured.rstrip(b"\n") == bench.armoured.rstrip(b"\n")


@MANY
@given(
    st.lists(
        st.sampled_from(
            [b"tree ", b"parent ", b"author ", b"gpgsig ", b"gpgsig-sha256 ", b" ", b"\n", b"\n\n"]
        )
        | st.binary(max_size=30)
        | st.just(b"-----BEGIN SSH SIGNATURE-----\n U1NIU0lH\n -----END SSH SIGNATURE-----"),
        max_size=20,
    ).map(b"".join)
)
def test_no_commit_makes_the_examiner_fail(raw: bytes) -> None:
    with Examiner() as examiner:
        assert isinstance(examiner.examine(take_apart(raw)), Seal)
