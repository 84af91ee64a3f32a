"""What became of a test, by the many words that tools have for it. What is not known here is no pass. Pure."""

from collections.abc import Mapping
from enum import Enum


class State(Enum):
    """What became of a test case, the gravest last."""

    PASSED = "passed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"
    FAILED = "failed"
    ERRORED = "errored"


BAD = frozenset({State.FAILED, State.ERRORED})
FLAKY = frozenset({"flakyfailure", "flakyerror"})
PRINTED = frozenset({"system-out", "system-err"})
_GRAVITY = tuple(State)
_WORDS = {
    **dict.fromkeys(("", "pass", "passed", "success", "successful", "succeeded", "ok"), State.PASSED),
    **dict.fromkeys(("run", "completed", "executed"), State.PASSED),
    **dict.fromkeys(("skip", "skipped", "notrun", "disabled", "ignored", "pending"), State.SKIPPED),
    **dict.fromkeys(("notexecuted", "untested", "suppressed", "todo", "xfail", "xfailed"), State.SKIPPED),
    **dict.fromkeys(("fail", "failed", "failure", "broken"), State.FAILED),
    **dict.fromkeys(("rerunfailure", "rerunerror"), State.FAILED),
    **dict.fromkeys(("error", "errored"), State.ERRORED),
}
_SAYS_NO = frozenset({"false", "no", "0"})
_OF_ATTRIBUTES = ("status", "result", "outcome")
_IF_NOT = {"executed": State.SKIPPED, "success": State.FAILED}
_SAYS_NOTHING = PRINTED | {
    *("properties", "property", "attachments", "attachment", "metadata", "description", "documentation"),
    *("tags", "tag", "labels", "label", "parameters", "parameter", "links", "link", "comment", "output"),
    *("measurement", "measurements", "performance", "stacktrace", "testcase", "testsuite", "testsuites"),
}


def gravest(one: State, other: State) -> State:
    """Which of two states weighs more: a failure more than what is unknown, that more than a pass."""
    return max(one, other, key=_GRAVITY.index)


def of_element(tag: str) -> State:
    """What an element inside a test case makes of it; `tag` is in small letters, without a prefix."""
    return State.PASSED if tag in FLAKY | _SAYS_NOTHING else _of_word(tag)


def of_attributes(attributes: Mapping[str, str]) -> tuple[State, str]:
    """The gravest that the attributes of a case or a suite say, and how they say it."""
    state, said = State.PASSED, ""
    for name in _OF_ATTRIBUTES:
        written = attributes.get(name, "")
        found = _of_word(written)
        if gravest(state, found) is not state:
            state, said = found, f'{name}="{written.strip()[:100]}"'
    for name, meant in _IF_NOT.items():
        written = attributes.get(name, "").strip()
        if written.lower() in _SAYS_NO and gravest(state, meant) is not state:
            state, said = meant, f'{name}="{written}"'
    return state, said


def of_property(attributes: Mapping[str, str]) -> tuple[State, str]:
    """What a property of a case makes of it: one that calls a result bad contradicts what else is said, and any
    other is somebody's own."""
    name, value = attributes.get("name", "").strip().lower(), attributes.get("value", "").strip()
    if name in _OF_ATTRIBUTES and _of_word(value) in BAD:
        return State.UNKNOWN, f'property {name}="{value[:100]}"'
    return State.PASSED, ""


def _of_word(written: str) -> State:
    word = written.strip().casefold()
    plain = "".join(each for each in word if each not in "-_ ")
    return _WORDS.get(plain, State.UNKNOWN)
