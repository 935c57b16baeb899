"""The rules of what train functions are made of."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR721",
        name="barrier-context",
        matches="`BarrierTaskContext.get()`, `barrier()`, `allGather(...)`, `getTaskInfos()`.",
        why="The wrapper code of hand-made training on Spark: ranks, addresses, ports, environment variables.",
        do=(
            "It disappears: `ray.train.get_context()` knows rank and size, and the process group is set up before "
            "the function starts."
        ),
        before="""\
context = BarrierTaskContext.get()
rank = context.partitionId()
addresses = context.allGather(socket.gethostname())""",
        after="rank = ray.train.get_context().get_world_rank()",
        symbols=("BarrierTaskContext.get", "BarrierTaskContext.barrier", "BarrierTaskContext.allGather"),
        reported=False,
    ),
    Rule(
        code="SR722",
        name="horovod-optimizer",
        matches="`hvd.DistributedOptimizer(optimizer, ...)`.",
        why=(
            "It averages gradients between backward and step. Torch's own data parallelism does the same in the "
            "backward pass."
        ),
        do=(
            "An emitted `distributed_optimizer` that does the same over `torch.distributed`, with the network left as "
            "it is. Where nothing of the below is used, `prepare_model` and the plain optimiser train the same network."
        ),
        before="""\
optimizer = hvd.DistributedOptimizer(optimizer, named_parameters=model.named_parameters(), op=hvd.Sum)""",
        after="optimizer = distributed_optimizer(optimizer, op=dist.ReduceOp.SUM)",
        differences=(
            (
                "Two workers ended with the same weights to the last bit, with `op`, `backward_passes_per_step` "
                "(Horovod sums the passes), `gradient_predivide_factor`, `Compression.fp16`, clipping between "
                "`synchronize` and `skip_synchronize`, batch normalisation and unused parameters. From three workers "
                "on, gradients are added up in another order."
            ),
            (
                "Torch's own data parallelism raises on parameters without a gradient, which count as zero in Horovod; "
                "sends rank 0's running statistics to all (`broadcast_buffers`); and averages only."
            ),
            "Adasum, process sets and sparse gradients have no counterpart; such a job is refused with the reason.",
        ),
        symbols=("horovod.torch.DistributedOptimizer",),
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR723",
        name="horovod-broadcast",
        matches="`hvd.broadcast_parameters`, `hvd.broadcast_optimizer_state`.",
        why=(
            "Every worker starts from rank 0's weights. Torch's data parallelism does that when the model is wrapped."
        ),
        do="The same over `torch.distributed`, with the side effect that the second has on a fresh optimiser.",
        before="""\
hvd.broadcast_parameters(model.state_dict(), root_rank=0)
hvd.broadcast_optimizer_state(optimizer, root_rank=0)""",
        after="""\
broadcast_parameters(model.state_dict(), root_rank=0)
broadcast_optimizer_state(optimizer, root_rank=0)""",
        differences=(
            (
                "To create its state Horovod steps a fresh optimiser once with zero gradients: Adam then starts "
                "at step 1, and weight decay moves the weights. Without that step the weights ended 0.013 "
                "(SGD) and 0.028 (Adam) apart; with it the difference was 0."
            ),
        ),
        symbols=("horovod.torch.broadcast_parameters", "horovod.torch.broadcast_optimizer_state"),
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR724",
        name="horovod-allreduce",
        matches=(
            "`hvd.allreduce`, `allgather`, `alltoall`, `reducescatter`, `broadcast`, their grouped, asynchronous and "
            "in-place forms, and objects."
        ),
        why="A metric that is averaged over the workers is another number than rank 0's.",
        do="Functions of the same names over `torch.distributed`, written into the job.",
        before='loss = hvd.allreduce(loss, name="loss")',
        after="loss = allreduce(loss)",
        differences=(
            "Horovod averages by default, `all_reduce` sums and works in place; an average of integers is cut off.",
            (
                "Horovod matches operations by their names and waits until all ranks have asked; torch.distributed "
                "goes by order, so every rank has to call them in the same order."
            ),
            "Gradients flow back through `allreduce` alone; the other operations raise where one would be wanted.",
        ),
        symbols=("horovod.torch.allreduce", "horovod.torch.allgather", "horovod.torch.broadcast_object"),
        reported=False,
    ),
    Rule(
        code="SR725",
        name="horovod-rank-and-size",
        matches="`hvd.init()`, `hvd.rank()`, `hvd.size()`, `hvd.local_rank()`.",
        why="Data sharding, seeds, learning rates and checkpoints hang on them.",
        do="`ray.train.get_context()`: `get_world_rank()`, `get_world_size()`, `get_local_rank()`.",
        before="shard = rows[hvd.rank() :: hvd.size()]",
        after="""\
context = ray.train.get_context()
shard = rows[context.get_world_rank() :: context.get_world_size()]""",
        differences=("A shard by stride keeps every row; Ray's default split drops the remainder.",),
        symbols=("horovod.torch.init", "horovod.torch.rank", "horovod.torch.size", "horovod.torch.local_rank"),
        reported=False,
    ),
    Rule(
        code="SR726",
        name="rank-zero-checkpoint",
        matches="`if hvd.rank() == 0:` around `torch.save` and logging.",
        why="The idiom of a single writer. Around `ray.train.report` it blocks the job.",
        do=(
            "Every rank calls `ray.train.report(metrics, checkpoint=...)` the same number of times; only rank 0 "
            "attaches the checkpoint."
        ),
        before="""\
if hvd.rank() == 0:
    torch.save(model.state_dict(), path)""",
        after="""\
checkpoint = None
if ray.train.get_context().get_world_rank() == 0:
    torch.save(model.state_dict(), os.path.join(folder, "model.pt"))
    checkpoint = ray.train.Checkpoint.from_directory(folder)
ray.train.report({"epoch": epoch}, checkpoint=checkpoint)""",
        differences=(
            "A report on rank 0 alone had not returned after three minutes.",
            "Without any checkpoint `Result.metrics` is None; with one it holds rank 0's last report that had it.",
            "A second run under the same storage path and name continues from the last checkpoint without being told.",
        ),
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR727",
        name="uneven-batches",
        matches="Workers with unequal numbers of batches: `hvd.join()`, or shards of unequal size.",
        why="One worker waits in a collective operation for another that has ended.",
        do=(
            "`join_ranks` has a worker that is done take part with zeros in what the others still reduce, as "
            "`hvd.join` does. Shards that are uneven without it need the same number of steps on every worker."
        ),
        before="hvd.join()",
        after="join_ranks()",
        differences=(
            (
                "Where several workers end together, which of them counts as the last is chance in Horovod and the "
                "highest rank here."
            ),
            ("Without a join the longer rank waits until the timeout, 30 minutes by default, and the run fails."),
        ),
        symbols=("horovod.torch.join",),
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR728",
        name="learning-rate-scaling",
        matches="`lr * hvd.size()` and a warm-up.",
        why="It belongs to the recipe: dropping it trains another model that still seems to work.",
        do="Keep it, with the world size of Ray Train.",
        before="optimizer = torch.optim.SGD(model.parameters(), lr=0.01 * hvd.size())",
        after="""\
optimizer = torch.optim.SGD(model.parameters(), lr=0.01 * ray.train.get_context().get_world_size())""",
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR729",
        name="distributed-sampler",
        matches="`DistributedSampler(dataset, num_replicas=hvd.size(), rank=hvd.rank())`.",
        why="It decides which worker sees which rows in which order.",
        do="`prepare_data_loader` puts one in, and leaves one that is there alone.",
        before="sampler = DistributedSampler(data, num_replicas=hvd.size(), rank=hvd.rank())",
        after="""\
loader = ray.train.torch.prepare_data_loader(DataLoader(data, batch_size=64, shuffle=True))""",
        differences=(
            (
                "It pads: 101 rows on two workers are 51 and 51, one twice. Without `set_epoch` every epoch has "
                "the same order."
            ),
        ),
        symbols=("DistributedSampler",),
        reported=False,
    ),
    Rule(
        code="SR730",
        name="elastic-horovod",
        matches="`horovod.spark.run_elastic`, `hvd.elastic.run`.",
        why="Training goes on with fewer or more workers when machines come and go.",
        do=(
            "`FailureConfig(max_failures=n)` restarts all workers, and each begins at the last commit of "
            "`hvd.elastic.TorchState`, which is a checkpoint that every rank reports."
        ),
        before="horovod.spark.run_elastic(train, num_proc=4, reset_limit=3)",
        after="RunConfig(failure_config=FailureConfig(max_failures=3))",
        differences=("The number of workers stays at `num_proc`, and a commit writes to storage.",),
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR731",
        name="nested-parallelism",
        matches="Threads, process pools or GPU libraries used inside a function for the workers.",
        why="Spark counts one core a task. Eight threads in each of eight tasks compete for eight cores.",
        do="Say what a task uses: `num_cpus=8`, or limit the library's threads (`OMP_NUM_THREADS`).",
        before="rdd.mapPartitions(lambda rows: Pool(8).map(work, rows))",
        after='ds.map_batches(work_in_pool, batch_format="pyarrow", num_cpus=8)',
        differences=(
            "Ray sets `OMP_NUM_THREADS` to the task's `num_cpus`, Spark to the executor's cores where it is not set.",
        ),
        reported=False,
    ),
)
