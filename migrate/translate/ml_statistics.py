"""The shape that the tests and statistics of ``pyspark.ml.stat`` share: one row for the driver, the text stays."""

from __future__ import annotations

import ast
from abc import abstractmethod
from typing import ClassVar

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Emission, Mapping, NotCarried
from migrate.translate.stand_ins import stand_ins

_OFFERED = {"head", "first", "collect"}


class MlStatistic(Mapping):
    """A function of a DataFrame whose answer is one row; an emitted class stands in for the class that has it.

    The answer is on the driver: the job may ask for its row, and for nothing that needs a DataFrame.
    """

    kind = Kind.ACTION
    cost = Cost.NATIVE
    parameters: ClassVar[tuple[str, ...]]
    """The parameters that the stand-in takes, in their order."""

    @property
    @abstractmethod
    def origin(self) -> str:
        """The dotted name of the class (``pyspark.ml.stat.Correlation``)."""

    def emit(self, call: Call) -> Emission:
        named = {argument.name for argument in call.stage.args} - {None}
        if not named <= {*self.parameters} or len(call.stage.args) > len(self.parameters):
            unknown = ", ".join(sorted(map(str, named - {*self.parameters}))) or "a further argument"
            raise NotCarried(f"{unknown} of {call.stage.symbol} is not mapped yet")
        asked = _asked(call)
        if asked is None or not asked <= _OFFERED:
            what = ", ".join(sorted((asked or set()) - _OFFERED)) or "more than its row"
            raise NotCarried(f"the job asks {what} of the answer of {call.stage.symbol}")
        return Emission(helpers=(stand_ins()[self.origin],))


def _asked(call: Call) -> set[str] | None:
    """The attributes that the job asks of the answer where it is made, None where it goes elsewhere."""
    made = call.node()
    asked = {node.attr for node in ast.walk(call.module.tree) if isinstance(node, ast.Attribute) and node.value is made}
    return asked or None
