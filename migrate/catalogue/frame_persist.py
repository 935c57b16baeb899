"""``DataFrame.persist`` and ``cache``."""

from __future__ import annotations

import ast
from dataclasses import replace

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.locate import functions


class FramePersist(Mapping):
    """
    ## Matches
    ``df.persist()`` and ``df.cache()``, and ``df.unpersist()``.

    ## Semantics
    Spark keeps the rows once they have been computed; Ray Data computes them at once and keeps them in the object
    store, from where they spill to disk. Either way later stages do not compute them again. The object store frees
    them when the last reference goes, so an ``unpersist`` statement falls away.

    ## Not covered
    A storage level: the object store has one.
    """

    code = "SR323"
    symbols = ("DataFrame.persist", "DataFrame.cache", "DataFrame.unpersist")
    kind = Kind.PERSIST
    cost = Cost.NATIVE
    cases = (
        Case("persist", "out = df.persist()", "out = df.materialize()"),
        Case("cache", "out = df.cache()", "out = df.materialize()"),
        Case("a statement of its own", "df.persist()\nout = df", "df = df.materialize()\nout = df"),
        Case("storage level", "out = df.persist(StorageLevel.DISK_ONLY)", None),
    )

    def emit(self, call: Call) -> Emission:
        alone = ends_its_statement(call)
        if call.stage.symbol.endswith(".unpersist"):
            if not alone:
                raise NotCarried("the result of unpersist is used")
            return Emission(drop=True)
        if call.stage.args:
            raise NotCarried("a storage level has no counterpart in Ray's object store")
        if not alone:
            return Emission(".materialize()")
        # Spark marks the dataset itself; Ray Data gives back another one, which has to take its name.
        receiver = call.receiver()
        if not isinstance(receiver, ast.Name) or not is_local(call, receiver.id):
            raise NotCarried("the dataset that is kept has no plain name of this function that could stand for it")
        span = call.span(receiver)
        whole = replace(span, end_line=call.stage.chain.end_line, end_column=call.stage.chain.end_column)
        return Emission(f"{receiver.id} = {receiver.id}.materialize()", span=whole)


def ends_its_statement(call: Call) -> bool:
    """Whether the call is a statement of its own, whose value nothing takes."""
    node = call.node()
    return any(isinstance(s, ast.Expr) and s.value is node for s in ast.walk(call.module.tree))


def is_local(call: Call, name: str) -> bool:
    """Whether assigning to a name where the stage stands changes the name that it reads there."""
    if not call.stage.scope:
        return True
    function = functions(call.module).get(call.stage.scope)
    if function is None:
        return False
    bound = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return name in bound | {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
