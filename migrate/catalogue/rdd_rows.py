"""Steps of an RDD that look at one element or one partition at a time."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping
from migrate.translate.rdds import rdd_step

_STEPS = (
    *("filter", "flatMap", "flatMapValues", "glom", "keyBy", "keys", "map", "mapPartitions", "mapPartitionsWithIndex"),
    *("mapValues", "values", "zipWithIndex", "zipWithUniqueId"),
)


class RddRows(Mapping):
    """
    ## Matches
    ``rdd.map(f)``, ``flatMap``, ``filter``, ``mapPartitions``, ``mapPartitionsWithIndex``, ``mapValues``,
    ``flatMapValues``, ``keyBy``, ``keys``, ``values``, ``glom``, ``zipWithIndex`` and ``zipWithUniqueId``, on an RDD
    of Python objects and on the rows of a DataFrame (``df.rdd``).

    ## Semantics
    Elements keep their type: tuples stay tuples, objects stay objects, rows are read by position, name and attribute.
    Steps that follow each other run together in one Ray task for each partition, an element at a time. A partition
    without elements is a call of the function too.

    ## Not covered
    Arguments of one's own making.
    """

    code = "SR421"
    symbols = tuple(f"RDD.{step}" for step in _STEPS)
    kind = Kind.MAP_ROWS
    cost = Cost.PYTHON
    differences = (
        Difference("partitions of a frame", "the partitions of ``df.rdd`` are the blocks of the dataset, not Spark's"),
    )
    cases = (
        Case(
            "tuples and mixed types",
            "rdd = spark.sparkContext.parallelize([1, (2, 'b'), None, 'é', {'a': 1.5}], 2)\n"
            "out = rdd.map(lambda one: (one, type(one).__name__)).filter(lambda pair: pair[0]).collect()",
            "rdd = parallelize([1, (2, 'b'), None, 'é', {'a': 1.5}], 2)\n"
            "out = rdd.map(lambda one: (one, type(one).__name__)).filter(lambda pair: pair[0]).collect()",
        ),
        Case(
            "partitions",
            "rdd = spark.sparkContext.parallelize(range(10), 3)\n"
            "print(rdd.mapPartitions(lambda part: [list(part)]).collect(), rdd.glom().collect())\n"
            "print(rdd.filter(lambda n: n > 5).mapPartitionsWithIndex(lambda n, part: [(n, sum(part))]).collect())",
            "print(rdd.filter(lambda n: n > 5).mapPartitionsWithIndex(lambda n, part: [(n, sum(part))]).collect())",
        ),
        Case(
            "pairs",
            "pairs = spark.sparkContext.parallelize(['a b', 'c'], 2).keyBy(len).flatMapValues(str.split)\n"
            "print(pairs.mapValues(str.upper).collect(), pairs.keys().collect(), pairs.values().collect())",
            "pairs = parallelize(['a b', 'c'], 2).keyBy(len).flatMapValues(str.split)",
        ),
        Case(
            "numbered",
            "words = spark.sparkContext.parallelize('a b c d e'.split(), 3).filter(lambda word: word != 'b')\n"
            "print(words.zipWithIndex().collect(), words.zipWithUniqueId().collect())",
            "print(words.zipWithIndex().collect(), words.zipWithUniqueId().collect())",
        ),
        Case(
            "rows of a frame",
            "rows = df.rdd.map(lambda row: (row.id, row['x'], row[2], row.place and row.place.city, row.asDict()))\n"
            "for row in sorted(rows.collect(), key=lambda row: row[0]):\n"
            "    print(row)",
            "rows = frame_rows(df).map(lambda row: (row.id, row['x'], row[2], row.place and row.place.city, "
            "row.asDict()))",
        ),
        Case(
            "lines of a text",
            "with open('lines.txt', 'w', newline='') as file:\n"
            "    file.write('one\\ntwo é\\r\\n\\nfour\\rfive')\n"
            "print(spark.read.text('lines.txt').rdd.map(lambda row: (row[0], row.value)).collect())",
            "print(text_rows('lines.txt').map(lambda row: (row[0], row.value)).collect())",
        ),
        Case("an argument more", "out = df.rdd.map(tuple, bufferSize=3).collect()", None),
    )

    def emit(self, call: Call) -> Emission:
        return rdd_step(call)
