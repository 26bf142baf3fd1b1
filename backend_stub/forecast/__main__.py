"""`python -m backend_stub.forecast`: the forecast of any daily series in a CSV file."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from backend_stub.forecast import CannotForecast, Forecast, forecast, series_of
from backend_stub.forecast.foretelling import LONGEST
from backend_stub.forecast.reading import read_counts


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    given = sys.argv[1:] if arguments is None else arguments
    parser = (_Answering if "--json" in given else argparse.ArgumentParser)(
        prog="python -m backend_stub.forecast", description="A daily series, foretold."
    )
    parser.add_argument("--csv", type=Path, required=True, metavar="FILE", help="a row a day, names in the first line")
    parser.add_argument("--column", type=_columns, default=("date", "count"), metavar="DATE,COUNT", help="their names")
    parser.add_argument("--horizon", type=_horizon, default=7, metavar="DAYS", help=f"1 to {LONGEST}")
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    return parser.parse_args(arguments)


class _Answering(argparse.ArgumentParser):
    """Says what is wrong with the words it was given as one object, too."""

    def error(self, message: str) -> NoReturn:
        _say(json.dumps({"error": "usage", "sentence": f"{message}."}, ensure_ascii=False))
        super().error(message)


def _columns(text: str) -> tuple[str, str]:
    day, _, count = (part.strip() for part in text.partition(","))
    if not day or not count:
        raise argparse.ArgumentTypeError("the names of two columns, such as date,count")
    return day, count


def _horizon(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= LONGEST):
        raise argparse.ArgumentTypeError(f"a number of days from 1 to {LONGEST}")
    return int(text)


def document(found: Forecast) -> dict[str, Any]:
    return {
        "forecast": [asdict(day) | {"date": day.date.isoformat()} for day in found.days],
        "backtest": asdict(found.backtest),
        "better": found.better,
        "notes": list(found.notes),
    }


def lines(found: Forecast) -> list[str]:
    record = found.backtest
    days = [f"{day.date:%a} {day.date}  {day.mean:10.1f}   {day.low:.1f} to {day.high:.1f}" for day in found.days]
    usual = {"model": "The forecast is the better of the two.", "naive": "The same-weekday guess is no worse: use it."}
    return [
        *days,
        f"The range (80 %) held on {record.coverage:.0%} of the open days of the last {record.folds} weekly origins.",
        f"Usual miss ±{record.mae:g} a day; the same-weekday guess would miss ±{record.naive_mae:g}.",
        usual[found.better],
        *found.notes,
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 forecast, 1 there is none and why, 2 bad usage."""
    chosen = read_arguments(arguments)
    try:
        found = forecast(series_of(read_counts(chosen.csv, *chosen.column)), chosen.horizon)
    except CannotForecast as refused:
        if chosen.json:
            _say(json.dumps({"error": refused.code, "sentence": str(refused)}, ensure_ascii=False))
        else:
            sys.stderr.write(f"{refused}\n")
        return 1
    _say(json.dumps(document(found), ensure_ascii=False) if chosen.json else "\n".join(lines(found)))
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
