"""What a reason code of a check kind means."""

from dataclasses import dataclass

from promoter.messages import Template
from promoter.model.outcome import Verdict


@dataclass(frozen=True, slots=True)
class Ruling:
    """One reason a check may end with: the verdict it stands for, its one-line summary, and what to
    do about it. Everything but `passed` and `skipped` needs a remedy."""

    verdict: Verdict
    summary: Template
    remedy: Template | None = None
