"""What any check may come to, whatever its kind: it never ran, could not be built, or ran out of time."""

from collections.abc import Mapping

from promoter.checks import field_scalars, variables
from promoter.messages import N_, NP_, Message, Phrase, Template
from promoter.model.outcome import Verdict
from promoter.model.ruling import Ruling
from promoter.net import alerts, misunderstood, real_data, regular_file, trouble

RULINGS: Mapping[str, Ruling] = {
    "timed-out": Ruling(
        Verdict.ERRORED,
        N_("no answer after {after:duration}, while {doing}"),
        N_(
            "Run it again. If the service is merely slow, raise the check's `timeout`; if it drips, byte by byte and without end, no time is enough: look at the server, and at what stands before it."
        ),
    ),
    "timed-out-somewhere": Ruling(
        Verdict.ERRORED,
        N_("no answer after {after:duration}"),
        N_("Run it again; if the service is merely slow, raise the check's `timeout`."),
    ),
    "crashed": Ruling(
        Verdict.ERRORED,
        N_("the check itself broke: {error}"),
        N_("This is a bug of the check: report it with the evidence below."),
    ),
    "run-timed-out": Ruling(
        Verdict.ERRORED,
        N_("the run ended before this check did"),
        N_("Run it again, or give the run more time with --within."),
    ),
    "passed-after-retries": Ruling(
        Verdict.WARNED,
        NP_("{summary}, at the second attempt", "{summary}, after {count} attempts that failed"),
        N_(
            "Find out from the evidence why the attempts before failed: what is right now and then is not right."
        ),
    ),
    "needs-not-met": Ruling(
        Verdict.SKIPPED,
        N_("not run, because {needs:list} did not pass"),
        N_("Mend {needs:list} first, then run the checks again."),
    ),
    "has-effects": Ruling(
        Verdict.SKIPPED,
        N_("not run, because it changes something in {environment}: {effects}"),
        N_("Agree when promoter run asks on a terminal, or run it with --allow-effects {consent}."),
    ),
    "command-not-agreed-to": Ruling(
        Verdict.SKIPPED,
        N_("not run, because nobody here agreed to the command: {command}"),
        N_("Read the command and what it runs; 'promoter trust {consent}' agrees to it."),
    ),
    "command-not-bound": Ruling(
        Verdict.SKIPPED,
        N_("not run, because nobody here agreed to the command: {command} ({unbound:list})"),
        N_(
            "Make what it runs a file that you may read, of at most 32 MiB: until then agree for each run, with --allow-commands {consent}."
        ),
    ),
    "secrets-not-agreed-to": Ruling(
        Verdict.SKIPPED,
        N_("not run without consent: {asked}"),
        N_("Find out whose host that is; 'promoter trust {consent}' agrees to it."),
    ),
    "several-not-agreed-to": Ruling(
        Verdict.SKIPPED,
        NP_(
            "not run without consent: {asked:list}",
            "not run without consent to {count} things: {asked:list}",
        ),
        N_("Read them all, then agree when promoter run asks on a terminal, or run it with {options}."),
    ),
    "kind-unknown": Ruling(
        Verdict.ERRORED,
        N_("there is no kind of check named {kind} here"),
        N_("Install the package that brings the kind {kind}."),
    ),
    "kind-not-loaded": Ruling(
        Verdict.ERRORED,
        N_("the kind {kind} is installed and cannot be loaded ({why})"),
        N_("Mend or install anew the package that brings the kind {kind}."),
    ),
    "field-unknown": Ruling(
        Verdict.ERRORED,
        N_("a check of the kind {kind} has no field {field}"),
        N_("Remove the field from the checklist, or install the version that knows it."),
    ),
    "field-missing": Ruling(
        Verdict.ERRORED, N_("the field {field} is missing"), N_("Write the field in the checklist.")
    ),
    "field-mistaken": Ruling(
        Verdict.ERRORED,
        N_("the field {field} {why}"),
        N_("Correct the field, or the variable or fact that it names."),
    ),
    "fact-unknown": Ruling(
        Verdict.ERRORED,
        N_("there is no fact {name}"),
        N_("Add it to the environment in the pipeline, or correct its name."),
    ),
    "variable-not-known": Ruling(
        Verdict.ERRORED,
        N_("the variable {name} of {environment} is not set here"),
        N_("Set {name} in the first source of the variables of {environment}."),
    ),
    "variables-unreadable": Ruling(
        Verdict.ERRORED,
        N_("the variable {name} of {environment} cannot be had: {why}"),
        N_("Make the source of the variables of {environment} readable to you."),
    ),
    "environment-variable-not-set": Ruling(
        Verdict.ERRORED,
        N_("the environment variable {name} is not set"),
        N_("Export {name}, then run the check again."),
    ),
    "file-not-usable": Ruling(
        Verdict.ERRORED,
        N_("the file {path} cannot be used: {why}"),
        N_("Name a small text file inside the work tree."),
    ),
    "secret-in-the-open": Ruling(
        Verdict.ERRORED,
        N_("the field {field} would show a secret"),
        N_("Name something that is no secret in the field."),
    ),
    "command-gave-nothing": Ruling(
        Verdict.ERRORED,
        N_("the command {command} printed no value ({error})"),
        N_("Run the command by hand in the work tree: it must print the value and end with status 0."),
    ),
}

FACTS: Mapping[str, Template] = {
    "traceback": N_("traceback"),
    "override": N_("override"),
    "attempt-number": N_("attempt {number}"),
}

PHRASES: Mapping[str, Template] = {
    **{code: ruling.summary for code, ruling in RULINGS.items()},
    **FACTS,
    **field_scalars.PHRASES,
    **variables.PHRASES,
    **regular_file.PHRASES,
    **trouble.PHRASES,
    **alerts.PHRASES,
    **misunderstood.PHRASES,
    **real_data.PHRASES,
}
"""The words of every code without a dot that an outcome may carry."""


def remedy(reason: Message) -> Phrase | None:
    """What to do about one of these reasons."""
    ruling = RULINGS.get(reason.code)
    return Phrase(ruling.remedy, reason.parameters) if ruling and ruling.remedy is not None else None
