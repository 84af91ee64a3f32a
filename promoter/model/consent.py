"""What happens only when a person agrees to it."""

from dataclasses import dataclass

from promoter.messages import Message


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to agree to. `id` is what is agreed to: `KIND@ENVIRONMENT` for what a kind changes in the
    world, `sha256:…` for a command or for secrets that go to a host nobody vouched for; another command,
    or another host, has another id. `about` says what would happen. `lasting` when it may be agreed to
    once and for all, on this machine."""

    id: str
    about: Message
    lasting: bool
