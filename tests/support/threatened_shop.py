"""A shop whose trail can be tampered with in every way that whoever may push to it can."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from promoter.model.entry import (
    Checked,
    Content,
    Entry,
    EntryType,
    Genesis,
    ItemBinding,
    KeyCompromised,
    KeyRetired,
    Promoted,
    Recorded,
    Rejected,
    Revoked,
    RosterChanged,
    SignedOff,
)
from promoter.model.roster import PersonClass
from promoter.trail.ulid import new_ulid
from promoter.usecases.settings import Settings
from promoter.usecases.workspace import Workspace
from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become, git
from tests.support.small_shop import PIPELINE, make_shop, open_v1, person_line
from tests.support.trail_histories import History, actor, files_of

CHECKLIST = """\
checklist: staging-to-preprod
from: staging
to: preprod
requires: none
items:
  - id: rollback
    title: The way back is written down
    sign_off: {roles: [operations]}
  - id: training
    title: The teams are trained
    sign_off: {}
"""
_TYPES = {
    SignedOff: EntryType.SIGNED_OFF,
    Rejected: EntryType.REJECTED,
    Revoked: EntryType.REVOKED,
    Checked: EntryType.CHECKED,
    RosterChanged: EntryType.ROSTER,
    Promoted: EntryType.PROMOTED,
    Genesis: EntryType.GENESIS,
    KeyRetired: EntryType.KEY_RETIRED,
    KeyCompromised: EntryType.KEY_COMPROMISED,
}


@dataclass
class ThreatenedShop:
    """A clone of the shop. Alice, a roster-admin, opened the promotion of v1 and signed `training` off; what is
    missing is that Bob, of operations, signs `rollback` off. Mallory may push, and is on no roster; `ci` is a
    machine with the role that `rollback` asks for."""

    directory: Path
    alice: Signer
    bob: Signer
    mallory: Signer
    machine: Signer
    opening: Recorded
    history: History
    later: int = 0

    @property
    def tip(self) -> str:
        """Where the trail is."""
        return self.history.tip

    def entry(self, content: Content, by: Signer, *, item: str | None = None, **fields: Any) -> Entry:
        """An entry that fits in at the tip, but for the fields given."""
        opened = self.opening.entry
        kind = _TYPES[type(content)]
        self.later += 1
        now = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=self.later)
        given: dict[str, Any] = {
            "id": new_ulid(now),
            "trail": opened.trail,
            "pipeline": opened.pipeline,
            "type": kind,
            "actor": actor(by),
            "at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "content": content,
            "subject": None if kind.of_trail else opened.subject,
            "item": ItemBinding(item, self.definition_of(item)) if item else None,
        }
        return Entry(**(given | fields))

    def sign_off(self, by: Signer, item: str = "rollback", **fields: Any) -> Entry:
        """The sign-off that opens the gate, when Bob makes it."""
        return self.entry(SignedOff("seen"), by, item=item, **fields)

    def as_machine(self, entry: Entry) -> Entry:
        """The same, said to be by the machine."""
        return replace(entry, actor=actor(self.machine, PersonClass.MACHINE))

    def push(self, entry: Entry, by: Signer, **options: Any) -> str:
        """Puts an entry on the trail, past promoter."""
        return self.history.commit(files_of(entry), by=by, **options)

    def definition_of(self, item: str) -> str:
        """The digest of an item's definition."""
        with Workspace.open(Settings(self.directory)) as workspace:
            found = workspace.checklist("staging-to-preprod").item(item)
        assert found is not None
        return found.digest

    def at_desk(self, who: Signer, *arguments: str) -> None:
        """What somebody does with promoter, as themselves."""
        become(self.directory, who)
        said = promoter("-C", self.directory, *arguments)
        assert said.code == 0, said.err
        become(self.directory, self.alice)

    def answers(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """What promoter answers a program, and how it ends."""
        said = promoter("-C", self.directory, *arguments, "--json")
        assert said.code != 3, said.err
        return said.code, said.document


def shop_before_threats(directory: Path, people: Sequence[Signer]) -> Path:
    """The shop as it is before anybody tampers with its trail."""
    alice, bob, machine = people
    shop = make_shop(directory, (alice, ("roster-admin",)), checklist=CHECKLIST)
    path = shop / "checklists" / "pipeline.yaml"
    of_machine = person_line(machine, "operations") + "    class: machine\n"
    roster = "roster:\n" + person_line(alice, "roster-admin") + person_line(bob, "operations") + of_machine
    path.write_text(PIPELINE + roster, encoding="utf-8")
    git(shop, "commit", "-q", "--no-gpg-sign", "-am", "Let Bob in")
    git(shop, "tag", "-f", "--no-sign", "v1")
    assert open_v1(shop).code == 0
    said = promoter("-C", shop, "sign", "training")
    assert said.code == 0, said.err
    return shop


def threatened(before: Path, directory: Path, people: Sequence[Signer], mallory: Signer) -> ThreatenedShop:
    """A copy of the shop, to be tampered with."""
    alice, bob, machine = people
    copy = Path(shutil.copytree(before, directory))
    with Workspace.open(Settings(copy)) as workspace:
        records = workspace.trail.all_records().recorded
    opening = next(each for each in records if each.entry.type is EntryType.OPENED)
    return ThreatenedShop(copy, alice, bob, mallory, machine, opening, History(copy))
