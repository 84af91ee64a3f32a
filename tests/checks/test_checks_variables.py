import os
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.checks.variables import LARGEST_FILE, PROCESS_ENVIRONMENT, find, parse_dotenv, same_value
from promoter.model.context import VariableValues
from promoter.model.environment import (
    DotenvSource,
    Environment,
    ProcessSource,
    VariableRule,
    Variables,
    VariableSource,
)
from promoter.model.reference import Fact
from promoter.redaction import Secret
from tests.support.checks import environment


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=b", "b"),
        ("export A=b", "b"),
        ("  export   A = b  ", "b"),
        ("A=", ""),
        ("A=b c", "b c"),
        ("A=b # a comment", "b"),
        ("A=b#c", "b#c"),
        ("A=# a comment", ""),
        ("A='b # c'", "b # c"),
        ("A='b' # a comment", "b"),
        ("A='$HOME ${X} `id` \\n'", "$HOME ${X} `id` \\n"),
        ('A="b # c"', "b # c"),
        ('A="a\\nb\\t\\"c\\" \\\\ \\$d"', 'a\nb\t"c" \\ $d'),
        ("A=$HOME/${X}`id`", "$HOME/${X}`id`"),
        ("A=https://x.example/?a=b", "https://x.example/?a=b"),
        ("A=b\r", "b"),
        ("\ufeffA=b", "b"),
        ("A=it's", "it's"),
        ("A=1\nA=2", "2"),
    ],
)
def test_a_line_sets_a_value_and_expands_nothing(line: str, value: str) -> None:
    assert parse_dotenv(line).values == {"A": value}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("A", "line-not-understood"),
        ("1A=b", "line-not-understood"),
        ("A-B=c", "line-not-understood"),
        ("export", "line-not-understood"),
        ("=b", "line-not-understood"),
        ("A='b", "quote-not-closed"),
        ('A="b\\"', "quote-not-closed"),
        ("A='b'c", "text-after-quote"),
        ("A=1\nA=2", "set-twice"),
    ],
)
def test_a_line_that_is_not_understood_is_said(text: str, code: str) -> None:
    (unclear,) = parse_dotenv(f"# first\n{text}").unclear
    assert unclear.code == code
    assert unclear.parameters["line"] == 2 + text.count("\n")


@given(st.text())
def test_no_text_breaks_the_dotenv_grammar(text: str) -> None:
    parse_dotenv(text)


@given(st.dictionaries(st.from_regex(r"[A-Z_][A-Z0-9_]*", fullmatch=True), st.text(), max_size=5))
def test_what_is_quoted_is_read_back(values: dict[str, str]) -> None:
    escaped = {
        name: value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
        for name, value in values.items()
    }
    text = "\n".join(f'export {name}="{value}"' for name, value in escaped.items())
    assert parse_dotenv(text) == parse_dotenv(text)
    assert dict(parse_dotenv(text).values) == values


URL = "https://preprod.example"


def preprod(*sources: VariableSource) -> Environment:
    rules = (
        VariableRule("SERVICE_URL", equals=Fact("urls.app")),
        VariableRule("SERVICE_ID"),
        VariableRule("SERVICE_SECRET", secret=True),
    )
    return environment("preprod", urls={"app": URL}, variables=Variables(sources, rules))


def test_the_first_source_that_exists_serves_all(tmp_path: Path) -> None:
    target = preprod(DotenvSource(".env.preprod"), ProcessSource())
    process = {"SERVICE_URL": URL, "SERVICE_ID": "from the process", "SERVICE_SECRET": "s3cret"}
    found = find(target, tmp_path, process)
    assert found.source == PROCESS_ENVIRONMENT
    assert found.path is None
    (tmp_path / ".env.preprod").write_text("SERVICE_ID=from the file\nUNRELATED=x\n")
    found = find(target, tmp_path, process)
    assert found == VariableValues(
        source=".env.preprod", values={"SERVICE_ID": "from the file"}, path=tmp_path / ".env.preprod"
    )


def test_no_source_is_said_as_such(tmp_path: Path) -> None:
    found = find(preprod(DotenvSource(".env")), tmp_path, {"SERVICE_ID": "x"})
    assert found == VariableValues(source=None, values={})


@pytest.mark.parametrize("url", ["https://staging.example", "", None])
def test_the_process_environment_of_another_environment_does_not_count(
    tmp_path: Path, url: str | None
) -> None:
    process = {"SERVICE_ID": "x"} | ({"SERVICE_URL": url} if url is not None else {})
    assert find(preprod(ProcessSource()), tmp_path, process).source is None


def test_the_process_environment_without_a_rule_to_tell_it_by_does_not_count(tmp_path: Path) -> None:
    target = environment(variables=Variables((ProcessSource(),), (VariableRule("SERVICE_ID"),)))
    assert find(target, tmp_path, {"SERVICE_ID": "x"}).source is None


def test_a_prefix_tells_the_process_environment_apart(tmp_path: Path) -> None:
    process = {"SERVICE_ID": "staging's", "PREPROD_SERVICE_ID": "preprod's"}
    found = find(preprod(ProcessSource("PREPROD_")), tmp_path, process)
    assert found.values == {"SERVICE_ID": "preprod's"}


def test_secret_variables_are_secrets(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SERVICE_SECRET=hunter2hunter2\n")
    found = find(preprod(DotenvSource(".env")), tmp_path, {})
    assert found.values == {"SERVICE_SECRET": Secret("hunter2hunter2")}
    assert "hunter2" not in repr(found)


def unreadable(tmp_path: Path, path: str = ".env") -> str | None:
    found = find(preprod(DotenvSource(path), ProcessSource("X_")), tmp_path, {"X_SERVICE_ID": "x"})
    assert found.source in (path, PROCESS_ENVIRONMENT)
    return found.unreadable.code if found.unreadable else None


def test_a_source_that_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("SERVICE_ID=x")
    root = tmp_path / "root"
    root.mkdir()
    source = root / ".env"
    source.mkdir()
    assert unreadable(root) == "not-a-regular-file"
    source.rmdir()
    os.mkfifo(source)
    assert unreadable(root) == "not-a-regular-file"
    source.unlink()
    source.symlink_to(outside)
    assert unreadable(root) == "outside-the-work-tree"
    source.unlink()
    source.symlink_to("nowhere")
    assert unreadable(root) == "no-such-file"
    source.unlink()
    source.symlink_to(source)
    assert unreadable(root) == "file-not-readable"
    source.unlink()
    source.write_bytes(b"SERVICE_ID=\xff")
    assert unreadable(root) == "not-utf-8"
    source.write_bytes(b"#" * (LARGEST_FILE + 1))
    assert unreadable(root) == "too-large"
    source.write_text("SERVICE_ID=x")
    assert unreadable(root) is None
    assert unreadable(root, "../outside") == "outside-the-work-tree"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example", "https://A.example/", True),
        ("https://a.example/x", "https://a.example/X", False),
        ("https://a.example", "http://a.example", False),
        ("https://a.example/", "https://A.example:443", True),
        ("http://a.example:80/x", "http://a.example/x", True),
        ("https://a.example:80", "https://a.example", False),
        ("https://a.example:4430", "https://a.example", False),
        ("https://a.example/api", "https://a.example/%61pi", True),
        ("https://a.example/x%2Fy", "https://a.example/x%2fy", True),
        ("https://a.example/x%2Fy", "https://a.example/x/y", False),
        ("https://a.example/?a=1", "https://a.example/?a=1#part", True),
        ("https://a.example/?a=1", "https://a.example/?a=2", False),
        ("a#b", "a#c", False),
        ("abc", "ABC", False),
        ("abc", "abc", True),
    ],
)
def test_urls_are_the_same_whatever_the_case_of_the_host(one: str, other: str, same: bool) -> None:
    assert same_value(one, other) is same


@given(st.text(string.printable))
def test_a_value_is_the_same_as_itself(value: str) -> None:
    assert same_value(value, value)
