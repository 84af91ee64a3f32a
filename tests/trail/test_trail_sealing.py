"""Signatures checked in a process beside this one: the same answers, also when that one does not answer."""

from pathlib import Path

import pytest

from promoter.trail.repository import Repository
from promoter.trail.seal import Seal, SealState
from promoter.trail.sealing import Sealing, ssh_seal
from promoter.trail.signature import take_apart
from tests.support.git_repositories import Signer
from tests.support.trail_histories import History, genesis, person, sign_off


@pytest.fixture
def signed(repository_of_alice: Path, alice: Signer, bob: Signer) -> dict[str, tuple[bytes, bytes]]:
    """Signatures of two people, one of a changed commit, one that is none, and one of another type."""
    history = History(repository_of_alice)
    commits = [history.add(genesis(alice, person(alice)), by=alice)]
    commits += [history.add(sign_off(each), by=each) for each in (alice, bob)]
    with Repository.discover(history.directory) as repository:
        raw = {name: content for name, _, content in repository.objects(commits)}
    found = {name: take_apart(content).ssh_signed for name, content in raw.items()}
    pairs = {name: pair for name, pair in found.items() if pair is not None}
    assert len(pairs) == 3
    armoured, payload = pairs[commits[0]]
    return pairs | {
        "changed": (armoured, payload + b"\n"),
        "none": (b"-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----", b""),
        "empty": (b"", b""),
    }


def test_the_other_process_says_what_this_one_would(signed: dict[str, tuple[bytes, bytes]]) -> None:
    with Sealing(signed, worth_it=1) as beside:
        told = {name: beside.of(name) for name in signed}

    assert told == {name: ssh_seal(*pair) for name, pair in signed.items()}
    assert {each.state for each in told.values() if each} == {SealState.INTACT, SealState.BROKEN}


def test_where_it_is_not_worth_it_nobody_tells(signed: dict[str, tuple[bytes, bytes]]) -> None:
    with Sealing(signed) as beside:
        assert [beside.of(name) for name in signed] == [None] * len(signed)


@pytest.mark.parametrize("interpreter", ["", "/nowhere/python", "/bin/false", "/bin/cat"])
def test_where_the_other_process_fails_nobody_tells(
    signed: dict[str, tuple[bytes, bytes]], interpreter: str
) -> None:
    with Sealing(signed, worth_it=1, interpreter=interpreter) as beside:
        assert [beside.of(name) for name in signed] == [None] * len(signed)


def test_the_other_process_imports_nothing_from_where_it_is_started(
    signed: dict[str, tuple[bytes, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "was-here"
    hostile = f"open({str(mark)!r}, 'w').close()\n"
    for module in ("base64", "sitecustomize"):
        (tmp_path / f"{module}.py").write_text(hostile)
    (tmp_path / "promoter").mkdir()
    (tmp_path / "promoter" / "__init__.py").write_text(hostile)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend("")
    with Sealing(signed, worth_it=1) as beside:
        assert [beside.of(name) is not None for name in signed] == [True] * len(signed)
    assert not mark.exists()


def test_who_leaves_early_waits_for_nothing(signed: dict[str, tuple[bytes, bytes]]) -> None:
    many = {f"{name} {number}": pair for number in range(3000) for name, pair in signed.items()}
    with pytest.raises(KeyError), Sealing(many, worth_it=1):
        raise KeyError
    with Sealing(many, worth_it=1) as beside:
        assert isinstance(beside.of(next(iter(many))), Seal)
