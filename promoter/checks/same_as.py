"""Is something the same in two environments?"""

from dataclasses import dataclass

from promoter.checks import counterparts
from promoter.checks.counterparts import Counterparts, compare
from promoter.checks.declaration import kind
from promoter.messages import N_, NP_
from promoter.model.context import Context
from promoter.model.outcome import Outcome, Verdict
from promoter.model.ruling import Ruling

_OWN_RULINGS = {
    "same": Ruling(
        Verdict.PASSED,
        NP_(
            "{count} value is the same as in {environment}", "{count} values are the same as in {environment}"
        ),
    ),
    "different": Ruling(
        Verdict.FAILED,
        N_("not the same as in {environment}: {names:list}"),
        N_("Set them to the values of {environment}, or find out why they may differ."),
    ),
}


@kind(
    "same_as",
    rulings={**counterparts.RULINGS, **_OWN_RULINGS},
    facts=counterparts.FACTS,
    example={"environment": "staging", "variables": ["PASSEMARCHE_API_VERSION"]},
    presences=counterparts.presences,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class SameAs(Counterparts):
    """Variables or URLs are the same as in another environment.

    Compares the environment that is being promoted to, or `of`, with `environment`: each of `variables`
    and `urls` must have the same value in both. Of URLs the case of the host and a final slash do not
    matter. The values of variables are never shown. One that is not known here, or is still a
    placeholder, is not compared, and the check cannot tell.
    """

    async def observe(self, context: Context) -> Outcome:
        """Compares value by value."""
        return compare(self, context, wanted=True)
