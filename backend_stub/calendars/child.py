"""The program that reads one feed and says what is in it (times.py), or what is wrong with it, as JSON.

python -m backend_stub.calendars.child ZONE SINCE_MS UNTIL_MS < feed.ics
"""

import os
import sys
import threading
from zoneinfo import ZoneInfo

import msgspec

from backend_stub.calendars.reading import read
from backend_stub.calendars.times import Read
from backend_stub.calendars.trouble import Code, Trouble

LAST_RESORT_S = 120.0
"""By then whoever started this is gone, or it would have been ended."""


def main(zone: str, since_ms: str, until_ms: str) -> None:
    last_resort = threading.Timer(LAST_RESORT_S, os._exit, args=(1,))
    last_resort.daemon = True
    last_resort.start()
    try:
        answer: Read | Code = read(
            sys.stdin.buffer.read(), zone=ZoneInfo(zone), since_ms=int(since_ms), until_ms=int(until_ms)
        )
    except Trouble as trouble:
        answer = trouble.code
    sys.stdout.buffer.write(msgspec.json.encode(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
