"""A Horovod train function, rewritten in place for Ray Train: the network, the loss and the loop stay the user's."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.mapping import Edit, NotCarried
from migrate.translate.checkpoint import Checkpoints
from migrate.translate.foreign import package_of
from migrate.translate.horovod_api import RANKS, RAY_TRAIN
from migrate.translate.horovod_calls import HorovodCalls
from migrate.translate.kept import PETASTORM
from migrate.translate.locate import with_callees
from migrate.translate.reached import reached_functions
from migrate.translate.rendezvous import Rendezvous

_PROCESS_GROUP = {"torch.distributed.init_process_group", "torch.distributed.destroy_process_group"}


@dataclass
class TrainEdits:
    """What changes in a train function: ``edits`` in its text, and the helpers and imports that the new text needs.

    ``resumes`` says that it goes on from what it saved when it starts again.
    """

    edits: list[Edit] = field(default_factory=list)
    helpers: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    removed: list[ast.stmt] = field(default_factory=list)
    dropped_parameters: tuple[int, ...] = ()
    notes: list[str] = field(default_factory=list)
    resumes: bool = False

    @property
    def reports(self) -> bool:
        """Whether its workers report checkpoints."""
        return not self.helpers.isdisjoint(("report_saved", "torch_state"))


def rewrite_train_function(
    module: Module, project: Project, function: ast.FunctionDef, rendezvous: Rendezvous
) -> TrainEdits:
    """The edits that turn a Horovod worker into a Ray Train worker, with the functions of the same file that it uses.

    ``rendezvous`` is what only arranges where workers meet; it goes, and parameters that nothing else uses go with
    it. Raises NotCarried, naming the call, for a part of Horovod that has no counterpart with the same result.
    """
    return _Rewrite(module, project, function, rendezvous).run()


class _Rewrite:
    def __init__(self, module: Module, project: Project, function: ast.FunctionDef, rendezvous: Rendezvous) -> None:
        self.module, self.project, self.function, self.rendezvous = module, project, function, rendezvous
        self.out = TrainEdits()
        self.calls = HorovodCalls(module)
        self.checkpoints = Checkpoints(module, function, self._asks_rank)
        self.init: list[ast.stmt] = []
        names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
        names |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
        spare = (f"train_context_{number}" for number in range(1, 1000))
        self.context = next(name for name in ("context", "train_context", *spare) if name not in names)
        reached = (node for one in with_callees(module, function) for node in ast.walk(one))
        self.elastic = any(self.calls.name(node) == "elastic.TorchState" for node in reached)
        self.asks = any(self.calls.name(node) in RANKS for node in ast.walk(function))

    def run(self) -> TrainEdits:
        for node, text, needed in self.rendezvous.replaced:
            self.calls.replace(node, text)
            self.out.imports.add(needed)
        self._block(self.function.body)
        gone = {id(node) for statement in self.out.removed for node in ast.walk(statement)}
        others = reached_functions(self.project, self.module, self.function, gone)
        self.calls.context = None
        for other in others:
            for decorator in other.decorator_list:
                self.calls.rewrite(decorator)
            self._block(other.body)
        gone = {id(node) for statement in self.out.removed for node in ast.walk(statement)}
        for function in (self.function, *others):
            self.calls.refuse_rest(function, gone)
        self.calls.refuse_states([self.function, *others])
        self._refuse_strangers()
        self.out.edits += self.calls.edits
        self.out.helpers |= self.calls.helpers
        self.out.imports |= self.calls.imports
        self.out.dropped_parameters = self._unused_parameters()
        for position in self.out.dropped_parameters:
            self.out.edits.append(drop_item(self.module, self.function.args.args, position))
        if not self.elastic:
            self._checkpoints()
        return self.out

    def _refuse_strangers(self) -> None:
        """NotCarried for what trains with Horovod without its API, or reads with petastorm: Ray has neither."""
        for node in (node for one in with_callees(self.module, self.function) for node in ast.walk(one)):
            if isinstance(node, ast.Constant) and node.value == "horovod":
                raise NotCarried(
                    f"line {node.lineno} names Horovod to another library, such as Lightning; a person has to name "
                    f"one of Ray Train's strategies"
                )
            if not isinstance(node, ast.Name | ast.Attribute):
                continue
            if package_of(self.module.resolve(node) or "", ("petastorm",)):
                raise NotCarried(f"{ast.unparse(node)} (line {node.lineno}) is not carried over: {PETASTORM}")

    def _checkpoints(self) -> None:
        reached = with_callees(self.module, self.function)
        edit, note = self.checkpoints.restore(reached, {*self.out.removed, *self.init}), self.checkpoints.note(reached)
        self.out.notes += [note] if note is not None else []
        if edit is not None:
            self.out.edits.append(edit)
            self.out.helpers.add("restore_saved")
            self.out.resumes = True

    def _asks_rank(self, node: ast.expr) -> bool:
        """Whether an expression is the rank of the worker, as Horovod, PyTorch, a barrier or a launcher tells it."""
        told = any(node is one and text.endswith("get_world_rank()") for one, text, _ in self.rendezvous.replaced)
        by_name = isinstance(node, ast.Call) and self.module.resolve(node.func) == "torch.distributed.get_rank"
        return told or by_name or self.calls.name(node) == "rank" or ast.unparse(node) == "int(os.environ['RANK'])"

    def _block(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, statement: ast.stmt) -> None:
        called = self.calls.name(statement.value) if isinstance(statement, ast.Expr) else None
        gone = called == "shutdown" or self._imports_horovod(statement) or self._makes_process_group(statement)
        if statement in self.rendezvous.removed or gone:
            self.out.removed.append(statement)
            return
        if called == "init":
            self._init(statement)
            return
        if isinstance(statement, ast.For):
            self.checkpoints.loops.append(statement)
        # Where training commits its state, that is the checkpoint; another file would take its place as the last one.
        report = self.checkpoints.report(statement) if isinstance(statement, ast.If) and not self.elastic else None
        if report is not None:
            self.out.edits.append(report)
            self.out.helpers.add("report_saved")
        for expression in _own_expressions(statement):
            self.calls.rewrite(expression)
        for block in _blocks(statement):
            self._block(block)
        if isinstance(statement, ast.For):
            self.checkpoints.loops.pop()

    def _init(self, statement: ast.stmt) -> None:
        assert isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
        if statement.value.args or statement.value.keywords:
            raise NotCarried(f"hvd.init (line {statement.lineno}) with arguments; only all ranks together are carried")
        if statement not in self.function.body or not self.asks:
            self.out.removed.append(statement)
            return
        self.init.append(statement)
        # Only what stands behind hvd.init() may ask for ranks, so this is the place to get the context.
        self.calls.replace(statement, f"{self.context} = ray.train.get_context()")
        self.out.imports.add(RAY_TRAIN)
        self.calls.context = self.context

    def _makes_process_group(self, statement: ast.stmt) -> bool:
        """Whether a statement sets up or tears down the process group, which Ray Train does."""
        call = statement.value if isinstance(statement, ast.Expr) else None
        return isinstance(call, ast.Call) and self.module.resolve(call.func) in _PROCESS_GROUP

    def _imports_horovod(self, statement: ast.stmt) -> bool:
        if isinstance(statement, ast.ImportFrom):
            names = [statement.module or ""]
        elif isinstance(statement, ast.Import):
            names = [alias.name for alias in statement.names]
        else:
            return False
        return all(name.split(".")[0] == "horovod" for name in names)

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
