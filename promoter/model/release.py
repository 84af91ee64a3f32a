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

    def is_same_as(self, other: "Release") -> bool:
        """Whether two releases are the same commit and tree, whatever they are called, or, both unbound, have the same
        name."""
        if self.bound and other.bound:
            return (self.commit, self.tree) == (other.commit, other.tree)
        return not self.bound and not other.bound and self.name == other.name
