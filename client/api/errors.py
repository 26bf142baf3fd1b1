"""Everything that can go wrong between this device and the hosted API, classified once.

ApiError
├── Unreachable          no answer: offline, timeout, connection lost
│   └── NoAnswer         the request had left, or part of it: it may have been done
├── ServerFault          5xx and kin: the same request may succeed later
├── RateLimited          429
├── Refused              the server understood and said no; asking again changes nothing
│   ├── SignedOut        the session has ended, here or for good
│   │   └── DeviceRevoked  the owner ended it from another device: nothing of it may stay on this one
│   ├── WrongCredentials · Forbidden · NotFound · Invalid
│   ├── Conflict         somebody or something was faster
│   ├── Gone             a cursor that has expired
│   ├── TooLarge         more at once than the server takes
│   └── UpgradeRequired  this app is too old for the server
└── MalformedResponse    an answer that is not what the contract says
"""


class ApiError(Exception):
    """`detail` is a sentence an owner can read, from the server where it sent one."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Unreachable(ApiError):
    pass


class NoAnswer(Unreachable):
    pass


class ServerFault(ApiError):
    """`retry_after_s`: how long the server asked to wait, None if it did not say."""

    def __init__(self, detail: str, *, status: int, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.retry_after_s = retry_after_s


class RateLimited(ApiError):
    def __init__(self, detail: str, *, retry_after_s: float) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class Refused(ApiError):
    """`code` is the problem document's, for example `call_over`."""

    def __init__(self, detail: str, *, code: str) -> None:
        super().__init__(detail)
        self.code = code


class SignedOut(Refused):
    pass


class DeviceRevoked(SignedOut):
    """The tokens are kept until what the device holds is removed: they are what a next start hears it again with."""


class WrongCredentials(Refused):
    pass


class Forbidden(Refused):
    pass


class NotFound(Refused):
    pass


class Conflict(Refused):
    """`handler_name`: who has the call, where the code is `call_taken`."""

    def __init__(self, detail: str, *, code: str, handler_name: str | None = None) -> None:
        super().__init__(detail, code=code)
        self.handler_name = handler_name


class Invalid(Refused):
    """`errors`: (path, message) of each field the server did not like."""

    def __init__(self, detail: str, *, code: str, errors: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(detail, code=code)
        self.errors = errors


class Gone(Refused):
    """`reason`: retention, restore, scope or schema."""

    def __init__(self, detail: str, *, code: str, epoch: str | None, reason: str) -> None:
        super().__init__(detail, code=code)
        self.epoch = epoch
        self.reason = reason


class TooLarge(Refused):
    pass


class UpgradeRequired(Refused):
    def __init__(self, detail: str, *, code: str, min_schema: int | None) -> None:
        super().__init__(detail, code=code)
        self.min_schema = min_schema


class MalformedResponse(ApiError):
    """`path` says where in the document, for example `$.changes.bookings[3].starts_at`; never what stood there."""

    def __init__(self, path: str) -> None:
        super().__init__(f"the server's answer could not be read (at {path})")
        self.path = path
