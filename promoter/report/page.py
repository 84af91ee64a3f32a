"""What a report template sees: texts, numbers and lists, with names that stay.

Templates are pinned into trails and rendered by later versions of promoter, so a name here may be
added and never removed. Every `str` is foreign until escaped; times are in the report's language and
time zone; `commit` is an abbreviation unless it says otherwise; `glyph` is one character.
"""

from promoter.frozen import frozen
from promoter.report.escaping import Written
from promoter.report.voices import Event, RejectionLines, RemarkLines, SeatLines, SignOffLines


@frozen
class ReleaseLines:
    """A release; commit and tree in full, or `—` when it is unbound."""

    name: str
    commit: str
    tree: str
    bound: bool


@frozen
class Holding:
    """One reason that keeps the gate shut; `item` is its number, 0 for the promotion as a whole."""

    item: int
    title: str
    kind: str
    text: str


@frozen
class Line:
    """One observation of a check; `block` when what was observed has several lines. A command line is
    `Written` as code."""

    fact: str
    expected: str
    observed: str | Written
    glyph: str
    block: bool


@frozen
class CheckLines:
    """A check with its latest outcome; `ran` is false when there is none, and `why` says why it does
    not speak. `remark` names how it does not (`expired`), and is empty when it does."""

    id: str
    glyph: str
    verdict: str
    summary: str
    ran: bool
    remark: str
    why: str
    when: str
    took: str
    who: str
    commit: str
    overrides: tuple[str, ...]
    evidence: tuple[Line, ...]


@frozen
class ItemLines:
    """An item of the checklist with everything that speaks for or against it."""

    number: int
    id: str
    title: str
    text: str
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    required: bool
    holds: bool
    glyph: str
    state: str
    checks_summary: str
    seats_summary: str
    reasons: tuple[str, ...]
    checks: tuple[CheckLines, ...]
    seats: tuple[SeatLines, ...]
    sign_offs: tuple[SignOffLines, ...]
    rejections: tuple[RejectionLines, ...]


@frozen
class Address:
    """A URL by name; `variable` when it is kept in the variable of that name."""

    name: str
    url: str
    variable: str


@frozen
class Remark:
    """A point of attention, and the section of the document it stands in."""

    text: str
    source: str


@frozen
class EnvironmentLines:
    """An environment, with everything its document says of it."""

    name: str
    title: str
    use: str
    urls: tuple[Address, ...]
    pins: tuple[Address, ...]
    data: str
    access: str
    stability: str
    support: str
    notes: tuple[Remark, ...]
    internal: bool
    unstable: bool
    runs: str
    since: str
    adopted: bool


@frozen
class Difference:
    """A fact of both environments."""

    name: str
    source: str
    target: str


@frozen
class VariableLine:
    """A variable by name; its value is never part of a report."""

    name: str
    secret: bool
    in_source: bool
    in_target: bool
    differs: bool


@frozen
class PersonLines:
    """Someone on the roster."""

    id: str
    name: str
    roles: str
    keys: tuple[str, ...]
    machine: bool


@frozen
class Unread:
    """A file of the trail that this version cannot read, or does not know how to apply."""

    path: str
    commit: str
    why: str


@frozen
class Pin:
    """A file copied into the trail."""

    path: str
    digest: str


@frozen
class TrailLines:
    """The trail up to its tip, which is in full."""

    id: str
    branch: str
    tip: str
    entries: int
    pins: tuple[Pin, ...]


@frozen
class Page:
    """The names a template starts from.

    `answer` is the gate's code (`blocked`, …) and `answer_words` its word; `closed` is the entry that
    promoted or abandoned, if any, with `decided_tip` and `decided_entries` as a promotion quotes them.
    `remarks` are the comments that evidence was given with.
    `contact` is whom to ask about the service as a whole.
    """

    title: str
    promotion: str
    transition: str
    checklist: str
    answer: str
    answer_words: str
    item_count: int
    held_count: int
    holding: tuple[Holding, ...]
    warnings: tuple[str, ...]
    claimed: bool
    demo: bool
    roster_empty: bool
    release: ReleaseLines
    opened: Event
    closed: tuple[Event, ...]
    decided_tip: str
    decided_entries: int
    decided_answer: str
    source: EnvironmentLines
    target: EnvironmentLines
    differences: tuple[Difference, ...]
    same: tuple[Difference, ...]
    variables: tuple[VariableLine, ...]
    contact: str
    items: tuple[ItemLines, ...]
    approval_seats: tuple[SeatLines, ...]
    approvals: tuple[SignOffLines, ...]
    refusals: tuple[RejectionLines, ...]
    exceptions: tuple[Event, ...]
    remarks: tuple[RemarkLines, ...]
    timeline: tuple[Event, ...]
    quarantined_count: int
    unread: tuple[Unread, ...]
    people: tuple[PersonLines, ...]
    trail: TrailLines
    as_of: str
    time_zone: str
    version: str
