"""A second opinion on the gate: the rules read naively, by trying everything."""

from datetime import datetime, timedelta
from itertools import permutations

from promoter.model.checklist import ApprovalRule, Item, SignOffRule
from promoter.model.entry import (
    Approved,
    Checked,
    NotApplicable,
    Recorded,
    Rejected,
    Revoked,
    SignedOff,
    Trust,
    Waived,
)
from promoter.model.environment import Demand, Rule
from promoter.model.outcome import Verdict
from promoter.model.roster import PersonClass
from tests.support.gate_worlds import World
from tests.support.nouns import ALICE, NOW


class Oracle:
    """Says whether the gate may open by trying everything, slowly, without a line of the gate's own."""

    def __init__(self, world: World, now: datetime = NOW) -> None:
        self.rules, self.story, self.roster, self.into, self.authors = world
        self.now = now

    def opens(self) -> bool:
        if self.story.records[0].disowned_by is not None:
            return False
        required = [each for each in self.rules.items if each.required]
        rejected_elsewhere = any(
            self.stands(each) and (each.entry.item is None or self.rules.item(each.entry.item.id) is None)
            for each in self.voices(Rejected)
        )
        decided = [each for each in required if not self.let_be(each) or self.done_anyway(each)]
        return (
            bool(decided)
            and not rejected_elsewhere
            and all(self.done(each, ()) for each in required)
            and self.approved()
            and (self.authors_are_known() or not (self.rules.approvals or any(map(self.answered, required))))
        )

    def approved(self) -> bool:
        rule = self.rules.approvals
        if rule is None:
            return True
        speaking = [each for each in self.voices(Approved) if self.approves(rule, each)]
        return self.filled(rule.seats, speaking)

    def approves(self, rule: ApprovalRule, given: Recorded) -> bool:
        entry = given.entry
        age = self.now - datetime.fromisoformat(entry.at)
        return (
            isinstance(entry.content, Approved)
            and entry.subject is not None
            and entry.subject.release == self.story.release
            and entry.subject.checklist_digest == "sha256:checklist"
            and (rule.valid_for is None or timedelta(minutes=-5) <= age < rule.valid_for)
            and self.may_answer(rule.seats, given)
            and self.filled_in(rule.seats, entry.content)
        )

    def authors_are_known(self) -> bool:
        known = self.authors is not None and self.authors.unknown is None
        return known or self.into.separation.authors is not Rule.ON

    def answered(self, asked: Item) -> bool:
        return asked.sign_off is not None or self.let_be(asked)

    def wrote(self, recorded: Recorded) -> bool:
        strict = self.into.separation.authors is Rule.ON
        return strict and self.authors is not None and recorded.entry.actor.email in self.authors.commits

    def done_anyway(self, asked: Item) -> bool:
        """Whether it is waived, and would be done without that as well."""
        applies = not any(self.exempts(asked, each) for each in self.voices(NotApplicable))
        return applies and self.done(asked, (), unwaived=asked.id)

    def done(self, asked: Item, above: tuple[str, ...], unwaived: str | None = None) -> bool:
        if any(self.about(each, asked) and self.stands(each) for each in self.voices(Rejected)):
            return False
        if asked.id != unwaived and self.let_be(asked):
            return True
        needed = [self.rules.item(each) for each in asked.needs]
        return (
            asked.id not in above
            and bool(asked.checks or asked.sign_off)
            and all(each is not None and self.done(each, (*above, asked.id), unwaived) for each in needed)
            and all(self.passes(asked, each.id) for each in asked.checks)
            and (asked.sign_off is None or self.seated(asked, asked.sign_off))
        )

    def let_be(self, asked: Item) -> bool:
        return any(self.exempts(asked, each) for each in (*self.voices(Waived), *self.voices(NotApplicable)))

    def exempts(self, asked: Item, given: Recorded) -> bool:
        entry, content = given.entry, given.entry.content
        if (
            entry.item is None
            or (entry.item.id, entry.item.digest) != (asked.id, asked.digest)
            or not self.of_this_release(asked, given)
            or self.revoked(given)
            or entry.actor.person_class is not PersonClass.PERSON
            or self.wrote(given)
        ):
            return False
        if isinstance(content, NotApplicable):
            barred = self.into.separation.opener is Rule.ON and entry.actor.id == ALICE.id
            roles = asked.sign_off.roles if asked.sign_off else ()
            allowed = not roles or any(self.holds(given, each) for each in roles)
            return asked.may_not_apply and not barred and allowed
        if not isinstance(content, Waived):
            return False
        ends, longest = datetime.fromisoformat(content.until), self.rules.waivers.longest
        short = longest is None or ends - datetime.fromisoformat(entry.at) <= longest
        allowed = self.holds(given, "r") and entry.actor.id != ALICE.id
        return asked.waivable and allowed and short and ends > self.now

    def counted(self, recorded: Recorded) -> bool:
        if recorded.disowned_by is not None:
            return isinstance(recorded.entry.content, Rejected)
        if recorded.trust is Trust.CLAIMED:
            return not self.roster and self.into.signatures is Demand.OPTIONAL
        return recorded.trust is Trust.COUNTED

    def voices(self, kind: type) -> list[Recorded]:
        return [
            each for each in self.story.records if isinstance(each.entry.content, kind) and self.counted(each)
        ]

    def about(self, recorded: Recorded, asked: Item) -> bool:
        return recorded.entry.item is not None and recorded.entry.item.id == asked.id

    def revoked(self, recorded: Recorded) -> bool:
        return any(
            recorded.entry.id in each.entry.refers_to and each.entry.actor.id == recorded.entry.actor.id
            for each in self.story.records
            if isinstance(each.entry.content, Revoked)
            and (each.disowned_by is None or not isinstance(recorded.entry.content, Rejected))
        )

    def stands(self, rejected: Recorded) -> bool:
        later = self.story.records[self.story.records.index(rejected) :]
        answered = any(
            isinstance(each.entry.content, Approved if rejected.entry.item is None else SignedOff)
            and (each.entry.item and each.entry.item.id) == (rejected.entry.item and rejected.entry.item.id)
            and each.entry.actor.id == rejected.entry.actor.id
            and each.disowned_by is None
            and not self.revoked(each)
            for each in later
        )
        return not answered and not self.revoked(rejected)

    def of_this_release(self, asked: Item, recorded: Recorded) -> bool:
        subject = recorded.entry.subject
        return asked.survives_release or (subject is not None and subject.release == self.story.release)

    def passes(self, asked: Item, check: str) -> bool:
        speaking = [
            each
            for recorded in self.voices(Checked)
            if isinstance(recorded.entry.content, Checked) and self.of_this_release(asked, recorded)
            for each in recorded.entry.content.outcomes
            if (each.item, each.check, each.item_digest) == (asked.id, check, asked.digest)
            and not each.outcome.overrides
        ]
        last = speaking[-1] if speaking else None
        return (
            last is not None
            and last.outcome.verdict in (Verdict.PASSED, Verdict.WARNED)
            and timedelta(minutes=-5) <= self.now - datetime.fromisoformat(last.at) <= timedelta(days=7)
        )

    def speaks(self, asked: Item, rule: SignOffRule, signed: Recorded) -> bool:
        entry, content = signed.entry, signed.entry.content
        return (
            isinstance(content, SignedOff)
            and entry.item is not None
            and (entry.item.id, entry.item.digest) == (asked.id, asked.digest)
            and self.of_this_release(asked, signed)
            and self.may_answer(rule, signed)
            and self.filled_in(rule, content)
        )

    def may_answer(self, rule: SignOffRule, signed: Recorded) -> bool:
        entry = signed.entry
        on_roster = self.roster.person(entry.actor.id)
        return (
            not self.revoked(signed)
            and entry.actor.person_class is PersonClass.PERSON
            and (on_roster is None or on_roster.person_class is PersonClass.PERSON)
            and (not self.roster or signed.roles is not None)
            and not (self.into.separation.opener is Rule.ON and entry.actor.id == ALICE.id)
            and not self.wrote(signed)
        )

    def filled_in(self, rule: SignOffRule, content: SignedOff | Approved) -> bool:
        digests = self.into.digests is Demand.REQUIRED
        proven = any(each.digest or (each.link and not digests) for each in content.evidence)
        return (rule.evidence is Demand.OPTIONAL or proven) and all(
            content.fields.get(each.id) for each in rule.fields
        )

    def seated(self, asked: Item, rule: SignOffRule) -> bool:
        return self.filled(rule, [each for each in self.voices(SignedOff) if self.speaks(asked, rule, each)])

    def filled(self, rule: SignOffRule, speaking: list[Recorded]) -> bool:
        people = {each.entry.actor.id for each in speaking}
        wanted = [role for role in rule.roles or ("",) for _ in range(rule.count)]
        return any(
            all(
                any(each.entry.actor.id == person and self.holds(each, role) for each in speaking)
                for person, role in zip(row, wanted, strict=True)
            )
            for row in permutations(sorted(people), len(wanted))
        )

    def holds(self, signed: Recorded, role: str) -> bool:
        return not self.roster or role == "" or role in (signed.roles or ())
