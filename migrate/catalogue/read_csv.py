"""``DataFrameReader.csv``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate import readers
from migrate.translate.sources import read_of

_NASTY = (
    'with open("nasty.csv", "w", encoding="utf-8", newline="") as file:\n'
    '    file.write(\'id,word,"long"\\n1,"a ""b"" c",x\\r\\n2,"q\\\\"x, y",\\n\\n\')\n'
    '    file.write(\'3\\n4,"",NaN,more\\n5,"open,\\nst, é,  \')\n'
)


class ReadCsv(Mapping):
    """
    ## Matches
    ``spark.read.csv(path, ...)`` with ``header``, ``sep``, ``quote``, ``escape``, ``nullValue``, ``comment``,
    ``multiLine``, ``inferSchema``, ``pathGlobFilter`` and ``recursiveFileLookup`` as literals, wherever they are given,
    and a schema.

    ## Semantics
    Spark's CSV is not RFC 4180: a doubled quote stays two characters unless ``escape`` is a quote too, a line feed ends
    a value unless ``multiLine`` is set, rows are filled up or cut to the columns of the first line, an empty field is
    NULL, and what is none of its type is NULL. Types are inferred from all rows by Spark's own rules. Quotes in the few
    forms that are not repeated, and times without a day, raise an error; so do bytes that are not UTF-8.

    ## Not covered
    Every other option: formats of dates, ``mode`` other than PERMISSIVE, other encodings, corrupt records.
    """

    code = "SR202"
    symbols = ("DataFrameReader.csv",)
    kind = Kind.READ
    cost = Cost.NATIVE
    cases = (
        Case(
            "text",
            f"{_NASTY}out = spark.read.csv('nasty.csv')",
            "out = read_csv('nasty.csv')",
        ),
        Case(
            "a header and inferred types",
            f'{_NASTY}out = spark.read.option("header", True).options(inferSchema="true").csv("nasty.csv")',
            "out = read_csv('nasty.csv', header=True, infer=csv_types)",
        ),
        Case(
            "a schema and several lines in a value",
            'with open("wide.csv", "w", encoding="utf-8", newline="") as file:\n'
            "    file.write('\\ufeff1;\"a\\n\\nb\";2024-02-29\\nx;NA;2024-1-3 10:00\\n+7;;\\n')\n"
            'out = spark.read.csv("wide.csv", "id int, word string, day date", ";", nullValue="NA", multiLine=True)',
            'out = read_csv("wide.csv", schema=pa.schema([("id", pa.int32()), ("word", pa.string()), '
            "(\"day\", pa.date32())]), sep=';', null_value='NA', multi_line=True)",
        ),
        Case("malformed rows", 'out = spark.read.csv(path, mode="DROPMALFORMED")', None),
        Case("a format of dates", 'out = spark.read.csv(path, schema="d date", dateFormat="dd.MM.yyyy")', None),
        Case("lines of an RDD", 'out = spark.read.csv(spark.sparkContext.parallelize(["a,b"]))', None),
    )

    def emit(self, call: Call) -> Emission:
        return readers.read(
            call, read_of(call, ("path", "schema", "sep", "encoding", "quote", "escape", "comment", "header"))
        )
