"""Is something different in two environments?"""

from dataclasses import dataclass

from promoter.checks import counterparts
from promoter.checks.counterparts import Counterparts, compare
from promoter.checks.declaration import kind
from promoter.messages import N_, NP_
from promoter.model.context import Context
from promoter.model.outcome import Outcome, Verdict
from promoter.model.ruling import Ruling

_OWN_RULINGS = {
    "different": Ruling(
        Verdict.PASSED,
        NP_(
            "{count} value differs from that of {environment}",
            "{count} values differ from those of {environment}",
        ),
    ),
    "same": Ruling(
        Verdict.FAILED,
        N_("the same as in {environment}: {names:list}"),
        N_("Have values of its own issued for each environment, and put them in place."),
    ),
}


@kind(
    "differs",
    rulings={**counterparts.RULINGS, **_OWN_RULINGS},
    facts=counterparts.FACTS,
    example={"environment": "staging", "variables": ["PASSEMARCHE_CLIENT_SECRET"], "urls": ["webhook"]},
    presences=counterparts.presences,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Differs(Counterparts):
    """Variables or URLs differ from those of another environment.

    Compares the environment that is being promoted to, or `of`, with `environment`: each of `variables`
    and `urls` must have another value in each. A URL that differs only in the case of its host, by a
    final slash, by what follows a `#` or by how its letters are escaped is the same. The values of variables are never shown. One that is not known here, or is
    still a placeholder, is not compared, and the check cannot tell.
    """

    async def observe(self, context: Context) -> Outcome:
        """Compares value by value."""
        return compare(self, context, wanted=False)
