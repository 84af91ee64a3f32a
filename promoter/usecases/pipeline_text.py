"""The pipeline's file, changed in one place and left as it is everywhere else."""

import json
import re
from typing import Any

from promoter.checklist.keys import as_written
from promoter.checklist.loading import load_pipeline, load_unruled
from promoter.model.environment import Pipeline
from promoter.model.roster import Key, Roster

_NAME = "pipeline.yaml"


def with_key(content: bytes, person: str, key: Key) -> bytes | None:
    """The file with one more key of a person on its roster; None where it is not written so that this can
    be done without touching anything else."""
    before = _loaded(content)
    if before is None or before.roster.person(person) is None:
        return None
    text = content.decode("utf-8")
    changed = _inserted(text, person, key)
    after = _loaded(changed.encode()) if changed is not None else None
    wanted = [*(each.id for each in _keys(before.roster, person)), key.id]
    got = after is not None and [each.id for each in _keys(after.roster, person)] == wanted
    return changed.encode() if changed is not None and got else None


def _loaded(content: bytes) -> Pipeline | None:
    return load_pipeline(content, _NAME)[0] or load_unruled(content, _NAME)


def _keys(roster: Roster, person: str) -> tuple[Key, ...]:
    who = roster.person(person)
    return who.keys if who is not None else ()


def _inserted(text: str, person: str, key: Key) -> str | None:
    import yaml

    root = yaml.compose(text, Loader=yaml.SafeLoader)
    people = _under(root, "roster")
    if not isinstance(people, yaml.SequenceNode):
        return None
    who = next((each for each in people.value if _word(_under(each, "id")) == person), None)
    keys = _under(who, "keys")
    written = as_written(key)
    item = written if isinstance(written, str) else json.dumps(written)
    if keys is None and isinstance(who, yaml.MappingNode) and not who.flow_style:
        named = _under(who, "id")
        return _after_line(text, named.end_mark.index, f"{' ' * who.start_mark.column}keys: [{item}]")
    if not isinstance(keys, yaml.SequenceNode):
        return None
    if keys.flow_style:
        at = keys.end_mark.index - 1
        return f"{text[:at]}{', ' if keys.value else ''}{item}{text[at:]}"
    last = keys.value[-1]
    start = text.rindex("\n", 0, last.start_mark.index) + 1
    dash = re.match(r" *- +", text[start:])
    return _after_line(text, last.end_mark.index, dash[0] + item) if dash is not None else None


def _after_line(text: str, index: int, line: str) -> str:
    end = text.find("\n", max(index - 1, 0))
    return f"{text}\n{line}\n" if end < 0 else f"{text[: end + 1]}{line}\n{text[end + 1 :]}"


def _under(node: Any, name: str) -> Any:
    import yaml

    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if _word(key) == name), None)


def _word(node: Any) -> str | None:
    import yaml

    return str(node.value) if isinstance(node, yaml.ScalarNode) else None
