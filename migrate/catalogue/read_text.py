"""``DataFrameReader.text``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate import readers
from migrate.translate.sources import read_of

_LINES = (
    'with open("lines.txt", "w", encoding="utf-8", newline="") as file:\n'
    '    file.write("\\ufeffone,é\\r\\n\\n two \\rthree,\\n\\n")\n'
)


class ReadText(Mapping):
    """
    ## Matches
    ``spark.read.text(path)`` with ``wholetext``, ``lineSep``, ``pathGlobFilter`` and ``recursiveFileLookup``.

    ## Semantics
    The column is called ``value``. Empty lines count; a line ends with a line feed, a carriage return or both. A byte
    order mark is not part of the text. Large files are read in pieces. Bytes that are not UTF-8 raise an error.

    ## Not covered
    A schema, and other options.
    """

    code = "SR204"
    symbols = ("DataFrameReader.text",)
    kind = Kind.READ
    cost = Cost.NATIVE
    cases = (
        Case("lines", f'{_LINES}out = spark.read.text("lines.txt")', 'out = read_text("lines.txt")'),
        Case(
            "another separator",
            f'{_LINES}out = spark.read.text("lines.txt", lineSep=",")',
            "out = read_text(\"lines.txt\", sep=',')",
        ),
        Case(
            "several paths, patterns and folders",
            "import pathlib\n"
            'for name in ("in/b.txt", "in/deep/c.txt", "in/_hidden.txt", "in/day=2024-01-02/d.txt", "more/e.txt"):\n'
            "    pathlib.Path(name).parent.mkdir(parents=True, exist_ok=True)\n"
            '    pathlib.Path(name).write_text(f"{name}\\n" * len(name))\n'
            'out = spark.read.option("recursiveFileLookup", True).text(["in", "mo*/*.txt"])',
            'out = read_text(["in", "mo*/*.txt"], recursive=True)',
        ),
        Case("a schema", 'out = spark.read.schema("line string").text(path)', None),
    )

    def emit(self, call: Call) -> Emission:
        return readers.read(
            call, read_of(call, ("path", "wholetext", "lineSep", "pathGlobFilter", "recursiveFileLookup"))
        )
