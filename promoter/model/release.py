"""What is being promoted."""

from promoter.frozen import frozen


@frozen
class Release:
    """A version name with its commit and tree; both None when the code is not in this repository,
    which is shown as *unbound*."""

    name: str
    commit: str | None = None
    tree: str | None = None

    @property
    def bound(self) -> bool:
        """Whether sign-offs bind to a commit."""
        return self.commit is not None
