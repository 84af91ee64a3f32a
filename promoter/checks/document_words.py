"""Words of a document: where they stand, which say that it is unfinished, and which say nothing. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

OPEN_TASK = "- [ ]"
_TO_DO = "to do"
UNFINISHED = (
    *("TODO", "FIXME", "TBD", "TBC", "XXX", "WIP", "work in progress", "lorem ipsum"),
    *("to be completed", "to be defined", "to be written"),
    *("à compléter", "à définir", "à préciser", "à rédiger", "à écrire", "en cours de rédaction"),
    *("<<<<<<<", ">>>>>>>"),
)
_SAY_NOTHING = frozenset(
    {
        *("", "n a", "na", "not applicable", "non applicable", "sans objet", "s o"),
        *("neant", "rien", "nothing", "none", "nil", "aucun", "aucune", "vide", "empty"),
        *("todo", "to do", "tbd", "tba", "tbc", "fixme", "xxx", "wip", "lorem ipsum"),
        *(
            "t b d",
            "t b a",
            "t b c",
            "coming soon",
            "soon",
            "to come",
            "later",
            "to be completed",
            "to be defined",
        ),
        *(
            "to be done",
            "to be written",
            "bientot",
            "prochainement",
            "plus tard",
            "a suivre",
            "en attente",
            "pending",
        ),
        *("a completer", "a definir", "a ecrire", "a faire", "a preciser", "a rediger", "a venir"),
    }
)
_MARK = re.compile(
    r"^[ \t]{0,80}(?:>[ \t]?){0,20}(?:(?:[-*+]|\d{1,9}[.)])(?:[ \t]{1,80}|$))?(?:\[[ xX]?\][ \t])?"
)
_TAG = re.compile(r"<[^<>]{0,200}>")
_WORDS = re.compile(r"[^\W_]+")
_LONGEST_LINE = 500
_DRAFT = re.compile(
    r"(?:status|statut|state|etat)\s{0,9}:\s{0,9}[\"']?(?:draft|brouillon|wip|unfinished|todo|a completer)[\"']?"
    r"|(?:draft|brouillon)\s{0,9}:\s{0,9}(?:true|yes|oui|on|vrai)"
)
_AS_A_MARK = re.compile(
    r"^[\W\d_]*T[Oo][ -][Dd][Oo](?:[\W_]*$|\s*[:–—-])|[\[(<{]\s{0,9}[Tt][Oo][ -][Dd][Oo]\s{0,9}[\])>}:]"
)
_IN_CAPITALS = re.compile(r"\bTO[ -]DO\b")


def unfinished_in(text: str, open_tasks: Sequence[int]) -> Mapping[str, list[int]]:
    """What says that a text is unfinished, and the lines, from 1, on which it does. “To do” does where it
    stands as a mark, and not in a sentence; metadata before the text, where they call it a draft."""
    found = {each: lines_with(each, text) for each in UNFINISHED}
    marks = [number for number, line in enumerate(_lines(text), start=1) if _is_to_do(line[:_LONGEST_LINE])]
    found |= {_TO_DO: marks, OPEN_TASK: list(open_tasks)}
    for number, line in enumerate(front_matter(text.splitlines()), start=1):
        plain = fold(line.partition(" #")[0][:_LONGEST_LINE]).strip()
        if _DRAFT.fullmatch(plain):
            found.setdefault(plain, []).append(number)
    return {each: lines for each, lines in found.items() if lines}


def front_matter(lines: Sequence[str]) -> Sequence[str]:
    """The lines of metadata that stand before a document, with the marks around them."""
    if lines and lines[0].strip() == "---":
        for number, line in enumerate(lines[1:], start=1):
            if line.strip() in ("---", "..."):
                return lines[: number + 1]
    return ()


def says_something(line: str) -> bool:
    """Whether a line says anything: not so a mere “…”, “?” or “N/A”, nor a rule or a row of a table of these."""
    plain = _TAG.sub("", _MARK.sub("", line))
    first = _WORDS.findall(fold(plain[:_LONGEST_LINE]))
    return len(plain) > _LONGEST_LINE or " ".join(first) not in _SAY_NOTHING


def lines_with(word: str, text: str) -> list[int]:
    """The lines, from 1, on which a word stands as a whole word; case and accents do not matter, and its
    parts may be on two lines."""
    parts = fold(word).split()
    if not parts:
        return []
    pattern = r"\s+".join(map(re.escape, parts))
    before = r"(?<![^\W_])" if parts[0][0].isalnum() else ""
    after = r"(?![^\W_])" if parts[-1][-1].isalnum() else ""
    folded = fold(text)
    found: list[int] = []
    line, at = 1, 0
    for each in re.finditer(f"{before}{pattern}{after}", folded):
        line, at = line + folded.count("\n", at, each.start()), each.start()
        if not found or found[-1] != line:
            found.append(line)
    return found


def length_of(text: str) -> int:
    """How many characters a text has that are not blank."""
    return len("".join(text.split()))


def fold(text: str) -> str:
    """A text without case and accents; it has as many lines."""
    return "\n".join("".join(_letters(line)) for line in _lines(text))


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _is_to_do(line: str) -> bool:
    return bool(_AS_A_MARK.search(line) or (_IN_CAPITALS.search(line) and any(map(str.islower, line))))


def _letters(line: str) -> Iterator[str]:
    for each in unicodedata.normalize("NFKD", line.casefold()):
        if not unicodedata.combining(each) and unicodedata.category(each) != "Cf":
            yield each
