"""The values of an environment's variables: a small dotenv grammar, and where the values come from."""

import re
from collections.abc import Mapping
from pathlib import Path

from promoter.frozen import frozen
from promoter.messages import N_, Message, Template, message
from promoter.model.context import VariableValues
from promoter.model.environment import DotenvSource, Environment, ProcessSource
from promoter.model.facts import find_fact
from promoter.model.reference import Fact, Value
from promoter.net.regular_file import NotUsable, read_usable_file
from promoter.redaction import Secret

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})", re.ASCII)
_NEVER_ESCAPED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
PHRASES: Mapping[str, Template] = {
    "process-environment": N_("the process environment"),
    "line-not-understood": N_("line {line} is not NAME=value"),
    "quote-not-closed": N_("line {line} opens a quote and does not close it"),
    "text-after-quote": N_("line {line} goes on after its closing quote"),
    "set-twice": N_("line {line} sets {name} again"),
    "not-utf-8": N_("it is not UTF-8 text"),
}

LARGEST_FILE = 64 * 1024
PROCESS_ENVIRONMENT = "process environment"
_MOST_UNCLEAR = 20

_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=[ \t]*(.*)", re.ASCII | re.DOTALL)
_COMMENT = re.compile(r"(?:^|\s)#.*", re.DOTALL)
_SINGLE = re.compile(r"'([^']*)'(.*)", re.DOTALL)
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"(.*)', re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


@frozen
class Dotenv:
    """What a dotenv file sets, and the lines that were not understood, by number from 1."""

    values: Mapping[str, str]
    unclear: tuple[Message, ...]


def parse_dotenv(text: str) -> Dotenv:
    """Reads lines of `NAME=value`, each with an optional `export`.

    A value is bare (up to a `#` after a blank), in single quotes (as it is) or in double quotes (with
    `\\n`, `\\r`, `\\t` and a backslash before any other character for that character). Nothing is ever
    expanded. Of a name that is set twice the last value stands, and it is said.
    """
    values: dict[str, str] = {}
    unclear: list[Message] = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        line = line.removesuffix("\r")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        assignment = _ASSIGNMENT.fullmatch(line)
        if assignment is None:
            unclear.append(message("line-not-understood", line=number))
            continue
        name, written = assignment.groups()
        value = _value(written)
        if value is None:
            unclear.append(_misquoted(written, number))
            continue
        if name in values:
            unclear.append(message("set-twice", line=number, name=name))
        values[name] = value
    return Dotenv(values, tuple(unclear[:_MOST_UNCLEAR]))


def find(
    environment: Environment,
    root: Path,
    process_environment: Mapping[str, str],
    environments: Mapping[str, Environment] | None = None,
) -> VariableValues:
    """The variables of an environment, from the first of its sources that exists: sources never mix.

    A dotenv file exists when there is anything at its path. The process environment counts when a
    variable with its prefix is set; without a prefix, when at least one rule has an `equals` and each
    that has one holds.
    """
    for source in environment.variables.sources:
        if isinstance(source, DotenvSource):
            found = _from_dotenv(source, environment, root)
        else:
            found = _from_process(source, environment, process_environment, environments or {})
        if found is not None:
            return found
    return VariableValues(source=None, values={})


def same_value(expected: str, observed: str) -> bool:
    """Whether two values are the same; of URLs the case of the host, the usual port, a final slash, what follows
    a `#` and letters that are needlessly escaped do not matter (RFC 3986, 6.2.2)."""
    return _normal(expected) == _normal(observed)


def expected_value(
    value: Value, environment: Environment, environments: Mapping[str, Environment]
) -> str | None:
    """What an `equals` asks for: a literal or a fact that is one; None when it cannot be known."""
    if isinstance(value, Fact):
        try:
            value = find_fact(environments, environment, value.path).value
        except KeyError:
            return None
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def read_text(path: str, root: Path, limit: int = LARGEST_FILE) -> str:
    """The text of a file of the work tree; a link may not lead out of it.

    Raises NotUsable when it cannot be had.
    """
    try:
        return read_usable_file(Path(path), limit, inside=root).decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise NotUsable(message("not-utf-8")) from wrong


def _from_dotenv(source: DotenvSource, environment: Environment, root: Path) -> VariableValues | None:
    path = root / source.path
    if not path.is_symlink() and not path.exists():
        return None
    try:
        dotenv = parse_dotenv(read_text(source.path, root))
    except NotUsable as wrong:
        return VariableValues(source=source.path, values={}, path=path, unreadable=wrong.why)
    values = _as_ruled(environment, dotenv.values)
    return VariableValues(source=source.path, values=values, path=path, unclear=dotenv.unclear)


def _from_process(
    source: ProcessSource,
    environment: Environment,
    process_environment: Mapping[str, str],
    environments: Mapping[str, Environment],
) -> VariableValues | None:
    named = {
        rule.name: process_environment[source.prefix + rule.name]
        for rule in environment.variables.rules
        if source.prefix + rule.name in process_environment
    }
    if not named or (not source.prefix and not _is_of(environment, named, environments)):
        return None
    return VariableValues(source=PROCESS_ENVIRONMENT, values=_as_ruled(environment, named))


def _is_of(
    environment: Environment, values: Mapping[str, str], environments: Mapping[str, Environment]
) -> bool:
    wanted = {
        rule.name: expected_value(rule.equals, environment, environments)
        for rule in environment.variables.rules
        if rule.equals is not None
    }
    return bool(wanted) and all(
        expected is not None and name in values and same_value(expected, values[name])
        for name, expected in wanted.items()
    )


def _as_ruled(environment: Environment, values: Mapping[str, str]) -> dict[str, str | Secret]:
    ruled: dict[str, str | Secret] = {}
    for rule in environment.variables.rules:
        if rule.name in values:
            ruled[rule.name] = Secret(values[rule.name], rule.name) if rule.secret else values[rule.name]
    return ruled


def _value(written: str) -> str | None:
    quoted = _SINGLE.fullmatch(written) or _DOUBLE.fullmatch(written)
    if quoted is None:
        return None if written[:1] in ("'", '"') else _COMMENT.sub("", written).strip()
    if _COMMENT.sub("", quoted[2]).strip():
        return None
    if written.startswith("'"):
        return quoted[1]
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), quoted[1], flags=re.DOTALL)


def _misquoted(written: str, number: int) -> Message:
    closed = _SINGLE.fullmatch(written) or _DOUBLE.fullmatch(written)
    return message("text-after-quote" if closed else "quote-not-closed", line=number)


def _unescaped(escape: re.Match[str]) -> str:
    char = chr(int(escape[1], 16))
    return char if char in _NEVER_ESCAPED else escape[0].upper()


def _normal(value: str) -> str:
    scheme, separator, rest = value.partition("://")
    if not separator:
        return value
    host, slash, path = _ESCAPE.sub(_unescaped, rest.partition("#")[0]).partition("/")
    port = {"https": ":443", "http": ":80"}.get(scheme.lower(), "/")
    return f"{scheme.lower()}://{host.lower().removesuffix(port)}{slash}{path}".rstrip("/")
