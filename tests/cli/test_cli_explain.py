"""The rules in sentences: of an item or the whole gate, as pinned or as they are in the work tree."""

from pathlib import Path

from tests.support.command_line import promoter

RICHER = """\
checklist: staging-to-preprod
from: staging
to: preprod
items:
  - id: answers
    title: {fr: Elle répond, en: It answers}
    text: {fr: Chaque jour., en: Every day.}
    source: [Exigences]
    checks:
      - https: {url: {fact: urls.app}, warn_after: 2s}
      - oauth:
          needs: [https]
          url: https://id.shop.example/token
          client_id: shop
          client_secret: {variable: SHOP_SECRET}
    sign_off: {roles: [operations], fields: [{id: seen, title: Seen by whom, required: false}]}
"""


def test_an_item_is_explained_with_its_checks_its_people_and_how_it_stands(shop: Path) -> None:
    promoter("-C", shop, "run")
    said = promoter("-C", shop, "explain", "accounts")
    assert said.code == 0
    for words in (
        "The accounts are known",
        "It has to be done before a release goes into preprod.",
        "Which of its variables; all by default: SHOP_SECRET",
        "What it came to counts for 7 days.",
        "One person signs it off as security.",
        "Whoever signs fills in kept: Where they are kept",
        "✗ failing",
        "waiting for a sign-off: security",
    ):
        assert words in said.out


def test_the_whole_gate_is_explained_with_its_items_and_its_answer(shop: Path) -> None:
    said = promoter("-C", shop, "explain")
    assert said.code == 0
    for words in (
        "3 items have to be done.",
        "1 more is advice.",
        "training   The teams are trained (advisory)",
        "BLOCKED",
    ):
        assert words in said.out


def test_a_checklist_of_the_work_tree_is_explained_before_anything_is_opened(claimed_shop: Path) -> None:
    (claimed_shop / "checklists/staging-to-preprod.yaml").write_text(RICHER, encoding="utf-8")
    said = promoter("-C", claimed_shop, "explain", "answers", "--of", "staging-to-preprod")
    assert said.code == 0
    for words in (
        "The https URL to ask for: https://preprod.shop.example (urls.app)",
        "An answer that takes longer than this warns: 2s",
        "The secret of the client: the variable SHOP_SECRET of preprod",
        "It is run once https passed.",
        "It runs only where somebody agreed to what it does.",
        "otherwise as by default: redirects 5, old_tls warn, addresses first",
        "Whoever signs may fill in seen: Seen by whom",
    ):
        assert words in said.out
    assert "Now" not in said.out.splitlines()


def test_programs_read_the_same(shop: Path) -> None:
    item = promoter("-C", shop, "--json", "explain", "accounts").document
    assert item["schema"] == "promoter/explain/1"
    assert item["checks"][0]["fields"][0]["written"] == ["SHOP_SECRET"]
    assert {each["topic"] for each in item["rules"]} == {"must", "people", "exceptions", "stale"}
    assert item["standing"]["state"] == "waiting"
    gate = promoter("-C", shop, "--json", "explain").document
    assert [each["id"] for each in gate["items"]] == ["variables", "rollback", "accounts", "training"]
    assert gate["gate"]["answer"] == "blocked"


def test_an_item_or_a_transition_that_there_is_not_is_named_with_those_that_are(shop: Path) -> None:
    assert promoter("-C", shop, "explain", "nothing").code == 2
    wrong = promoter("-C", shop, "explain", "--of", "somewhere")
    assert wrong.code == 2
    assert "staging-to-preprod" in wrong.err


def test_a_check_whose_kind_is_gone_is_shown_as_it_is_written(shop: Path) -> None:
    from promoter.messages import Language
    from promoter.model.checklist import CheckSpec
    from promoter.output.explaining import answers, check_lines
    from promoter.place import Place
    from promoter.usecases.explaining import CheckSaid

    gone = CheckSaid(CheckSpec("old", "old-kind", {}, Place("x")), None, (), ())
    assert answers(gone, Language()) == "a check of the kind old-kind, which is not installed here"
    assert list(check_lines(gone, Language())) == []
