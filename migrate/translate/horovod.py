"""A Horovod train function, rewritten in place for Ray Train: the network, the loss and the loop stay the user's."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from migrate.frontend.module import Module
from migrate.mapping import Edit, NotCarried

HVD = "horovod.torch."
_RANKS = {
    "rank": "get_world_rank()",
    "size": "get_world_size()",
    "local_rank": "get_local_rank()",
    "local_size": "get_local_world_size()",
    "cross_rank": "get_node_rank()",
}
_REDUCE = {
    "Sum": "dist.ReduceOp.SUM",
    "Min": "dist.ReduceOp.MIN",
    "Max": "dist.ReduceOp.MAX",
    "Product": "dist.ReduceOp.PRODUCT",
}
_GONE = {"init", "shutdown", "broadcast_parameters"}
_RAY_TRAIN = "import ray.train"
_DIST = "import torch.distributed as dist"
_PREPARE = "from ray.train.torch import prepare_model"


@dataclass
class TrainEdits:
    """What changes in a train function: ``edits`` in its text, and the helpers and imports that the new text needs."""

    edits: list[Edit] = field(default_factory=list)
    helpers: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    removed: list[ast.stmt] = field(default_factory=list)
    dropped_parameters: tuple[int, ...] = ()
    reports: bool = False


def rewrite_train_function(module: Module, function: ast.FunctionDef, rendezvous: set[ast.stmt]) -> TrainEdits:
    """The edits that turn a Horovod worker into a Ray Train worker.

    ``rendezvous`` are the statements that only set up Horovod's environment from the barrier context; they go, and
    parameters that nothing else uses go with them. Raises NotCarried, naming the call, for a part of Horovod that has
    no counterpart with the same result.
    """
    return _Rewrite(module, function, rendezvous).run()


class _Rewrite:
    def __init__(self, module: Module, function: ast.FunctionDef, rendezvous: set[ast.stmt]) -> None:
        self.module, self.function, self.rendezvous = module, function, rendezvous
        self.out = TrainEdits()
        self.wrapped: str | None = None
        self.loops: list[ast.For] = []
        names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
        self.context = next(name for name in ("context", "train_context", "ray_context") if name not in names)
        self.asked = False

    def run(self) -> TrainEdits:
        self.wrapped = self._wrapped_model()
        self._block(self.function.body)
        self.out.dropped_parameters = self._unused_parameters()
        for position in self.out.dropped_parameters:
            self.out.edits.append(drop_item(self.module, self.function.args.args, position))
        return self.out

    def _hvd(self, node: ast.AST) -> str | None:
        """The Horovod name that a node calls, None when it calls something else."""
        if isinstance(node, ast.Call):
            origin = self.module.resolve(node.func) or ""
            if origin.startswith(HVD):
                return origin.removeprefix(HVD)
        return None

    def _wrapped_model(self) -> str | None:
        """The variable of the network that DistributedOptimizer trains, from its named parameters or the broadcast."""
        for node in ast.walk(self.function):
            if self._hvd(node) not in {"DistributedOptimizer", "broadcast_parameters"}:
                continue
            assert isinstance(node, ast.Call)
            for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
                if (
                    isinstance(argument, ast.Call)
                    and isinstance(argument.func, ast.Attribute)
                    and argument.func.attr in {"named_parameters", "state_dict"}
                    and isinstance(argument.func.value, ast.Name)
                ):
                    return argument.func.value.id
        return None

    def _block(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, statement: ast.stmt) -> None:
        if statement in self.rendezvous:
            self.out.removed.append(statement)
            return
        if isinstance(statement, ast.Expr) and self._hvd(statement.value) == "init" and statement in self.function.body:
            # Only what stands behind hvd.init() may ask for ranks, so this is the place to get the context.
            self._replace(statement, f"{self.context} = ray.train.get_context()")
            self.asked = True
            return
        if isinstance(statement, ast.Expr) and self._hvd(statement.value) in _GONE:
            self.out.removed.append(statement)
            return
        if isinstance(statement, ast.Expr) and self._hvd(statement.value) == "broadcast_optimizer_state":
            assert isinstance(statement.value, ast.Call)
            self._replace(statement, f"settle_optimizer({self.module.segment(statement.value.args[0])})")
            self.out.helpers.add("settle_optimizer")
            return
        if isinstance(statement, ast.Assign) and self._hvd(statement.value) == "DistributedOptimizer":
            self._distributed_optimizer(statement)
            return
        if isinstance(statement, ast.For):
            self.loops.append(statement)
        if isinstance(statement, ast.If) and self._saves_on_rank_0(statement):
            self._report(statement)
        for expression in _own_expressions(statement):
            self._expression(expression)
        for block in _blocks(statement):
            self._block(block)
        if isinstance(statement, ast.For):
            self.loops.pop()

    def _replace(self, node: ast.AST, text: str) -> None:
        self.out.edits.append(Edit(self.module.span(node), text))

    def _distributed_optimizer(self, statement: ast.Assign) -> None:
        call = statement.value
        assert isinstance(call, ast.Call)
        options = {keyword.arg: keyword.value for keyword in call.keywords}
        unknown = set(options) - {"named_parameters", "op"}
        op = self.module.resolve(options["op"]) if "op" in options else f"{HVD}Average"
        if unknown or len(call.args) != 1 or op != f"{HVD}Average":
            raise NotCarried(
                f"hvd.DistributedOptimizer with {', '.join(sorted(map(str, unknown))) or 'op'} is not mapped yet"
            )
        if self.wrapped is None:
            raise NotCarried("the network that hvd.DistributedOptimizer trains is not named in its named_parameters")
        # Horovod never sends buffers between the ranks; DistributedDataParallel would before each forward pass.
        wrap = (
            f'{self.wrapped} = prepare_model({self.wrapped}, parallel_strategy_kwargs={{"broadcast_buffers": False}})'
        )
        target, inner = self.module.segment(statement.targets[0]), self.module.segment(call.args[0])
        indent = " " * self.module.span(statement).column
        self._replace(statement, wrap if target == inner else f"{target} = {inner}\n{indent}{wrap}")
        self.out.imports.add(_PREPARE)

    def _expression(self, node: ast.expr) -> None:
        for call in ast.walk(node):
            name = self._hvd(call)
            if name is None:
                self._state_dict(call)
                continue
            assert isinstance(call, ast.Call)
            if name in _RANKS and not call.args:
                here = self.context if self.asked else "ray.train.get_context()"
                self._replace(call, f"{here}.{_RANKS[name]}")
                self.out.imports.add(_RAY_TRAIN)
            elif name in {"allreduce", "allreduce_"}:
                self._allreduce(call)
            else:
                raise NotCarried(f"hvd.{name} (line {call.lineno}) is not mapped yet")

    def _state_dict(self, node: ast.AST) -> None:
        if (
            isinstance(node, ast.Attribute)
            and node.attr in {"state_dict", "load_state_dict"}
            and isinstance(node.value, ast.Name)
            and node.value.id == self.wrapped
        ):
            self._replace(node.value, f"unwrapped({self.wrapped})")
            self.out.helpers.add("unwrapped")

    def _allreduce(self, call: ast.Call) -> None:
        options = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg != "name"}
        op = (self.module.resolve(options.pop("op")) or "?").removeprefix(HVD) if "op" in options else "Average"
        if "average" in options:
            average = options.pop("average")
            if not isinstance(average, ast.Constant):
                raise NotCarried(f"the average of hvd.allreduce (line {call.lineno}) is not a literal")
            op = "Average" if average.value else "Sum"
        if options or len(call.args) != 1 or (op != "Average" and op not in _REDUCE):
            raise NotCarried(f"hvd.allreduce with these options (line {call.lineno}) is not mapped yet")
        start, end = self.module.span(call.func), self.module.span(call.args[0])
        self._replace(call.func, "allreduce")
        tail = "" if op == "Average" else f", op={_REDUCE[op]}"
        whole = self.module.span(call)
        self.out.edits.append(
            Edit(type(start)(start.path, end.end_line, end.end_column, whole.end_line, whole.end_column), f"{tail})")
        )
        self.out.helpers.add("allreduce")
        if tail:
            self.out.imports.add(_DIST)

    def _saves_on_rank_0(self, statement: ast.If) -> bool:
        test = statement.test
        on_rank_0 = (
            isinstance(test, ast.Compare)
            and self._hvd(test.left) == "rank"
            and len(test.comparators) == 1
            and isinstance(test.comparators[0], ast.Constant)
            and test.comparators[0].value == 0
            and isinstance(test.ops[0], ast.Eq)
        )
        return on_rank_0 and not statement.orelse and self._saved_path(statement) is not None

    def _saved_path(self, statement: ast.stmt) -> str | None:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and self.module.resolve(node.func) == "torch.save" and len(node.args) >= 2:
                return self.module.segment(node.args[1])
        return None

    def _report(self, statement: ast.If) -> None:
        span = self.module.span(statement)
        after = type(span)(span.path, span.end_line, span.end_column, span.end_line, span.end_column)
        text = f"\n{' ' * span.column}report_saved({self._metrics(statement)}, {self._saved_path(statement)})"
        self.out.edits.append(Edit(after, text))
        self.out.helpers.add("report_saved")
        self.out.reports = True

    def _metrics(self, before: ast.stmt) -> str:
        """What to report: the row that the loop appends to its history, else the epoch."""
        if not self.loops:
            return "{}"
        for node in ast.walk(self.loops[-1]):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "append"
                and isinstance(node.func.value, ast.Name)
                and node.args
                and isinstance(node.args[0], ast.Dict)
                and node.lineno < before.lineno
            ):
                return f"{node.func.value.id}[-1]"
        target = self.loops[-1].target
        return f'{{"{target.id}": {target.id}}}' if isinstance(target, ast.Name) else "{}"

    def _unused_parameters(self) -> tuple[int, ...]:
        """Parameters that only the removed statements used."""
        gone = {id(node) for statement in self.out.removed for node in ast.walk(statement)}
        used = {node.id for node in ast.walk(self.function) if isinstance(node, ast.Name) and id(node) not in gone}
        dropped = {
            node.id for statement in self.out.removed for node in ast.walk(statement) if isinstance(node, ast.Name)
        }
        names = [argument.arg for argument in self.function.args.args]
        return tuple(i for i, name in enumerate(names) if name in dropped and name not in used)


def drop_item(module: Module, items: list[ast.arg] | list[ast.expr], position: int) -> Edit:
    """The edit that takes one item out of a comma-separated list, with its comma."""
    here = module.span(items[position])
    if position > 0:
        before = module.span(items[position - 1])
        return Edit(type(here)(here.path, before.end_line, before.end_column, here.end_line, here.end_column), "")
    if len(items) > 1:
        after = module.span(items[1])
        return Edit(type(here)(here.path, here.line, here.column, after.line, after.column), "")
    return Edit(here, "")


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(statement, name, None)
        if isinstance(block, list):
            yield block
    for handler in getattr(statement, "handlers", []):
        yield handler.body


def _own_expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement itself, without those of the statements inside it."""
    for _, value in ast.iter_fields(statement):
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.expr):
                yield item
            elif isinstance(item, ast.withitem):
                yield item.context_expr
