"""Worlds the gate may be asked about: a checklist, a story, a roster and an environment, all drawn at random."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from promoter.messages import message
from promoter.model.authors import Authors
from promoter.model.checklist import ApprovalRule, Checklist, Item, WaiverRule
from promoter.model.entry import EvidenceItem, Trust
from promoter.model.environment import Demand, Environment, Rule
from promoter.model.outcome import CheckOutcome, Verdict
from promoter.model.roster import PersonClass, Roster
from tests.support.entries import Story, under
from tests.support.nouns import (
    ALICE,
    BOB,
    CAROL,
    CI,
    UNBOUND,
    V1,
    V2,
    at,
    checklist,
    digest,
    environment,
    item,
    outcome,
    person,
    roster,
    seats,
)

ITEMS, CHECKS, ROLES, PEOPLE = ("a", "b", "c"), ("x", "y"), ("r", "s"), (ALICE, BOB, CAROL)

rules = st.builds(
    seats,
    st.sampled_from(ROLES),
    count=st.integers(1, 2),
    evidence=st.sampled_from(Demand),
    fields=st.sampled_from([(), ("name",)]),
) | st.sampled_from([seats(), seats(count=2), seats("r", "s"), seats("r", "s", count=2)])


approvals = st.builds(ApprovalRule, rules, st.none() | st.just(timedelta(days=3)))

mostly = st.integers(0, 7).map(bool)
rarely = st.integers(0, 23).map(lambda number: number == 0)


EVIDENCE = (
    (EvidenceItem(file="minutes.pdf", digest="sha256:minutes"),),
    (EvidenceItem(link="https://example.com"), EvidenceItem(file="minutes.pdf", digest="sha256:minutes")),
    (EvidenceItem(link="https://example.com"),),
    (),
)


@st.composite
def items(draw: st.DrawFn, item_id: str) -> Item:
    checks = draw(st.sampled_from([("x",), ("x", "y"), ()]))
    return item(
        item_id,
        *checks,
        sign_off=draw(rules if checks == () and draw(mostly) else st.none() | rules),
        required=draw(mostly),
        needs=() if draw(mostly) else (draw(st.sampled_from((*ITEMS, "nothing"))),),
        survives=draw(st.booleans()),
        waivable=draw(mostly),
        may_not_apply=draw(st.booleans()),
    )


@st.composite
def checklists(draw: st.DrawFn) -> Checklist:
    return checklist(
        *[draw(items(each)) for each in ITEMS[: draw(st.sampled_from([1, 1, 2, 3, 0]))]],
        waivers=WaiverRule(("r",), draw(st.none() | st.just(timedelta(days=30)))),
        approvals=draw(st.none() | st.none() | approvals),
    )


def members(draw: st.DrawFn) -> Roster:
    if draw(st.booleans()):
        return roster()
    roles = st.sampled_from([ROLES, ROLES, ("r",), ("s",), ()])
    return roster(
        *[person(each.id, *draw(roles), machine=not draw(mostly)) for each in PEOPLE if draw(mostly)]
    )


@st.composite
def outcomes(draw: st.DrawFn) -> CheckOutcome:
    item_id = draw(st.sampled_from(ITEMS))
    return outcome(
        item_id,
        draw(st.sampled_from(CHECKS)),
        draw(st.sampled_from([Verdict.PASSED, Verdict.PASSED, Verdict.PASSED, *Verdict])),
        days=draw(st.sampled_from([0, 0, 0, 3, 7, 8, -1])),
        item_digest=digest(item_id) if draw(mostly) else "sha256:before",
        overrides=() if draw(mostly) else ("--ca-file x",),
    )


def tell(draw: st.DrawFn, story: Story) -> None:
    """One more thing happens."""
    item_id, by = draw(st.sampled_from(ITEMS)), draw(st.sampled_from(PEOPLE))
    release = story.release if draw(mostly) else V2
    trust = Trust.COUNTED if draw(mostly) else Trust.CLAIMED
    match draw(st.integers(0, 14)):
        case 0 | 1 | 2 | 3:
            story.checked(*draw(st.lists(outcomes(), max_size=4)), by=CI, release=release, trust=trust)
        case 4 | 5 | 6 | 7:
            story.signed(
                item_id,
                by if draw(mostly) else replace(by, person_class=PersonClass.MACHINE),
                item_digest=digest(item_id) if draw(mostly) else "sha256:before",
                release=release,
                fields={"name": "Bob"} if draw(mostly) else {},
                evidence=draw(st.sampled_from(EVIDENCE)),
                trust=trust,
            )
        case 8:
            story.rejected(item_id, by)
        case 10:
            story.waived(
                item_id,
                by,
                until=at(days=draw(st.sampled_from([-3, -3, -40, 1]))),
                item_digest=digest(item_id) if draw(mostly) else "sha256:before",
                release=release,
                trust=trust,
            )
        case 12 | 13:
            story.approved(
                by if draw(mostly) else replace(by, person_class=PersonClass.MACHINE),
                fields={"name": "Bob"} if draw(mostly) else {},
                evidence=draw(st.sampled_from(EVIDENCE)),
                release=release,
                checklist_digest=None if draw(mostly) else "sha256:before",
                trust=trust,
                days=draw(st.sampled_from([0, 0, 2, 3, 4, -1])),
            )
        case 14:
            story.rejected_whole(by)
        case 11:
            story.left_out(item_id, by, release=release)
        case 9:
            story.revoked(draw(st.sampled_from(story.records)), by if draw(st.booleans()) else None)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A story, half of the time one that begins well: every check passes and everyone signs."""
    story = Story(draw(st.sampled_from([V1, V1, UNBOUND])))
    if draw(st.booleans()):
        story.checked(
            *[outcome(each, check, days=draw(st.sampled_from([0, 7]))) for each in ITEMS for check in CHECKS]
        )
        evidence = draw(st.sampled_from([*EVIDENCE[:3], EVIDENCE[0]]))
        for by in PEOPLE[: draw(st.integers(0, len(PEOPLE)))]:
            story.approved(by, fields={"name": "Bob"}, evidence=evidence)
        for each in ITEMS:
            for by in PEOPLE[: draw(st.integers(1, len(PEOPLE)))]:
                story.signed(each, by, fields={"name": "Bob"}, evidence=evidence)
    for _ in range(draw(st.integers(0, 8))):
        tell(draw, story)
    return story


World = tuple[Checklist, Story, Roster, Environment, Authors | None]


DECLARED = "01JDDECLARED00000000000000"


def placed(draw: st.DrawFn, story: Story, members: Roster) -> None:
    """Says of every record which roles its author had where it was written, mostly those they have now, and
    of a few that their key was declared compromised."""
    held = st.none() | st.sampled_from([ROLES, ("r",), ("s",), ()])
    for number, each in enumerate(under(story.records, members)):
        roles = each.roles if draw(mostly) or each.trust is not Trust.COUNTED else draw(held)
        if draw(rarely) and each.trust is Trust.COUNTED:
            why = message("compromised-key", key="", actor="", by="")
            each = replace(each, trust=Trust.QUARANTINED, why=why, disowned_by=DECLARED)
        story.records[number] = replace(each, roles=roles)


def authors(draw: st.DrawFn) -> Authors | None:
    """Who wrote the release: seldom everyone, sometimes nobody on the roster, and sometimes nobody can tell."""
    if not draw(mostly):
        return draw(st.none() | st.just(Authors(unknown=message("unbound-release"))))
    wrote = [each for each in PEOPLE if draw(rarely)] + draw(st.sampled_from([[], [], [CAROL]]))
    return Authors({each.email: frozenset({0}) for each in wrote} | {"bot@example.com": frozenset({1})})


@st.composite
def worlds(draw: st.DrawFn) -> World:
    opener = draw(st.sampled_from([Rule.OFF, Rule.WARN, Rule.ON]))
    signatures = draw(st.sampled_from([Demand.OPTIONAL, Demand.OPTIONAL, Demand.REQUIRED]))
    separate = draw(st.sampled_from([Rule.OFF, Rule.WARN, Rule.ON]))
    digests = draw(st.sampled_from(Demand))
    into = replace(environment(opener=opener, signatures=signatures, authors=separate), digests=digests)
    story, people = draw(stories()), members(draw)
    placed(draw, story, people)
    return draw(checklists()), story, people, into, authors(draw)
