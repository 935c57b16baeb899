"""The shape that the mappings of ``pyspark.ml`` evaluators share: one figure of the predictions, named by a literal."""

from __future__ import annotations

import ast
from abc import abstractmethod

from migrate.ir import Kind
from migrate.mapping import Call, NotCarried
from migrate.translate.ml_stages import MlStage
from migrate.translate.stand_ins import made_of


class MlEvaluator(MlStage):
    """An evaluator whose stand-in knows some of the metrics: the others stay on Spark."""

    kind = Kind.ACTION

    @property
    @abstractmethod
    def metrics(self) -> frozenset[str]:
        """The values of ``metricName`` that are carried over."""

    def check(self, call: Call) -> None:
        for maker in made_of(call.module, self.origin):
            for keyword in maker.keywords:
                known = isinstance(keyword.value, ast.Constant) and keyword.value.value in self.metrics
                if keyword.arg == "metricName" and not known:
                    raise NotCarried(f"the metric {call.text(keyword.value)} (line {maker.lineno}) is not mapped yet")
