"""Rules whose days do not exist: known in a moment, and never claimed of a rule that comes."""

import datetime
import random
import time
from itertools import islice

import pytest
from dateutil import rrule

from client.calendars.coming import comes
from client.calendars.imported import What
from tests.calendars.files import event, read, said, starts
from tests.pace import slowness

MONDAY = datetime.date(2026, 12, 7)
NEVER = (
    "FREQ=DAILY;BYMONTH=1;BYYEARDAY=366",
    "FREQ=DAILY;BYWEEKNO=53;BYMONTH=6",
    "FREQ=DAILY;BYMONTH=4;BYYEARDAY=1;COUNT=5",
    "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
    "FREQ=DAILY;BYSETPOS=3",
    "FREQ=WEEKLY;BYMONTH=1;BYYEARDAY=300",
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
    "FREQ=MONTHLY;INTERVAL=12;BYMONTH=4",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;BYYEARDAY=1",
)


@pytest.mark.parametrize("rule", NEVER)
def test_a_rule_that_never_comes_is_left_out_with_a_sentence(rule: str) -> None:
    begun = time.process_time()
    imported = read(
        event("UID:a", "SUMMARY:Yoga", "DTSTART:20261207T090000Z", f"RRULE:{rule}"),
        event("UID:b", "DTSTART:20261208T090000Z", "DTEND:20261208T100000Z"),
    )
    assert time.process_time() - begun < slowness(), "the library alone takes four"
    assert said(imported) == [(What.RULE_NEVER.value, 3)] and len(starts(imported)) == 1, "the other one is there"


def parts_of(rule: str) -> dict[str, str]:
    return dict(part.split("=") for part in rule.split(";"))


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=MONTHLY;BYDAY=-1SU;BYSETPOS=-1",
        "FREQ=WEEKLY;BYDAY=MO,WE;WKST=SU",
        "FREQ=DAILY;BYMONTHDAY=-1;BYMONTH=2",
        "FREQ=YEARLY;BYWEEKNO=53",
        "FREQ=DAILY;BYDAY=FR;BYMONTHDAY=13",
    ],
)
def test_a_rule_that_comes_does(rule: str) -> None:
    assert comes(parts_of(rule), MONDAY, 1)


def invented(chance: random.Random) -> str:
    pick = chance.choice
    parts = [f"FREQ={pick(('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'))}", f"INTERVAL={pick((1, 1, 2, 7, 12))}"]
    for name, values in (
        ("BYMONTH", (1, 2, 4, 12)),
        ("BYMONTHDAY", (1, 29, 30, 31, -1, -31)),
        ("BYDAY", ("MO", "TU", "SU", "1MO", "-1FR")),
        ("BYYEARDAY", (1, 60, 366, -366)),
        ("BYWEEKNO", (1, 20, 53, -1)),
        ("BYSETPOS", (1, 2, 5, -1, 32)),
    ):
        if chance.random() < 0.35:
            parts.append(f"{name}={pick(values)}")
    rule = ";".join(parts)
    if any(each in rule for each in ("1MO", "-1FR")) and ("DAILY" in rule or "WEEKLY" in rule):
        return rule.replace("-1FR", "FR").replace("1MO", "MO")
    return rule


def test_what_the_library_finds_is_never_said_to_be_never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datetime, "MAXYEAR", 2055)  # where the library stops looking
    chance = random.Random(5)
    begins = datetime.datetime.combine(MONDAY, datetime.time(9))
    never = 0
    for _ in range(250):
        text = invented(chance)
        try:
            found = list(islice(rrule.rrulestr(text, dtstart=begins), 1))
        except ValueError:
            continue
        if found:
            assert comes(parts_of(text), MONDAY, 1), text
        else:
            never += not comes(parts_of(text), MONDAY, 1)
    assert never > 20, "and of those that it does not find most are known"
