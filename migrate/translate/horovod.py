"""A Horovod train function, rewritten in place for Ray Train: the network, the loss and the loop stay the user's."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.ir import Span
from migrate.mapping import Edit, NotCarried
from migrate.translate.checkpoint import Checkpoints
from migrate.translate.ddp import refuse_late_broadcast, refuse_methods, refuse_other_uses
from migrate.translate.edits import Lines, stands_alone
from migrate.translate.locate import defined

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
    notes: list[str] = field(default_factory=list)


def rewrite_train_function(
    module: Module, project: Project, function: ast.FunctionDef, rendezvous: set[ast.stmt]
) -> TrainEdits:
    """The edits that turn a Horovod worker into a Ray Train worker.

    ``rendezvous`` are the statements that only set up Horovod's environment from the barrier context; they go, and
    parameters that nothing else uses go with them. Raises NotCarried, naming the call, for a part of Horovod that has
    no counterpart with the same result.
    """
    return _Rewrite(module, project, function, rendezvous).run()


class _Rewrite:
    def __init__(self, module: Module, project: Project, function: ast.FunctionDef, rendezvous: set[ast.stmt]) -> None:
        self.module, self.project, self.function, self.rendezvous = module, project, function, rendezvous
        self.out = TrainEdits()
        self.wrapped: str | None = None
        self.wrapping: ast.stmt | None = None
        self.checkpoints = Checkpoints(module, function, self._hvd)
        names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
        names |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
        spare = (f"train_context_{number}" for number in range(1, 1000))
        self.context = next(name for name in ("context", "train_context", *spare) if name not in names)
        calls = [node for node in ast.walk(function) if self._hvd(node) in _RANKS]
        self.asks = bool(calls)
        self.asked = False

    def run(self) -> TrainEdits:
        wraps = [node for node in ast.walk(self.function) if self._hvd(node) == "DistributedOptimizer"]
        if len(wraps) > 1:
            raise NotCarried(f"{self.function.name} has more than one hvd.DistributedOptimizer")
        self.wrapped = self._wrapped_model()
        self._block(self.function.body)
        if self.wrapping is not None and self.wrapped is not None:
            refuse_other_uses(self.module, self.project, self.function, self.wrapped, self.wrapping)
        self._refuse_leftovers()
        self.out.dropped_parameters = self._unused_parameters()
        for position in self.out.dropped_parameters:
            self.out.edits.append(drop_item(self.module, self.function.args.args, position))
        note = self.checkpoints.note()
        self.out.notes += [note] if note is not None else []
        return self.out

    def _refuse_leftovers(self) -> None:
        """NotCarried for what is left of Horovod, in this function or in one of the repository that it calls."""
        edited = [edit.span for edit in self.out.edits] + [self.module.span(s) for s in self.out.removed]
        for node in ast.walk(self.function):
            if not isinstance(node, ast.Name | ast.Attribute):
                continue
            origin = self.module.resolve(node) or ""
            here = self.module.span(node)
            if origin.startswith("horovod") and not any(_within(here, span) for span in edited):
                raise NotCarried(f"{ast.unparse(node)} on line {node.lineno} is not mapped yet")
            if not any(_within(here, self.module.span(statement)) for statement in self.out.removed):
                self._refuse_reached(node, origin)

    def _refuse_reached(self, node: ast.Name | ast.Attribute, origin: str) -> None:
        found = defined(self.project, self.module, origin) if origin else None
        if found is None or found[1] is self.function:
            return
        home, function = found
        for inner in ast.walk(function):
            if isinstance(inner, ast.Name | ast.Attribute) and (home.resolve(inner) or "").startswith("horovod"):
                raise NotCarried(
                    f"{function.name}, which line {node.lineno} uses, calls {ast.unparse(inner)} "
                    f"(line {inner.lineno} of {home.path}); only the train function itself is rewritten"
                )

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
        if isinstance(statement, ast.Import | ast.ImportFrom) and self._only_horovod(statement):
            self.out.removed.append(statement)
            return
        if isinstance(statement, ast.Expr) and self._hvd(statement.value) == "broadcast_parameters":
            if not any(self._hvd(node) == "DistributedOptimizer" for node in ast.walk(self.function)):
                raise NotCarried(f"hvd.broadcast_parameters (line {statement.lineno}) without hvd.DistributedOptimizer")
            refuse_late_broadcast(statement.value, self.function, self.wrapped, self.wrapping)
        if (
            isinstance(statement, ast.Expr)
            and self._hvd(statement.value) == "init"
            and statement in self.function.body
            and self.asks
        ):
            # Only what stands behind hvd.init() may ask for ranks, so this is the place to get the context.
            self._replace(statement, f"{self.context} = ray.train.get_context()")
            self.out.imports.add(_RAY_TRAIN)
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
            self.checkpoints.loops.append(statement)
        report = self.checkpoints.report(statement) if isinstance(statement, ast.If) else None
        if report is not None:
            self.out.edits.append(report)
            self.out.helpers.add("report_saved")
        for expression in _own_expressions(statement):
            self._expression(expression)
        for block in _blocks(statement):
            self._block(block)
        if isinstance(statement, ast.For):
            self.checkpoints.loops.pop()

    def _replace(self, node: ast.AST, text: str) -> None:
        self.out.edits.append(Edit(self.module.span(node), text))

    def _only_horovod(self, statement: ast.Import | ast.ImportFrom) -> bool:
        names = [alias.name for alias in statement.names]
        if isinstance(statement, ast.ImportFrom):
            names = [statement.module or ""]
        return all(name.split(".")[0] == "horovod" for name in names)

    def _distributed_optimizer(self, statement: ast.Assign) -> None:
        call = statement.value
        assert isinstance(call, ast.Call)
        if len(statement.targets) != 1 or not isinstance(statement.targets[0], ast.Name):
            raise NotCarried(f"line {call.lineno} does not bind hvd.DistributedOptimizer to one plain name")
        if statement not in self.function.body:
            raise NotCarried(f"hvd.DistributedOptimizer on line {call.lineno} stands inside a block")
        refuse_methods(self.function, statement.targets[0].id)
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
        self.wrapping = statement
        target, inner = self.module.segment(statement.targets[0]), self.module.segment(call.args[0])
        lines = Lines(self.module.text)
        span = self.module.span(statement)
        if not stands_alone(lines, span):
            raise NotCarried(f"line {call.lineno} holds more than one statement; give each its line")
        indent = lines.indent(span.line)
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
            elif name == "allreduce":
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

    def _unused_parameters(self) -> tuple[int, ...]:
        """Parameters that only the removed statements used."""
        gone = {id(node) for statement in self.out.removed for node in ast.walk(statement)}
        used = {node.id for node in ast.walk(self.function) if isinstance(node, ast.Name) and id(node) not in gone}
        dropped = {
            node.id for statement in self.out.removed for node in ast.walk(statement) if isinstance(node, ast.Name)
        }
        names = [argument.arg for argument in self.function.args.args]
        optional = names[len(names) - len(self.function.args.defaults) :] if self.function.args.defaults else []
        if any(name in dropped and name not in used for name in optional):
            raise NotCarried(f"a parameter of {self.function.name} that only the rendezvous needs has a default")
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


def _within(inner: Span, outer: Span) -> bool:
    start, end = (outer.line, outer.column), (outer.end_line, outer.end_column)
    return start <= (inner.line, inner.column) and (inner.end_line, inner.end_column) <= end


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
