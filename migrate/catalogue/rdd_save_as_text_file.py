"""``RDD.saveAsTextFile``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.rdds import rdd_step

_CODECS = frozenset(f"org.apache.hadoop.io.compress.{name}Codec" for name in ("Gzip", "BZip2"))
_PRINT = (
    "names = sorted(name for name in os.listdir('there') if not name.startswith('.'))\n"
    "print([(name, open(os.path.join('there', name), 'rb').read()) for name in names])"
)


class RddSaveAsTextFile(Mapping):
    """
    ## Matches
    ``rdd.saveAsTextFile(path)``, also with the codec of gzip or bzip2.

    ## Semantics
    A file for each partition, empty ones included, with Python's ``str`` of each element on a line; bytes are read as
    UTF-8. What is there already is never written over. The parts appear together when all are written, and then
    ``_SUCCESS``.

    ## Not covered
    Other codecs, and one that is not a literal. Hadoop's hidden files of checksums are not written.
    """

    code = "SR224"
    symbols = ("RDD.saveAsTextFile",)
    kind = Kind.WRITE
    cost = Cost.PYTHON
    cases = (
        Case(
            "elements of all kinds",
            "elements = ['a', ('t', 1), None, b'by\\xff', '\u00e9', 1.5]\n"
            "spark.sparkContext.parallelize(elements, 8).saveAsTextFile('there')\n" + _PRINT,
            "parallelize(elements, 8).saveAsTextFile('there')",
        ),
        Case(
            "packed",
            "import gzip\n\n"
            "codec = 'org.apache.hadoop.io.compress.GzipCodec'\n"
            "spark.sparkContext.parallelize(range(5), 2).saveAsTextFile('there', codec)\n"
            "for name in ('part-00000.gz', 'part-00001.gz'):\n"
            "    print(gzip.open(os.path.join('there', name)).read())",
            "parallelize(range(5), 2).saveAsTextFile('there', codec)",
        ),
        Case(
            "there already",
            "rdd = spark.sparkContext.parallelize([3, 0], 2)\n"
            "os.makedirs('there')\n"
            "for folder in ('there', 'fails'):\n"
            "    try:\n"
            "        rdd.map(lambda n: 3 // n).saveAsTextFile(folder)\n"
            "    except Exception:\n"
            "        print('refused', os.listdir(folder))",
            "rdd = parallelize([3, 0], 2)",
        ),
        Case(
            "another codec",
            "spark.sparkContext.parallelize([1]).saveAsTextFile(path, 'org.apache.hadoop.io.compress.Lz4Codec')",
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        codec = call.argument("compressionCodecClass", 1)
        value = call.bound(codec.id) if isinstance(codec, ast.Name) else codec
        if value is not None or codec is not None:
            known = isinstance(value, ast.Constant) and (value.value is None or value.value in _CODECS)
            if not known:
                raise NotCarried("this codec is not mapped yet")
        return rdd_step(call)
