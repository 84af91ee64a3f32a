"""What any check may come to, whatever its kind: it never ran, could not be built, or ran out of time."""

from collections.abc import Mapping

from promoter.checks import field_scalars, variables
from promoter.messages import N_, Message, Phrase, Template
from promoter.model.outcome import Verdict
from promoter.model.ruling import Ruling
from promoter.net import regular_file, trouble

RULINGS: Mapping[str, Ruling] = {
    "timed-out": Ruling(
        Verdict.ERRORED,
        N_("no answer after {after:duration}, while {doing}"),
        N_("Run it again; if the service is merely slow, raise the check's `timeout`."),
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
    "has-effects": Ruling(
        Verdict.SKIPPED,
        N_("not run, because it changes something: {effects}"),
        N_("Run it by name when that is acceptable."),
    ),
    "kind-unknown": Ruling(
        Verdict.ERRORED,
        N_("there is no kind of check named {kind} here"),
        N_("Install the package that brings the kind {kind}."),
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
    "consent-needed": Ruling(
        Verdict.ERRORED,
        N_("the command {command} was not run: nobody agreed to it"),
        N_("Use a variable, an environment variable or a file instead of the command."),
    ),
}

FACTS: Mapping[str, Template] = {"traceback": N_("traceback"), "override": N_("override")}

PHRASES: Mapping[str, Template] = {
    **{code: ruling.summary for code, ruling in RULINGS.items()},
    **FACTS,
    **field_scalars.PHRASES,
    **variables.PHRASES,
    **regular_file.PHRASES,
    **trouble.PHRASES,
}
"""The words of every code without a dot that an outcome may carry."""


def remedy(reason: Message) -> Phrase | None:
    """What to do about one of these reasons."""
    ruling = RULINGS.get(reason.code)
    return Phrase(ruling.remedy, reason.parameters) if ruling and ruling.remedy is not None else None
