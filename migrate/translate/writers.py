"""Writes of each format as the call of an emitted helper that ``Dataset.write_datasink`` takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from migrate.mapping import Call, Difference, Emission, NotCarried
from migrate.translate.kept import format_kept_because
from migrate.translate.settings import setting
from migrate.translate.sources import Source, write_of, zone_option

DIFFERENCES = (
    Difference("files", "one file a write task of Ray Data instead of one a partition"),
    Difference(
        "failed overwrite",
        "a write that fails leaves the files that were there, without _SUCCESS; Spark deletes them first",
    ),
)
DIGITS = Difference("digits", "a double may have one digit less than Java before 19 gives it; it is the same number")
PRINT_FILES = (
    "\nfor name in sorted(os.listdir('there')):\n"
    '    if name.startswith("part"):\n'
    '        with open(os.path.join("there", name), encoding="utf-8", newline="") as file:\n'
    '            print(file.read(), end="")'
)
"""The end of a case that shows the text of the files that it wrote to the folder ``there``."""
_MODES = {
    **{name: name for name in ("overwrite", "append", "ignore", "error")},
    "errorifexists": "error",
    "default": "error",
}
_DYNAMIC = "spark.sql.sources.partitionOverwriteMode"


@dataclass(frozen=True)
class Writer:
    """The helper that writes a format: its options by Spark's name, its codecs, and the order of Spark's arguments.

    ``zoned`` says that timestamps become text in the session's zone.
    """

    helper: str
    positional: tuple[str, ...]
    codecs: Mapping[str, str]
    known: Mapping[str, str]
    zoned: bool = False


_TEXT_CODECS = {"none": "none", "uncompressed": "none", "gzip": "gzip", "bzip2": "bzip2"}
_CSV = {
    "sep": "sep",
    "delimiter": "sep",
    "quote": "quote",
    "escape": "escape",
    "header": "header",
    "nullvalue": "null_value",
}
WRITERS = {
    "parquet": Writer(
        "parquet_files",
        ("path", "mode", "partitionBy", "compression"),
        {"snappy": "snappy", "gzip": "gzip", "zstd": "zstd", "none": "none", "uncompressed": "none"},
        {},
    ),
    "orc": Writer(
        "orc_files",
        ("path", "mode", "partitionBy", "compression"),
        {"snappy": "snappy", "zlib": "zlib", "zstd": "zstd"},
        {},
    ),
    "csv": Writer(
        "csv_files", ("path", "mode", "compression", "sep", "quote", "escape", "header"), _TEXT_CODECS, _CSV, zoned=True
    ),
    "json": Writer(
        "json_files", ("path", "mode", "compression"), _TEXT_CODECS, {"ignorenullfields": "ignore_null"}, zoned=True
    ),
    "text": Writer("plain_files", ("path", "compression"), _TEXT_CODECS, {}),
}
"""The writers by the name of their format."""


def write(call: Call) -> Emission:
    """The emission of a write; NotCarried for what is not written here as Spark writes it."""
    method = call.stage.symbol.removeprefix("DataFrameWriter.")
    positional = WRITERS[method].positional if method in WRITERS else ("path", "format", "mode", "partitionBy")
    source = write_of(call, positional)
    writer = WRITERS.get(source.format)
    if writer is None:
        raise NotCarried(format_kept_because(source.format))
    if source.paths is None:
        raise NotCarried("the path of the write is not an argument")
    options = dict(source.options)
    mode, given = _mode(options.pop("mode", "error")), []
    if mode != "error":
        given.append(f'mode="{mode}"')
    columns = options.pop("partitionby", ())
    if columns:
        if mode == "overwrite" and (setting(call.module, _DYNAMIC) or "partitionoverwritemode" in options):
            raise NotCarried(f"{_DYNAMIC} is not mapped yet")
        given.append(f"partition_by={[columns] if isinstance(columns, str) else list(columns)}")  # type: ignore[call-overload]
    if "compression" in options:
        codec = writer.codecs.get(str(options.pop("compression")).lower())
        if codec is None:
            raise NotCarried(f"the compression of {source.format} is not one that is written here")
        given.append(f'compression="{codec}"')
    long = [name for name in ("sep", "delimiter", "quote", "escape") if len(str(options.get(name, " "))) != 1]
    if long:
        raise NotCarried(f"the option {long[0]} is not one character")
    given += Source(source.format, source.paths, options).arguments(writer.known)
    given += zone_option(call) if writer.zoned else []
    return Emission(
        f".write_datasink({writer.helper}({', '.join([source.paths, *given])}))",
        helpers=(writer.helper,),
        sorts=frozenset({"partitionBy"}) if columns else frozenset(),
    )


def _mode(value: object) -> str:
    found = _MODES.get(str(value).lower())
    if found is None:
        raise NotCarried(f"the write mode {value} is none that Spark knows")
    return found
