"""Forecasts as the server made them."""

import sqlite3
from datetime import date
from typing import Any

from client.models.forecasts import (
    Forecast,
    ForecastDay,
    ForecastFold,
    ForecastRecord,
    ForecastState,
    ForecastTotal,
    Measure,
)
from client.storage.columns import instant, json_value, word

_COLUMNS = """id, measure, unit, made_at, history_from, history_days, state, needs_days, days, total, grid, record"""


def all(conn: sqlite3.Connection) -> dict[Measure, Forecast]:
    """The newest forecast of each measure; those about money only for a role that may see it."""
    rows = conn.execute(f"SELECT {_COLUMNS} FROM forecasts ORDER BY made_at, id")
    found = map(_forecast, rows)
    return {each.measure: each for each in found if each.measure is not Measure.UNKNOWN}


def of(conn: sqlite3.Connection, measure: Measure) -> Forecast | None:
    """The newest one of that measure."""
    row = conn.execute(
        f"SELECT {_COLUMNS} FROM forecasts WHERE measure = ? ORDER BY made_at DESC, id DESC LIMIT 1", (measure,)
    ).fetchone()
    return _forecast(row) if row else None


def _forecast(row: tuple[Any, ...]) -> Forecast:
    return Forecast(
        forecast_id=row[0],
        measure=word(Measure, row[1], Measure.UNKNOWN),
        unit=row[2],
        made_at=instant(row[3]),
        history_from=_day(row[4]) if row[4] else None,
        history_days=row[5],
        state=word(ForecastState, row[6], ForecastState.UNKNOWN),
        needs_days=row[7],
        days=tuple(
            ForecastDay(date=_day(day["date"]), mean=day["mean"], low=day["low"], high=day["high"])
            for day in json_value(row[8])
        ),
        total=_total(json_value(row[9])) if row[9] else None,
        grid=tuple(tuple(hours) for hours in json_value(row[10])) if row[10] else None,
        record=_record(json_value(row[11])) if row[11] else None,
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _total(value: dict[str, Any]) -> ForecastTotal:
    figures = {name: value[name] for name in ("mean", "low", "high", "so_far")}
    return ForecastTotal(**figures, from_=_day(value["from"]), to=_day(value["to"]))


def _record(value: dict[str, Any]) -> ForecastRecord:
    return ForecastRecord(
        folds=tuple(map(_fold, value["folds"])),
        held=value["held"],
        of=value["of"],
        mae=value["mae"],
        naive_mae=value["naive_mae"],
        coverage=value["coverage"],
        better=value["better"],
    )


def _fold(value: dict[str, Any]) -> ForecastFold:
    figures = {name: value[name] for name in ("actual", "mean", "low", "high", "naive")}
    return ForecastFold(
        **figures,
        from_=_day(value["from"]),
        to=_day(value["to"]),
        mae=value.get("mae"),
        naive_mae=value.get("naive_mae"),
    )
