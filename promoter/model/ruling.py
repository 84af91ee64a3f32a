"""What a reason code of a check kind means."""

from promoter.frozen import frozen
from promoter.messages import Template
from promoter.model.outcome import Verdict


@frozen
class Ruling:
    """One reason a check may end with: the verdict it stands for, its one-line summary, and what to
    do about it. Everything but `passed` and `skipped` needs a remedy."""

    verdict: Verdict
    summary: Template
    remedy: Template | None = None
