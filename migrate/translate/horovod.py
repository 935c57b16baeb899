"""A Horovod train function, rewritten in place for Ray Train: the network, the loss and the loop stay the user's."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.ir import Span
from migrate.mapping import Edit, NotCarried
from migrate.translate.ddp import refuse_other_uses
from migrate.translate.edits import Lines, stands_alone
from migrate.translate.locate import bound_value, defined

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
        self.loops: list[ast.For] = []
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
        saves = [node for node in ast.walk(self.function) if self._saves(node)]
        if saves and "report_saved" not in self.out.helpers:
            self.out.notes.append(
                f"what {self.function.name} saves on line {saves[0].lineno} is not reported to Ray Train as a "
                f"checkpoint: it is not saved on rank 0 alone, at a place that every rank comes by"
            )
        return self.out

    def _saves(self, node: ast.AST) -> TypeGuard[ast.Call]:
        return isinstance(node, ast.Call) and self.module.resolve(node.func) == "torch.save"

    def _refuse_leftovers(self) -> None:
        """What is left of Horovod after all edits: in this function, and in the functions of the repository it calls."""
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
            self._refuse_late_broadcast(statement)
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
            self.loops.append(statement)
        if isinstance(statement, ast.If) and self._saves_on_rank_0(statement) and self._all_ranks_pass(statement):
            self._report(statement)
        for expression in _own_expressions(statement):
            self._expression(expression)
        for block in _blocks(statement):
            self._block(block)
        if isinstance(statement, ast.For):
            self.loops.pop()

    def _replace(self, node: ast.AST, text: str) -> None:
        self.out.edits.append(Edit(self.module.span(node), text))

    def _only_horovod(self, statement: ast.Import | ast.ImportFrom) -> bool:
        names = [alias.name for alias in statement.names]
        if isinstance(statement, ast.ImportFrom):
            names = [statement.module or ""]
        return all(name.split(".")[0] == "horovod" for name in names)

    def _refuse_late_broadcast(self, statement: ast.Expr) -> None:
        """Wrapping sends rank 0's weights to all once. A broadcast of something else, or after a change, is another one."""
        call = statement.value
        assert isinstance(call, ast.Call)
        root = next((k.value for k in call.keywords if k.arg == "root_rank"), None)
        root = root or (call.args[1] if len(call.args) > 1 else None)
        if root is not None and not (isinstance(root, ast.Constant) and root.value == 0):
            raise NotCarried(f"hvd.broadcast_parameters (line {call.lineno}) is not from rank 0")
        what = ast.unparse(call.args[0]) if call.args else ""
        if what not in {f"{self.wrapped}.state_dict()", f"{self.wrapped}.named_parameters()"}:
            raise NotCarried(
                f"hvd.broadcast_parameters (line {call.lineno}) sends more or other than the trained network"
            )
        if self.wrapping is None and not any(self._hvd(n) == "DistributedOptimizer" for n in ast.walk(self.function)):
            raise NotCarried(f"hvd.broadcast_parameters (line {call.lineno}) without hvd.DistributedOptimizer")
        if self.wrapping is None:
            return
        for node in ast.walk(self.function):
            if isinstance(node, ast.Name) and node.id == self.wrapped and isinstance(node.ctx, ast.Load):
                if (self.wrapping.end_lineno or 0) < node.lineno < statement.lineno:
                    raise NotCarried(
                        f"line {node.lineno} uses {self.wrapped} between hvd.DistributedOptimizer and the broadcast"
                    )

    def _distributed_optimizer(self, statement: ast.Assign) -> None:
        call = statement.value
        assert isinstance(call, ast.Call)
        if len(statement.targets) != 1 or not isinstance(statement.targets[0], ast.Name):
            raise NotCarried(f"line {call.lineno} does not bind hvd.DistributedOptimizer to one plain name")
        if statement not in self.function.body:
            raise NotCarried(f"hvd.DistributedOptimizer on line {call.lineno} stands inside a block")
        self._refuse_methods(statement.targets[0].id)
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

    def _refuse_methods(self, optimizer: str) -> None:
        """The plain optimizer lacks what Horovod's has besides."""
        for node in ast.walk(self.function):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in {"synchronize", "skip_synchronize", "set_backward_passes_per_step"}
                and isinstance(node.value, ast.Name)
                and node.value.id == optimizer
            ):
                raise NotCarried(
                    f"{optimizer}.{node.attr} on line {node.lineno} is Horovod's own and is not mapped yet"
                )

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

    def _saves_on_rank_0(self, statement: ast.If) -> bool:
        return self._is_rank_0(statement.test) and not statement.orelse and self._saved_path(statement) is not None

    def _is_rank_0(self, test: ast.expr) -> bool:
        """``hvd.rank() == 0``, ``0 == hvd.rank()``, ``not hvd.rank()``, also by a variable that holds the rank."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return self._is_rank(test.operand)
        if not (isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)):
            return False
        sides = [test.left, test.comparators[0]]
        zero = any(isinstance(side, ast.Constant) and side.value == 0 for side in sides)
        return zero and any(self._is_rank(side) for side in sides)

    def _is_rank(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            value = bound_value(self.module, node.id, self.function.name)
            return value is not None and self._hvd(value) == "rank"
        return self._hvd(node) == "rank"

    def _all_ranks_pass(self, statement: ast.If) -> bool:
        """Whether every rank comes by equally often: a report waits for all ranks, so it must not hang on a condition."""
        around = self.loops[-1].body if len(self.loops) == 1 else self.function.body
        if self.loops and (len(self.loops) > 1 or self.loops[0] not in self.function.body):
            return False
        if statement not in around or any(_leaves_early(other) for other in around[: around.index(statement)]):
            return False
        path = self._saved_path(statement)
        used = {n.id for n in ast.walk(ast.parse(path or "", mode="eval")) if isinstance(n, ast.Name)}
        bound = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        return not used & bound and stands_alone(Lines(self.module.text), self.module.span(statement))

    def _saved_path(self, statement: ast.stmt) -> str | None:
        saves = [node for node in ast.walk(statement) if self._saves(node) and len(node.args) >= 2]
        return self.module.segment(saves[0].args[1]) if len(saves) == 1 else None

    def _report(self, statement: ast.If) -> None:
        lines = Lines(self.module.text)
        span = self.module.span(statement)
        end = len(lines.line(span.end_line))
        after = replace(span, line=span.end_line, column=end, end_column=end)
        text = f"\n{lines.indent(span.line)}report_saved({self._metrics(statement)}, {self._saved_path(statement)})"
        self.out.edits.append(Edit(after, text))
        self.out.helpers.add("report_saved")

    def _metrics(self, before: ast.stmt) -> str:
        """What to report: the row that the loop appends to its history, else the epoch."""
        if not self.loops:
            return "{}"
        # Only what every rank appends is there on every rank.
        plain = [s.value for s in self.loops[-1].body if isinstance(s, ast.Expr)]
        for node in plain:
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


def _leaves_early(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Continue | ast.Break | ast.Return) for node in ast.walk(statement))


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
