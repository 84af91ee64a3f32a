"""The main job as a new user does it, against the embedded service: from an empty repository to the handed-over report."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from promoter.demo.service import EmbeddedService
from promoter.demo.stage import connect_to, hosts, results, variables
from tests.support.command_line import Said, promoter
from tests.support.git_repositories import Signer, become, commit_file, git, gpg_home, make_repository

SIGN_OFFS: dict[str, tuple[str, ...]] = {
    "integration-tests": ("--link", "https://ci.editeur.example/runs/1842"),
    "credentials": (
        "--field",
        "obtained=ticket 42",
        "--field",
        "kept=team vault",
        "--field",
        "rotation=2027-06-01",
    ),
    "webhook": ("--field", "registered-url=https://preprod.webhooks.editeur.example/webhook"),
    "webhook-signature": ("-m", "without a signature, wrong, truncated, right: 401 401 401 200"),
    "error-cases": ("-m", "token refused, API down, event received twice"),
    "real-data": ("--field", "access=the integration team"),
}


@dataclass(frozen=True, slots=True)
class Editor:
    """An editor's repository, at whose keyboard one person sits."""

    repository: Path

    def does(self, verb: str, *arguments: str | Path, code: int = 0) -> Said:
        """What a verb answers; it must end with this exit code."""
        said = promoter("-C", self.repository, verb, *arguments)
        assert (said.code, said.err if said.code != code else "") == (code, "")
        return said


@pytest.fixture(scope="module")
def service() -> Iterator[EmbeddedService]:
    with EmbeddedService(hosts()) as running:
        yield running


@pytest.fixture
def gpg_alice(alice: Signer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Alice's GPG key, in a home whose path is short enough for GPG's sockets."""
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    monkeypatch.setenv("GNUPGHOME", str(home))
    yield from gpg_home(home, alice)
    shutil.rmtree(home, ignore_errors=True)


def reach(service: EmbeddedService, repository: Path) -> None:
    """Pins in the pipeline how the service is reached, as one does for an internal one, and its variables."""
    (repository / "checklists/demo-ca.pem").write_bytes(service.ca_pem)
    mappings = "".join(f"        {source}: {target}\n" for source, target in connect_to(service).items())
    pipeline = repository / "checklists/pipeline.yaml"
    text = pipeline.read_text(encoding="utf-8")
    into = text.index("  production:\n")
    network = f"    network:\n      ca_file: demo-ca.pem\n      connect_to:\n{mappings}\n"
    pipeline.write_text(text[:into] + network + text[into:], encoding="utf-8")
    for name in ("staging", "preprod"):
        path = repository / f".env.{name}"
        path.touch(mode=0o600)
        path.write_text(variables(service, name), encoding="utf-8")


def begun(directory: Path, service: EmbeddedService, alice: Signer, gpg_key: str | None = None) -> Editor:
    """A new repository where Alice has set promoter up and committed a release."""
    repository = make_repository(directory / "integration", person=alice)
    if gpg_key is not None:
        git(repository, "config", "gpg.format", "openpgp")
        git(repository, "config", "user.signingkey", gpg_key)
    editor = Editor(repository)
    assert "Alice Martin is on the roster" in editor.does("init", "--me").out
    reach(service, repository)
    assert "no problem found" in editor.does("lint", repository / "checklists").out
    commit_file(repository, ".gitignore", ".env.*\n")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "Gate the integration with checklists")
    git(repository, "tag", "--no-sign", "v1.4.0")
    brought = repository / "reports" / "staging" / "integration.xml"
    brought.parent.mkdir(parents=True)
    brought.write_text(results(), encoding="utf-8")
    return editor


def checked_and_signed(editor: Editor) -> None:
    """Everything that opens the gate, told as the CLI tells it."""
    editor.does("adopt", "staging", "--release", "v1.4.0", "-m", "in service since 3 November")
    assert (
        "BLOCKED: 8 of 8 items hold it"
        in editor.does("open", "staging-to-preprod", "--release", "v1.4.0").out
    )
    editor.does("status", "--gate", code=5)
    agreed = ("--allow-effects", "oauth@preprod", "--allow-effects", "webhook@preprod")
    assert "\n12 passed\n" in editor.does("run", *agreed).out
    for item, arguments in SIGN_OFFS.items():
        assert f"✓ {item} is signed off by Alice Martin" in editor.does("sign", item, *arguments).out


def test_the_main_job_from_an_empty_repository_to_a_second_clone(
    tmp_path: Path, service: EmbeddedService, alice: Signer
) -> None:
    editor = begun(tmp_path, service, alice)
    checked_and_signed(editor)
    editor.does("reject", "error-cases", "-m", "a time-out is not tested")
    editor.does("promote", code=1)
    assert "rejected by Alice Martin: a time-out is not tested" in editor.does("status", "--gate", code=1).out
    editor.does("revoke", "error-cases", "-m", "it is now")
    assert "OPEN: nothing holds it" in editor.does("status", "--gate").out
    assert "PROMOTED just now by Alice Martin" in editor.does("promote", "-m", "go").out
    report = tmp_path / "migration.md"
    editor.does("--lang", "fr", "report", "-o", report)
    assert "v1.4.0" in report.read_text(encoding="utf-8")

    git(tmp_path, "init", "-q", "--bare", "remote.git")
    git(editor.repository, "remote", "add", "origin", str(tmp_path / "remote.git"))
    git(editor.repository, "push", "-q", "origin", "main")
    log = editor.does("log").out
    count = len(editor.does("log", "--json").document["entries"])
    assert editor.does("sync").out == f"origin: 0 fetched, {count} pushed\n"

    git(tmp_path, "clone", "-q", "-b", "main", "remote.git", "second")
    second = Editor(tmp_path / "second")
    become(second.repository, alice)
    assert second.does("sync").out == f"origin: {count} fetched, 0 pushed\n"
    assert second.does("log").out == log
    assert "The trail holds" in second.does("verify", "--full").out
    assert "PROMOTED" in second.does("status", "-p", "v1.4.0", "--gate").out
    second.does("adopt", "sandbox", "--release", "v1.5.0-rc1", "-m", "seen from the second clone")
    second.does("sync")
    assert editor.does("sync").out == "origin: 1 fetched, 0 pushed\n"
    subjects = git(editor.repository, "log", "--reverse", "--format=%s", "promoter/trail").splitlines()
    assert len(subjects) == count + 1
    assert "sign-off: credentials — Alice Martin" in subjects


def test_the_same_with_a_gpg_key(
    tmp_path: Path, service: EmbeddedService, alice: Signer, gpg_alice: str
) -> None:
    editor = begun(tmp_path, service, alice, gpg_alice)
    checked_and_signed(editor)
    assert "PROMOTED" in editor.does("promote").out
    assert gpg_alice in editor.does("roster").out
    trust = {(each["signature"], each["trust"]) for each in editor.does("log", "--json").document["entries"]}
    assert trust == {("good", "counted")}
    assert "The trail holds" in editor.does("verify", "--full").out
