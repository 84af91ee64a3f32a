"""The colours: one accent, calm greys, and the Okabe-Ito hues for states, which colour-blind people tell
apart. Without colours every state has the foreground's, so that none is dimmer than the rest."""

from textual.theme import Theme

_DARK_TEXT = "#d5dbe3"
_LIGHT_TEXT = "#1d2530"

DARK = Theme(
    name="promoter-dark",
    primary="#5aa9e6",
    secondary="#5aa9e6",
    accent="#5aa9e6",
    foreground=_DARK_TEXT,
    background="#0e1217",
    surface="#0e1217",
    panel="#1a212a",
    success="#4dbd93",
    warning="#e2ab45",
    error="#ef7d5b",
    dark=True,
    variables={
        "text-accent": "#74bbf0",
        "text-success": "#5cc99f",
        "text-warning": "#e8b555",
        "text-error": "#f58a68",
        "text-muted": "#8f9bab",
        "frame": "#34404d",
        "frame-focus": "#5aa9e6",
        "cursor": "#22354a",
        "cursor-blurred": "#1c2530",
        "field": "#19212b",
        "block-cursor-text-style": "none",
    },
)

LIGHT = Theme(
    name="promoter-light",
    primary="#0b62a8",
    secondary="#0b62a8",
    accent="#0b62a8",
    foreground=_LIGHT_TEXT,
    background="#fbfcfd",
    surface="#fbfcfd",
    panel="#e9eef3",
    success="#00734f",
    warning="#8a5a00",
    error="#b3400f",
    dark=False,
    variables={
        "text-accent": "#0b62a8",
        "text-success": "#00734f",
        "text-warning": "#855600",
        "text-error": "#ad3c0c",
        "text-muted": "#5b6776",
        "frame": "#b7c2cd",
        "frame-focus": "#0b62a8",
        "cursor": "#cfe4f7",
        "cursor-blurred": "#e3ebf2",
        "field": "#eef2f6",
        "block-cursor-text-style": "none",
    },
)

PLAIN = Theme(
    name="promoter-plain",
    primary=_DARK_TEXT,
    secondary=_DARK_TEXT,
    accent=_DARK_TEXT,
    foreground=_DARK_TEXT,
    background="#0e1217",
    surface="#0e1217",
    panel="#1a212a",
    success=_DARK_TEXT,
    warning=_DARK_TEXT,
    error=_DARK_TEXT,
    dark=True,
    variables={
        "text-accent": _DARK_TEXT,
        "text-success": _DARK_TEXT,
        "text-warning": _DARK_TEXT,
        "text-error": _DARK_TEXT,
        "text-muted": "#b4bcc6",
        "frame": "#8a939e",
        "frame-focus": _DARK_TEXT,
        "cursor": "#1a212a",
        "cursor-blurred": "#1a212a",
        "field": "#1a212a",
        "block-cursor-text-style": "reverse",
    },
)
