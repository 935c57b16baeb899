"""``RegexTokenizer``."""

from __future__ import annotations

import ast

from migrate.mapping import Call, Case, NotCarried
from migrate.translate.java_regex import check_shared
from migrate.translate.ml_stages import MlStage
from migrate.translate.stand_ins import made_of


class RegexTokenizer(MlStage):
    r"""
    ## Matches
    ``RegexTokenizer(inputCol=..., outputCol=..., pattern=...).transform(df)`` with a literal pattern.

    ## Semantics
    The pieces between the matches or, with ``gaps=False``, the matches; shorter words than ``minTokenLength`` go, in
    units of UTF-16. ``\w``, ``\s`` and ``\d`` are ASCII on both engines. NULL fails.

    ## Not covered
    Patterns that Java and Python may read differently: ``.``, ``^``, ``$``, ``\b``, ``\p{...}``, look-around, flags;
    and those that can match nothing.
    """

    code = "SR617"
    symbols = ("RegexTokenizer.transform",)
    origin = "pyspark.ml.feature.RegexTokenizer"
    cases = (
        Case(
            "gaps",
            "from pyspark.ml.feature import RegexTokenizer\n"
            'tokenizer = RegexTokenizer(inputCol="s", outputCol="words", pattern="\\\\W")\n'
            'out = tokenizer.transform(df.where("s IS NOT NULL")).select("id", "s", "words")',
            'tokenizer = RegexTokenizer(inputCol="s", outputCol="words", pattern="\\\\W")',
        ),
        Case(
            "empty words",
            "from pyspark.ml.feature import RegexTokenizer\n"
            'tokenizer = RegexTokenizer(inputCol="s", outputCol="words", pattern="[a-e]", minTokenLength=0)\n'
            'out = tokenizer.transform(df.where("s IS NOT NULL")).select("id", "s", "words")',
            'tokenizer = RegexTokenizer(inputCol="s", outputCol="words", pattern="[a-e]", minTokenLength=0)',
        ),
        Case(
            "words",
            "from pyspark.ml.feature import RegexTokenizer\n"
            'tokenizer = RegexTokenizer(inputCol="s", outputCol="w", pattern="[^ ,]+", gaps=False, minTokenLength=2)\n'
            'out = tokenizer.transform(df.where("s IS NOT NULL")).select("id", "s", "w")',
            'tokenizer = RegexTokenizer(inputCol="s", outputCol="w", pattern="[^ ,]+", gaps=False, minTokenLength=2)',
        ),
        Case(
            "a pattern of Java's",
            "from pyspark.ml.feature import RegexTokenizer\n"
            'tokenizer = RegexTokenizer(inputCol="s", outputCol="words", pattern="\\\\p{Punct}")\n'
            "out = tokenizer.transform(df)",
            None,
        ),
    )

    def check(self, call: Call) -> None:
        for maker in made_of(call.module, self.origin):
            given = next((keyword.value for keyword in maker.keywords if keyword.arg == "pattern"), None)
            pattern = call.bound(given.id) if isinstance(given, ast.Name) else given
            if pattern is None and given is None:
                continue
            if not isinstance(pattern, ast.Constant) or not isinstance(pattern.value, str):
                raise NotCarried(f"the pattern of the RegexTokenizer on line {maker.lineno} is not a literal")
            check_shared(pattern.value)
