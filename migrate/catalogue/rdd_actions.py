"""What an RDD hands to the driver."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.rdds import rdd_step

_ACTIONS = (
    *("aggregate", "collect", "collectAsMap", "count", "countByKey", "countByValue", "first", "fold", "foreach"),
    *(
        "foreachPartition",
        "getNumPartitions",
        "isEmpty",
        "lookup",
        "max",
        "mean",
        "min",
        "reduce",
        "reduceByKeyLocally",
    ),
    *("sampleStdev", "sampleVariance", "stats", "stdev", "sum", "take", "takeOrdered", "toLocalIterator", "top"),
    "variance",
)


class RddActions(Mapping):
    """
    ## Matches
    ``rdd.collect()``, ``collectAsMap``, ``toLocalIterator``, ``count``, ``countByKey``, ``countByValue``, ``first``,
    ``take``, ``top``, ``takeOrdered``, ``isEmpty``, ``lookup``, ``sum``, ``max``, ``min``, ``mean``, ``stdev``,
    ``variance``, ``sampleStdev``, ``sampleVariance``, ``stats``, ``reduce``, ``fold``, ``aggregate``,
    ``reduceByKeyLocally``, ``foreach``, ``foreachPartition`` and ``getNumPartitions``.

    ## Semantics
    Elements come in the order of their partitions. Numbers are added up within the partitions first and then from
    one partition to the next, which decides about the last digits and about zero values. ``take`` and ``first`` look
    at one partition, then at up to four times as many, until there are enough elements. Accumulators get what a task
    has added with the task's result, so a task that is repeated counts once; a function runs as often as on Spark.

    ## Not covered
    Trees of partial results (``treeReduce``, ``treeAggregate``), histograms and approximate counts. A job with an
    accumulator stays where functions are called as often as the engine pleases: in UDFs, in front of ``cartesian``,
    or of ``take`` behind a ``union`` or ``coalesce``.
    """

    code = "SR901"
    symbols = tuple(f"RDD.{action}" for action in _ACTIONS)
    kind = Kind.ACTION
    cost = Cost.DRIVER
    cases = (
        Case(
            "numbers",
            "rdd = spark.sparkContext.parallelize([5, 3, 9, 1], 3)\n"
            "print(rdd.collect(), rdd.count(), rdd.first(), rdd.take(2), rdd.sum(), rdd.reduce(min))\n"
            "print(rdd.max(), rdd.min(lambda n: abs(n - 4)), rdd.mean(), rdd.stdev(), rdd.variance(), rdd.stats())\n"
            "print(rdd.sampleStdev(), rdd.sampleVariance(), rdd.top(2), rdd.takeOrdered(2, key=lambda n: -n))",
            "print(rdd.collect(), rdd.count(), rdd.first(), rdd.take(2), rdd.sum(), rdd.reduce(min))",
        ),
        Case(
            "zero values",
            "rdd = spark.sparkContext.parallelize([1, 2, 3, 4], 2)\n"
            "print(rdd.fold(10, lambda a, b: a + b), rdd.filter(lambda n: n > 9).isEmpty())\n"
            "print(rdd.aggregate((0, 1), lambda a, n: (a[0] + n, a[1] * n), lambda a, b: (a[0] + b[0], a[1] * b[1])))",
            "print(rdd.fold(10, lambda a, b: a + b), rdd.filter(lambda n: n > 9).isEmpty())",
        ),
        Case(
            "pairs",
            "rdd = spark.sparkContext.parallelize([('a', 1), ('b', 2), ('a', 3)], 2)\n"
            "print(rdd.collectAsMap(), rdd.countByKey(), rdd.countByValue(), rdd.lookup('a'))\n"
            "print(rdd.reduceByKeyLocally(max), list(rdd.toLocalIterator()), rdd.getNumPartitions())",
            "print(rdd.collectAsMap(), rdd.countByKey(), rdd.countByValue(), rdd.lookup('a'))",
        ),
        Case(
            "each",
            "import os\n\nnotes = os.path.abspath('notes')\n\n\n"
            "def note(numbers):\n"
            "    for number in numbers:\n"
            "        open(os.path.join(notes, str(number)), 'w').close()\n\n\n"
            "os.makedirs(notes)\n"
            "rdd = spark.sparkContext.parallelize([5, 3, 9], 2)\n"
            "rdd.foreachPartition(note)\n"
            "rdd.foreach(lambda number: note([number + 100]))\n"
            "print(sorted(os.listdir(notes)))",
            "rdd.foreachPartition(note)\nrdd.foreach(lambda number: note([number + 100]))",
        ),
        Case(
            "accumulators",
            "from pyspark.accumulators import AccumulatorParam\n\n\n"
            "class Names(AccumulatorParam):\n"
            "    def zero(self, value):\n"
            "        return set()\n\n"
            "    def addInPlace(self, value1, value2):\n"
            "        return value1 | value2\n\n\n"
            "sc = spark.sparkContext\n"
            "calls, seen = sc.accumulator(0), sc.accumulator({'driver'}, Names())\n\n\n"
            "def count(number):\n"
            "    global seen\n"
            "    calls.add(1)\n"
            "    seen += {number % 5}\n"
            "    return number % 3, number\n\n\n"
            "pairs = sc.parallelize(range(40), 2).map(count)\n"
            "print(calls.value, pairs.take(3), calls.value)\n"
            "calls.value = 100\n"
            "top = pairs.reduceByKey(max)\n"
            "print(sorted(top.collect()), top.count(), calls.value)\n"
            "pairs.join(sc.parallelize([(1, 'one')], 1)).foreach(lambda one: calls.add(1000))\n"
            "print(calls, sorted(map(str, seen.value)))",
            "calls, seen = Accumulator(0), Accumulator({'driver'}, Names())",
        ),
        Case(
            "rows of a frame",
            "print(df.rdd.count(), df.rdd.getNumPartitions() > 0)",
            "print(frame_rows(df).count(), frame_rows(df).getNumPartitions() > 0)",
        ),
        Case(
            "an accumulator in front of what Spark computes ahead",
            "calls = spark.sparkContext.accumulator(0)\n"
            "rdd = df.rdd.map(lambda row: calls.add(1))\n"
            "print(rdd.union(rdd).take(1), calls.value)",
            None,
        ),
        Case("a tree", "out = df.rdd.map(len).top(1, len, 3)", None),
    )

    def emit(self, call: Call) -> Emission:
        return rdd_step(call)
