"""The story told with keys of every sort: whatever git signs with, the person counts once."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from promoter.errors import ExitCode
from promoter.gate import Answer
from promoter.usecases.keys import key_add
from promoter.usecases.opening import open_promotion
from promoter.usecases.rosters import roster_apply, roster_show
from promoter.usecases.standing import status
from promoter.usecases.verifying import verify
from promoter.usecases.voices import sign
from tests.support.git_repositories import Signer, git, gpg_home
from tests.support.shop_floor import at_work, run_all, shop
from tests.support.x509_people import gpgsm_home, needs_gpgsm

Kind: TypeAlias = Callable[[Path, Signer, Path], Iterator[tuple[str, str, str]]]


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Path:
    short = Path("/tmp") / f"promoter-other-{os.getpid()}"
    monkeypatch.setenv("GNUPGHOME", str(short))
    return short


def ssh(kind: str) -> Kind:
    def make(directory: Path, alice: Signer, home: Path) -> Iterator[tuple[str, str, str]]:
        key = directory / kind
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(key)], check=True)
        yield f"{key}.pub", "ssh", str(key)

    return make


def gpg(directory: Path, alice: Signer, home: Path) -> Iterator[tuple[str, str, str]]:
    made = gpg_home(home, alice)
    fingerprint = next(made)
    exported = ["gpg", "--batch", "--armor", "--export", fingerprint]
    (directory / "public.asc").write_bytes(subprocess.run(exported, check=True, capture_output=True).stdout)
    yield str(directory / "public.asc"), "openpgp", fingerprint
    next(made, None)


def x509(directory: Path, alice: Signer, home: Path) -> Iterator[tuple[str, str, str]]:
    made = gpgsm_home(home, alice)
    (directory / "certificate.pem").write_text(next(made))
    yield str(directory / "certificate.pem"), "x509", alice.email
    next(made, None)


@pytest.mark.parametrize(
    "kind",
    [ssh("rsa"), ssh("ecdsa"), gpg, pytest.param(x509, marks=needs_gpgsm)],
    ids=["rsa", "ecdsa", "gpg", "x509"],
)
def test_a_second_key_of_any_sort_signs_for_the_same_person_who_counts_once(
    tmp_path: Path, alice: Signer, home: Path, kind: Kind
) -> None:
    directory = shop(tmp_path / "shop", alice)
    made = kind(tmp_path, alice, home)
    public, format_, wanted = next(made)
    with at_work(directory) as workspace:
        roster_apply(workspace)
        open_promotion(workspace, "staging-to-preprod", "v1")
        sign(workspace, None, "rollback")
        added = key_add(workspace, public)
        assert added.pipeline is not None
    git(directory, "config", "gpg.format", format_)
    git(directory, "config", "user.signingkey", wanted)
    with at_work(directory) as workspace:
        run_all(workspace)
        sign(workspace, None, "rollback")
        sign(workspace, None, "accounts", fields={"kept": "the vault"})
        assert not roster_show(workspace).differs
        decision = status(workspace).decision
        assert decision.answer is Answer.OPEN
        item = decision.item("rollback")
        assert item is not None
        assert [each.voice.recorded.key for each in item.sign_offs] == [alice.id, added.key.id]
        assert [each.credited for each in item.sign_offs] == [None, "operations"]
        for full in (False, True):
            assert verify(workspace, full=full).exit_code is ExitCode.YES
    next(made, None)
