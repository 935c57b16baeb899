"""The shape that all mappings of ``pyspark.ml`` stages share: a class of the same name stands in, the text stays."""

from __future__ import annotations

import ast
from abc import abstractmethod
from typing import ClassVar

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Emission, Mapping, NotCarried
from migrate.translate.names import members_used
from migrate.translate.stand_ins import check_uses, offer_of, stand_ins

_FITS = (Kind.FIT, Kind.TRAIN)


class MlStage(Mapping):
    """A transformer or estimator that a template with ``{# stands_in: ... #}`` brings to Ray.

    What the job may pass to its constructor, and ask of it and of its model, is what the template's class has: a use
    beyond that stays on Spark.
    """

    kind = Kind.PROJECT
    cost = Cost.NATIVE
    at_transform: ClassVar[frozenset[str]] = frozenset()
    """The parameters that the stand-in's ``transform`` takes in a dictionary: ``{normalizer.p: 1.0}``."""

    @property
    @abstractmethod
    def origin(self) -> str:
        """The dotted name of the class (``pyspark.ml.feature.Binarizer``)."""

    def check(self, call: Call) -> None:
        """NotCarried where the job makes such a stage with parameters that its stand-in takes otherwise than Spark."""

    def emit(self, call: Call) -> Emission:
        self.check(call)
        params = call.argument("params", 1)
        plain = call.stage.symbol.endswith((".fit", ".transform"))
        if (
            plain
            and len(call.stage.args) > 1
            and not (isinstance(params, ast.Dict) and all(map(self._is_taken, params.keys)))
        ):
            raise NotCarried("params given at fit or transform are not mapped yet")
        offer = offer_of(self.origin, frozenset(members_used(call.module.tree)))
        fits = [stage for stage in call.job.stages if stage.kind in _FITS and stage.symbol in self.symbols]
        check_uses(call.module, self.origin, offer, {stage.result for stage in fits if stage.result is not None})
        return Emission(helpers=(stand_ins()[self.origin],), offers=offer.members)

    def _is_taken(self, key: ast.expr | None) -> bool:
        return isinstance(key, ast.Attribute) and key.attr in self.at_transform


def check_stage(origin: str, call: Call) -> None:
    """What the mapping of a class has to say of a job that makes one for a pipeline."""
    waiting = list(MlStage.__subclasses__())
    for mapping in waiting:
        waiting += mapping.__subclasses__()
        if getattr(mapping, "origin", None) == origin:
            mapping().check(call)


def is_summary(node: ast.expr) -> bool:
    """Whether an expression is what a fitted model says of its training."""
    return isinstance(node, ast.Attribute) and node.attr == "summary"
