"""``StopWordsRemover``."""

from __future__ import annotations

import ast

from migrate.mapping import Call, Case, NotCarried
from migrate.translate.ml_stages import MlStage


class StopWordsRemover(MlStage):
    """
    ## Matches
    ``StopWordsRemover(inputCol=..., outputCol=...).transform(df)`` and the form of several columns.

    ## Semantics
    Spark's English list stands in the emitted file where no stop words are given. Words are compared in lower case
    unless ``caseSensitive``; a NULL word stays, a NULL list fails.

    ## Not covered
    ``locale``, and Spark's lists of other languages.
    """

    code = "SR619"
    symbols = ("StopWordsRemover.transform",)
    origin = "pyspark.ml.feature.StopWordsRemover"
    cases = (
        Case(
            "given words in any case",
            "from pyspark.ml.feature import StopWordsRemover\n"
            'remover = StopWordsRemover(inputCol="tags", outputCol="kept", stopWords=["A", "x", "É"])\n'
            'out = remover.transform(df.where("tags IS NOT NULL")).select("id", "tags", "kept")',
            'remover = StopWordsRemover(inputCol="tags", outputCol="kept", stopWords=["A", "x", "É"])',
        ),
        Case(
            "Spark's English words",
            "from pyspark.ml.feature import StopWordsRemover\n"
            'remover = StopWordsRemover(inputCol="tags", outputCol="kept")\n'
            'out = remover.transform(df.where("tags IS NOT NULL")).select("id", "tags", "kept")',
            'remover = StopWordsRemover(inputCol="tags", outputCol="kept")',
        ),
        Case(
            "another language",
            "from pyspark.ml.feature import StopWordsRemover\n"
            'words = StopWordsRemover.loadDefaultStopWords("french")\n'
            'out = StopWordsRemover(inputCol="tags", outputCol="kept", stopWords=words).transform(df)',
            None,
        ),
    )

    def check(self, call: Call) -> None:
        for node in ast.walk(call.module.tree):
            if not isinstance(node, ast.Call) or call.resolve(node.func) != f"{self.origin}.loadDefaultStopWords":
                continue
            if [call.text(argument).strip("\"'") for argument in node.args] != ["english"]:
                raise NotCarried(f"only Spark's English stop words are carried over (line {node.lineno})")
