"""What an answer needs before it is written: who may give it, what its form asks for, and evidence that counts."""

from collections.abc import Mapping, Sequence

from promoter.errors import Refused, UsageError
from promoter.gate.case import Case
from promoter.gate.expiring import day_of
from promoter.messages import N_, Message, phrase
from promoter.model.checklist import SignOffRule
from promoter.model.entry import EvidenceItem
from promoter.model.environment import Demand, Environment
from promoter.promotion import Promotion
from promoter.usecases.authorship import authors_of
from promoter.usecases.drafting import ensure_genesis, require_standing
from promoter.usecases.identity import identity
from promoter.usecases.pinned import Rules
from promoter.usecases.workspace import Workspace

LONGEST_COMMENT = 20_000


def require_digest(into: Environment, rule: SignOffRule, evidence: Sequence[EvidenceItem]) -> None:
    """Refuses links alone where evidence counts only with a digest."""
    asked = into.digests is Demand.REQUIRED and rule.evidence is Demand.REQUIRED
    if asked and not any(each.digest for each in evidence):
        raise UsageError(
            phrase(N_("{environment} counts evidence only with its digest"), environment=into.name),
            phrase(N_("give the file itself with --file PATH; links may come with it")),
        )


def require_heard(why: Message | None) -> None:
    """Refuses to write what would never count."""
    if why is not None:
        raise Refused(
            phrase(N_("this would not count: {why}"), why=why),
            phrase(N_("'promoter next' says who may; 'promoter comment' is open to everyone")),
        )


def case_of(workspace: Workspace, promotion: Promotion, rules: Rules) -> Case:
    """What the gate is asked about a promotion by, as the user stands to it."""
    as_of = workspace.state_of(promotion.id).as_of(promotion)
    authors = authors_of(workspace, promotion.release, rules.target, as_of)
    roster = workspace.state.roster
    return Case(rules.checklist, promotion, rules.target, roster, workspace.now(), authors)


def require_person(workspace: Workspace) -> None:
    """Refuses to write what people alone may say, for somebody whose words would not count."""
    ensure_genesis(workspace)
    require_standing(workspace, identity(workspace), person=True)


def fields_of(rule: SignOffRule, given: Mapping[str, str]) -> dict[str, str]:
    """The fields of a form as they are kept; raises UsageError naming those it does not have, or that are missing."""
    known = {each.id for each in rule.fields}
    unknown = sorted(set(given) - known)
    if unknown:
        raise UsageError(
            phrase(N_("this item has no field {names}"), names=unknown),
            phrase(N_("the ones there are: {names}"), names=sorted(known)),
        )
    filled = {name: words.strip() for name, words in given.items() if words.strip()}
    missing = [each.id for each in rule.fields if each.required and each.id not in filled]
    if missing:
        raise UsageError(
            phrase(N_("a bare tick is worth nothing here; fill in {names}"), names=missing),
            phrase(N_("give each as --field NAME=VALUE")),
        )
    dates = {each.id for each in rule.fields if each.due}
    undated = [name for name, words in filled.items() if name in dates and day_of(words) is None]
    if undated:
        raise UsageError(
            phrase(N_("{names} asks for a date"), names=undated), phrase(N_("for example 2027-06-01"))
        )
    return {name: kept_text(words) for name, words in filled.items()}


def kept_text(words: str) -> str:
    """A text as an entry keeps it; raises UsageError for one that is too long."""
    if len(words) > LONGEST_COMMENT:
        raise UsageError(
            phrase(N_("a text of more than {most} characters does not fit an entry"), most=LONGEST_COMMENT)
        )
    return words.strip()
