"""Who fills which seat: a maximum bipartite matching between people and the roles an item needs."""

from collections import deque
from collections.abc import Mapping, Sequence


def seat_people(people: Mapping[str, Sequence[str]], needed: Mapping[str, int]) -> dict[str, str]:
    """Gives each person at most one role they may fill, so that as many seats as possible are filled.

    `people` maps a person's id to the roles they may fill, `needed` a role to its number of seats.
    People are taken in order of id, and roles in the order given, so that the same people are
    always credited alike, whoever signed first.
    """
    seated: dict[str, list[str]] = {role: [] for role in needed}
    for person in sorted(people):
        _seat(person, people, needed, seated)
    return {person: role for role, those in seated.items() for person in those}


def _seat(
    person: str, people: Mapping[str, Sequence[str]], needed: Mapping[str, int], seated: dict[str, list[str]]
) -> None:
    """Seats one more person, others moving up where that makes room; leaves all as it is when nothing does."""
    moves: dict[str, tuple[str, str | None]] = {}
    queue: deque[tuple[str, str | None]] = deque([(person, None)])
    while queue:
        mover, leaves = queue.popleft()
        for role in people[mover]:
            if role not in needed or role in moves:
                continue
            moves[role] = (mover, leaves)
            if len(seated[role]) < needed[role]:
                _move_up(role, moves, seated)
                return
            queue.extend((each, role) for each in seated[role])


def _move_up(free: str, moves: Mapping[str, tuple[str, str | None]], seated: dict[str, list[str]]) -> None:
    role: str | None = free
    while role is not None:
        mover, leaves = moves[role]
        seated[role].append(mover)
        if leaves is not None:
            seated[leaves].remove(mover)
        role = leaves
