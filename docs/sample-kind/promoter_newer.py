"""The kind `newer`, in a package of its own."""

import re
from dataclasses import dataclass
from typing import Annotated

from promoter.checks.declaration import conclude, kind
from promoter.messages import N_, message
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.release import Release
from promoter.model.ruling import Ruling

_NUMBERS = re.compile(r"[vV]?([0-9]{1,9}(?:\.[0-9]{1,9}){0,4})")


@kind(
    "newer",
    rulings={
        "newer": Ruling(Verdict.PASSED, N_("{release} is newer than {there}")),
        "the-same": Ruling(
            Verdict.WARNED,
            N_("{release} is what runs there already"),
            N_("Promote it again only to repair an environment; otherwise name the release you mean."),
        ),
        "older": Ruling(
            Verdict.FAILED,
            N_("{release} is older than {there}, which runs there"),
            N_("Promote a newer release, or roll back on purpose and leave this check out."),
        ),
        "nothing-there": Ruling(
            Verdict.ERRORED,
            N_("nobody said what runs there now"),
            N_("Say it with 'promoter adopt', then run the check again."),
        ),
        "no-number": Ruling(
            Verdict.ERRORED,
            N_("{release} is no version number"),
            N_("Name releases by numbers and dots, such as v1.4.0."),
        ),
    },
    facts={"release": N_("release"), "newer-than": N_("newer than {there}")},
    example={"parts": 2},
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Newer:
    """The release is a newer version than the one that runs in the target environment.

    Versions are compared number by number: v1.10 is newer than v1.9. What runs there is what was promoted or
    adopted last.
    """

    parts: Annotated[int, N_("How many numbers to compare: 2 takes v1.4.1 and v1.4.2 for the same")] = 4

    async def observe(self, context: Context) -> Outcome:
        """Compares the two names; asks nobody."""
        if context.release is None or context.replaces is None:
            return conclude(self, "nothing-there")
        numbers = []
        for each in (context.release, context.replaces):
            found = self._numbers(each)
            if found is None:
                return conclude(self, "no-number", release=each.name)
            numbers.append(found)
        ours, theirs = numbers
        code = "newer" if ours > theirs else "the-same" if ours == theirs else "older"
        release, there = context.release.name, context.replaces.name
        seen = Evidence(message("release"), message("newer-than", there=there), release)
        return conclude(self, code, [seen], release=release, there=there)

    def _numbers(self, release: Release) -> tuple[int, ...] | None:
        found = _NUMBERS.fullmatch(release.name)
        if found is None:
            return None
        numbers = [int(each) for each in found[1].split(".")]
        return tuple((numbers + [0] * self.parts)[: self.parts])
