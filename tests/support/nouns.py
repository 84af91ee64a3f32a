"""Checklists, people, releases and outcomes, made tersely: values for the stories that tests tell."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from promoter.messages import Message, message
from promoter.model.checklist import (
    ApprovalRule,
    Checklist,
    CheckSpec,
    FormField,
    Item,
    SignOffRule,
    WaiverRule,
)
from promoter.model.environment import (
    Access,
    AccessLevel,
    BreakGlass,
    Data,
    Demand,
    Environment,
    Rule,
    Separation,
)
from promoter.model.freeze import FreezeWindow
from promoter.model.outcome import CheckOutcome, Outcome, Verdict
from promoter.model.release import Release
from promoter.model.roster import Actor, Key, Person, PersonClass, Roster
from promoter.model.text import plain
from promoter.place import Place

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FROM, TO = "staging", "preprod"
_ANY_LENGTH = WaiverRule()
_NOWHERE = Place("checklists/staging-to-preprod.yaml")


def at(*, days: float = 0, hours: float = 0) -> str:
    """A moment as entries write it, so long before `NOW`."""
    return (NOW - timedelta(days=days, hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def actor(name: str, person_class: PersonClass = PersonClass.PERSON) -> Actor:
    """`actor("alice")` is Alice <alice@example.com>."""
    return Actor(name, name.capitalize(), f"{name}@example.com", f"SHA256:{name}", person_class)


ALICE, BOB, CAROL, DAN = actor("alice"), actor("bob"), actor("carol"), actor("dan")
CI = actor("ci", PersonClass.MACHINE)


def person(name: str, *roles: str, machine: bool = False) -> Person:
    """A person of the roster with one key, matching `actor(name)`."""
    return Person(
        id=name,
        name=name.capitalize(),
        emails=(f"{name}@example.com",),
        roles=roles,
        keys=(Key(f"SHA256:{name}", "ssh-ed25519", f"ssh-ed25519 {name}"),),
        person_class=PersonClass.MACHINE if machine else PersonClass.PERSON,
    )


def roster(*people: Person, **roles: Sequence[str] | str) -> Roster:
    """`roster(alice="security", bob=["integrator", "security"])`."""
    named = (person(name, *([held] if isinstance(held, str) else held)) for name, held in roles.items())
    return Roster((*people, *named))


def release(name: str, fill: str | None = None) -> Release:
    """`release("v1", "a")` is bound to commit aaaa…; without a letter it is unbound."""
    return Release(name) if fill is None else Release(name, fill * 40, fill * 39 + "0")


V1, V2, UNBOUND = release("v1", "a"), release("v2", "b"), release("v1")


def digest(item_id: str) -> str:
    """The definition digest items and entries agree on, unless a test says otherwise."""
    return f"sha256:{item_id}"


def check(check_id: str, *, max_age: timedelta | None = None) -> CheckSpec:
    """A check whose kind is its id."""
    return CheckSpec(check_id, check_id, {}, _NOWHERE, max_age)


def seats(
    *roles: str, count: int = 1, evidence: Demand = Demand.OPTIONAL, fields: Sequence[str] = ()
) -> SignOffRule:
    """`seats("security", count=2)`; fields are required ones."""
    return SignOffRule(roles, count, evidence, tuple(FormField(each, plain(each)) for each in fields))


def item(
    item_id: str,
    *checks: str | CheckSpec,
    sign_off: SignOffRule | None = None,
    required: bool = True,
    needs: Sequence[str] = (),
    survives: bool = False,
    waivable: bool = True,
    may_not_apply: bool = False,
) -> Item:
    """`item("webhook", "https", sign_off=seats("integrator"))`."""
    return Item(
        id=item_id,
        title=plain(item_id),
        digest=digest(item_id),
        place=_NOWHERE,
        required=required,
        checks=tuple(each if isinstance(each, CheckSpec) else check(each) for each in checks),
        sign_off=sign_off,
        needs=tuple(needs),
        survives_release=survives,
        waivable=waivable,
        may_not_apply=may_not_apply,
    )


def checklist(
    *items: Item,
    requires_previous: bool = False,
    max_age: timedelta = timedelta(days=7),
    waivers: WaiverRule = _ANY_LENGTH,
    soak: timedelta = timedelta(),
    approvals: ApprovalRule | None = None,
) -> Checklist:
    """The checklist from staging to preprod."""
    return Checklist(
        id=f"{FROM}-to-{TO}",
        title=plain("From staging to preprod"),
        from_environment=FROM,
        to_environment=TO,
        items=items,
        digest="sha256:checklist",
        place=_NOWHERE,
        requires_previous=requires_previous,
        max_age=max_age,
        waivers=waivers,
        soak=soak,
        approvals=approvals,
    )


def environment(
    name: str = TO,
    *,
    opener: Rule = Rule.OFF,
    authors: Rule = Rule.WARN,
    signatures: Demand = Demand.OPTIONAL,
    freezes: Sequence[FreezeWindow] = (),
    break_glass: Sequence[str] = (),
) -> Environment:
    """An environment about which nothing is remarkable."""
    return Environment(
        name=name,
        title=plain(name),
        use=plain("acceptance"),
        urls={"app": f"https://{name}.example.com"},
        data=Data.SIMULATED,
        access=Access(AccessLevel.PUBLIC, plain("public")),
        stability=plain("stable"),
        support=plain("support"),
        place=Place("checklists/pipeline.yaml"),
        signatures=signatures,
        separation=Separation(opener, authors),
        freezes=tuple(freezes),
        break_glass=BreakGlass(tuple(break_glass)) if break_glass else None,
    )


def outcome(
    item_id: str,
    check_id: str,
    verdict: Verdict = Verdict.PASSED,
    *,
    days: float = 0,
    item_digest: str | None = None,
    overrides: Sequence[str] = (),
    reason: Message | None = None,
) -> CheckOutcome:
    """What one check came to, so many days before `NOW`."""
    came_to = Outcome(verdict, reason or message(f"{check_id}.{verdict}"), overrides=tuple(overrides))
    return CheckOutcome(item_id, item_digest or digest(item_id), check_id, check_id, at(days=days), came_to)
