"""Every command by name."""

from collections.abc import Iterator

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.widgets.option_list import Option

from promoter.messages import N_, Language
from promoter.tui.foreign import foreign
from promoter.tui.keys import BACK, BOARD, EVERYWHERE, NAMED, OUTDATED, PROMOTION, READING, Key
from promoter.tui.styles import DIM


class Commands(Provider):
    """What the keys of the screen underneath do, what it does without a key, and the colours."""

    def _keys(self) -> Iterator[Key]:
        seen: set[str] = set()
        for each in (*PROMOTION, *BOARD, *OUTDATED, *READING, *BACK, *NAMED, *EVERYWHERE, *_COLOURS):
            if self._known(each) and each.action not in seen:
                seen.add(each.action)
                yield each

    def _known(self, key: Key) -> bool:
        if not key.key:
            return key in _COLOURS or hasattr(self.screen, f"action_{key.action}")
        bound = self.screen.active_bindings
        return key.key in bound and bound[key.key].binding.action == key.action

    def _language(self) -> Language:
        language: Language = self.app.language  # type: ignore[attr-defined]
        return language

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for each in self._keys():
            words = self._language().gettext(each.help)
            yield DiscoveryHit(foreign(words) + _cap(each), self._callback(each), words)

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for each in self._keys():
            words = self._language().gettext(each.help)
            score = matcher.match(words)
            if score > 0:
                yield Hit(score, matcher.highlight(words) + _cap(each), self._callback(each), words)

    def _callback(self, key: Key) -> "_Run":
        return _Run(self, key.action)


def _cap(key: Key) -> Content:
    return foreign(f"  {key.shown_as}", DIM) if key.key else foreign("")


class _Run:
    """Runs an action on the screen underneath the palette."""

    def __init__(self, provider: Provider, action: str) -> None:
        self._screen, self._action = provider.screen, action

    async def __call__(self) -> None:
        await self._screen.run_action(self._action)


class Palette(CommandPalette):
    """The palette, in the user's language."""

    def __init__(self, language: Language) -> None:
        super().__init__(placeholder=language.gettext(N_("Search for commands…")), id="--command-palette")
        self._language = language

    def _start_no_matches_countdown(self, search_value: str) -> None:
        self._stop_no_matches_countdown()
        if search_value:
            self._no_matches_timer = self.set_timer(self._NO_MATCHES_COUNTDOWN, self._say_no_matches)

    def _say_no_matches(self) -> None:
        from textual.command import CommandList

        words = foreign(self._language.gettext(N_("No matches found")))
        self.query_one(CommandList).add_option(Option(words, disabled=True, id=self._NO_MATCHES))
        self._list_visible = True


_COLOURS = (
    Key("", "app.colours('promoter-light')", "", N_("light colours")),
    Key("", "app.colours('promoter-dark')", "", N_("dark colours")),
)
