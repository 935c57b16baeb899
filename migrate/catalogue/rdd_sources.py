"""RDDs made of a local collection, and of files."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.rdds import rdd_source

_FUNCTIONS = {
    "SparkContext.parallelize": ("parallelize", {"numSlices": "slices"}),
    "SparkContext.textFile": ("text_file", {"minPartitions": "minPartitions"}),
}


class RddSources(Mapping):
    """
    ## Matches
    ``sc.parallelize(collection)`` and ``sc.textFile(path)``, each with a number of partitions or without.

    ## Semantics
    A collection is cut as PySpark cuts it: a range by its numbers, anything else by batches of its elements; one part
    for each CPU where no number is given. Text files (one, a folder, a pattern, several with commas between) are cut
    as Hadoop cuts them, and lines end where Hadoop ends them; a line that is not UTF-8 has U+FFFD in its place.

    ## Not covered
    Bytes instead of text (``use_unicode``), and blocks of another size than Hadoop's 32 MiB of a local disk.
    """

    code = "SR214"
    symbols = tuple(_FUNCTIONS)
    kind = Kind.READ
    cost = Cost.NATIVE
    cases = (
        Case(
            "in slices",
            "sc = spark.sparkContext\n"
            "print(sc.parallelize(range(10), 4).glom().collect(), sc.parallelize([*range(10)], 4).glom().collect())\n"
            "print(sc.parallelize({3}, numSlices=2).glom().collect())",
            "print(parallelize(range(10), 4).glom().collect(), parallelize([*range(10)], 4).glom().collect())",
        ),
        Case(
            "lines",
            "os.makedirs('texts')\n"
            "texts = {'b': 'one\\ntwo\\r\\nthree\\rfour\\n', 'a': 'é\\n\\nend', '_no': 'x', 'c': ''}\n"
            "for name, text in texts.items():\n"
            "    with open(os.path.join('texts', name), 'w', newline='') as file:\n"
            "        file.write(text)\n"
            "lines = spark.sparkContext.textFile('texts')\n"
            "print(lines.glom().collect(), spark.sparkContext.textFile('texts/[ab]', 5).glom().collect())",
            "lines = text_file('texts')",
        ),
        Case("unpacked", "data = ([1, 2],)\nout = spark.sparkContext.parallelize(*data).collect()", None),
    )

    def emit(self, call: Call) -> Emission:
        name, keywords = _FUNCTIONS[call.stage.symbol]
        return rdd_source(call, name, name, keywords)
