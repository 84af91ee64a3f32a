"""`differs` shares its comparison with `same_as`, whose tests try both; here is what is its own."""

from pathlib import Path

from promoter.checks import registry
from promoter.model.environment import DotenvSource, VariableRule, Variables
from promoter.model.outcome import Verdict
from promoter.run import Surroundings, try_check
from tests.support.checks import environment, words


async def test_a_secret_that_was_carried_over_fails_without_being_shown(tmp_path: Path) -> None:
    rules = Variables((DotenvSource(".env"),), (VariableRule("CLIENT_SECRET", secret=True),))
    (tmp_path / ".env").write_text("CLIENT_SECRET=hunter2hunter2\n")
    environments = {name: environment(name, variables=rules) for name in ("staging", "preprod")}
    surroundings = Surroundings(root=tmp_path, environment=environments["preprod"], environments=environments)
    fields = {"environment": "staging", "variables": ["CLIENT_SECRET"]}
    outcome = await try_check("differs", fields, surroundings)
    assert outcome.verdict is Verdict.FAILED
    assert words(outcome.reason) == "the same as in staging: CLIENT_SECRET"
    assert "hunter2" not in repr(outcome)
    remedy = registry.remedy(outcome.reason)
    assert remedy is not None
    assert "issued for each environment" in words_of(remedy.template)


def words_of(template: object) -> str:
    assert isinstance(template, str)
    return template
