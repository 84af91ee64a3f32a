"""A checklist that extends another: put together, judged against it, and written out to stand alone."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.checklist.bases import reading_from
from promoter.checklist.composing import compose
from promoter.checklist.extending import unread
from promoter.checklist.loading import load_checklist, written_out
from promoter.checklist.nodes import Node, Scalar, Series, Table
from promoter.messages import Message
from promoter.model.checklist import Checklist
from promoter.place import Problem

BASE = """\
checklist: base
from: staging
to: preprod
title: What every service shows
soak: 2d
items:
  - id: rollback
    title: {fr: "Le retour arrière: écrit", en: 'The way back is written'}
    sign_off: {roles: [operations], count: 2, evidence: required}
    waivable: false
  - id: answers
    title: |
      It answers,
      and soon
    checks: [http: {url: 'https://preprod.example', status: 200}]
"""
TITLE = "{fr: 'Le retour arrière: écrit', en: The way back is written}"
OWN = """\
checklist: staging-to-preprod
extends: {file: ../shared/base.yaml, digest: DIGEST}
from: staging
to: preprod
items:
  - id: contract
    title: The contract is signed
    sign_off: {roles: [legal]}
"""


def digest_of(content: str) -> str:
    return "sha256:" + hashlib.sha256(content.encode()).hexdigest()


def files(directory: Path, own: str = OWN, base: str = BASE, digest: str = "") -> Path:
    """A service's checklist beside a shared one; the path of the first."""
    (directory / "shared").mkdir(parents=True)
    (directory / "service").mkdir()
    (directory / "shared" / "base.yaml").write_text(base)
    path = directory / "service" / "staging-to-preprod.yaml"
    path.write_text(own.replace("DIGEST", digest or digest_of(base)))
    return path


def loaded(path: Path) -> tuple[Checklist | None, tuple[Problem, ...]]:
    read = reading_from(path.parent, path.parent.parent)
    return load_checklist(path.read_bytes(), str(path), None, read=read)


def codes(path: Path) -> list[str]:
    return [each.code for each in loaded(path)[1] if not each.warning]


def test_the_base_s_items_come_first_and_its_rules_hold(tmp_path: Path) -> None:
    checklist, _ = loaded(files(tmp_path))
    assert checklist is not None
    assert [each.id for each in checklist.items] == ["rollback", "answers", "contract"]
    assert (checklist.id, checklist.soak.days) == ("staging-to-preprod", 2)


def test_an_item_may_ask_for_more_than_the_base_s(tmp_path: Path) -> None:
    stricter = OWN + (
        f"  - id: rollback\n    title: {TITLE}\n    waivable: false\n"
        "    sign_off: {roles: [operations, security], count: 3, evidence: required}\n"
    )
    checklist, _ = loaded(files(tmp_path, stricter))
    assert checklist is not None
    assert [each.id for each in checklist.items] == ["rollback", "answers", "contract"]
    rollback = checklist.item("rollback")
    assert rollback is not None
    assert rollback.sign_off is not None
    assert rollback.sign_off.count == 3


@pytest.mark.parametrize(
    "less",
    [
        f"  - {{id: rollback, title: {TITLE}, sign_off: {{roles: [operations], count: 1, evidence: required}}, waivable: false}}\n",
        f"  - {{id: rollback, title: {TITLE}, sign_off: {{roles: [operations], count: 2}}, waivable: false}}\n",
        f"  - {{id: rollback, title: {TITLE}, sign_off: {{roles: [operations], count: 2, evidence: required}}}}\n",
        '  - {id: answers, title: "It answers,\\nand soon\\n", sign_off: {}}\n',
        "soak: 1d\n",
    ],
)
def test_nothing_of_the_base_may_be_taken_away(less: str, tmp_path: Path) -> None:
    path = files(tmp_path, OWN + less)
    [problem] = [each for each in loaded(path)[1] if not each.warning]
    assert (problem.code, problem.place.path, problem.place.line) == ("looser-than-base", str(path), 2)
    assert loaded(path)[0] is None


@pytest.mark.parametrize(
    ("again", "told"),
    [
        (
            "  - {id: rollback, title: Ours, sign_off: {roles: [operations], count: 2, evidence: required}, "
            "waivable: false}\n",
            "item-said-otherwise",
        ),
        (
            '  - {id: answers, title: "It answers,\\nand soon\\n", '
            "checks: [http: {url: 'https://other.example', status: 200}]}\n",
            "item-checked-otherwise",
        ),
    ],
)
def test_what_an_item_of_the_base_says_and_checks_stays_as_it_is(
    again: str, told: str, tmp_path: Path
) -> None:
    path = files(tmp_path, OWN + again)
    [problem] = [each for each in loaded(path)[1] if not each.warning]
    assert problem.code == "other-than-base"
    rules = problem.wrong.parameters["rules"]
    assert isinstance(rules, list)
    assert [each.code for each in rules if isinstance(each, Message)] == [told]
    assert loaded(path)[0] is None


def test_another_content_of_the_base_is_told_with_its_digest(tmp_path: Path) -> None:
    path = files(tmp_path)
    base = tmp_path / "shared" / "base.yaml"
    base.write_text(BASE + "# changed\n")
    checklist, [problem] = loaded(path)
    assert checklist is None
    assert (problem.code, problem.place.line) == ("other-digest", 2)
    assert problem.wrong.parameters["digest"] == digest_of(base.read_text())
    assert problem.wrong.parameters["command"] == f"sha256sum {base}"


@pytest.mark.parametrize(
    ("name", "command"),
    [("-z.yaml", "sha256sum ./-z.yaml"), ("a b;$(c).yaml", "sha256sum 'a b;$(c).yaml'")],
)
def test_the_command_that_prints_a_digest_does_nothing_else(name: str, command: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(BASE)
    own = OWN.replace("../shared/base.yaml", f'"{name}"').replace("DIGEST", digest_of(""))
    read = reading_from(tmp_path, tmp_path, lambda path: path.name)
    _, [problem] = load_checklist(own.encode(), "own.yaml", None, read=read)
    assert (problem.code, problem.wrong.parameters["command"]) == ("other-digest", command)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("../shared/none.yaml", "no-base"),
        ("../shared", "no-base"),
        ("../../outside.yaml", "no-base"),
        ("../shared/link.yaml", "no-base"),
        ("/etc/hostname", "not-a-path"),
    ],
)
def test_a_base_that_cannot_be_had_is_named_at_its_place(file: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text(BASE)
    path = files(tmp_path / "repository", OWN.replace("../shared/base.yaml", file))
    (tmp_path / "repository" / "shared" / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    _, [problem] = loaded(path)
    assert (problem.code, problem.place.line) == (code, 2)


def test_what_is_wrong_with_the_base_is_told_at_its_place_in_the_base(tmp_path: Path) -> None:
    broken = BASE.replace("count: 2", "count: many")
    path = files(tmp_path, base=broken)
    problems = [each for each in loaded(path)[1] if not each.warning]
    assert {each.place.path for each in problems} == {str(tmp_path / "shared" / "base.yaml")}
    assert problems[0].place.line == broken[: broken.index("many")].count("\n") + 1


def test_a_base_may_extend_another_to_a_depth(tmp_path: Path) -> None:
    path = files(tmp_path)
    shared = tmp_path / "shared"
    below = BASE
    for number in range(5):
        (shared / f"{number}.yaml").write_text(below)
        extends = f"extends: {{file: {number}.yaml, digest: '{digest_of(below)}'}}\n"
        below = OWN.replace(OWN.splitlines()[1] + "\n", extends).replace(
            "id: contract", f"id: contract-{number}"
        )
        (shared / "base.yaml").write_text(below)
        path.write_text(OWN.replace("DIGEST", digest_of(below)))
        checklist, problems = loaded(path)
        if number < 2:
            assert checklist is not None, problems
            assert len(checklist.items) == 4 + number
        else:
            assert checklist is None
            assert [each.code for each in problems] == ["extends-too-deep"]


def test_what_is_pinned_needs_no_other_file(tmp_path: Path) -> None:
    path = files(tmp_path)
    read = reading_from(path.parent, tmp_path)
    alone = written_out(path.read_bytes(), "service/staging-to-preprod.yaml", read)
    pinned, problems = load_checklist(alone, "pinned.yaml", None, pinned=True)
    assert pinned is not None, problems
    whole, _ = loaded(path)
    assert whole is not None
    assert [(each.id, each.digest, each.title) for each in pinned.items] == [
        (each.id, each.digest, each.title) for each in whole.items
    ]
    assert digest_of(base_of(path)) in alone.decode()


def base_of(path: Path) -> str:
    return (path.parent.parent / "shared" / "base.yaml").read_text()


def test_a_pinned_copy_never_reads_a_file(tmp_path: Path) -> None:
    path = files(tmp_path)
    read = reading_from(path.parent, tmp_path)
    assert load_checklist(path.read_bytes(), str(path), None, pinned=True, read=read)[0] is None


def test_a_file_that_extends_nothing_is_pinned_as_it_is() -> None:
    assert written_out(BASE.encode(), "base.yaml", unread) == BASE.encode()


scalars = st.text(st.characters(codec="utf-8", exclude_characters="\ufeff"), max_size=12)
values = st.recursive(
    scalars | st.booleans() | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(scalars, inner, max_size=3),
    max_leaves=12,
)


@given(
    st.dictionaries(scalars.filter(lambda key: key not in ("items", "extends")), values, max_size=4),
    st.data(),
)
def test_what_is_written_out_says_the_same(tree: dict[str, object], data: st.DataObject) -> None:
    import yaml

    style = data.draw(st.sampled_from([None, True, False]))
    base = yaml.safe_dump(tree, allow_unicode=True, default_flow_style=style)
    named, problems = compose(base.encode(), "base.yaml")
    if not isinstance(named, Table) or problems:
        return
    from promoter.checklist.extending import Source

    own = f"extends: {{file: base.yaml, digest: '{digest_of(base)}'}}\n"
    source = Source("base.yaml", base.encode(), unread)
    alone = written_out(own.encode(), "own.yaml", lambda file: source)
    again, wrong = compose(alone, "own.yaml")
    assert not wrong
    assert said(again) == said(named)


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_no_bytes_of_either_file_raise(own: bytes, base: bytes) -> None:
    from promoter.checklist.extending import Source

    named = "extends: {file: b.yaml, digest: 'sha256:" + hashlib.sha256(base).hexdigest() + "'}\n"
    for content in (own, named.encode() + own):
        load_checklist(content, "own.yaml", None, read=lambda file: Source(file, base, unread))


def said(node: Node | None) -> object:
    """What a node says, without where."""
    match node:
        case Scalar(text=text, plain=plain):
            return text, plain and "\n" not in text
        case Series(children=children):
            return [said(each) for each in children]
        case Table(entries=entries):
            return {key.text: said(value) for key, value in entries}
    return None
