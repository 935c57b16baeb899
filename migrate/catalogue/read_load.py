"""``DataFrameReader.load``, and reads of formats that have no case of their own."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate import readers
from migrate.translate.sources import read_of


class ReadLoad(Mapping):
    """
    ## Matches
    ``spark.read.load(path)`` with ``format`` and options wherever they are given, for Parquet (which is the default),
    CSV, JSON, text, ORC, ``binaryFile`` and ``libsvm``.

    ## Semantics
    Those of the reader of that format.

    ## Not covered
    Avro, Delta, Iceberg and Hudi stay on Spark: it needs a jar for each and Ray a package (fastavro, deltalake,
    pyiceberg, hudi), so their answers were not compared. So do JDBC, whose drivers run in the JVM, images, which Spark
    holds as BGR bytes, and XML.
    """

    code = "SR211"
    symbols = ("DataFrameReader.load",)
    kind = Kind.READ
    cost = Cost.NATIVE
    cases = (
        Case(
            "Parquet",
            "out = spark.read.load(table).select('id', 's')",
            "out = read_parquet(table).select_columns(['id', 's'])",
        ),
        Case(
            "CSV",
            'with open("t.csv", "w") as file:\n'
            "    file.write('a|b\\n1|x\\n2|\\n')\n"
            'out = spark.read.format("csv").option("delimiter", "|").load("t.csv", header=True, inferSchema="true")',
            "out = read_csv(\"t.csv\", sep='|', header=True, infer=csv_types)",
        ),
        Case(
            "binary files in folders",
            "import pathlib\n"
            'for name, content in (("k=1/a.bin", b"\\x00\\xff"), ("k=2/b.bin", b""), ("k=2/c.txt", b"no")):\n'
            '    pathlib.Path("bin", name).parent.mkdir(parents=True, exist_ok=True)\n'
            '    pathlib.Path("bin", name).write_bytes(content)\n'
            'found = spark.read.format("binaryFile").option("pathGlobFilter", "*.bin").load("bin")\n'
            'out = found.select("content", "length", "k")',
            "found = read_binary_files(\"bin\", pattern='*.bin')\n"
            "out = found.select_columns(['content', 'length', 'k'])",
        ),
        Case(
            "points of LIBSVM",
            'with open("points.txt", "w") as file:\n'
            "    file.write('1.0 1:2.5 3:-1\\n\\n# none\\n0 2:7e3\\n-1 \\n+1 1:1  4:0 \\n')\n"
            'points = spark.read.format("libsvm").load("points.txt")\n'
            "points.show()\n"
            'wide = spark.read.format("libsvm").option("numFeatures", "9").load("points.txt")\n'
            "wide.show(truncate=False)",
            'wide = read_libsvm("points.txt", numFeatures=9)',
        ),
        Case("dense points", 'out = spark.read.load(path, format="libsvm", vectorType="dense")', None),
        Case("a table format", 'out = spark.read.format("delta").load(path)', None),
        Case("a database", 'out = spark.read.format("jdbc").option("url", "jdbc:x").load()', None),
    )

    def emit(self, call: Call) -> Emission:
        return readers.read(call, read_of(call, ("path", "format", "schema")))
