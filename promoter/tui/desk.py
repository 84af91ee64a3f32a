"""What the screens ask of the rest of promoter. They know nothing else that acts."""

from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

from promoter.frozen import frozen

if TYPE_CHECKING:
    from datetime import datetime

    from promoter.messages import Message, Sayable
    from promoter.model.consent import Ask
    from promoter.model.outcome import Outcome
    from promoter.promotion import RunsIn
    from promoter.trail.sync import SyncReport
    from promoter.trail.verify import Verification
    from promoter.usecases.amending import Plan
    from promoter.usecases.board import Board
    from promoter.usecases.differing import Difference
    from promoter.usecases.due import Deadline
    from promoter.usecases.evidence import Attachment, Fetched
    from promoter.usecases.identity import Identity
    from promoter.usecases.planning import Agenda
    from promoter.usecases.reconciling import Reconciliation
    from promoter.usecases.rosters import RosterView
    from promoter.usecases.standing import Standing
    from promoter.usecases.voices import Declaration, Statement


@frozen
class Progress:
    """A check that started, or, with its outcome, one that came to an end."""

    item: str
    check: str
    outcome: "Outcome | None" = None


@frozen
class Given:
    """Evidence that someone gives with what they say: links, and files by their paths."""

    links: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()


NO_EVIDENCE = Given()


@frozen
class SignOffForm:
    """What someone gives with a sign-off."""

    comment: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    links: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()


@frozen
class Scope:
    """Which checks a run is about: those of `items` (of all, when empty); with `unsatisfied` those of them
    alone that do not pass now; with `checks`, by item and check, these and what they need, recorded whatever
    they come to."""

    items: tuple[str, ...] = ()
    unsatisfied: bool = False
    checks: frozenset[tuple[str, str]] = frozenset()


@frozen
class Prospect:
    """What a run would execute, by item and check, and what a person is asked to agree to first."""

    checks: "tuple[tuple[str, str], ...]"
    asks: "tuple[Ask, ...]"


@runtime_checkable
class Interruptible(Protocol):
    """A screen on which something may be going on that records what has finished when it is stopped."""

    def interrupt(self) -> bool:
        """Stops what is going on; whether anything was."""


Listener: TypeAlias = Callable[[Progress], None]


class Desk(Protocol):
    """The use cases, for one work tree. Every method blocks and may be called from any thread; all but
    `tip` may raise a PromoterError. `promotion` is an id, or None for the only one that is open.
    """

    def status(self, promotion: str | None) -> "Standing | Board":
        """Where the promotion stands, read anew; the board when none is open and none is named."""

    def board(self) -> "Board":
        """What runs where, and every promotion."""

    def tip(self) -> str | None:
        """The commit the trail is at: cheap, asked every few seconds."""

    def identity(self) -> "Identity":
        """Who would sign, and whether the key may ask for something."""

    def statement(self, standing: "Standing", item: str) -> "Statement":
        """What signing the item would state."""

    def sign(self, promotion: str, item: str, form: SignOffForm) -> None:
        """Signs an item off."""

    def approval(self, standing: "Standing") -> "Declaration":
        """What approving the promotion would state."""

    def approve(self, promotion: str, form: SignOffForm) -> None:
        """Approves a promotion as a whole."""

    def revoke_approval(self, promotion: str, reason: str) -> None:
        """Takes back what one said last of the promotion as a whole."""

    def reject_promotion(self, promotion: str, reason: str, given: Given = NO_EVIDENCE) -> None:
        """Says no to a promotion as a whole."""

    def reject(self, promotion: str, item: str, reason: str, given: Given = NO_EVIDENCE) -> None:
        """Says no to an item."""

    def revoke(self, promotion: str, item: str, reason: str) -> None:
        """Takes back what one said last of an item."""

    def waive(self, promotion: str, item: str, reason: str, until: str) -> None:
        """Waives an item until a moment, as a person writes it."""

    def exclude(self, promotion: str, item: str, reason: str) -> None:
        """Says that an item does not concern this release."""

    def sync(self) -> "SyncReport":
        """Fetches, merges and pushes the trail, asking for no password."""

    def hold(self, environment: str, reason: str, release: str | None = None) -> None:
        """Stops every promotion into an environment, or that of one release, by its name."""

    def lift(self, hold: str, reason: str) -> None:
        """Takes away the hold with this id."""

    def freeze(self, environment: str, reason: str, until: str, begins: str | None) -> None:
        """Lets nothing go into an environment from a moment (None: now) until another, as a person writes them."""

    def thaw(self, environment: str, reason: str, until: str) -> "tuple[Message, ...]":
        """Lets promotions pass the freezes of an environment until a moment, as a person writes it, and gives what there is
        to be warned of."""

    def adopt(self, environment: str, release: str, commit: str | None, reason: str) -> None:
        """Declares what runs in an environment today."""

    def comment(self, promotion: str, item: str | None, words: str, given: Given = NO_EVIDENCE) -> None:
        """Remarks on an item, or on the promotion as a whole."""

    def amendment(self, promotion: str, amendment: str) -> "Plan":
        """What agreeing to an amendment that waits, by its id, would change; raises Refused for who may not."""

    def proposal(
        self, promotion: str, reason: str, release: str | None, commit: str | None, *, rules: bool
    ) -> "Plan":
        """What another release, or with `rules` the pipeline and checklist of the work tree, would change."""

    def amend(self, plan: "Plan", comment: str) -> None:
        """Amends as was shown."""

    def withdraw(self, promotion: str, amendment: str, reason: str) -> None:
        """Takes back an amendment, by its id, that waits."""

    def abandon(self, promotion: str, reason: str) -> None:
        """Gives a promotion up."""

    def earlier(self, environment: str) -> "tuple[RunsIn, ...]":
        """The releases that got to an environment and do not run there now, each as it got there last; newest first."""

    def deployed(
        self, promotion: str, at: str | None, url: str | None, comment: str
    ) -> "tuple[Message, ...]":
        """Says that what was promoted runs, since a moment as a person writes it (None: now), and gives what there is to
        be warned of."""

    def rolled_back(self, to: "RunsIn", reason: str, at: str | None) -> "tuple[Message, ...]":
        """Says that an earlier release runs again, since a moment as a person writes it (None: now), and gives what there
        is to be warned of."""

    def break_glass(self, promotion: str, reason: str) -> "tuple[Message, ...]":
        """Opens the gate at once, over what holds it, and gives what there is to be warned of."""

    def settle(self, promotion: str, reason: str) -> None:
        """Says that the debt of a broken glass is settled."""

    def prospect(self, promotion: str, scope: Scope) -> Prospect:
        """What a run would execute and ask for; raises UsageError when that is nothing."""

    def agree(self, asks: "tuple[Ask, ...]") -> None:
        """Remembers on this machine what was agreed to once and for all."""

    def run(
        self, promotion: str, scope: Scope, consents: frozenset[str], listen: Listener, stop: Event
    ) -> bool:
        """Runs the checks and records what is news; whether anything was. `consents` are the ids of what was
        agreed to for this run. Once `stop` is set it ends early and still records what has finished."""

    def promote(
        self, promotion: str, comment: str, expected_tip: str | None, listen: Listener, stop: Event
    ) -> bool:
        """Runs the checks again that change nothing, decides again, and records the promotion; False when
        `stop` was set before that."""

    def open(self, transition: str, release: str, commit: str | None, comment: str) -> str:
        """Opens a promotion; returns its id."""

    def agenda(self, promotion: str) -> "Agenda":
        """What is to be done about a promotion, for whoever is at the keyboard."""

    def not_told(self) -> "tuple[Sayable, ...]":
        """Waits until those were told of what was decided who are to know, and says who could not be, and why; also
        what could not be shared. Says it once."""

    def difference(self, promotion: str) -> "Difference":
        """What a promotion that is open changes in its environment."""

    def deadlines(self) -> "tuple[tuple[Deadline, ...], datetime]":
        """What runs out within 30 days, soonest first, and the present moment."""

    def verification(self) -> "Verification":
        """Whether the trail can be trusted."""

    def as_it_was(self, promotion: str, when: str) -> "Standing":
        """Where a promotion stood at a moment or a commit of the trail, or would stand at a moment to come."""

    def reconciliation(self, log: str) -> "Reconciliation":
        """What a deployment log and the trail do not tell alike."""

    def roster(self) -> "RosterView":
        """Who may sign, and whom the pipeline proposes."""

    def evidence(self, promotion: str) -> "tuple[Attachment, ...]":
        """The files and links that were given as evidence."""

    def save_evidence(self, promotion: str, wanted: str, file: str) -> "Fetched":
        """Writes one of these files where there is none yet."""

    def report(self, promotion: str) -> str:
        """The report, in Markdown."""
