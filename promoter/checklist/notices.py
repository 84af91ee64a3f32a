"""The form of notifications: of what, and to whom."""

from promoter.checklist.forms import Form, as_table, judged, list_of, optional, record, required
from promoter.checklist.leaves import choice, https_url, line, relative_path, variable_name
from promoter.checklist.nodes import Node
from promoter.checklist.reporting import Report
from promoter.messages import N_, phrase
from promoter.model.notice import Hook, Notice, Occasion, SigningScheme
from promoter.model.reference import FileContent, ProcessVariable


def _read_secret(node: Node, report: Report) -> ProcessVariable | FileContent:
    if as_table(node, report).get("file") is not None:
        return _of_file.read(node, report)
    return _of_process.read(node, report)


_of_process = record(
    ProcessVariable,
    required("env", variable_name, "A variable of the process environment", into="name"),
)
_of_file = record(
    FileContent, required("file", relative_path, "A file of the repository that holds it", into="path")
)
_secret: Form[ProcessVariable | FileContent] = Form(
    _read_secret, lambda: {"anyOf": [_of_process.schema(), _of_file.schema()]}
)
_hook = record(
    Hook,
    required("url", https_url, "The URL that takes notifications"),
    required("secret", _secret, "What they are signed with"),
    optional("scheme", choice(SigningScheme), "Whose way of signing it is", SigningScheme.PASSE_MARCHE),
)


def _judge(notice: Notice, node: Node, report: Report) -> None:
    if (notice.webhook is None) == (not notice.command):
        words = phrase(N_("a notification has either a webhook or a command"))
        report.wrong(node.place, "webhook-or-command", words)


notice = judged(
    record(
        Notice,
        required("on", list_of(choice(Occasion), at_least=1, unique=str), "What is told"),
        optional("webhook", _hook, "Where it is delivered to, signed"),
        optional(
            "command", list_of(line, at_least=1), "A program and its arguments; it reads it as JSON", ()
        ),
    ),
    _judge,
)
