"""What must be true before a release moves from one environment to the next."""

from collections.abc import Mapping
from datetime import timedelta

from promoter.frozen import frozen
from promoter.model.environment import Demand
from promoter.model.reference import Value
from promoter.model.text import Text
from promoter.place import Place


@frozen
class CheckSpec:
    """One check of an item as written: its fields stay plain data, so that a pinned checklist
    gates without the kind being installed. `id` defaults to the kind. `needs` are checks of the same item,
    before this one, without whose passing it is not run; `retries` how often it is tried again."""

    id: str
    kind: str
    fields: Mapping[str, Value]
    place: Place
    max_age: timedelta | None = None
    needs: tuple[str, ...] = ()
    retries: int = 0


@frozen
class FormField:
    """A field a sign-off must fill in, where a bare tick is worth nothing. `due` when it is the date by which what was
    signed has to be done again."""

    id: str
    title: Text
    required: bool = True
    example: Text | None = None
    due: bool = False


@frozen
class SignOffRule:
    """Who must answer for an item. With several roles, `count` distinct people are needed **for each
    role**; without roles, `count` distinct people."""

    roles: tuple[str, ...] = ()
    count: int = 1
    evidence: Demand = Demand.OPTIONAL
    fields: tuple[FormField, ...] = ()


@frozen
class Item:
    """One line of a checklist. `digest` covers the keys as written, so that new defaults of a later
    version change nothing; it is what sign-offs and outcomes bind to."""

    id: str
    title: Text
    digest: str
    place: Place
    text: Text | None = None
    source: tuple[str, ...] = ()
    notes: tuple[Text, ...] = ()
    required: bool = True
    checks: tuple[CheckSpec, ...] = ()
    sign_off: SignOffRule | None = None
    needs: tuple[str, ...] = ()
    survives_release: bool = False
    waivable: bool = True
    may_not_apply: bool = False


@frozen
class WaiverRule:
    """Who may waive an item (any one of the roles), and for how long at most (None: as long as they say)."""

    roles: tuple[str, ...] = ("waiver-approver",)
    longest: timedelta | None = None


@frozen
class ApprovalRule:
    """Who must approve a promotion as a whole, and how long an approval counts (None: as long as release and
    checklist stay what they are)."""

    seats: SignOffRule
    valid_for: timedelta | None = None


@frozen
class Checklist:
    """One transition's checklist. `digest` is that of the file's content. `requires_previous` asks for
    the same release to have been promoted or adopted into the environment it comes from, at least `soak` ago."""

    id: str
    title: Text
    from_environment: str
    to_environment: str
    items: tuple[Item, ...]
    digest: str
    place: Place
    requires_previous: bool = False
    max_age: timedelta = timedelta(days=7)
    waivers: WaiverRule = WaiverRule()
    soak: timedelta = timedelta()
    approvals: ApprovalRule | None = None

    def item(self, item_id: str) -> Item | None:
        """The item with this id."""
        return next((each for each in self.items if each.id == item_id), None)

    def max_age_of(self, check: CheckSpec) -> timedelta:
        """How old an outcome of this check may be."""
        return check.max_age or self.max_age
