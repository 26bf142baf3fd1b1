"""What docs/cli.md promises, for the tests that hold the commands to it."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"


def keys(after: str) -> set[str]:
    """The keys listed from `after` to the end of its paragraph, without what stands in brackets."""
    page = PAGE.read_text(encoding="utf-8")
    paragraph = page.split(after, 1)[1].split("\n\n", 1)[0].split(" With `--id` also", 1)[0]
    outside = re.sub(r"\{[^}]*\}|\([^)]*\)", "", paragraph)
    return set(re.findall(r"`(\w+)`", outside))
