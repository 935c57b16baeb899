"""RDDs of Python objects in files: ``saveAsPickleFile`` and ``pickleFile``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.rdds import rdd_source, rdd_step


class RddPickleFiles(Mapping):
    """
    ## Matches
    ``rdd.saveAsPickleFile(path)``, also with a literal batch size, and ``sc.pickleFile(path)``, also with a number of
    partitions.

    ## Semantics
    The files are Hadoop's sequence files of Java's arrays of pickles, as PySpark writes them: what either engine wrote
    the other one reads. A file for each partition; what is there already is never written over, and the parts appear
    together when all are written. A large file is cut at its marks, where Hadoop cuts it.

    ## Not covered
    Compressed files; ``Row`` objects, which each engine pickles as its own class; a batch size of 0, with which Spark
    chooses one. Hadoop's hidden files of checksums are not written.
    """

    code = "SR219"
    symbols = ("RDD.saveAsPickleFile", "SparkContext.pickleFile")
    kind = Kind.WRITE
    cost = Cost.PYTHON
    cases = (
        Case(
            "written and read",
            "sc = spark.sparkContext\n"
            "elements = ['é', ('t', 1, None, b'\\xff'), {'a': 2**70}]\n"
            "sc.parallelize(elements, 4).saveAsPickleFile('there')\n"
            "sc.parallelize(range(99), 1).saveAsPickleFile('here', batchSize=3)\n"
            "print(sorted(name for name in os.listdir('there') if not name.startswith('.')))\n"
            "print(sorted(sc.pickleFile('there').collect(), key=str), sorted(sc.pickleFile('here', 5).collect()))",
            "parallelize(elements, 4).saveAsPickleFile('there')",
        ),
        Case(
            "cut where Hadoop cuts",
            "sc = spark.sparkContext\n"
            "sc.parallelize(range(4000), 1).map(lambda n: str(n) * 40).saveAsPickleFile('there', 50)\n"
            "parts = sc.pickleFile('there', 4).map(lambda text: text[:4]).glom().collect()\n"
            "print([(part[0], part[-1], len(part)) for part in parts if part])",
            "parts = pickle_file('there', 4).map(lambda text: text[:4]).glom().collect()",
        ),
        Case(
            "there already",
            "rdd = spark.sparkContext.parallelize([3, 0], 2)\n"
            "os.makedirs('there')\n"
            "for folder in ('there', 'fails'):\n"
            "    try:\n"
            "        rdd.map(lambda n: 3 // n).saveAsPickleFile(folder)\n"
            "    except Exception:\n"
            "        print('refused', os.listdir(folder))",
            "rdd = parallelize([3, 0], 2)",
        ),
        Case("a size that Spark chooses", "spark.sparkContext.parallelize([1]).saveAsPickleFile(path, 0)", None),
    )

    def emit(self, call: Call) -> Emission:
        if call.stage.symbol == "SparkContext.pickleFile":
            return rdd_source(call, "pickle_file", "pickle_file", {"minPartitions": "minPartitions"})
        size = call.argument("batchSize", 1)
        value = call.bound(size.id) if isinstance(size, ast.Name) else size
        if size is not None and not _is_count(value):
            raise NotCarried("a batch size that is not a literal above 0 is not mapped")
        return rdd_step(call)


def _is_count(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value > 0
