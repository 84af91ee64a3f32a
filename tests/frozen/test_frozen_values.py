import inspect
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest

from promoter.frozen import frozen


@frozen
class Place:
    name: str
    line: int = 1
    marks: list[str] = field(default_factory=list)
    note: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class PlainPlace:
    name: str
    line: int = 1
    marks: list[str] = field(default_factory=list)
    note: str = field(default="", repr=False, compare=False)


@frozen(kw_only=True)
class Street(Place):
    lamps: int


@frozen
class Named:
    name: str
    meanings: dict[str, str] = field(hash=False)


@frozen
class Nothing:
    pass


@frozen
class Loud:
    word: str

    def __repr__(self) -> str:
        return self.word.upper()

    def __post_init__(self) -> None:
        if not self.word:
            raise ValueError("nothing to say")


def test_a_value_reads_as_that_of_a_plain_frozen_dataclass() -> None:
    plain, value = PlainPlace("here", 3, note="n"), Place("here", 3, note="n")
    assert repr(value) == repr(plain).replace("PlainPlace", "Place")
    assert [each.name for each in fields(value)] == [each.name for each in fields(plain)]
    assert list(inspect.signature(Place).parameters) == list(inspect.signature(PlainPlace).parameters)
    assert Place.__match_args__ == PlainPlace.__match_args__


def test_values_are_equal_by_the_fields_that_are_compared_and_by_class() -> None:
    assert Place("here", note="a") == Place("here", note="b")
    assert Place("here") != Place("there")
    plain: object = PlainPlace("here")
    assert Place("here") != plain
    assert Nothing() == Nothing()


def test_a_value_hashes_as_its_equals_and_not_at_all_when_a_field_cannot() -> None:
    assert {Nothing(): 1}[Nothing()] == 1
    with pytest.raises(TypeError, match="unhashable"):
        hash(Place("here"))
    assert hash(Named("x", {})) == hash(Named("x", {"a": "b"}))
    assert Named("x", {}) != Named("x", {"a": "b"})


def test_a_value_can_be_neither_changed_nor_extended() -> None:
    value = Place("here")
    for name in ("name", "unknown"):
        with pytest.raises(FrozenInstanceError):
            setattr(value, name, "there")
    with pytest.raises(FrozenInstanceError):
        delattr(value, "line")
    assert value == Place("here")


def test_every_value_has_a_default_of_its_own_making() -> None:
    one, other = Place("here"), Place("there")
    one.marks.append("x")
    assert other.marks == []


def test_replace_makes_another_value() -> None:
    assert replace(Street("here", lamps=2), line=4) == Street("here", 4, lamps=2)


def test_a_field_by_keyword_only_follows_those_that_are_inherited() -> None:
    street = Street("here", 2, lamps=3)
    assert (street.name, street.line, street.lamps) == ("here", 2, 3)
    with pytest.raises(TypeError, match=r"Street\.__init__\(\)"):
        Street("here", 2, [], "", 3)  # type: ignore[call-arg]


def test_patterns_take_a_value_apart() -> None:
    match Place("here", 7):
        case Place(name, line):
            assert (name, line) == ("here", 7)


def test_what_a_class_defines_itself_is_kept() -> None:
    assert repr(Loud("hi")) == "HI"
    with pytest.raises(ValueError, match="nothing to say"):
        Loud("")


@dataclass(frozen=True, slots=True)
class Alley(Place):
    width: int = 1


@frozen
class Shore(PlainPlace):
    tide: int = 2


def test_each_sort_may_be_built_upon_the_other() -> None:
    alley, shore = Alley("a", width=3), Shore("b", tide=4)
    assert (alley.name, alley.line, alley.width) == ("a", 1, 3)
    assert (shore.name, shore.line, shore.tide) == ("b", 1, 4)
    for made in (alley, shore):
        with pytest.raises(FrozenInstanceError):
            made.name = "other"  # type: ignore[misc]


def test_a_value_is_built_the_same_the_first_time_and_after() -> None:
    @frozen
    class Fresh:
        name: str
        line: int = 1

    with pytest.raises(TypeError):
        Fresh()  # type: ignore[call-arg]
    assert Fresh("a") == Fresh(name="a", line=1) == replace(Fresh("b"), name="a")
