"""What happens only when a person agrees to it."""

from promoter.frozen import frozen
from promoter.messages import Message
from promoter.model.text import Text


@frozen
class Asker:
    """A check that asks: its id, and the item it stands under with its statement. Both are empty for a check
    that stands in no checklist."""

    item: str
    statement: Text
    check: str


@frozen
class Ask:
    """One thing to agree to. `id` is what is agreed to: `KIND@ENVIRONMENT` for what a kind changes in the
    world, `sha256:…` for a command or for secrets that go to a host nobody vouched for; another command,
    or another host, has another id. `about` says what would happen, `askers` for which checks. `lasting` when
    it may be agreed to once and for all, on this machine."""

    id: str
    about: Message
    lasting: bool
    askers: tuple[Asker, ...] = ()

    @property
    def option(self) -> str:
        """What agrees to it on the command line of one run."""
        return f"{'--allow-commands' if self.id.startswith('sha256:') else '--allow-effects'} {self.id}"
