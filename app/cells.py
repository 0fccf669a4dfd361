"""Text in tables that spreadsheets open: whoever wrote it, none of it is run. Pure."""

import re

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Text that begins so is run as a formula; an apostrophe in front makes it text again."""
NUMBER = re.compile(r"-\d+([.,]\d+)?", re.ASCII)


def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet runs. A number below zero stays one."""
    return f"'{text}" if text.startswith(FORMULA) and not NUMBER.fullmatch(text) else text
