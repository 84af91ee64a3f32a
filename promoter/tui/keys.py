"""The keys of the screens, in one table: what they do, and what the key bar and the help say of them."""

from textual.binding import Binding, BindingType

from promoter.frozen import frozen
from promoter.messages import N_


@frozen
class Key:
    """A key: `label` stands in the key bar, `help` in the help. `bar` is 80 when it is shown from 80
    columns, 120 from 120, 0 never."""

    key: str
    action: str
    label: str
    help: str
    bar: int = 0
    cap: str = ""

    @property
    def shown_as(self) -> str:
        """The key as people write it."""
        return self.cap or self.key

    def binding(self) -> Binding:
        """The binding of it, for a screen."""
        return Binding(self.key, self.action, self.label, show=False, key_display=self.shown_as)


def bindings(*tables: tuple[Key, ...]) -> list[BindingType]:
    """The bindings of some tables; a key without an action is bound elsewhere, an
    action without a key is found by its name."""
    return [each.binding() for table in tables for each in table if each.action and each.key]


VIM_MOVES: list[BindingType] = [
    Binding("j", "cursor_down", show=False),
    Binding("k", "cursor_up", show=False),
    Binding("g", "first", show=False),
    Binding("G", "last", show=False),
]

VIM_SCROLLS: list[BindingType] = [
    Binding("j", "scroll_down", show=False),
    Binding("k", "scroll_up", show=False),
    Binding("g", "scroll_home", show=False),
    Binding("G", "scroll_end", show=False),
    Binding("space", "page_down", show=False),
]

MOVES = (
    Key("up", "", "", N_("move; also k and j, g and G for the first and the last"), cap="↑ ↓"),
    Key("enter", "", "", N_("show the item by itself, or move into its detail"), cap="enter"),
    Key("tab", "", "", N_("from the items to the detail and back"), cap="tab"),
)

BACK = (Key("escape", "back", N_("back"), N_("back; also closes the filter and every dialog"), 0, "esc"),)

PROMOTION = (
    Key("r", "run_item", N_("run"), N_("run the checks of this item"), 80),
    Key("R", "run_all", N_("run all"), N_("run the checks of every item"), 120),
    Key("f", "run_unsatisfied", N_("run failing"), N_("run only the checks that do not pass"), 120),
    Key("s", "sign", N_("sign"), N_("sign this item off"), 80),
    Key("x", "reject", N_("reject"), N_("reject this item, with a reason"), 120),
    Key("v", "revoke", N_("take back"), N_("take back what you said of this item"), 120),
    Key("a", "approve", N_("approve"), N_("approve the promotion as a whole, or take your approval back")),
    Key("w", "waive", N_("waive"), N_("let this item be until a moment, for a reason")),
    Key("n", "exclude", N_("does not apply"), N_("leave this item out, where its checklist lets you")),
    Key("h", "hold", N_("stop the line"), N_("stop every promotion into this environment, or let it go on")),
    Key("p", "promote", N_("promote"), N_("promote the release, when the gate is open"), 80),
    Key("t", "next", N_("to do"), N_("what to do next, by whom, and when the gate could open"), 120),
    Key("e", "explain", N_("explain"), N_("the rules of this item, in sentences")),
    Key("m", "report", N_("report"), N_("read the migration report"), 80),
    Key("l", "log", N_("log"), N_("read the promotion's entries on the trail"), 120),
    Key("b", "board", N_("board"), N_("every promotion, and what runs where")),
    Key("slash", "filter", N_("filter"), N_("show only the items with some words"), 80, "/"),
)

NAMED = (
    Key("", "comment", "", N_("comment: remark on this item")),
    Key("", "reject_whole", "", N_("reject: say no to the promotion as a whole")),
    Key("", "revoke_whole", "", N_("revoke: take back what you said of the promotion as a whole")),
    Key("", "comment_whole", "", N_("comment: remark on the promotion as a whole")),
    Key("", "refresh", "", N_("refresh: list what went stale or expired, and run it again")),
    Key("", "amend_release", "", N_("amend: move the promotion to another release")),
    Key("", "amend_rules", "", N_("amend: propose the rules of the work tree")),
    Key("", "agree", "", N_("amend: agree to other rules that somebody else proposed")),
    Key("", "withdraw", "", N_("amend: take back other rules that you proposed")),
    Key("", "deployed", "", N_("deployed: say that what was promoted runs")),
    Key("", "rolled_back", "", N_("rollback: say that an earlier release runs there again")),
    Key("", "abandon", "", N_("abandon: give the promotion up")),
    Key("", "freeze", "", N_("freeze: let nothing go into its environment until a moment")),
    Key("", "thaw", "", N_("thaw: let promotions pass the freezes of its environment")),
    Key("", "adopt", "", N_("adopt: declare what runs in an environment today")),
    Key("", "emergency", "", N_("emergency: break the glass, and open the gate over what holds it")),
    Key("", "settle", "", N_("settle: say that the debt of a broken glass is settled")),
    Key("", "sync", "", N_("sync: fetch, merge and push the trail")),
    Key("", "difference", "", N_("diff: what the promotion changes in its environment")),
    Key("", "due", "", N_("due: what runs out soon")),
    Key("", "look_back", "", N_("status: the promotion at another moment")),
    Key("", "evidence", "", N_("evidence: the files and links that were given")),
    Key("", "save_evidence", "", N_("evidence: save one of these files")),
    Key("", "reconcile", "", N_("reconcile: compare a deployment log with the trail")),
    Key("", "roster", "", N_("roster: who may sign, and whom the pipeline proposes")),
    Key("", "verify", "", N_("verify: whether the trail can be trusted")),
)
"""What is done to a promotion too rarely for a key: the commands have it, by its name."""

EVERYWHERE = (
    Key("question_mark", "app.help", N_("help"), N_("this page"), 80, "?"),
    Key("colon", "app.command_palette", N_("commands"), N_("every command by name; also ctrl+p"), 0, ":"),
    Key(
        "q",
        "app.quit",
        N_("quit"),
        N_("quit; also ctrl+q. A run that is going on ends first and is recorded"),
        0,
    ),
    Key("ctrl+c", "", N_("stop"), N_("stop the run that is going on; what has finished is recorded"), 0),
)

BOARD = (
    Key("enter", "", N_("show"), N_("show this promotion"), 80),
    Key("o", "open", N_("open one"), N_("open a promotion"), 80),
)

OUTDATED = (Key("r", "run", N_("run again"), N_("run the checks again that went stale or expired"), 80),)

READING = (Key("escape", "back", N_("back"), N_("back"), 80, "esc"),)
