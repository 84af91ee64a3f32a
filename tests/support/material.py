"""A rich material for reports: every place where someone's words can stand has some."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from promoter.gate import (
    Answer,
    CheckStanding,
    Decision,
    Hold,
    ItemStanding,
    ItemState,
    Reason,
    Seat,
    SignOffStanding,
    Validity,
)
from promoter.messages import Language, Template, message
from promoter.model.checklist import Checklist, CheckSpec, FormField, Item, SignOffRule
from promoter.model.entry import (
    Abandoned,
    Checked,
    Commented,
    Content,
    Entry,
    EntryType,
    EvidenceItem,
    ItemBinding,
    Opened,
    Pinned,
    Promoted,
    Recorded,
    Rejected,
    Reported,
    Reserved,
    Revoked,
    SignatureVerdict,
    SignedOff,
    Subject,
    Trust,
    Unreadable,
)
from promoter.model.environment import (
    Access,
    AccessLevel,
    Data,
    Demand,
    Environment,
    Note,
    Pipeline,
    Rule,
    Separation,
    VariableRule,
    Variables,
)
from promoter.model.outcome import CheckOutcome, Evidence, Outcome, Verdict
from promoter.model.reference import Variable
from promoter.model.release import Release
from promoter.model.roster import Actor, Key, Person, PersonClass, Roster
from promoter.model.text import Text, plain
from promoter.place import Place
from promoter.promotion import Promotion, RecordedOutcome, RunsIn, Stage, Voice
from promoter.report import Material

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TIP = "9f8e7d6c5b4a39281706f5e4d3c2b1a098765432"
_NOWHERE = Place("checklists/pipeline.yaml")
Words = Callable[[str], str]

PHRASES: dict[str, Template] = {
    "https.answered": "{status} in {took:duration} from {address}",
    "certificate.expires-soon": "the certificate expires in {days} days, {needed} required",
    "certificate.days-left": "days left",
    "certificate.subject": "subject",
    "https.status": "status",
    "https.traceback": "traceback",
    "at-least": "at least {number}",
    "check-failed": "{check}: {outcome}",
    "waiting-for": "waiting for {missing} of {needed} sign-offs: {role}",
    "expired-check": "the check is {days} days old, {allowed} allowed",
    "outside-roster": "{name} is not on the roster",
    "superseded": "the same person signed again later",
    "previous-missing": "{release} was never promoted into {environment}",
    "newer-type": "written by a newer version of promoter ({type})",
    "seats-nobody": "nobody can fill the seat {role}",
}


def language(code: str) -> Language:
    """A language that knows the codes used here."""
    return Language(code, phrasebook=PHRASES.get)


class Scene:
    """Builds a `Material`; `words` turns each sensible sentence into whatever a test wants there."""

    def __init__(self, words: Words = lambda said: said, *, claimed: bool = False) -> None:
        self.words = words
        self.claimed = claimed
        self.records: list[Recorded] = []
        w = words
        self.alice = Actor("alice", w("Alice Martin"), w("alice@example.com"), w("SHA256:h3kQalice"))
        self.bruno = Actor("bruno", w("Bruno Lefèvre"), w("bruno@example.com"), w("SHA256:9xZbruno"))
        self.mallory = Actor("mallory", w("Mallory"), w("mallory@example.net"))
        self.ci = Actor("ci", w("CI"), w("ci@example.com"), w("SHA256:ci"), PersonClass.MACHINE)
        self.release = Release(w("v1.4.0"), "c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6", "a" * 40)
        self.items = _items(w)

    def material(
        self, answer: Answer = Answer.BLOCKED, *, demo: bool = False, exceptions: bool = False
    ) -> Material:
        """The story so far, told to the end that `answer` asks for."""
        w = self.words
        opened = self._add(EntryType.OPENED, self.alice, _opened(w))
        outcomes = _outcomes(w)
        checked = self._add(EntryType.CHECKED, self.ci, Checked(outcomes, "0.1.0"))
        decision = self._decision(answer, checked, outcomes)
        if exceptions:
            self._add(
                EntryType.BROKE_GLASS, self.alice, Reserved({"reason": w("The old version loses events.")})
            )
        quarantined = self._add(
            EntryType.SIGNED_OFF, self.mallory, SignedOff(w("Trust me.")), item="webhook", quarantined=True
        )
        closed = self._close(answer)
        reported = self._add(
            EntryType.REPORTED, self.alice, Reported(TIP, "2026-11-22T11:00:00Z", "fr", "sha256:0", "0.1.0")
        )
        latency = EvidenceItem(
            file=w("latency.png"), digest=w("sha256:" + "8" * 64), size=8, media_type=w("image/png")
        )
        self._add(
            EntryType.COMMENTED, self.bruno, Commented(w("Slow since noon."), (latency,)), item="webhook"
        )
        self._add(EntryType.COMMENTED, self.bruno, Commented(w("Not a word more.")), item="webhook")
        unreadable = Unreadable(
            w("p/aa/x/01JD.signed-off.json"), "e" * 40, "x", message("newer-type", type=w("approved")), True
        )
        standings = decision.items
        promotion = Promotion(
            id=w("01JDABCDEFGHJKMNPQRSTVWXYZ"),
            transition=w("staging-to-preprod"),
            from_environment="staging",
            to_environment="preprod",
            release=self.release,
            checklist_digest="sha256:c",
            opened=opened,
            pinned=_opened(w),
            stage={Answer.PROMOTED: Stage.PROMOTED, Answer.ABANDONED: Stage.ABANDONED}.get(
                answer, Stage.OPEN
            ),
            outcomes={},
            sign_offs=tuple(each.voice for standing in standings for each in standing.sign_offs),
            rejections=tuple(each for standing in standings for each in standing.rejections),
            history=tuple(self.records),
            closed_by=closed,
            quarantined=(quarantined,),
            newer=(unreadable, reported) if exceptions else (unreadable,),
        )
        runs = RunsIn("preprod", Release(w("v1.3.2"), "b" * 40), "2026-10-03T09:15:00Z", opened, adopted=True)
        return Material(
            pipeline=_pipeline(w),
            checklist=_checklist(w, self.items),
            promotion=promotion,
            decision=decision,
            runs_in={"preprod": runs},
            roster=Roster() if self.claimed else _roster(w),
            tip=w(TIP),
            entries=12,
            as_of=NOW,
            demo=demo,
            version="0.1.0",
            branch=w("promoter/trail"),
        )

    def _decision(self, answer: Answer, checked: Recorded, outcomes: tuple[CheckOutcome, ...]) -> Decision:
        w = self.words
        holds = answer is Answer.BLOCKED
        failing = message("check-failed", check="certificate", outcome=outcomes[1].outcome.reason)
        waiting = message("waiting-for", missing=1, needed=2, role=w("security"))
        reasons = (
            Reason(failing, Hold.FAILED, "webhook"),
            Reason(waiting, Hold.WAITING, "credentials"),
            Reason(message("previous-missing", release=w("v1.4.0"), environment=w("staging")), Hold.WAITING),
        )
        standings = (
            self._webhook(checked, outcomes, reasons[:1] if holds else ()),
            self._credentials(reasons[1:2] if holds else ()),
            ItemStanding(self.items[2], ItemState.DONE, (), (), (), (), ()),
        )
        return Decision(
            answer,
            reasons if holds else (),
            standings,
            claimed=self.claimed,
            at=NOW,
            warnings=(message("seats-nobody", role=w("auditor")),),
        )

    def _webhook(
        self, checked: Recorded, outcomes: tuple[CheckOutcome, ...], reasons: tuple[Reason, ...]
    ) -> ItemStanding:
        w = self.words
        item = self.items[0]
        stale = message("expired-check", days=9, allowed=7)
        https, certificate, signature = item.checks
        answered, expiring = (RecordedOutcome(each, checked, self.release) for each in outcomes)
        checks = (
            CheckStanding(https, Validity.EXPIRED, answered, stale),
            CheckStanding(certificate, Validity.CURRENT, expiring),
            CheckStanding(signature, Validity.MISSING, None),
        )
        rejected = self._add(
            EntryType.REJECTED,
            self.bruno,
            Rejected(
                w("The certificate is the old one.\nSee the ticket."),
                (
                    EvidenceItem(
                        file=w("chain.pem"),
                        digest=w("sha256:" + "7" * 64),
                        size=3,
                        media_type=w("text/plain"),
                    ),
                    EvidenceItem(link=w("https://ci.example.com/7")),
                ),
            ),
            item="webhook",
        )
        revoked = self._add(
            EntryType.REVOKED, self.bruno, Revoked(w("Wrong host, my mistake.")), item="webhook"
        )
        signed = self._add(EntryType.SIGNED_OFF, self.alice, _signed(w), item="webhook")
        again = self._add(EntryType.SIGNED_OFF, self.alice, SignedOff(), item="webhook")
        return ItemStanding(
            item,
            ItemState.FAILING,
            reasons,
            checks,
            (Seat(w("integrator"), 1, 1),),
            (
                SignOffStanding(Voice(signed), Validity.CURRENT, True, w("integrator")),
                SignOffStanding(Voice(again, revoked), Validity.CURRENT, False, None, message("superseded")),
            ),
            (Voice(rejected), Voice(rejected, answered=True), Voice(rejected, revoked)),
        )

    def _credentials(self, reasons: tuple[Reason, ...]) -> ItemStanding:
        w = self.words
        signed = self._add(
            EntryType.SIGNED_OFF, self.bruno, SignedOff(w("Kept in the vault.")), item="credentials"
        )
        seats = (Seat(w("integrator"), 1, 1), Seat(w("security"), 1, 0))
        voices = (SignOffStanding(Voice(signed), Validity.CURRENT, True, ""),)
        return ItemStanding(self.items[1], ItemState.WAITING, reasons, (), seats, voices, ())

    def _close(self, answer: Answer) -> Recorded | None:
        if answer is Answer.PROMOTED:
            content = Promoted(self.words(TIP), 11, "open", self.claimed, self.words("Go."))
            return self._add(EntryType.PROMOTED, self.bruno, content)
        if answer is Answer.ABANDONED:
            return self._add(EntryType.ABANDONED, self.bruno, Abandoned(self.words("Replaced by v1.4.1.")))
        return None

    def _add(
        self,
        kind: EntryType,
        by: Actor,
        content: Content,
        *,
        item: str | None = None,
        quarantined: bool = False,
    ) -> Recorded:
        number = len(self.records)
        trust = Trust.QUARANTINED if quarantined else Trust.CLAIMED if self.claimed else Trust.COUNTED
        signed = trust is Trust.COUNTED
        entry = Entry(
            id=f"01JD{number:022}",
            trail=self.words("0123456789abcdef0123456789abcdef"),
            pipeline="passe-marche",
            type=kind,
            actor=by,
            at=(NOW - timedelta(days=3) + timedelta(hours=5 * number)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            content=content,
            subject=Subject("x", "staging", "preprod", self.release, "sha256:c"),
            item=ItemBinding(item, f"sha256:{item}") if item else None,
        )
        recorded = Recorded(
            entry,
            f"{number:02x}c0ffee" + "0" * 32,
            f"p/aa/x/{entry.id}.{kind}.json",
            SignatureVerdict.GOOD if signed else SignatureVerdict.UNSIGNED,
            trust,
            by.key if signed else None,
            message("outside-roster", name=self.words("Mallory")) if quarantined else None,
        )
        self.records.append(recorded)
        return recorded


def _both(w: Words, french: str, english: str) -> Text:
    return Text({"fr": w(french), "en": w(english)})


def _items(w: Words) -> tuple[Item, ...]:
    specs = tuple(
        CheckSpec(w(each), each, {}, _NOWHERE) for each in ("https", "certificate", "webhook-signature")
    )
    kept = FormField("kept", _both(w, "Conservés où, par qui", "Kept where, by whom"))
    return (
        Item(
            "webhook",
            _both(
                w, "Endpoint webhook HTTPS configuré et testé", "HTTPS webhook endpoint configured and tested"
            ),
            "sha256:webhook",
            _NOWHERE,
            text=_both(
                w,
                "L’adresse est celle déclarée.\nElle répond.",
                "The address is the registered one.\nIt answers.",
            ),
            source=(w("Checklist de migration"), w("Exigences pour la mise en production")),
            notes=(_both(w, "Le certificat est vérifié.", "The certificate is verified."),),
            checks=specs,
            sign_off=SignOffRule((w("integrator"),), fields=(kept,)),
        ),
        Item(
            "credentials",
            _both(
                w,
                "Credentials preprod obtenus auprès de l’équipe Passe Marché",
                "Preprod credentials obtained",
            ),
            "sha256:credentials",
            _NOWHERE,
            source=(w("Checklist de migration"),),
            sign_off=SignOffRule((w("integrator"), w("security"))),
        ),
        Item(
            "rehearsal",
            _both(w, "Répétition générale", "Rehearsal"),
            "sha256:rehearsal",
            _NOWHERE,
            required=False,
        ),
    )


def _outcomes(w: Words) -> tuple[CheckOutcome, ...]:
    answered = Outcome(
        Verdict.PASSED,
        message("https.answered", status=200, took=0.084, address=w("203.0.113.7:443")),
        (Evidence(message("https.status"), w("below 500"), 200, Verdict.PASSED),),
        0.084,
        (w("--connect-to preprod.example.org:443:127.0.0.1:8443"),),
    )
    expiring = Outcome(
        Verdict.FAILED,
        message("certificate.expires-soon", days=6, needed=7),
        (
            Evidence(message("certificate.days-left"), message("at-least", number=7), 6, Verdict.FAILED),
            Evidence(message("certificate.subject"), None, w("CN=preprod.example.org")),
            Evidence(message("https.traceback"), None, w("Traceback:\n  File <check>")),
        ),
        0.12,
    )
    return tuple(
        CheckOutcome("webhook", "sha256:webhook", kind, kind, "2026-11-20T13:58:00Z", outcome)
        for kind, outcome in (("https", answered), ("certificate", expiring))
    )


def _signed(w: Words) -> SignedOff:
    return SignedOff(
        w(
            "Tried with a real event, see https://ci.example.com/42.\n\n- signature checked\n- retries checked"
        ),
        {"kept": w("Coffre de l’équipe, Alice Martin"), "extra": w("01 45 67 89 01")},
        (
            EvidenceItem(link=w("https://ci.example.com/runs/42")),
            EvidenceItem(
                file=w("recette.pdf"),
                digest=w("sha256:" + "5" * 64),
                size=48213,
                media_type=w("application/pdf"),
            ),
            EvidenceItem(file=w("ancien.pdf"), digest=w("sha256:" + "6" * 64), size=9, stored=True),
        ),
    )


def _opened(w: Words) -> Opened:
    return Opened(
        transition="staging-to-preprod",
        pipeline=Pinned(w("checklists/pipeline.yaml"), w("sha256:" + "1" * 64)),
        checklist=Pinned(w("checklists/staging-to-preprod.yaml"), w("sha256:" + "2" * 64)),
        template=Pinned("templates/report.md.j2", w("sha256:" + "3" * 64)),
        roster="genesis",
        ca_file=Pinned(w("internal-ca.pem"), w("sha256:" + "4" * 64)),
        comment=w("For the rehearsal."),
    )


def _roster(w: Words) -> Roster:
    return Roster(
        (
            Person(
                "alice",
                w("Alice Martin"),
                ("a",),
                (w("integrator"), w("release-manager")),
                (Key(w("SHA256:h3kQalice"), "ssh", "k"),),
            ),
            Person(
                "bruno",
                w("Bruno Lefèvre"),
                ("b",),
                (w("integrator"),),
                (Key(w("SHA256:9xZbruno"), "ssh", "k"),),
            ),
            Person("ci", w("CI"), ("c",), (), (), PersonClass.MACHINE),
        )
    )


def _checklist(w: Words, items: tuple[Item, ...]) -> Checklist:
    title = _both(w, "De Staging vers Preprod", "From staging to preprod")
    return Checklist("staging-to-preprod", title, "staging", "preprod", items, "sha256:c", _NOWHERE)


def _pipeline(w: Words) -> Pipeline:
    staging = Environment(
        name="staging",
        title=plain(w("Staging")),
        use=_both(w, "Intégration des éditeurs partenaires", "Integration of partner editors"),
        urls={
            "app": w("https://staging.passemarche.data.gouv.fr"),
            "api": w("https://staging.passemarche.data.gouv.fr/api/v1"),
            "status": w("https://status.example.org"),
            "webhook": Variable(w("PASSEMARCHE_WEBHOOK_URL")),
        },
        data=Data.SIMULATED,
        access=Access(AccessLevel.PUBLIC, _both(w, "Public, destiné aux éditeurs", "Public, for editors")),
        stability=_both(w, "Plus stable que sandbox", "More stable than sandbox"),
        support=_both(w, "Credentials de test disponibles", "Test credentials available"),
        place=_NOWHERE,
        variables=Variables(rules=(VariableRule("PASSEMARCHE_URL"), VariableRule(w("OLD_SETTING")))),
    )
    secret = VariableRule(w("PASSEMARCHE_CLIENT_SECRET"), secret=True, differs_from=("staging",))
    preprod = Environment(
        name="preprod",
        title=plain(w("Preprod")),
        use=_both(w, "Tests de recette avec données réelles", "Acceptance tests with real data"),
        urls={
            "app": w("https://preprod.passemarche.data.gouv.fr"),
            "api": w("https://preprod.passemarche.data.gouv.fr/api/v1"),
            "status": w("https://status.example.org"),
            "webhook": Variable(w("PASSEMARCHE_WEBHOOK_URL")),
        },
        data=Data.REAL,
        access=Access(
            AccessLevel.RESTRICTED,
            _both(w, "Accès restreint aux éditeurs autorisés", "Authorised editors only"),
        ),
        stability=_both(w, "Environnement iso-production", "Same as production"),
        support=_both(
            w, "Contactez l’équipe Passe Marché pour obtenir un accès", "Ask the Passe Marché team for access"
        ),
        place=_NOWHERE,
        notes=(
            Note(
                _both(w, "Les données récupérées sont des données réelles d’entreprises", "The data is real"),
                w("Points d’attention"),
            ),
            Note(
                _both(w, "Environnement utilisé pour la formation des éditeurs", "Editors are trained here")
            ),
        ),
        unstable=True,
        variables=Variables(rules=(VariableRule("PASSEMARCHE_URL"), secret)),
        signatures=Demand.REQUIRED,
        separation=Separation(opener=Rule.ON),
    )
    title = _both(w, "Intégration Passe Marché", "Passe Marché integration")
    return Pipeline(
        "passe-marche",
        title,
        "Europe/Paris",
        "promoter/trail",
        (staging, preprod),
        ("staging-to-preprod",),
        Roster(),
        _NOWHERE,
        support=_both(w, "Équipe Passe Marché, canaux officiels", "Passe Marché team, official channels"),
    )
