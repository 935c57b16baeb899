"""The shape that all mappings of ``pyspark.ml`` stages share: a class of the same name stands in, the text stays."""

from __future__ import annotations

from abc import abstractmethod

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Emission, Mapping, NotCarried
from migrate.translate.names import members_used
from migrate.translate.stand_ins import check_uses, offer_of, stand_ins


class MlStage(Mapping):
    """A transformer or estimator that a template with ``{# stands_in: ... #}`` brings to Ray.

    What the job may pass to its constructor, and ask of it and of its model, is what the template's class has: a use
    beyond that stays on Spark.
    """

    kind = Kind.PROJECT
    cost = Cost.NATIVE

    @property
    @abstractmethod
    def origin(self) -> str:
        """The dotted name of the class (``pyspark.ml.feature.Binarizer``)."""

    def emit(self, call: Call) -> Emission:
        if len(call.stage.args) != 1:
            raise NotCarried("params given at fit or transform are not mapped yet")
        offer = offer_of(self.origin, frozenset(members_used(call.module.tree)))
        fits = [stage for stage in call.job.stages if stage.kind is Kind.FIT and stage.symbol in self.symbols]
        check_uses(call.module, self.origin, offer, {stage.result for stage in fits if stage.result is not None})
        return Emission(helpers=(stand_ins()[self.origin],), offers=offer.members)
