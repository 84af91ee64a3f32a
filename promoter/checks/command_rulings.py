"""What a check of the kind `command` may come to, and the words of its evidence."""

from collections.abc import Mapping

from promoter.checks import junit_ages, junit_rulings, withheld
from promoter.messages import N_, NP_, Template
from promoter.model.outcome import Verdict
from promoter.model.ruling import Ruling

_ONLY_OF_EARLIER_RUNS = ("no-timestamp", "unbound", "time-zone-unclear")

RULINGS: Mapping[str, Ruling] = {
    **junit_rulings.RULINGS,
    **{code: each for code, each in junit_ages.RULINGS.items() if code not in _ONLY_OF_EARLIER_RUNS},
    "succeeded": Ruling(Verdict.PASSED, N_("{program} ended as expected, after {took:duration}")),
    "tests-passed": Ruling(
        Verdict.PASSED,
        NP_(
            "{count} test passed ({skipped} skipped), in {took:duration}",
            "{count} tests passed ({skipped} skipped), in {took:duration}",
        ),
    ),
    "not-found": Ruling(
        Verdict.ERRORED,
        N_("there is no program {program} here"),
        N_(
            "Install {program}, or correct `run` or `directory`; it is looked up on PATH, or below `directory`."
        ),
    ),
    "not-executable": Ruling(
        Verdict.ERRORED,
        N_("{program} cannot be executed: {detail}"),
        N_("Make {program} executable (chmod +x) and begin it with a line such as #!/bin/sh."),
    ),
    "interpreter-missing": Ruling(
        Verdict.ERRORED,
        N_("{program} is there, but not the interpreter that its first line names"),
        N_("Install the interpreter, or correct the first line of {program}."),
    ),
    "not-started": Ruling(
        Verdict.ERRORED,
        N_("{program} could not be started: {detail}"),
        N_("Run the command by hand where the check runs, and correct `run`."),
    ),
    "directory-unusable": Ruling(
        Verdict.ERRORED,
        N_("{directory} is no directory inside the work tree"),
        N_("Correct `directory`, or check out what is missing."),
    ),
    "environment-not-set": Ruling(
        Verdict.ERRORED,
        N_("not set where the check runs: {names:list}"),
        N_("Export {names:list}, then run the check again."),
    ),
    "variables-not-set": Ruling(
        Verdict.ERRORED,
        N_("variables of {environment} that are not set here: {names:list}"),
        N_("Set {names:list} in the first source of the variables of {environment}."),
    ),
    "killed": Ruling(
        Verdict.ERRORED,
        N_("{program} was ended by the signal {signal}, after {took:duration}"),
        N_("Find out what ended it: SIGKILL is often a lack of memory, SIGSEGV a bug of the program."),
    ),
    "stopped": Ruling(
        Verdict.ERRORED,
        N_("{program} was still running after {took:duration}, and was stopped"),
        N_("See in its last lines what it waits for; if it merely needs longer, raise `timeout`."),
    ),
    "wrong-status": Ruling(
        Verdict.FAILED,
        N_("{program} ended with status {status}, expected {expected:list}"),
        N_("See in its last lines what is wrong; mend that, and run the check again."),
    ),
    "text-missing": Ruling(
        Verdict.FAILED,
        N_("the output does not contain {texts:list}"),
        N_("Run the command by hand, and compare what it prints with what is expected."),
    ),
    "text-present": Ruling(
        Verdict.FAILED,
        N_("the output contains {texts:list}"),
        N_("Run the command by hand, and mend what makes it print that."),
    ),
    "pattern-missing": Ruling(
        Verdict.FAILED,
        N_("nothing in the output matches {pattern}"),
        N_("Run the command by hand, and compare what it prints with what is expected."),
    ),
    "pattern-not-judged": Ruling(
        Verdict.ERRORED,
        N_("whether {pattern} is in the output cannot be told: only its two ends were kept, of {size} bytes"),
        N_("Have the command print less, or write a text for `contains`: that is looked for in all of it."),
    ),
    "pattern-without-end": Ruling(
        Verdict.ERRORED,
        N_("trying {pattern} on the output came to no end"),
        N_("Write a simpler pattern: a repetition within a repetition, such as (a+)+, may take for ever."),
    ),
    "stale-results": Ruling(
        Verdict.FAILED,
        N_("{path} is not of this run: it is of {at:time}"),
        N_(
            "Correct `junit`, or make the command run the tests and write their results there, not earlier ones."
        ),
    ),
    "not-usable": Ruling(
        Verdict.ERRORED, N_("the field {field} {why}"), N_("Correct the field, or what it refers to.")
    ),
}
FACTS: Mapping[str, Template] = {
    **junit_rulings.FACTS,
    **junit_ages.FACTS,
    **withheld.FACTS,
    "running": N_("running {program}"),
    "status": N_("exit status"),
    "signal": N_("signal {name}"),
    "not-marked": N_("it is not marked as a program that you may run"),
    "no-program": N_("it is no program, and its first line names no interpreter"),
    "no-memory": N_("there is not enough memory"),
    "too-long": N_("its arguments and environment are too long"),
    "status-of-the-shell": N_("the shell says so with status {status}"),
    "none-at-the-deadline": N_("none before the deadline"),
    "time": N_("time taken"),
    "seconds": N_("{seconds:duration}"),
    "passed-on": N_("environment passed on"),
    "output": N_("output"),
    "size-and-digest": N_("{size} bytes, {digest}"),
    "not-kept": NP_("{count} byte in the middle was not kept", "{count} bytes in the middle were not kept"),
    "last-lines": N_("last lines"),
    "text": N_("text {text}"),
    "pattern": N_("pattern {pattern}"),
    "found": N_("found"),
    "not-found-in-it": N_("not found"),
    "written": N_("{path} written"),
    "since": N_("after {at:time}"),
    "at": N_("{at:time}"),
    "by-hand": N_("to reproduce"),
    "has-blanks": N_("is one word with blanks in it: write a list of words, or shell: true"),
    "one-text": N_("must be one text with shell: true"),
    "no-name": N_("has a name with = in it: values do not belong there"),
    "needs-junit": N_("needs `junit`"),
    "needs-variables": N_("needs `variables`"),
    "pattern-mistaken": N_("is no regular expression: {detail}"),
}
