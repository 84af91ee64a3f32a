"""What a report template sees of what people said: `page` says what holds for these names."""

from promoter.frozen import frozen


@frozen
class Event:
    """An entry of the trail: what, by whom, when, and what its signature is worth.

    `state` says both whether it counts and whether it is signed; `why` says why it does not count.
    """

    type: str
    what: str
    who: str
    email: str
    when: str
    id: str
    commit: str
    state: str
    key: str
    comment: str
    counted: bool
    why: str


@frozen
class Answer:
    """A field of the form, as filled in."""

    title: str
    value: str


@frozen
class Piece:
    """A link, or a file by name, digest, size in bytes and type, empty where nobody told it; `stored` when its bytes
    are on the trail."""

    link: str
    file: str
    digest: str
    size: int
    media_type: str
    stored: bool


@frozen
class SignOffLines:
    """A sign-off. `role` is the one it is credited for, empty for a seat without a role."""

    event: Event
    counts: bool
    role: str
    why: str
    revoked: tuple[Event, ...]
    fields: tuple[Answer, ...]
    evidence: tuple[Piece, ...]


@frozen
class RejectionLines:
    """A rejection, whether it stands, and what took it back."""

    event: Event
    stands: bool
    answered: bool
    revoked: tuple[Event, ...]
    evidence: tuple[Piece, ...]


@frozen
class RemarkLines:
    """A comment; `item` is its id, empty for the promotion as a whole."""

    event: Event
    item: str
    evidence: tuple[Piece, ...]


@frozen
class SeatLines:
    """How many people are needed in a role, and how many are credited."""

    role: str
    needed: int
    filled: int
