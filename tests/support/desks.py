"""A promotion in every state an item can be in, and a desk that has it: what the screens are tested with."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from promoter.checks import rulings
from promoter.errors import CannotAct, PromoterError
from promoter.gate import PHRASES, decide, plan, policy
from promoter.gate.case import Case
from promoter.gate.planning import plan_next
from promoter.messages import N_, Language, Message, Phrase, Sayable, Template, message
from promoter.model.checklist import ApprovalRule, FormField, Item, SignOffRule
from promoter.model.consent import Ask
from promoter.model.entry import Amended, EvidenceItem, ItemBinding, Recorded, SignedOff
from promoter.model.environment import Demand, Pipeline
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.release import Release
from promoter.model.roster import Roster
from promoter.model.text import Text, plain
from promoter.place import Place
from promoter.promotion import Promotion, RunsIn
from promoter.run import consent
from promoter.trail.sync import SyncReport
from promoter.trail.trail import TrailPosition
from promoter.trail.verify import Verification
from promoter.tui.desk import NO_EVIDENCE, Given, Listener, Progress, Prospect, Scope, SignOffForm
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
from tests.support.entries import Story
from tests.support.nouns import (
    ALICE,
    BOB,
    CAROL,
    NOW,
    checklist,
    digest,
    environment,
    item,
    outcome,
    person,
    release,
    seats,
)

TIP = "f00d" * 10
FRENCH = {
    "webhook": "Endpoint webhook HTTPS configuré et testé",
    "credentials": "Credentials OAuth spécifiques à l'environnement obtenus et conservés",
    "oauth": "Authentification OAuth validée",
    "monitoring": "Monitoring et alerting configurés côté éditeur",
    "support-contact": "Contact support identifié",
    "error-cases": "Cas d'erreur et timeouts testés",
    "integration": "Tests d'intégration complets réalisés sur l'environnement staging",
    "environment": "Variables d'environnement configurées",
    "real-data": "Accès aux données réelles validé",
    "training": "Éditeurs formés sur l'environnement",
    "flows": "Tous les flux testés (création marché, candidature, webhooks)",
    "hmac": "Signature HMAC des webhooks validée",
}
_CODES: Mapping[str, Template] = {
    "https.passed": N_("200 in {took:duration}"),
    "certificate.failed": N_("expires in {days} days, {wanted} required"),
    "certificate.fact": N_("leaf certificate, days left"),
    "oauth.errored": N_("the token endpoint did not answer within {limit:duration}"),
    "integration.passed": N_("412 tests, 0 failed"),
    "environment.passed": N_("4 of 4 variables are set"),
    "environment.fact": N_("PASSEMARCHE_URL"),
    "flows.passed": N_("every flow answered"),
    "oauth.effects": N_("revokes the token in use"),
    "hmac.warned": N_("accepted, with a clock {skew:duration} off"),
}


def words(code: str) -> Template | None:
    """The words of the codes in here, of the gate's, and of what the engine asks and says."""
    ruling = rulings.RULINGS.get(code)
    said = ruling.summary if ruling is not None else None
    books = (_CODES, PHRASES, plan.PHRASES, policy.PHRASES, consent.PHRASES)
    return said or next((book[code] for book in books if code in book), None)


def remedies(reason: Message) -> Phrase | None:
    """What to do about the one failure in here."""
    return (
        Phrase(N_("renew the certificate, then run the check again"), {})
        if reason.code == "certificate.failed"
        else None
    )


def speaking(code: str = "en") -> Language:
    """A language that knows the words of the scene."""
    return Language(code, time_zone=UTC, phrasebook=words)


def _items() -> list[Item]:
    support = SignOffRule(
        ("integrator",),
        1,
        Demand.REQUIRED,
        (
            FormField("name", Text({"fr": "Nom du contact", "en": "Name of the contact"})),
            FormField("phone", plain("Phone")),
        ),
    )
    rows = [
        item("webhook", "https", "certificate", sign_off=seats("integrator")),
        item("credentials", sign_off=seats("integrator", "security")),
        item("oauth", "oauth"),
        item("monitoring", sign_off=seats("integrator", count=2)),
        item("support-contact", sign_off=support),
        item("error-cases", sign_off=seats("integrator")),
        item("integration", "integration", sign_off=seats("integrator")),
        item("environment", "environment"),
        item("real-data", sign_off=seats("security")),
        item("training", sign_off=seats("integrator"), required=False),
        item("flows", "flows"),
        item("hmac", "hmac"),
    ]
    return [
        replace(
            each,
            title=Text({"fr": FRENCH[each.id], "en": FRENCH[each.id]}),
            source=("Checklist de migration",),
        )
        for each in rows
    ]


def _story(*, rejected: bool = True) -> Story:
    everyone = Roster(
        (
            person("alice", "integrator", "release-manager"),
            person("bob", "integrator", "security"),
            person("carol", "security"),
        )
    )
    story = Story(release("v1.4.0", "c"), roster=everyone)
    story.adopted("preprod", release("v1.3.2", "a"))
    story.adopted("production", release("v1.3.2", "a"))
    story.adopted("sandbox", release("v1.5.0", "d"))
    story.adopted("staging", release("v1.4.0", "c"))
    said = [
        ("webhook", "https", Verdict.PASSED, message("https.passed", took=0.084), 0.1),
        ("webhook", "certificate", Verdict.FAILED, message("certificate.failed", days=6, wanted=7), 0.1),
        ("oauth", "oauth", Verdict.ERRORED, message("oauth.errored", limit=10.0), 0.1),
        ("integration", "integration", Verdict.PASSED, message("integration.passed"), 0.1),
        ("environment", "environment", Verdict.PASSED, message("environment.passed"), 0.1),
        ("flows", "flows", Verdict.PASSED, message("flows.passed"), 9),
        ("hmac", "hmac", Verdict.WARNED, message("hmac.warned", skew=41.0), 0.1),
    ]
    outcomes = []
    for item_id, check, verdict, reason, days in said:
        done = outcome(item_id, check, verdict, days=days, reason=reason)
        evidence = (
            (Evidence(message("certificate.fact"), ["≥ 7"], 6, Verdict.FAILED),)
            if check == "certificate"
            else ()
        )
        outcomes.append(replace(done, outcome=replace(done.outcome, evidence=evidence, took_s=0.084)))
    story.checked(*outcomes)
    story.signed("integration", BOB, days=0.2)
    given = SignedOff(
        "Les trois cas d'erreur sont rejoués chaque nuit.",
        {},
        (EvidenceItem(link="https://ci.example.com/42"),),
    )
    story.add(given, BOB, item=ItemBinding("error-cases", digest("error-cases")))
    story.signed("credentials", BOB)
    if rejected:
        story.rejected("real-data", CAROL, "La convention n'est pas signée")
    return story


def _evidence(given: Given) -> tuple[Given, ...]:
    return () if given == NO_EVIDENCE else (given,)


def pipeline() -> Pipeline:
    """Four environments, the last of which is production."""
    return Pipeline(
        name="passe-marche",
        title=plain("Passe Marché"),
        time_zone="Europe/Paris",
        branch="promoter/trail",
        environments=tuple(environment(each) for each in ("sandbox", "staging", "preprod", "production")),
        transitions=("staging-to-preprod", "preprod-to-production"),
        roster=Roster(),
        place=Place("checklists/pipeline.yaml"),
    )


def standing(
    *,
    production: bool = False,
    done: bool = False,
    items: Sequence[Item] | None = None,
    story: Story | None = None,
    demo: bool = False,
    stops: Sequence[Recorded] = (),
    approvals: ApprovalRule | None = None,
    break_glass: Sequence[str] = (),
) -> Standing:
    """The promotion; into production when asked; with nothing left to do when `done`."""
    story = story or _story(rejected=not done)
    listed = list(items if items is not None else _items())
    if done:
        listed = [each for each in listed if each.id in ("environment", "integration", "error-cases")]
    rules, promotion, state = checklist(*listed, approvals=approvals), story.fold(), story.fold_trail()
    if production:
        rules = replace(rules, from_environment="preprod", to_environment="production")
        promotion = replace(promotion, from_environment="preprod", to_environment="production")
    line = pipeline()
    into = environment(promotion.to_environment, break_glass=break_glass)
    others = (into if each.name == into.name else each for each in line.environments)
    line = replace(line, environments=tuple(others))
    decision = decide(
        rules,
        promotion,
        environment=into,
        roster=state.roster,
        reached=state.as_of(promotion).reached,
        now=NOW,
        stops=tuple(stops),
    )
    return Standing(
        pipeline=line,
        checklist=rules,
        promotion=promotion,
        decision=decision,
        runs_in=state.runs_in,
        roster=state.roster,
        trail=TrailPosition(branch="promoter/trail", tip=TIP, entries=42, ahead=2, behind=0),
        at=NOW,
        demo=demo,
    )


def effect(environment: str = "preprod") -> Ask:
    """What a kind asks that changes something."""
    effects = message("oauth.effects")
    about = message("ask-effects", kind="oauth", environment=environment, effects=effects)
    return Ask(f"oauth@{environment}", about, lasting=False)


def command(line: str = "pytest -q tests") -> Ask:
    """What a check asks that runs a command."""
    return Ask("sha256:c0ffee", message("ask-command", command=line), lasting=True)


def board(*promotions: Promotion, runs_in: Mapping[str, RunsIn] | None = None) -> Board:
    """The board of the same pipeline."""
    position = TrailPosition(branch="promoter/trail", tip=TIP, entries=4, ahead=None, behind=None)
    return Board(
        pipeline=pipeline(), runs_in=runs_in or {}, promotions=promotions, trail=position, demo=False
    )


def identity(*, interactive: bool = False, signing: bool = True) -> Identity:
    """Alice, with her key."""
    return Identity(
        ALICE, ("integrator", "release-manager"), signing, "SHA256:h3kQ (ssh-ed25519)", interactive, True
    )


def _happened() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


@dataclass
class FakeDesk:
    """A desk that remembers what was asked of it. `shown` is what the trail says; `refusal`, when set,
    is what every verb that writes comes to; `unwilling`, what asking before a run comes to. `asking` is
    what checks need consent for, by item and check."""

    shown: Standing | Board = field(default_factory=standing)
    who: Identity = field(default_factory=identity)
    refusal: PromoterError | None = None
    unwilling: PromoterError | None = None
    asking: Mapping[tuple[str, str], Ask] = field(default_factory=dict)
    news: bool = True
    check_seconds: float = 0.0
    markdown: str = "# Migration report\n\n| item | state |\n|---|---|\n| webhook | blocked |\n"
    calls: list[tuple[object, ...]] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)
    current_tip: str | None = TIP
    untold: tuple[Sayable, ...] = ()
    telling_seconds: float = 0.0
    telling: threading.Event = field(default_factory=_happened)
    arrivals: tuple[RunsIn, ...] = ()
    doubts: tuple[Message, ...] = ()
    planned: Callable[[Plan], Plan] = lambda plan: plan
    written: Callable[[], Standing | Board] | None = None

    def status(self, promotion: str | None) -> Standing | Board:
        self.threads.add(threading.get_ident())
        self.calls.append(("status", promotion))
        return self.shown

    def board(self) -> Board:
        promotions = (self.shown.promotion,) if isinstance(self.shown, Standing) else self.shown.promotions
        return board(*promotions)

    def tip(self) -> str | None:
        self.threads.add(threading.get_ident())
        return self.current_tip

    def identity(self) -> Identity:
        return self.who

    def statement(self, standing: Standing, item: str) -> Statement:
        found = standing.decision.item(item)
        assert found is not None
        assert found.item.sign_off is not None
        production = standing.promotion.to_environment == "production"
        return Statement(
            standing,
            self.who,
            found.item.sign_off,
            (),
            standing.promotion.release.name if production else None,
            found.item,
        )

    def sign(self, promotion: str, item: str, form: SignOffForm) -> None:
        self._write("sign", item, form)

    def approval(self, standing: Standing) -> Declaration:
        assert standing.checklist.approvals is not None
        return Declaration(standing, self.who, standing.checklist.approvals.seats, (), None)

    def approve(self, promotion: str, form: SignOffForm) -> None:
        self._write("approve", form)

    def revoke_approval(self, promotion: str, reason: str) -> None:
        self._write("revoke_approval", reason)

    def reject_promotion(self, promotion: str, reason: str, given: Given = NO_EVIDENCE) -> None:
        self._write("reject_promotion", reason, *_evidence(given))

    def reject(self, promotion: str, item: str, reason: str, given: Given = NO_EVIDENCE) -> None:
        self._write("reject", item, reason, *_evidence(given))

    def revoke(self, promotion: str, item: str, reason: str) -> None:
        self._write("revoke", item, reason)

    def waive(self, promotion: str, item: str, reason: str, until: str) -> None:
        self._write("waive", item, (reason, until))

    def exclude(self, promotion: str, item: str, reason: str) -> None:
        self._write("exclude", item, reason)

    def sync(self) -> SyncReport:
        self._write("sync")
        return SyncReport("origin", 3, 2, merged=True, tip=TIP)

    def hold(self, environment: str, reason: str, release: str | None = None) -> None:
        self._write("hold", environment, reason, release)

    def lift(self, hold: str, reason: str) -> None:
        self._write("lift", hold, reason)

    def freeze(self, environment: str, reason: str, until: str, begins: str | None) -> None:
        self._write("freeze", environment, reason, until, begins)

    def thaw(self, environment: str, reason: str, until: str) -> tuple[Message, ...]:
        self._write("thaw", environment, reason, until)
        return self.doubts

    def adopt(self, environment: str, release: str, commit: str | None, reason: str) -> None:
        self._write("adopt", environment, release, commit, reason)

    def comment(self, promotion: str, item: str | None, words: str, given: Given = NO_EVIDENCE) -> None:
        self._write("comment", item, words, *_evidence(given))

    def amendment(self, promotion: str, amendment: str) -> Plan:
        self.calls.append(("amendment", amendment))
        if self.unwilling is not None:
            raise self.unwilling
        assert isinstance(self.shown, Standing)
        amended = self.shown.promotion
        meant = next(each for each in amended.amendments if each.proposed.entry.id == amendment)
        nothing = ((), (), (), (), (), ())
        plan = Plan(amended, meant.content, amended.release, None, None, *nothing, False, (), {}, meant)
        return self.planned(plan)

    def proposal(
        self, promotion: str, reason: str, release: str | None, commit: str | None, *, rules: bool
    ) -> Plan:
        self.calls.append(("proposal", reason, release, commit, rules))
        if self.unwilling is not None:
            raise self.unwilling
        assert isinstance(self.shown, Standing)
        amended, nothing = self.shown.promotion, ((), (), (), (), (), ())
        content = Amended(reason, Release(release) if release else None, None)
        return self.planned(Plan(amended, content, amended.release, None, None, *nothing, rules, (), {}))

    def withdraw(self, promotion: str, amendment: str, reason: str) -> None:
        self._write("withdraw", amendment, reason)

    def abandon(self, promotion: str, reason: str) -> None:
        self._write("abandon", reason)

    def amend(self, plan: Plan, comment: str) -> None:
        self._write("amend", plan.agrees_to.proposed.entry.id if plan.agrees_to else None, comment)

    def earlier(self, environment: str) -> tuple[RunsIn, ...]:
        self.threads.add(threading.get_ident())
        return self.arrivals

    def deployed(self, promotion: str, at: str | None, url: str | None, comment: str) -> tuple[Message, ...]:
        self._write("deployed", at, url, comment)
        return self.doubts

    def rolled_back(self, to: RunsIn, reason: str, at: str | None) -> tuple[Message, ...]:
        self._write("rolled_back", to.release.name, reason, at)
        return self.doubts

    def break_glass(self, promotion: str, reason: str) -> tuple[Message, ...]:
        self._write("break_glass", reason)
        return self.doubts

    def settle(self, promotion: str, reason: str) -> None:
        self._write("settle", reason)

    def prospect(self, promotion: str, scope: Scope) -> Prospect:
        self.threads.add(threading.get_ident())
        self.calls.append(("prospect", scope))
        if self.unwilling is not None:
            raise self.unwilling
        checks = tuple(self._planned(scope))
        asks = {self.asking[each].id: self.asking[each] for each in checks if each in self.asking}
        return Prospect(checks, tuple(asks.values()))

    def agree(self, asks: tuple[Ask, ...]) -> None:
        self._write("agree", tuple(each.id for each in asks))

    def run(
        self,
        promotion: str,
        scope: Scope,
        consents: frozenset[str],
        listen: Listener,
        stop: threading.Event,
    ) -> bool:
        ran = self._observe(self._planned(scope), consents, listen, stop)
        self._write("run", scope.items, ran, consents)
        return self.news

    def promote(
        self,
        promotion: str,
        comment: str,
        expected_tip: str | None,
        listen: Listener,
        stop: threading.Event,
    ) -> bool:
        harmless = [each for each in self._planned(Scope()) if each not in self.asking]
        self._observe(harmless, frozenset(), listen, stop)
        if stop.is_set():
            return False
        self._write("promote", comment, expected_tip)
        return True

    def _planned(self, scope: Scope) -> Iterator[tuple[str, str]]:
        assert isinstance(self.shown, Standing)
        for found in self.shown.decision.items:
            for check in found.checks if not scope.items or found.item.id in scope.items else ():
                key = (found.item.id, check.spec.id)
                if not (scope.unsatisfied and check.passes) and (not scope.checks or key in scope.checks):
                    yield found.item.id, check.spec.id

    def _observe(
        self,
        checks: Iterable[tuple[str, str]],
        consents: frozenset[str],
        listen: Listener,
        stop: threading.Event,
    ) -> tuple[str, ...]:
        self.threads.add(threading.get_ident())
        done = []
        for of_item, check in checks:
            if stop.is_set():
                break
            listen(Progress(of_item, check))
            time.sleep(self.check_seconds)
            ask = self.asking.get((of_item, check))
            if ask is not None and ask.id not in consents:
                reason = message("has-effects", consent=ask.id, **ask.about.parameters)
                listen(Progress(of_item, check, Outcome(Verdict.SKIPPED, reason, took_s=0.01)))
                continue
            listen(Progress(of_item, check, Outcome(Verdict.PASSED, message("flows.passed"), took_s=0.01)))
            done.append(check)
        return tuple(done)

    def open(self, transition: str, release: str, commit: str | None, comment: str) -> str:
        self._write("open", transition, release, commit, comment)
        self.shown = standing()
        return self.shown.promotion.id

    def agenda(self, promotion: str) -> Agenda:
        assert isinstance(self.shown, Standing)
        told, who = self.shown, self.who.actor
        case = Case(told.checklist, told.promotion, told.target, told.roster, told.at)
        return Agenda(told, plan_next(case, lambda at: told.decision, me=who), who)

    def not_told(self) -> tuple[Sayable, ...]:
        self.threads.add(threading.get_ident())
        time.sleep(self.telling_seconds)
        self.telling.wait(30)
        untold, self.untold = self.untold, ()
        return untold

    def difference(self, promotion: str) -> Difference:
        if self.unwilling is not None:
            raise self.unwilling
        assert isinstance(self.shown, Standing)
        amended = self.shown.promotion
        return Difference(self.shown.target, amended.release, None, None, None, None, (), (), ())

    def deadlines(self) -> tuple[tuple[Deadline, ...], datetime]:
        return (), NOW

    def as_it_was(self, promotion: str, when: str) -> Standing:
        assert isinstance(self.shown, Standing)
        self._write("as-it-was", when)
        return replace(self.shown, at=NOW)

    def reconciliation(self, log: str) -> Reconciliation:
        self._write("reconciliation", log)
        return Reconciliation(2, (), (), (), ())

    def roster(self) -> RosterView:
        raise CannotAct(Phrase(N_("there is no trail"), {}))

    def evidence(self, promotion: str) -> tuple[Attachment, ...]:
        return ()

    def save_evidence(self, promotion: str, wanted: str, file: str) -> Fetched:
        self._write("save-evidence", wanted, file)
        raise CannotAct(Phrase(N_("nothing was given as evidence"), {}))

    def verification(self) -> Verification:
        raise CannotAct(Phrase(N_("there is no trail"), {}))

    def report(self, promotion: str) -> str:
        return self.markdown

    def wrote(self, verb: str) -> list[tuple[object, ...]]:
        """What was written with a verb."""
        return [each[1:] for each in self.calls if each[0] == verb]

    def _write(self, *what: object) -> None:
        self.threads.add(threading.get_ident())
        if self.refusal is not None:
            raise self.refusal
        self.calls.append(what)
