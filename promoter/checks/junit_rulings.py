"""What test results may come to, and the words of their evidence."""

from collections.abc import Mapping

from promoter.checks import junit_file
from promoter.messages import N_, NP_, Template
from promoter.model.outcome import Verdict
from promoter.model.ruling import Ruling

RULINGS: Mapping[str, Ruling] = {
    "no-results": Ruling(
        Verdict.ERRORED,
        N_("there are no test results at {path}"),
        N_("Run the tests, or bring their results to {path}; correct the path if they are elsewhere."),
    ),
    "too-many-results": Ruling(
        Verdict.ERRORED,
        N_("more than {limit} files would have to be looked at for {path}"),
        N_("Name the directory in which the results are, instead of searching for them."),
    ),
    "results-unreadable": Ruling(
        Verdict.ERRORED,
        N_("{path} cannot be read: {why}"),
        N_("Make {path} a small regular file inside the work tree that you may read."),
    ),
    "results-not-searched": Ruling(
        Verdict.ERRORED,
        N_("the directory {path} cannot be searched for test results ({detail})"),
        N_("Let whoever runs the check read {path}: the results in it may say something else."),
    ),
    "results-in-motion": Ruling(
        Verdict.ERRORED,
        N_("{path} was written while it was read"),
        N_("Wait until the test run has ended, then run the check again."),
    ),
    "not-junit": Ruling(
        Verdict.ERRORED,
        N_("{path} is not JUnit XML: {why}"),
        N_("Have the test run write JUnit XML; if {path} was cut off, the test run was too."),
    ),
    "tests-failed": Ruling(
        Verdict.FAILED,
        NP_("{count} test of {total} failed: {names:list}", "{count} tests of {total} failed: {names:list}"),
        N_("Mend what the failing tests show, then have the tests run again on this release."),
    ),
    "counted-failures": Ruling(
        Verdict.FAILED,
        NP_(
            "{suite} says that {count} test failed, and shows {counted}",
            "{suite} says that {count} tests failed, and shows {counted}",
        ),
        N_("Look into the log of the test run: something failed that its results do not show."),
    ),
    "states-unknown": Ruling(
        Verdict.ERRORED,
        NP_(
            "what became of {count} test cannot be told: it is marked {said:list}",
            "what became of {count} tests cannot be told: they are marked {said:list}",
        ),
        N_("See in the log of the test run what became of them: only what is known to have passed counts."),
    ),
    "counts-unreadable": Ruling(
        Verdict.ERRORED,
        N_("how many tests failed cannot be told: {suite} says {attribute}=“{written}”, which is no number"),
        N_("Have the test run write whole numbers, or look into its log for what failed."),
    ),
    "no-tests": Ruling(
        Verdict.FAILED,
        NP_(
            "no test ran: of {count} test case none was executed",
            "no test ran: of {count} test cases none was executed",
        ),
        N_(
            "Find out from the log of the test run why nothing was executed; results of nothing prove nothing."
        ),
    ),
    "not-included": Ruling(
        Verdict.FAILED,
        N_("no test of {names:list} was executed"),
        N_("Have the tests of {names:list} run too, or correct the names in `must_include`."),
    ),
    "too-many-skipped": Ruling(
        Verdict.FAILED,
        NP_("{count} test was skipped, and {limit} may be", "{count} tests were skipped, and {limit} may be"),
        N_("Have the skipped tests run, or agree on more in `skipped`."),
    ),
    "tests-missing": Ruling(
        Verdict.ERRORED,
        NP_(
            "what became of {count} test cannot be told: {suite} says {claimed} and shows {counted}",
            "what became of {count} tests cannot be told: {suite} says {claimed} and shows {counted}",
        ),
        N_("Look whether the results were cut short or written over: have the test run write them whole."),
    ),
    "counts-differ": Ruling(
        Verdict.WARNED,
        N_("no test failed, but {suite} does not show what it claims: {claimed} instead of {counted}"),
        N_("Look whether the results were cut short or written over: some tests may be missing."),
    ),
    "file-without-tests": Ruling(
        Verdict.WARNED,
        NP_(
            "no test failed, but {path} shows no test at all",
            "no test failed, but {count} files show no test at all, the first is {path}",
        ),
        N_("Look into the log of the test run for why nothing ran there, or remove the file."),
    ),
    "flaky": Ruling(
        Verdict.WARNED,
        NP_(
            "no test failed in the end, but {count} did at first: {names:list}",
            "no test failed in the end, but {count} did at first: {names:list}",
        ),
        N_("Find out why these tests fail at times: what they test may too."),
    ),
}
FACTS: Mapping[str, Template] = {
    **junit_file.FACTS,
    "results": N_("results"),
    "results-file": N_("{path}, {size} bytes, {digest}"),
    "more-files": NP_("and {count} more file", "and {count} more files"),
    "some-tests": N_("at least 1 test"),
    "no-tests-in": N_("{path} without a test"),
    "tests": N_("tests"),
    "counts": N_("{ran} ran, {failed} failed, {skipped} skipped"),
    "counts-and-unknown": N_("{ran} ran, {failed} failed, {skipped} skipped, {unknown} not known"),
    "some-and-none-failed": N_("at least 1 ran, none failed"),
    "failing": N_("failing test"),
    "unknown-state": N_("what became of {test}"),
    "known-state": N_("passed, failed or skipped"),
    "a-number": N_("a whole number"),
    "more-contradictions": NP_(
        "and {count} more number that is not what was counted",
        "and {count} more numbers that are not what was counted",
    ),
    "skipped-tests": N_("skipped tests"),
    "at-most-skipped": N_("at most {limit}"),
    "included": N_("tests of {name}"),
    "ran-at-least-one": N_("at least 1 ran"),
    "count-claimed": N_("number in the attribute {attribute} of {suite}"),
    "flaky-test": N_("test that passed only when tried again"),
    "unnamed": N_("a suite without a name"),
}
