import pytest

from promoter.checks import registry
from promoter.output.kinds import default_of


@pytest.mark.parametrize(
    ("kind", "field", "expected"),
    [("command", "shell", "false"), ("command", "status", "0"), ("http", "method", "GET")],
)
def test_a_default_is_shown_as_a_checklist_writes_it(kind: str, field: str, expected: str) -> None:
    spec = registry.kind(kind).field(field)
    assert spec is not None
    assert default_of(spec) == expected
