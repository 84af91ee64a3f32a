"""How a promotion is amended from its screen: what is proposed, agreed to, and taken back."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual import work

from promoter.errors import PromoterError
from promoter.messages import N_
from promoter.tui.session import tell
from promoter.tui.verbs import Verbs

if TYPE_CHECKING:
    from promoter.promotion import Amendment
    from promoter.usecases.standing import Standing


class AmendVerbs(Verbs):
    """The verbs that amend; none has a key."""

    def action_agree(self) -> None:
        """Opens the dialog that agrees to an amendment that waits; asks which, where there are several."""
        if self.standing is None or not self.may_write():
            return
        self._choose_waiting(self.standing, lambda one: self._consider(one.proposed.entry.id))

    def action_withdraw(self) -> None:
        """Opens the dialog that takes back an amendment that waits; asks which, where there are several."""
        standing = self.standing
        if standing is None or not self.may_write():
            return
        from promoter.tui.amend_dialog import WithdrawDialog

        self._choose_waiting(standing, lambda one: self._ask(WithdrawDialog(self.session, standing, one)))

    def action_amend_release(self) -> None:
        """Opens the dialog that moves the promotion to another release."""
        self._propose(rules=False)

    def action_amend_rules(self) -> None:
        """Opens the dialog that proposes the rules of the work tree."""
        self._propose(rules=True)

    def _propose(self, *, rules: bool) -> None:
        standing = self.standing
        if standing is None or not self.may_write():
            return
        from promoter.tui.amend_dialog import AmendDialog, ProposeDialog

        asked = ProposeDialog(self.session, standing, rules=rules)

        def answered(done: str | None) -> None:
            if done is not None and asked.plan is not None:
                self._ask(AmendDialog(self.session, standing, asked.plan))

        _ = self.app.push_screen(asked, answered)

    def _choose_waiting(self, standing: "Standing", act: "Callable[[Amendment], object]") -> None:
        from promoter.tui.whole import amendment_words, amendments_waiting

        waiting = amendments_waiting(standing)
        if not waiting:
            tell(self.app, self.language.gettext(N_("No amendment waits for a second person.")))
            return
        among = [amendment_words(each, self.language) for each in waiting]
        self._choose(N_("Which amendment?"), among, lambda place: act(waiting[place]))

    @work(group="dialog", exclusive=True)
    async def _consider(self, amendment: str) -> None:
        from promoter.tui.amend_dialog import AmendDialog

        if self.standing is None:
            return
        name = self.standing.promotion.id
        try:
            plan = await self.session.ask(self.session.desk.amendment, name, amendment)
        except PromoterError as error:
            tell(self.app, self.session.explain(error), wrong=True)
            return
        self._ask(AmendDialog(self.session, self.standing, plan))

    def _choose(self, title: str, among: Sequence[str], act: Callable[[int], object]) -> None:
        """Goes on with the only one there is, or with the one that is chosen."""
        from promoter.tui.choosing import Choice

        def chosen(place: int | None) -> None:
            if place is not None:
                act(place)

        if len(among) == 1:
            chosen(0)
        else:
            _ = self.app.push_screen(Choice(self.language, title, among), chosen)
