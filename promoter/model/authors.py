"""Who wrote a release: everyone who made one of the commits that it brings into an environment."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from promoter.frozen import frozen
from promoter.messages import Message


@frozen
class Authors:
    """Who wrote the commits of a release that were not in what ran in the target environment before. `commits`
    has, for each address as `folded` writes it, the numbers of the commits it authored, committed or
    co-authored; `unknown` says why nobody can tell."""

    commits: Mapping[str, frozenset[int]] = field(default_factory=dict)
    unknown: Message | None = None

    def written_by(self, emails: Iterable[str]) -> int:
        """How many of the commits somebody with these addresses wrote, had a part in or committed."""
        own = (self.commits.get(folded(each), frozenset()) for each in emails)
        return len(frozenset[int]().union(*own))


def known_as(authors: Authors, addresses: Iterable[Iterable[str]]) -> Authors:
    """The same where each of `addresses` are one person's: what one of them wrote, all of them did."""
    commits = dict(authors.commits)
    for one in addresses:
        own = {folded(each) for each in one}
        wrote = frozenset[int]().union(*(authors.commits.get(each, frozenset()) for each in own))
        if wrote:
            commits |= {each: commits.get(each, frozenset()) | wrote for each in own}
    return Authors(commits, authors.unknown)


def folded(email: str) -> str:
    """An address as addresses are compared: by people, not by how they are typed."""
    return email.strip().casefold()
