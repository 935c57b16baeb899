"""Reads of each format as the call of an emitted helper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from migrate.mapping import Call, Emission, NotCarried
from migrate.translate.frames import ARROW
from migrate.translate.kept import format_kept_because
from migrate.translate.sources import FILES, Source, declared_rows, zone_option

_CSV = {
    **FILES,
    "header": "header",
    "inferschema": "infer",
    "sep": "sep",
    "delimiter": "sep",
    "quote": "quote",
    "escape": "escape",
    "nullvalue": "null_value",
    "comment": "comment",
    "multiline": "multi_line",
}
_CHARACTERS = {"sep", "delimiter", "quote", "escape", "comment"}
_UTF_8 = {"utf-8", "utf8"}


_IDLE: dict[str, Callable[[object], bool]] = {
    "mode": lambda value: str(value).upper() == "PERMISSIVE",
    "encoding": lambda value: str(value).lower() in _UTF_8,
    "charset": lambda value: str(value).lower() in _UTF_8,
    "ignoreleadingwhitespace": lambda value: value is False,
    "ignoretrailingwhitespace": lambda value: value is False,
    "samplingratio": lambda value: value == 1,
}
"""Options with the values that change nothing."""


def _plain(source: Source) -> Source:
    """The source without the options that say what holds anyway."""
    options = {name: value for name, value in source.options.items() if name not in _IDLE or not _IDLE[name](value)}
    return replace(source, options=options)


def _paths(source: Source) -> str:
    if source.paths is None:
        raise NotCarried("the path of the read is not an argument")
    return source.paths


def csv(call: Call, source: Source) -> Emission:
    """A read of CSV."""
    source = _plain(source)
    long = [name for name in _CHARACTERS & source.options.keys() if len(str(source.options[name])) != 1]
    if long or {"sep", "delimiter"} <= source.options.keys():
        raise NotCarried(f"the option {(long or ['delimiter'])[0]} is not one character")
    rows = declared_rows(call, source)
    infers = source.options.get("inferschema") is True and rows is None
    options = {name: value for name, value in source.options.items() if name != "inferschema" and value is not False}
    given = Source(source.format, source.paths, options).arguments(_CSV)
    if rows is not None:
        if any(name == "_corrupt_record" for name, _ in rows.fields or ()):
            raise NotCarried("a column of corrupt records of CSV is not mapped yet")
        if rows.sorts & {"list", "map", "binary"} or any("struct" in kind.sorts for _, kind in rows.fields or ()):
            raise NotCarried("Spark reads no nested or binary columns from CSV")
        given.insert(0, f"schema={rows.schema}")
    if infers:
        given.append("infer=csv_types")
    if infers or (rows is not None and "timestamp" in rows.sorts):
        given += zone_option(call)
    return Emission(
        f"read_csv({', '.join([_paths(source), *given])})",
        helpers=("read_csv", "csv_types") if infers else ("read_csv",),
        imports=(ARROW,),
        sorts=frozenset(rows.sorts if rows is not None else ()),
    )


def parquet(call: Call, source: Source) -> Emission:
    """A read of Parquet, of one path or several."""
    if source.schema is not None:
        raise NotCarried("a schema for Parquet is not mapped yet")
    positional = [argument.source for argument in call.stage.args if argument.name is None]
    paths = positional if call.stage.symbol == "DataFrameReader.parquet" else [_paths(source)]
    if not paths:
        raise NotCarried("the path of the read is not an argument")
    return Emission(f"read_parquet({', '.join([*paths, *source.arguments(FILES)])})", helpers=("read_parquet",))


def json(call: Call, source: Source) -> Emission:
    """A read of JSON."""
    source = _plain(source)
    rows = declared_rows(call, source)
    options = {name: value for name, value in source.options.items() if value is not False}
    given = Source(source.format, source.paths, options).arguments({**FILES, "multiline": "multi_line"})
    if rows is None:
        given.append("infer=json_schema")
    else:
        if "binary" in rows.sorts:
            raise NotCarried("binary columns of JSON are not mapped yet")
        given.insert(0, f"schema={rows.schema}")
    if rows is not None and "timestamp" in rows.sorts:
        given += zone_option(call)
    return Emission(
        f"read_json({', '.join([_paths(source), *given])})",
        helpers=("read_json", "json_types") if rows is None else ("read_json",),
        imports=() if rows is None else (ARROW,),
    )


def _by(helper: str, **known: str) -> Callable[[Call, Source], Emission]:
    """A reader whose options go to the helper by those names."""

    def read(call: Call, source: Source) -> Emission:
        source = _plain(source)
        if source.schema is not None:
            raise NotCarried(f"a schema for {source.format} is not mapped yet")
        return Emission(
            f"{helper}({', '.join([_paths(source), *source.arguments({**FILES, **known})])})", helpers=(helper,)
        )

    return read


def libsvm(call: Call, source: Source) -> Emission:
    """A read of LIBSVM's format."""
    options = dict(source.options)
    if str(options.pop("vectortype", "sparse")).lower() != "sparse":
        raise NotCarried("libsvm as dense vectors is not mapped yet")
    if "numfeatures" in options:
        number = str(options["numfeatures"])
        if not number.isdecimal():
            raise NotCarried(f"numFeatures of libsvm is a whole number, not {number}")
        options["numfeatures"] = int(number)
    return _by("read_libsvm", numfeatures="numFeatures")(call, replace(source, options=options))


def images(call: Call, source: Source) -> Emission:
    """A read of the image source; Pillow decodes in place of the JVM."""
    emission = _by("read_images", dropinvalid="drop_invalid")(call, source)
    return replace(emission, notes=("the emitted code reads images with Pillow, which has to be installed for it",))


def delta(call: Call, source: Source) -> Emission:
    """A read of a Delta table, of its latest version or of one that has a number."""
    options = dict(source.options)
    if "timestampasof" in options:
        raise NotCarried("which version of a Delta table was there at a time is not asked here; give its number")
    version = str(options.pop("versionasof", ""))
    if version:
        if not version.isdecimal():
            raise NotCarried(f"versionAsOf of a Delta table is a whole number, not {version}")
        options["versionasof"] = int(version)
    source = replace(source, options=options)
    if source.schema is not None:
        raise NotCarried("a schema for a Delta table, which has its own, is not mapped")
    given = ", ".join([_paths(source), *source.arguments({"versionasof": "version"})])
    return Emission(
        f"read_delta({given})",
        helpers=("read_delta",),
        notes=("the emitted code reads Delta tables with the package deltalake, which has to be installed for it",),
    )


READERS: dict[str, Callable[[Call, Source], Emission]] = {
    "binaryfile": _by("read_binary_files"),
    "csv": csv,
    "delta": delta,
    "image": images,
    "json": json,
    "libsvm": libsvm,
    "orc": _by("read_orc"),
    "parquet": parquet,
    "text": _by("read_text", wholetext="whole", linesep="sep"),
}
"""What emits a read, by the name of its format."""


def read(call: Call, source: Source) -> Emission:
    """The emission of a read; NotCarried for a format that has no reader here."""
    reader = READERS.get(source.format)
    if reader is None:
        raise NotCarried(format_kept_because(source.format))
    return reader(call, source)
