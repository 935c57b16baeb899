"""RDDs of whole files: ``wholeTextFiles`` and ``binaryFiles``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.rdds import rdd_source

_FUNCTIONS = {"SparkContext.binaryFiles": "binary_files", "SparkContext.wholeTextFiles": "whole_text_files"}
_FILES = (
    "os.makedirs('files')\n"
    "texts = {'b': b'one\\r\\n', 'a': b'\\xff' * 3000, 'c': b'\\xc3\\xa9' * 900, 'd': b'', 'e': b'x' * 40, '_': b'x'}\n"
    "for name, text in texts.items():\n"
    "    with open(os.path.join('files', name), 'wb') as file:\n"
    "        file.write(text)\n"
    "sc = spark.sparkContext\n"
)


class RddWholeFiles(Mapping):
    """
    ## Matches
    ``sc.wholeTextFiles(path)`` and ``sc.binaryFiles(path)``, each with a number of partitions or without.

    ## Semantics
    Pairs of a file's path, as Spark writes it (``file:/data/a``), and its text or bytes. Bytes that are no UTF-8
    become U+FFFD; files of text that end in ``.gz`` or ``.bz2`` are unpacked. Files share partitions as on Spark: by
    the size of all of them for texts, by 4 MiB to 128 MiB with 4 MiB added for each file for bytes.

    ## Not covered
    Bytes instead of text (``use_unicode``), ``binaryRecords``. Over other file systems than local ones, and over
    folders that hold folders, the emitted code raises.
    """

    code = "SR207"
    symbols = tuple(_FUNCTIONS)
    kind = Kind.READ
    cost = Cost.NATIVE
    cases = (
        Case(
            "texts",
            _FILES + "texts = sc.wholeTextFiles('files/*')\n"
            "print(texts.map(lambda pair: (os.path.basename(pair[0]), pair[1])).glom().collect())\n"
            "print(sc.wholeTextFiles('files/*', 3).keys().glom().map(len).collect())",
            "texts = whole_text_files('files/*')",
        ),
        Case(
            "bytes",
            _FILES + "print(sc.binaryFiles('files/*').mapValues(len).values().glom().collect())\n"
            "print(sc.binaryFiles('files/[be]', minPartitions=4).values().glom().collect())",
            "print(binary_files('files/*').mapValues(len).values().glom().collect())\n"
            "print(binary_files('files/[be]', minPartitions=4).values().glom().collect())",
        ),
        Case("bytes of text", "out = spark.sparkContext.wholeTextFiles('files', use_unicode=False).collect()", None),
    )

    def emit(self, call: Call) -> Emission:
        return rdd_source(call, "whole_files", _FUNCTIONS[call.stage.symbol], {"minPartitions": "minPartitions"})
