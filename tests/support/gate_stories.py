"""The shop in which the commands of docs/gate-line-by-line.md are typed: its people, its rules, and the situations
that the table begins with."""

import os
import re
import shlex
import shutil
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

from promoter.model.entry import EntryType, Promoted
from promoter.usecases.drafting import write
from promoter.usecases.settings import Settings
from promoter.usecases.standing import chosen_promotion
from promoter.usecases.workspace import Workspace
from tests.support.command_line import Said, promoter
from tests.support.git_repositories import Signer, become, commit_file, git, make_repository, make_signer
from tests.support.small_shop import person_line
from tests.support.tls_servers import DAY, Wanted, make, server_side

PEOPLE = {
    "alice": "roster-admin",
    "bob": "operations, integrator, release-manager, roster-admin, waiver-approver",
    "carol": "security, on-call, operations",
    "dave": "security, operations, integrator",
}
_ENVIRONMENTS = """\
pipeline: shop
environments:
  staging:
    urls: {app: https://staging.shop.example}
    data: simulated
  preprod:
    urls: {app: https://preprod.shop.example}
    data: simulated
    separation: {opener: "on", authors: warn}
    break_glass: {roles: [on-call]}
    variables:
      from: [{dotenv: .env.preprod}]
      SHOP_URL: {equals: {fact: urls.app}}
      SHOP_SECRET: {secret: true}
  production:
    urls: {app: https://shop.example}
    data: real
    signatures: required
    outcomes: machines
    digests: required
    separation: {opener: "on", authors: "on"}
    freezes:
      - {id: weekend, from: FRIDAY 18:00, until: MONDAY 08:00, passed_by: [release-manager]}
    variables:
      from: [{dotenv: .env.preprod}]
      SHOP_SECRET: {secret: true}
transitions: [staging-to-preprod, preprod-to-production]
"""
_PREPROD = """\
checklist: staging-to-preprod
from: staging
to: preprod
approvals: {roles: [release-manager]}
items:
  - id: webhook
    title: The webhook is configured
    checks: [credentials: {variables: [SHOP_URL, SHOP_SECRET], max_age: 1d}]
    sign_off: {roles: [integrator]}
  - id: rollback
    title: The way back is written down
    may_not_apply: true
    sign_off: {roles: [operations, security]}
  - id: support
    title: Whom to call is known
    source: [Checklist of the board]
    survives: release
    sign_off:
      roles: [integrator]
      fields:
        - {id: name, title: Name of the contact}
        - {id: rotation, title: Password to be changed, required: false, due: true}
  - id: drill
    title: The way back was tried
    needs: [webhook]
    waivable: false
    sign_off: {roles: [operations]}
  - id: training
    title: The teams are trained
    level: advisory
    sign_off: {}
"""
_ENDPOINT = """\
  - id: endpoint
    title: The certificate lasts
    checks: [certificate: {url: {fact: urls.app}, revocation: "off", max_age: 60d}]
"""
_PRODUCTION = """\
checklist: preprod-to-production
from: preprod
to: production
soak: 1h
items:
  - id: webhook
    title: The webhook is configured
    checks: [credentials: {variables: [SHOP_SECRET]}]
  - id: acceptance
    title: The release was accepted
    sign_off: {roles: [operations], evidence: required}
"""
_POLICY = "policy: company\nenvironments:\n  preprod: {signatures: required}\n"
_WAITS = re.compile(r"amend --agree (\w+)")
_TYPED = re.compile(r"(?:\b(alice|bob|carol|dave|ci)\s+)?`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Typed:
    """A command of the table, and who types it."""

    who: str
    command: str


def typed(cell: str) -> list[Typed]:
    """The commands of a cell, in order; alice types what names nobody."""
    return [Typed(who or "alice", command) for who, command in _TYPED.findall(cell)]


@dataclass
class Stories:
    """The situations, each made once and copied for whoever types in it; `directory` is theirs alone."""

    directory: Path
    signers: dict[str, Signer] = field(default_factory=dict)
    _made: dict[str, Path] = field(default_factory=dict)
    _copies: int = 0

    def __post_init__(self) -> None:
        """Gives everybody a key."""
        for name in (*PEOPLE, "ci"):
            email = f"{name}@shop.example"
            self.signers[name] = make_signer(self.directory / "keys", f"{name.title()} Example", email)

    def begin(self, situation: str) -> "Desk":
        """A copy of the repository as it is in a situation."""
        if situation not in self._made:
            before, prepare = _SITUATIONS[situation]
            desk = (
                self.begin(before) if before else Desk(self, self.directory / f"begun-{situation}" / "shop")
            )
            prepare(desk)
            self._made[situation] = desk.shop.parent
        self._copies += 1
        copy = self.directory / f"copy-{self._copies}"
        shutil.copytree(self._made[situation], copy, symlinks=True)
        if (copy / "shared.git").exists():
            git(copy / "shop", "remote", "set-url", "origin", str(copy / "shared.git"))
        return Desk(self, copy / "shop")


@dataclass(frozen=True, slots=True)
class Desk:
    """A repository in a situation, and everybody who may type in it."""

    stories: Stories
    shop: Path

    def types(self, each: Typed) -> Said:
        """What promoter says to a command of the table, or to `git` or `echo`, typed by somebody."""
        become(self.shop, self.stories.signers[each.who])
        verb, *arguments = shlex.split(self.resolved(each.command))
        if verb == "git":
            return Said(0, git(self.shop, *arguments), "")
        if verb == "rm":
            (self.shop / arguments[0]).unlink()
            return Said(0, "", "")
        os.chdir(self.shop)
        return promoter(*arguments)

    def resolved(self, command: str) -> str:
        """The command with what the table writes in capitals: FRIDAY, the day on which `weekend` begins, PROPOSED, the
        amendment that waits."""
        if "PROPOSED" in command:
            os.chdir(self.shop)
            command = command.replace("PROPOSED", _WAITS.findall(promoter("status").out)[-1])
        return command.replace("FRIDAY", friday().strftime("%Y-%m-%d"))

    def say(self, who: str, *commands: str) -> None:
        """What somebody types on the way to a situation; every command must end well."""
        for each in commands:
            said = self.types(Typed(who, f"promoter {each}"))
            assert said.code in (0, 5), f"{who}: {each}: {said.err}{said.out}"


@cache
def friday() -> datetime:
    """A Friday between seven and thirteen days from now: near enough for a planned freeze to be told."""
    soon = datetime.now(UTC) + timedelta(days=7)
    return soon + timedelta(days=(4 - soon.weekday()) % 7)


def _new(desk: Desk) -> None:
    signers = desk.stories.signers
    shop = make_repository(desk.shop, person=signers["alice"])
    remote = make_repository(shop.parent / "shared.git", bare=True)
    git(shop, "remote", "add", "origin", str(remote))
    begins = friday()
    days = {"FRIDAY": begins, "MONDAY": begins + timedelta(days=3)}
    rules = _ENVIRONMENTS
    for name, day in days.items():
        rules = rules.replace(name, day.strftime("%Y-%m-%d"))
    people = "".join(person_line(signers[name], roles) for name, roles in PEOPLE.items())
    machine = person_line(signers["ci"], "operations") + "    class: machine\n"
    files = {
        ".gitignore": ".env.*\n",
        "checklists/pipeline.yaml": f"{rules}roster:\n{people}{machine}",
        "checklists/staging-to-preprod.yaml": _PREPROD,
        "checklists/preprod-to-production.yaml": _PRODUCTION,
    }
    for name, content in files.items():
        commit_file(shop, name, content)
    git(shop, "tag", "--no-sign", "v1.3.0")
    become(shop, signers["carol"])
    commit_file(shop, "basket.txt", "a new basket\n")
    become(shop, signers["alice"])
    git(shop, "tag", "--no-sign", "v1.4.0")
    variables = shop / ".env.preprod"
    variables.touch(mode=0o600)
    variables.write_text("SHOP_URL=https://preprod.shop.example\nSHOP_SECRET=7b1e6f04c2a94d33a1f0\n")
    deployed = (
        f"environment,commit,time\nproduction,{git(shop, 'rev-parse', 'v1.4.0')},2026-01-01T08:00:00Z\n"
    )
    (shop / "deployments.csv").write_text(deployed)
    (shop / "plan.txt").write_text("how to go back\n")
    desk.say("alice", "roster apply --yes", "adopt preprod --release v1.3.0 --commit v1.3.0 -m 'in service'")
    desk.say("alice", "adopt production --release v1.3.0 --commit v1.3.0 -m 'in service'", "sync")


def _opened(desk: Desk) -> None:
    desk.say("alice", "open staging-to-preprod --release v1.4.0")


def _ready(desk: Desk) -> None:
    desk.say("ci", "run")
    desk.say("bob", "sign webhook", "sign rollback -m 'tried on Monday'", "sign support --field name=Ada")
    desk.say("dave", "sign rollback", "sign drill")
    desk.say("bob", "approve", "sync")


def _promoted(desk: Desk) -> None:
    desk.say("alice", "promote")


def _production(desk: Desk) -> None:
    desk.say("alice", "open preprod-to-production --release v1.4.0 --commit v1.4.0")


def _broken(desk: Desk) -> None:
    desk.say("carol", "emergency -m 'preprod is down'", "sync")


def _moved(desk: Desk) -> None:
    become(desk.shop, desk.stories.signers["bob"])
    commit_file(desk.shop, "migration.txt", "the migration\n")
    git(desk.shop, "tag", "--no-sign", "v1.4.1")


def _reworded(desk: Desk) -> None:
    path = desk.shop / "checklists" / "staging-to-preprod.yaml"
    commit_file(
        desk.shop, "checklists/staging-to-preprod.yaml", path.read_text().replace("written down", "printed")
    )


def _moved_elsewhere(desk: Desk) -> None:
    path = desk.shop / "checklists" / "pipeline.yaml"
    text = path.read_text().replace("https://preprod.shop.example", "https://elsewhere.shop.example")
    commit_file(desk.shop, "checklists/pipeline.yaml", text)


def _policy(desk: Desk) -> None:
    path = desk.shop / "checklists" / "pipeline.yaml"
    digest = sha256(_POLICY.encode()).hexdigest()
    extends = f"pipeline: shop\nextends: {{file: shared/policy.yaml, digest: 'sha256:{digest}'}}\n"
    text = path.read_text().replace("pipeline: shop\n", extends)
    text = text.replace("  preprod:\n", "  preprod:\n    signatures: optional\n")
    commit_file(desk.shop, "checklists/shared/policy.yaml", _POLICY)
    commit_file(desk.shop, "checklists/pipeline.yaml", text)


def _unrostered(desk: Desk) -> None:
    signers = desk.stories.signers
    shop = desk.shop
    make_repository(shop, person=signers["alice"], signing=False)
    text = _ENVIRONMENTS.replace("FRIDAY", "2020-01-03").replace("MONDAY", "2020-01-06")
    commit_file(shop, "checklists/pipeline.yaml", text)
    commit_file(shop, "checklists/staging-to-preprod.yaml", _PREPROD)
    commit_file(shop, "checklists/preprod-to-production.yaml", _PRODUCTION)
    desk.say("alice", "open staging-to-preprod --release v1.4.0")


def _certificate(desk: Desk) -> None:
    beside = desk.shop / "checklists"
    authority = make(Wanted(name="An authority", authority=True))
    settings = server_side(
        make(Wanted(name="preprod.shop.example", until=40 * DAY), authority), desk.shop.parent
    )
    (beside / "ca.pem").write_bytes(authority.pem)
    with shaking_hands(settings) as port:
        reached = f"{{ca_file: ca.pem, connect_to: {{'preprod.shop.example:443': '127.0.0.1:{port}'}}}}"
        text = (beside / "pipeline.yaml").read_text()
        pinned = text.replace("  preprod:\n", f"  preprod:\n    network: {reached}\n")
        commit_file(desk.shop, "checklists/pipeline.yaml", pinned)
        commit_file(desk.shop, "checklists/staging-to-preprod.yaml", _PREPROD + _ENDPOINT)
        git(desk.shop, "add", "checklists/ca.pem")
        git(desk.shop, "commit", "-q", "--no-gpg-sign", "-m", "Trust the authority")
        _opened(desk)
        desk.say("ci", "run endpoint")


@contextmanager
def shaking_hands(settings: ssl.SSLContext) -> Iterator[int]:
    """A port of loopback on which a server shakes hands, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with suppress(OSError), settings.wrap_socket(connection, server_side=True) as secured:
                    secured.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def _sharing(desk: Desk) -> None:
    path = desk.shop / "checklists" / "pipeline.yaml"
    text = path.read_text().replace("  preprod:\n", "  preprod:\n    shared: required\n")
    commit_file(desk.shop, "checklists/pipeline.yaml", text)
    _opened(desk)
    _ready(desk)


def _past_a_shut_gate(desk: Desk) -> None:
    become(desk.shop, desk.stories.signers["alice"])
    with Workspace.open(Settings(desk.shop)) as workspace:
        position = workspace.trail.position()
        entry = Promoted(position.tip or "", position.entries, "open", claimed=False)
        write(workspace, EntryType.PROMOTED, entry, promotion=chosen_promotion(workspace, None))
    desk.say("alice", "open preprod-to-production --release v1.4.0 --commit v1.4.0")


def _two_services(desk: Desk) -> None:
    checklists = desk.shop / "checklists"
    for service in ("shop", "billing"):
        for name in ("pipeline", "staging-to-preprod", "preprod-to-production"):
            text = (checklists / f"{name}.yaml").read_text()
            (checklists / service).mkdir(exist_ok=True)
            (checklists / service / f"{name}.yaml").write_text(
                text.replace("pipeline: shop", f"pipeline: {service}")
            )
    for each in checklists.glob("*.yaml"):
        each.unlink()


_SITUATIONS: Mapping[str, tuple[str | None, Callable[[Desk], None]]] = {
    "new": (None, _new),
    "opened": ("new", _opened),
    "ready": ("opened", _ready),
    "promoted": ("ready", _promoted),
    "production": ("promoted", _production),
    "broken": ("opened", _broken),
    "moved": ("ready", _moved),
    "reworded": ("ready", _reworded),
    "moved elsewhere": ("ready", _moved_elsewhere),
    "sharing": ("new", _sharing),
    "certificate": ("new", _certificate),
    "unrostered": (None, _unrostered),
    "past a shut gate": ("opened", _past_a_shut_gate),
    "policy": ("new", _policy),
    "two services": ("new", _two_services),
}
