"""Keeps secrets and terminal tricks out of every text that leaves the program."""

from promoter.redaction.private_key import holds_private_key
from promoter.redaction.redactor import Redactor
from promoter.redaction.secret import MASK, Secret
from promoter.redaction.visible import visible

__all__ = ["MASK", "Redactor", "Secret", "holds_private_key", "visible"]
