"""Moments as people write them, read as they are meant."""

from datetime import UTC, datetime, timedelta

import pytest

from promoter.errors import UsageError
from promoter.usecases.moments import beginning_given, moment_given

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def test_a_day_begins_something_where_it_begins_and_ends_it_where_it_ends() -> None:
    begins, ends = beginning_given("2026-12-01", NOW), moment_given("2026-12-01", NOW)
    assert (begins.astimezone().hour, begins.astimezone().minute) == (0, 0)
    assert ends - begins == timedelta(days=1, seconds=-1)


@pytest.mark.parametrize("written", ["2026-12-01T18:00Z", "2026-12-01 18:00+00:00"])
def test_a_time_is_the_same_for_both(written: str) -> None:
    assert (
        beginning_given(written, NOW) == moment_given(written, NOW) == datetime(2026, 12, 1, 18, tzinfo=UTC)
    )


def test_a_length_is_from_now_and_all_else_is_refused() -> None:
    assert beginning_given("2d", NOW) == NOW + timedelta(days=2)
    with pytest.raises(UsageError):
        beginning_given("soon", NOW)
