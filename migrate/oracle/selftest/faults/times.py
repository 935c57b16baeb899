"""Faults of dates and times: lost digits, zones, years beyond a unit's reach."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from migrate.oracle.selftest.faults.fault import Fault, Test, cast, every, one

_TIMESTAMP: Test = pa.types.is_timestamp


def _seconds(value: dt.datetime) -> dt.datetime:
    return value.replace(microsecond=0)


def _wrapped(value: dt.datetime) -> dt.datetime:
    """A year that nanoseconds cannot hold, as it comes out of reading INT96 as nanoseconds."""
    micros = (value - dt.datetime(1970, 1, 1, tzinfo=value.tzinfo)) // dt.timedelta(microseconds=1)
    nanos = (micros * 1000 + (1 << 63)) % (1 << 64) - (1 << 63)
    return dt.datetime(1970, 1, 1, tzinfo=value.tzinfo) + dt.timedelta(microseconds=nanos // 1000)


def _zoned(kind: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(kind)) and kind.tz is not None


FAULTS = (
    Fault("one day more", pa.types.is_date, one(lambda value: value + dt.timedelta(days=1))),
    Fault("the type becomes timestamp", pa.types.is_date, cast(pa.timestamp("us"))),
    Fault("one microsecond", pa.types.is_time, one(lambda value: value.replace(microsecond=value.microsecond ^ 1))),
    Fault("one microsecond", pa.types.is_duration, one(lambda value: value + dt.timedelta(microseconds=1))),
    Fault("the type becomes an integer", pa.types.is_duration, cast(pa.int64())),
    Fault("one microsecond", _TIMESTAMP, one(lambda value: value.replace(microsecond=value.microsecond ^ 1))),
    Fault("fractional seconds are lost", _TIMESTAMP, every(_seconds)),
    Fault("cut to milliseconds", _TIMESTAMP, every(lambda v: v.replace(microsecond=v.microsecond // 1000 * 1000))),
    Fault("an hour later", _TIMESTAMP, every(lambda v: v + dt.timedelta(hours=1), lambda v: v and v.year < 9000)),
    Fault("the type becomes date", _TIMESTAMP, lambda a: a.cast(pa.timestamp("us")).cast(pa.date32(), safe=False)),
    Fault("the zone is dropped", _zoned, cast(pa.timestamp("us"))),
    Fault("a zone appears", lambda kind: _TIMESTAMP(kind) and kind.tz is None, cast(pa.timestamp("us", "UTC"))),
    Fault(
        "wrapped around in nanoseconds",
        _zoned,
        every(_wrapped, lambda value: value is not None and value.year in (1, 9999)),
    ),
)
