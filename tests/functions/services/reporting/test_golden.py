"""What a tear sheet says, to be read as a diff."""

import re

from tests.functions.services.reporting.test_tear_sheet import Page


def test_every_word_of_a_sheet(sheet_of, golden):
    """A short sale of fifty shares at costs that eat it; drawings and hashes left out."""
    words = [word for word in Page(sheet_of("short and dear")).prose if word]
    words = ["HASH" if re.fullmatch("[0-9a-f]{12}", word) else word for word in words]
    golden("tear_sheet", "\n".join(words[: words.index("Identity")]) + "\n")
