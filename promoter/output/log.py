"""The trail as people read it: who recorded what, when, and whether it counts."""

from collections.abc import Collection, Iterator, Sequence

from promoter.messages import N_, phrase
from promoter.model.attachment import described
from promoter.model.entry import (
    Abandoned,
    Adopted,
    Amended,
    Approved,
    BrokeGlass,
    Checked,
    Commented,
    Deployed,
    Frozen,
    Held,
    KeyCompromised,
    KeyRetired,
    Lifted,
    NotApplicable,
    Opened,
    Promoted,
    Recorded,
    Rejected,
    Revoked,
    RolledBack,
    Settled,
    SignatureVerdict,
    SignedOff,
    Thawed,
    Trust,
    Unreadable,
    Waived,
    evidence_in,
)
from promoter.model.outcome import CheckOutcome
from promoter.output.checks import outcome_line
from promoter.output.console import Console, Piece, Style, width
from promoter.trail.headline import headline

_COMMIT = 7
_GAP = "  "
_SIGNATURES = {
    SignatureVerdict.GOOD: N_("signed"),
    SignatureVerdict.BAD: N_("bad signature"),
    SignatureVerdict.UNKNOWN_KEY: N_("unknown key"),
    SignatureVerdict.UNSIGNED: N_("not signed"),
    SignatureVerdict.UNCHECKED: N_("signature not checked"),
}


class Log:
    """Entries, a line each, with their words below; what does not count is marked and says why.

    In a file each line has its whole time, so that it can be searched; on a terminal the days are
    headings, and what is longer than a line goes on below itself. Of runs only what concerns `items` is
    shown, if any are named, and else what did not pass. `naming` says of which promotion each entry is,
    as is done where there are entries of several.
    """

    def __init__(self, console: Console, items: Collection[str] = (), *, naming: bool = False) -> None:
        self._console = console
        self._language = console.language
        self._items = items
        self._naming = naming
        self._promotions: set[str] = set()
        self._by_day = console.out.isatty()
        self._day = ""

    def show(self, entries: Sequence[Recorded | Unreadable]) -> None:
        """Shows these after those that were shown before."""
        subjects = (each.entry.subject for each in entries if isinstance(each, Recorded))
        self._promotions |= {each.promotion for each in subjects if each is not None}
        for each in entries:
            if isinstance(each, Unreadable):
                margin = self._unreadable(each)
            else:
                margin = self._recorded(each)
                for words in self._words(each):
                    self._below(words, margin)
            if each.why is not None:
                why = self._language.say(phrase(N_("not counted: {why}"), why=each.why))
                self._below(why, margin, Style.BAD)

    def nothing(self, *, filtered: bool) -> None:
        """Says that there is nothing to show."""
        none = N_("Nothing on the trail is of that kind.")
        empty = N_("The trail is empty: nothing was recorded yet.")
        self._console.line(self._language.gettext(none if filtered else empty))

    def _unreadable(self, found: Unreadable) -> int:
        first, *rest = self._wrapped(found.path, _COMMIT + len(_GAP))
        self._console.line((found.commit[:_COMMIT] + _GAP, Style.FAINT), first)
        for line in rest:
            self._console.line(" " * (_COMMIT + len(_GAP)), line)
        return _COMMIT + len(_GAP)

    def _recorded(self, recorded: Recorded) -> int:
        """Shows its first line; the column that its words start in."""
        commit = recorded.commit[:_COMMIT] + _GAP
        headed = self._language.say(headline(recorded.entry))
        style = Style.BAD if recorded.trust is Trust.QUARANTINED else Style.PLAIN
        worth = [(_GAP, Style.PLAIN), *self._worth(recorded)]
        if not self._by_day:
            at = self._language.time(recorded.entry.at)
            self._console.line((commit + at, Style.FAINT), _GAP, (headed, style), *worth)
            return len(commit)
        at = self._time_of_day(recorded.entry.at)
        margin = len(commit) + len(at)
        *lines, last = self._wrapped(headed, margin)
        if width(last) + margin + sum(map(width, worth)) > self._console.width:
            lines, last, worth = [*lines, last], "", worth[1:]
        start: Piece = (commit + at, Style.FAINT)
        for each in lines:
            self._console.line(start, (each, style))
            start = " " * margin
        self._console.line(start, (last, style), *worth)
        return margin

    def _time_of_day(self, at: str) -> str:
        """The hour and minute, after a heading where a day begins."""
        day, _, zone = self._language.time(at).rpartition(" ")
        day, _, hour = day.rpartition(" ")
        if not day:
            return at + _GAP
        heading = f"{day} ({zone})"
        if heading != self._day:
            self._console.line((heading, Style.STRONG))
            self._day = heading
        return hour + _GAP

    def _worth(self, recorded: Recorded) -> Iterator[tuple[str, Style]]:
        say = self._language.gettext
        subject = recorded.entry.subject
        if subject is not None and (self._naming or len(self._promotions) > 1):
            yield subject.promotion + _GAP, Style.ACCENT
        yield say(_SIGNATURES[recorded.signature]), Style.FAINT
        if recorded.trust is Trust.CLAIMED:
            yield ", " + say(N_("claimed")), Style.WAITING

    def _below(self, words: str, margin: int, style: Style = Style.PLAIN) -> None:
        for line in self._wrapped(words, margin):
            self._console.line(" " * margin, (line, style))

    def _wrapped(self, words: str, margin: int) -> list[str]:
        return self._console.wrapped(words, margin)

    def _words(self, recorded: Recorded) -> Iterator[str]:
        """What people wrote, and what is worth saying of a run."""
        content = recorded.entry.content
        match content:
            case SignedOff() | Approved() | Promoted() | Opened() | Commented():
                yield from content.comment.splitlines()
            case Rejected() | Revoked() | Abandoned() | Adopted() | KeyRetired() | KeyCompromised():
                yield from content.reason.splitlines()
            case (
                Waived()
                | NotApplicable()
                | Held()
                | Lifted()
                | Frozen()
                | Thawed()
                | Amended()
                | BrokeGlass()
                | Settled()
                | RolledBack()
            ):
                yield from content.reason.splitlines()
            case Deployed():
                yield from content.comment.splitlines()
                yield from [content.url] if content.url else []
            case Checked():
                told = filter(self._is_worth_saying, content.outcomes)
                yield from (outcome_line(each, self._language) for each in told)
        if isinstance(content, SignedOff | Approved):
            yield from (f"{name}: {value}" for name, value in content.fields.items())
        yield from (described(each, self._language) for each in evidence_in(content))

    def _is_worth_saying(self, done: CheckOutcome) -> bool:
        return done.item in self._items if self._items else not done.outcome.verdict.satisfies
