"""The throw-away repository of the demo: two people with keys, an editor's code, a promotion to sign."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from promoter.demo.flaws import Flaw
from promoter.demo.service import EmbeddedService, Hosts
from promoter.errors import CannotAct
from promoter.frozen import frozen
from promoter.messages import N_, Language, phrase
from promoter.model.overrides import Overrides
from promoter.model.roster import ROSTER_ADMIN, Key, Person
from promoter.trail.identity import git_identity
from promoter.trail.repository import Repository
from promoter.usecases.drafting import ensure_genesis
from promoter.usecases.opening import adopt, open_promotion
from promoter.usecases.settings import Settings, utc_now
from promoter.usecases.setup import enlist, init
from promoter.usecases.workspace import CHECKLISTS, PIPELINE_FILE, Workspace

SERVICE = "passemarche.data.gouv.fr"
ENVIRONMENTS = ("sandbox", "staging", "preprod", "production")
TRANSITION = "staging-to-preprod"
TO_PRODUCTION = "preprod-to-production"
PRODUCTION = "production"
FLAWS = {
    "preprod": (Flaw.DROPS_SCOPE, Flaw.ACCEPTS_FORGERIES),
    PRODUCTION: (Flaw.CRASHES_ON_FORGERIES, Flaw.MEASURES_NOTHING),
}
"""What is wrong with the service in a demonstration of what checks catch."""
RELEASE = "v1.4.0"
RUNNING = "v1.3.2"

_SUITES = ("creation_marche", "candidature", "webhook", "erreurs", "timeouts")
_ROLLBACK = """\
# Retour arrière

## Déclencheurs

Plus de 2 % d'erreurs d'authentification ou de webhooks refusés pendant dix minutes.

## Étapes

1. Remettre en service la version précédente de l'intégration.
2. Remettre en place les variables de la version précédente.
3. Prévenir l'équipe Passe Marché via les canaux officiels.

## Vérification

Un jeton est obtenu, un événement signé est reçu, le tableau de bord est revenu à la normale.
"""
_ALICE = ("alice", "Alice Martin", ("release-manager", "integrator", "security", "operations"))
_BOB = ("bob", "Bob Durand", ("release-manager", "integrator"))


@frozen
class Stage:
    """Where the demo plays: the repository, and how to reach the embedded service from it."""

    directory: Path
    repository: Path
    ca_file: Path
    service: EmbeddedService

    def settings(self, environ: Mapping[str, str]) -> Settings:
        """The settings of a workspace on this stage; under the demo's genesis what its overrides lead to counts."""
        return Settings(
            directory=self.repository,
            overrides=Overrides(connect_to=connect_to(self.service), ca_files=(self.ca_file,)),
            environ=environ,
            clock=utc_now,
        )


def hosts() -> dict[str, Hosts]:
    """The real host names of the four environments, and those of the editor's own receivers."""
    named = {}
    for name in ENVIRONMENTS:
        prefix = "" if name == "production" else f"{name}."
        named[name] = Hosts(
            application=f"{prefix}{SERVICE}",
            demonstration_editor=f"{prefix}editeur.{SERVICE}",
            receiver=f"{prefix}webhooks.editeur.example",
            monitoring=f"{prefix}prometheus.editeur.example",
        )
    return named


def connect_to(service: EmbeddedService) -> dict[str, str]:
    """The service's mappings as `HOST:PORT` to `ADDRESS:PORT`."""
    pairs = (each.rsplit(":", 2) for each in service.connect_to)
    return {source: f"{address}:{port}" for source, address, port in pairs}


@contextmanager
def set_stage(language: Language, *, broken: bool = False) -> Iterator[Stage]:
    """Starts the service and builds the repository; the service ends with the context, the files stay. When
    `broken` the service has `FLAWS`, and a second promotion is open, into production.

    Raises CannotAct when git or ssh-keygen is missing.
    """
    with EmbeddedService(hosts(), flaws=FLAWS if broken else None) as service:
        directory = Path(tempfile.mkdtemp(prefix="promoter-demo-"))
        ca_file = directory / "demo-ca.pem"
        ca_file.write_bytes(service.ca_pem)
        stage = Stage(directory, directory / "integration", ca_file, service)
        _build(stage, language, broken=broken)
        yield stage


def _build(stage: Stage, language: Language, *, broken: bool) -> None:
    repository = stage.repository
    repository.mkdir()
    _git(repository, "init", "--quiet", "--initial-branch=main")
    people = [_person(stage, *each) for each in (_ALICE, _BOB)]
    _become(stage, _ALICE)
    (repository / ".gitignore").write_text(".env.*\nreports/\n", encoding="utf-8")
    _code(repository, RUNNING)
    init(repository, me=False)
    for person in people:
        enlist(repository / CHECKLISTS / PIPELINE_FILE, person)
    _write_variables(stage)
    _commit(repository, "Gate the integration with checklists")
    _code(repository, RELEASE)
    _bring_results(repository)
    settings = stage.settings(os.environ)
    with Workspace.open(settings) as alice:
        ensure_genesis(alice, demo=True)
        for environment, release in (("production", RUNNING), ("preprod", RUNNING), ("staging", RELEASE)):
            adopt(
                alice, environment, release, release, language.gettext(N_("in service before promoter was"))
            )
    _become(stage, _BOB)
    with Workspace.open(settings) as bob:
        open_promotion(bob, TRANSITION, RELEASE, RELEASE)
        if broken:
            open_promotion(bob, TO_PRODUCTION, RUNNING, RUNNING)
    _become(stage, _ALICE)


def _person(stage: Stage, person_id: str, name: str, roles: tuple[str, ...]) -> Person:
    key = stage.directory / "keys" / person_id
    key.parent.mkdir(mode=0o700, exist_ok=True)
    _run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"{person_id}@demo", "-f", str(key)],
        stage.directory,
    )
    _become(stage, (person_id, name, roles))
    with Repository.discover(stage.repository) as repository:
        git = git_identity(repository)
    public = Key(git.key_id or "", git.key_type or "", git.public_key or "")
    admin = (ROSTER_ADMIN,) if person_id == _ALICE[0] else ()
    return Person(person_id, name, (git.email,), (*admin, *roles), (public,))


def _become(stage: Stage, person: tuple[str, str, tuple[str, ...]]) -> None:
    person_id, name, _ = person
    for key, value in (
        ("user.name", name),
        ("user.email", f"{person_id}@editeur.example"),
        ("gpg.format", "ssh"),
        ("user.signingkey", str(stage.directory / "keys" / f"{person_id}.pub")),
        ("commit.gpgsign", "true"),
    ):
        _git(stage.repository, "config", key, value)


def _code(repository: Path, release: str) -> None:
    (repository / "README.md").write_text(f"# Plateforme de l'éditeur\n\n{release}\n", encoding="utf-8")
    (repository / "docs").mkdir(exist_ok=True)
    (repository / "docs" / "rollback.md").write_text(_ROLLBACK, encoding="utf-8")
    _commit(repository, f"Release {release}")
    _git(repository, "tag", "--no-sign", release)


def results() -> str:
    """JUnit XML as the integration tests of the demo's editor write it, of tests that ran just now."""
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    suites = (
        f'  <testsuite name="{each}" tests="2" failures="0" errors="0" skipped="0" timestamp="{at}">\n'
        f'    <testcase classname="{each}" name="nominal" time="0.412"/>\n'
        f'    <testcase classname="{each}" name="repeated" time="0.377"/>\n'
        "  </testsuite>\n"
        for each in _SUITES
    )
    return f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites>\n{"".join(suites)}</testsuites>\n'


def _bring_results(repository: Path) -> None:
    """What CI would bring: the results of the integration tests, kept out of git."""
    for environment in ("staging", "preprod"):
        directory = repository / "reports" / environment
        directory.mkdir(parents=True)
        (directory / "integration.xml").write_text(results(), encoding="utf-8")


def _commit(repository: Path, subject: str) -> None:
    _git(repository, "add", "--all")
    _git(repository, "commit", "--quiet", "--no-verify", "-m", subject)


def _write_variables(stage: Stage) -> None:
    for name in stage.service.credentials:
        path = stage.repository / f".env.{name}"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(variables(stage.service, name))


def variables(service: EmbeddedService, environment: str) -> str:
    """The dotenv file of an environment, with the credentials the service gave out for it."""
    named, credentials = hosts()[environment], service.credentials[environment]
    return "".join(
        f"PASSEMARCHE_{variable}={value}\n"
        for variable, value in (
            ("URL", f"https://{named.application}"),
            ("WEBHOOK_URL", f"https://{named.receiver}/webhook"),
            ("CLIENT_ID", credentials.client_id),
            ("CLIENT_SECRET", credentials.client_secret),
            ("WEBHOOK_SECRET", credentials.webhook_secret),
        )
    ) + (f"PROMETHEUS_URL=https://{named.monitoring}\n" if environment == PRODUCTION else "")


def _git(repository: Path, *arguments: str) -> None:
    _run(["git", "-c", f"core.hooksPath={os.devnull}", *arguments], repository)


def _run(command: list[str], directory: Path) -> None:
    try:
        subprocess.run(
            command, cwd=directory, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=60
        )
    except FileNotFoundError as error:
        raise CannotAct(
            phrase(N_("{program} is missing"), program=command[0]),
            phrase(N_("install it; the demo needs nothing else")),
        ) from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip()
        raise CannotAct(phrase(N_("{program} failed: {said}"), program=command[0], said=said)) from error
