"""What a report is made from."""

from collections.abc import Mapping
from datetime import datetime

from promoter.frozen import frozen
from promoter.gate import Decision
from promoter.model.checklist import Checklist
from promoter.model.environment import Environment, Pipeline
from promoter.model.roster import Roster
from promoter.promotion import Promotion, RunsIn


@frozen
class Material:
    """Everything a report says, all of it derived from the trail up to `tip` and judged as of `as_of`.

    Pipeline and checklist are as pinned, the roster is the one in force there, `entries` counts the
    trail's entries up to `tip`. Nothing in it depends on the clone it was read from. `version` is
    promoter's, and so is the template unless it is an `own_template` of the repository.
    """

    pipeline: Pipeline
    checklist: Checklist
    promotion: Promotion
    decision: Decision
    runs_in: Mapping[str, RunsIn]
    roster: Roster
    tip: str
    entries: int
    as_of: datetime
    demo: bool
    version: str
    branch: str
    own_template: bool = False

    @property
    def target(self) -> Environment:
        """The environment the release goes into."""
        return self.pipeline.environment(self.promotion.to_environment)

    @property
    def source(self) -> Environment:
        """The environment the release comes from."""
        return self.pipeline.environment(self.promotion.from_environment)
