"""What click says when a command line is wrong. Click looks it up in gettext's current domain, which is ours:
listed here, it is extracted into our catalogue. The sentences are click's own, to the letter."""

from promoter.messages import N_, NP_, Template

WORDS: tuple[Template, ...] = (
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Choose from:\n\t{choices}"),
    N_("No such option {name!r}."),
    N_("No such command {name!r}."),
    NP_("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    NP_("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    NP_("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    N_("Option {name!r} does not take a value."),
    NP_("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
)
