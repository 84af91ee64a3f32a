"""What of a work tree differs from HEAD, told without any program of the repository's own configuration.

Git runs the filters of gitattributes(5) to compare a file whose time has changed. Those that the
repository itself configures are held back: such a file then looks changed when its commit has it filtered,
and only its filter could tell. The filters of the user, of this machine and of the command line may run.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from promoter.frozen import frozen
from promoter.trail.command import REPOSITORY_SCOPES, GitFailed, command, finish, harmless, start

_TIMEOUT = 20.0
_FILTERS = r"^filter\..*\.(clean|process)$"
_MOST_FILTERS = 100


@frozen
class Differences:
    """`changed` are the paths that differ from HEAD. `filtered` are those that only a filter could tell,
    which is not run, and `filters` the names of these filters. `unwatched` are those here that git was told not
    to look at. All are made harmless."""

    changed: tuple[str, ...]
    filtered: tuple[str, ...]
    filters: tuple[str, ...]
    unwatched: tuple[str, ...] = ()


def differences(root: Path) -> Differences:
    """What differs from HEAD in the work tree at `root` and in its submodules; raises GitFailed."""
    changed: list[str] = []
    filtered: dict[str, str] = {}
    unwatched: list[str] = []
    left = [(root, b"")]
    while left:
        at, prefix = left.pop()
        tree = _Tree(at, inner=bool(prefix))
        paths = dict(tree.status())
        doubtful = tree.filtered([path for path, letters in paths.items() if letters == b" M"])
        changed += [harmless(prefix + path) for path in paths if path not in doubtful]
        filtered |= {harmless(prefix + path): harmless(name) for path, name in doubtful.items()}
        submodules, blind = tree.special()
        unwatched += [harmless(prefix + path) for path in blind]
        left += [(at / os.fsdecode(path), prefix + path + b"/") for path in submodules]
    filters = tuple(sorted(set(filtered.values())))
    return Differences(tuple(changed), tuple(filtered), filters, tuple(unwatched))


class _Tree:
    """One work tree, of the repository or of a submodule, with its own configuration."""

    def __init__(self, root: Path, *, inner: bool) -> None:
        self._root = root
        self._environment: dict[str, str] = {}
        if inner and self._run("rev-parse", "--show-prefix").strip():
            raise GitFailed(("status",), None, f"not a git repository: {harmless(os.fsencode(root))}")
        replaced = self._replaced()
        self._held_back = {name for name, _ in replaced}
        if len(self._held_back) > _MOST_FILTERS:
            raise GitFailed(("status",), None, f"more than {_MOST_FILTERS} filters are configured here")
        programs = {f"filter.{name}.{key}": own for (name, key), own in replaced.items()}
        optional = {f"filter.{name}.required": "false" for name in self._held_back}
        self._environment |= _overriding(programs | optional)

    def status(self) -> Iterator[tuple[bytes, bytes]]:
        """Each path that looks changed, and git's two letters for how; a submodule's only for another commit."""
        printed = self._run(
            *("status", "--porcelain", "-z", "--no-renames"),
            *("--untracked-files=normal", "--ignore-submodules=dirty"),
        )
        for each in printed.split(b"\0")[:-1]:
            yield each[3:], each[:2]

    def filtered(self, paths: list[bytes]) -> dict[bytes, bytes]:
        """Those of the paths that have a filter which is held back, and its name."""
        files = [each for each in paths if self._is_file(each)] if self._held_back else []
        if not files:
            return {}
        printed = self._run("check-attr", "-z", "--stdin", "filter", given=b"\0".join(files) + b"\0")
        fields = printed.split(b"\0")
        pairs = zip(fields[::3], fields[2::3], strict=False)
        return {path: name for path, name in pairs if os.fsdecode(name) in self._held_back}

    def special(self) -> tuple[list[bytes], list[bytes]]:
        """The paths of the submodules, and of the files that git was told not to look at, which are here."""
        submodules, unwatched = [], []
        for each in self._run("ls-files", "--stage", "-v", "-z").split(b"\0"):
            tag, mode, path = each[:1], each[2:8], each.partition(b"\t")[2]
            if mode == b"160000" and self._is_repository(path):
                submodules.append(path)
            if (tag.islower() or tag == b"S") and os.path.lexists(self._root / os.fsdecode(path)):
                unwatched.append(path)
        return submodules, unwatched

    def _replaced(self) -> dict[tuple[str, str], str]:
        """The user's own program, or none, for each that the repository names, by filter and key."""
        try:
            printed = self._run("config", "--show-scope", "-z", "--get-regexp", _FILTERS)
        except GitFailed as failed:
            if failed.status == 1:
                return {}
            raise
        words = os.fsdecode(printed).split("\0")
        own: dict[tuple[str, str], str] = {}
        effective: dict[tuple[str, str], str] = {}
        for scope, line in zip(words[::2], words[1::2], strict=False):
            written, _, program = line.partition("\n")
            name, _, key = written.removeprefix("filter.").rpartition(".")
            effective[name, key] = program
            if scope not in REPOSITORY_SCOPES:
                own[name, key] = program
        return {each: own.get(each, "") for each in effective if effective[each] != own.get(each, "")}

    def _is_file(self, path: bytes) -> bool:
        try:
            return stat.S_ISREG((self._root / os.fsdecode(path)).lstat().st_mode)
        except OSError:
            return False

    def _is_repository(self, path: bytes) -> bool:
        within = self._root / os.fsdecode(path)
        return not within.is_symlink() and os.path.lexists(within / ".git")

    def _run(self, *arguments: str, given: bytes | None = None) -> bytes:
        process = start(command(arguments), self._environment, str(self._root), fed=given is not None)
        return finish(process, arguments, given=given, timeout=_TIMEOUT)


def _overriding(settings: Mapping[str, str]) -> dict[str, str]:
    """The variables that give git the settings: unlike `-c`, they take a name with an equals sign."""
    if not settings:
        return {}
    first = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
    variables = {"GIT_CONFIG_COUNT": str(first + len(settings))}
    for at, (key, value) in enumerate(settings.items(), first):
        variables |= {f"GIT_CONFIG_KEY_{at}": key, f"GIT_CONFIG_VALUE_{at}": value}
    return variables
