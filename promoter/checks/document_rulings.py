"""What a check of the kind `document` may come to, and the words of its evidence."""

from collections.abc import Mapping

from promoter.checks import release_commit
from promoter.messages import N_, NP_, Template
from promoter.model.outcome import Verdict
from promoter.model.ruling import Ruling
from promoter.net import redirects
from promoter.net.trouble import CERTIFICATE_RULINGS, HTTP_RULINGS
from promoter.net.trouble import FACTS as NET_FACTS
from promoter.net.trouble import RULINGS as NET_RULINGS

_NETWORK = {**NET_RULINGS, **CERTIFICATE_RULINGS, **HTTP_RULINGS, **redirects.RULINGS}

RULINGS: Mapping[str, Ruling] = {
    **_NETWORK,
    **release_commit.RULINGS,
    "too-many-redirects": Ruling(
        Verdict.FAILED,
        redirects.RULINGS["too-many-redirects"].summary,
        N_("Name the URL at which the document stands in the end, or shorten the chain of redirects."),
    ),
    "in-order": Ruling(Verdict.PASSED, N_("{document} is there and complete")),
    "in-order-and-fresh": Ruling(Verdict.PASSED, N_("{document} is there and complete, of {at:time}")),
    "not-searched": Ruling(
        Verdict.WARNED,
        N_("{document} is there, but is no text: what it lacks could not be looked for"),
        N_("Keep the document as Markdown or another text, or name nothing else to hold it to."),
    ),
    "login-page": Ruling(
        Verdict.WARNED,
        N_("what stands at {document} seems to be a page to log in at, read at {url}"),
        N_(
            "Let {document} be read without logging in, or name the headings that it must have in `headings`."
        ),
    ),
    "elsewhere": Ruling(
        Verdict.WARNED,
        N_("{document} leads to another page, {url}, which is there and complete"),
        N_("Look whether that is the document; then name its URL, or the headings that it must have."),
    ),
    "missing": Ruling(
        Verdict.FAILED,
        N_("there is no {document}"),
        N_("Write {document}, or correct its path."),
    ),
    "not-in-release": Ruling(
        Verdict.FAILED,
        N_("{document} is not in the commit of the release, only in the work tree"),
        N_("Commit {document}, and release a commit that has it."),
    ),
    "not-a-file": Ruling(
        Verdict.FAILED,
        N_("{document} is no file, but a directory, a link or a submodule"),
        N_("Name the file itself in `path`."),
    ),
    "untracked": Ruling(
        Verdict.FAILED,
        N_("{document} is not tracked by git: nobody else has it"),
        N_("Commit {document} (git add, git commit)."),
    ),
    "tracking-unknown": Ruling(
        Verdict.ERRORED,
        N_("whether git tracks {document} cannot be told: it is in a submodule, or behind a link"),
        N_("Name the file itself, in the repository that has it."),
    ),
    "unreadable": Ruling(
        Verdict.ERRORED,
        N_("{document} cannot be read: {why}"),
        N_("Make {document} a regular file inside the work tree that you may read."),
    ),
    "too-large": Ruling(
        Verdict.ERRORED,
        N_("{document} has more than the {limit} bytes that are read"),
        N_("Split the document, or name the part that matters."),
    ),
    "stored-elsewhere": Ruling(
        Verdict.ERRORED,
        N_("{document} is only a pointer of Git LFS"),
        N_("Commit the document itself: it is text, which needs no LFS."),
    ),
    "wrong-status": Ruling(
        Verdict.FAILED,
        N_("{document} cannot be had: the server answers {status}"),
        N_("Correct the URL, publish the document, or let it be read without logging in."),
    ),
    "encoded-body": Ruling(
        Verdict.ERRORED,
        N_("the answer is encoded as {encoding}, though this was not asked for"),
        N_("Make the server respect Accept-Encoding."),
    ),
    "empty": Ruling(Verdict.FAILED, N_("{document} is empty"), N_("Write what it is to say.")),
    "says-nothing": Ruling(
        Verdict.FAILED,
        N_("{document} says nothing: it holds headings only, or marks such as … and N/A"),
        N_("Write what it is to say."),
    ),
    "too-short": Ruling(
        Verdict.FAILED,
        NP_(
            "{document} has {count} character, fewer than {least}",
            "{document} has {count} characters, fewer than {least}",
        ),
        N_("Write what is missing: blanks do not count."),
    ),
    "not-text": Ruling(
        Verdict.ERRORED,
        N_("{document} is no text, so its headings and words cannot be looked for"),
        N_("Keep the document as Markdown, or ask for no headings, words or length."),
    ),
    "headings-missing": Ruling(
        Verdict.FAILED,
        N_("{document} has no heading {names:list}"),
        N_("Write these sections, or correct `headings`: the evidence lists the headings there are."),
    ),
    "sections-empty": Ruling(
        Verdict.FAILED,
        N_("nothing stands in {document} under {names:list}"),
        N_("Write what these sections are to say."),
    ),
    "unfinished": Ruling(
        Verdict.FAILED,
        N_("{document} is unfinished: {texts:list}"),
        N_(
            "Write, or tick, what is open on the lines in the evidence; other words than these go into `lacks`."
        ),
    ),
    "too-old": Ruling(
        Verdict.FAILED,
        N_("{document} was last changed {at:time}, more than {limit:duration} ago"),
        N_(
            "Have somebody who knows read it again, correct it and commit that, be it only the date of the reading."
        ),
    ),
    "age-unknown": Ruling(
        Verdict.ERRORED,
        N_("when {document} was last changed cannot be told"),
        N_("Make the server send Last-Modified, commit the document, or ask for no age."),
    ),
    "from-the-future": Ruling(
        Verdict.ERRORED,
        N_("{document} was last changed {at:time}, which is yet to come"),
        N_("Set the clock right where it was changed, or here."),
    ),
}
FACTS: Mapping[str, Template] = {
    **NET_FACTS,
    **redirects.FACTS,
    **release_commit.FACTS,
    "document": N_("document"),
    "in-commit": N_("in the commit, {size} bytes, {digest}"),
    "in-work-tree": N_("in the work tree, {size} bytes, {digest}"),
    "answered": N_("answered, {size} bytes, {digest}"),
    "tracked": N_("tracked by git"),
    "status": N_("status"),
    "success": N_("200 to 299"),
    "length": N_("characters, without blanks"),
    "at-least": N_("at least {least}"),
    "heading": N_("heading {title}"),
    "headings": N_("headings"),
    "filled": N_("with something under it"),
    "nothing-under-it": N_("with nothing under it that says anything"),
    "absent": N_("missing"),
    "present": N_("there"),
    "password-field": N_("field for a password"),
    "read-at": N_("read at"),
    "word": N_("text {text}"),
    "on-lines": N_("on the lines {lines:list}"),
    "changed": N_("last changed"),
    "not-before": N_("{at:time} or later"),
    "changed-by": N_("{at:time}, by {commit}"),
    "changed-at": N_("{at:time}, by Last-Modified"),
    "not-said": N_("not said"),
    "path-or-url": N_("or url must be given, and only one of them"),
    "needs-url": N_("needs `url`"),
}
