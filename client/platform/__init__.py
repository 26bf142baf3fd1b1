"""What the device offers beyond Python: secrets, the system browser.

Each folder holds a Protocol in `__init__` and one file per implementation, with native imports inside that file.
`detect.py` alone asks which platform this is.  Outcomes that happen daily are values; breakage raises
`PlatformError`.  Nothing here knows storage, the API or a screen.
"""


class PlatformError(Exception):
    """A service of the device failed.  `service` names it ("keychain"); `sentence` is what an owner can read."""

    def __init__(self, service: str, sentence: str) -> None:
        super().__init__(f"{service}: {sentence}")
        self.service = service
        self.sentence = sentence
