"""What a workspace reads of its trail, once."""

from functools import cached_property
from typing import TYPE_CHECKING

from promoter.model.entry import Trust
from promoter.promotion import Promotion, TrailState, fold_trail
from promoter.trail.projection import Brief, Records
from promoter.trail.trail import Trail
from promoter.usecases.folding import folded

if TYPE_CHECKING:
    from promoter.gate import Debt


class TrailReading:
    """A trail as it was read last, folded as far as it is asked for; everything is forgotten by `refresh`."""

    def __init__(self) -> None:
        self.debts: tuple[tuple[Promotion, Debt], ...] | None = None
        """What broken glasses left."""
        self.blocked: dict[str, bool] = {}
        """Whether something was promoted though its gate was shut."""

    @cached_property
    def trail(self) -> Trail:
        """The trail."""
        raise NotImplementedError

    @property
    def fetched_trail(self) -> Trail:
        """The trail, once it is known to be here."""
        raise NotImplementedError

    @cached_property
    def state(self) -> TrailState:
        """The trail as a whole, folded; of most promotions that are over, only that they are. See `state_of`."""
        return folded(self._brief)

    @cached_property
    def _brief(self) -> Brief:
        return self.fetched_trail.brief_of_trail()

    def records_of(self, promotion: str) -> Records:
        """Everything in one promotion's place, read once, of the trail as `state` is."""
        _ = self._brief
        if promotion not in self._records:
            self._records[promotion] = self.trail.records_of(promotion)
        return self._records[promotion]

    @cached_property
    def _records(self) -> dict[str, Records]:
        return {}

    def not_counted(self, promotion: str) -> int:
        """How many entries never counted: those in a promotion's place, and what would change the trail as a
        whole, such as a roster."""
        there, of_trail = self.records_of(promotion), self._brief.records
        never = {
            (each.commit, each.path)
            for each in (*there.recorded, *of_trail.recorded)
            if each.trust is Trust.QUARANTINED and each.disowned_by is None
        }
        return len(never | {(each.commit, each.path) for each in (*there.unreadable, *of_trail.unreadable)})

    def state_of(self, promotion: str) -> TrailState:
        """The trail as a whole, for who asks about that promotion."""
        if promotion not in self.state.settled:
            return self.state
        if promotion not in self._states_of_settled:
            glasses = self.state.glasses  # asked about one after another
            asked = sorted(glasses & self.state.settled) if promotion in glasses else [promotion]
            state = folded(self.trail.brief_of_promotions(asked), asked)
            self._states_of_settled.update(dict.fromkeys(asked, state))
        return self._states_of_settled[promotion]

    @cached_property
    def _states_of_settled(self) -> dict[str, TrailState]:
        return {}

    @property
    def whole_state(self) -> TrailState:
        """The trail as a whole, with everything that ever got anywhere."""
        return self._whole_state if self.state.settled else self.state

    @cached_property
    def _whole_state(self) -> TrailState:
        records = self.trail.whole_of_trail()
        return fold_trail(records.recorded, records.unreadable)

    def refresh(self) -> None:
        """Forgets what was read from the trail, after something was written to it."""
        self.__dict__.pop("state", None)
        self.__dict__.pop("_brief", None)
        self.__dict__.pop("_whole_state", None)
        self.__dict__.pop("_states_of_settled", None)
        self.__dict__.pop("_records", None)
        self.debts = None
        self.blocked.clear()
