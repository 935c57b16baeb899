"""``DataFrameReader.json``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping
from migrate.translate import readers
from migrate.translate.sources import read_of

_NASTY = (
    'with open("nasty.json", "w", encoding="utf-8") as file:\n'
    '    file.write(\'\\ufeff{"n":1,"a":"x","o":{"z":1,"y":[1,2.5]},"m":1.50}\\n\\n\'\n'
    '    \'{"n":2.5,"m":"\\\\u00e9","Z":null}\\n\'\n'
    '    \'[{"n":9223372036854775807},{"o":{"y":[]},"e":{}}]\\nnull\\n{"m":[1,"é",{"k":NaN}]} rest\\n\')\n'
)
_BROKEN = (
    'with open("broken.json", "w", encoding="utf-8") as file:\n'
    '    file.write(\'{"id":1,"x":"7","at":"2024-02-29T10:00:00+01:00"}\\nbad\\n{"id":"2","x":3,"tags":["a",1]}\\n\'\n'
    '    \'{"id":2147483648,"x":1e400,"day":"2024-1-3"}\\n[{"id":5},6]\\n{"id":6,"place":{"city":7,"zip":"8"}\\n\')\n'
)


class ReadJson(Mapping):
    """
    ## Matches
    ``spark.read.json(path)`` with ``multiLine``, ``pathGlobFilter`` and ``recursiveFileLookup`` as literals, and a
    schema.

    ## Semantics
    A line is a record: an object, or a list of them. Types are inferred from all records as Spark infers them, columns
    in order of their names; values of two sorts become text. Under a schema a value that is none of its type is NULL.
    A record that is no JSON is NULL, and its text is in the column ``_corrupt_record`` where there is one. What
    Spark's parser takes and Python's does not (names in single quotes) raises an error.

    ## Not covered
    Every other option, binary columns, and an RDD of texts.
    """

    code = "SR203"
    symbols = ("DataFrameReader.json",)
    kind = Kind.READ
    cost = Cost.NATIVE
    differences = (
        Difference("digits", "a number that becomes text may have one digit less than Java before 19 gives it"),
    )
    cases = (
        Case(
            "inferred",
            f'{_NASTY}out = spark.read.json("nasty.json")',
            'out = read_json("nasty.json", infer=json_schema)',
        ),
        Case(
            "a schema and broken records",
            f'{_BROKEN}out = spark.read.schema("id int, x double, at timestamp, day date, tags array<string>, '
            'place struct<city:string,zip:int>, _corrupt_record string").json("broken.json")',
            'out = read_json("broken.json", schema=pa.schema([("id", pa.int32()), ("x", pa.float64()), '
            '("at", pa.timestamp("us", tz="UTC")), ("day", pa.date32()), ("tags", pa.list_(pa.string())), '
            '("place", pa.struct([("city", pa.string()), ("zip", pa.int32())])), ("_corrupt_record", pa.string())]))',
        ),
        Case(
            "an object over several lines",
            'with open("one.json", "w") as file:\n'
            '    file.write(\'[{"b": 1,\\n "a": true}, {"b": null}]\')\n'
            'out = spark.read.option("multiLine", "true").json("one.json")',
            'out = read_json("one.json", multi_line=True, infer=json_schema)',
        ),
        Case("decimals for doubles", "out = spark.read.json(path, prefersDecimal=True)", None),
        Case("texts of an RDD", "out = spark.read.json(spark.sparkContext.parallelize(['{\"a\": 1}']))", None),
    )

    def emit(self, call: Call) -> Emission:
        return readers.read(call, read_of(call, ("path", "schema")))
