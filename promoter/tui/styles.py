"""The few styles in which words are shown, named by what they mean."""

GOOD, WARN, BAD, DIM, PLAIN = "$text-success", "$text-warning", "bold $text-error", "$text-muted", ""
ACCENT = "$text-accent"
HEADING = "bold $text-accent"
