"""Horovod's API for PyTorch as data: what each name becomes in an emitted train function."""

from __future__ import annotations

DIST = "import torch.distributed as dist"
RAY_TRAIN = "import ray.train"
TORCH = "import torch"

RANKS = {
    "rank": "get_world_rank()",
    "size": "get_world_size()",
    "local_rank": "get_local_rank()",
    "local_size": "get_local_world_size()",
    "cross_rank": "get_node_rank()",
}
"""What asks Ray Train's context."""

VALUES = {
    "Average": ("dist.ReduceOp.AVG", DIST),
    "Sum": ("dist.ReduceOp.SUM", DIST),
    "Min": ("dist.ReduceOp.MIN", DIST),
    "Max": ("dist.ReduceOp.MAX", DIST),
    "Product": ("dist.ReduceOp.PRODUCT", DIST),
    "Compression.none": ("None", None),
    "Compression.fp16": ("torch.float16", TORCH),
}
"""Names that stand for a value: its text, and the import that this needs."""

DROPPED = {"name", "named_parameters", "groups", "num_groups", "device"}
"""Arguments that say nothing about the result: a name for Horovod's negotiation, how tensors travel together."""

_SCALES = ("op", "prescale_factor", "postscale_factor", "process_set")
_REDUCE = ("average", "name", *_SCALES)
_COMPRESSED = ("average", "name", "compression", *_SCALES)
_SCATTER = ("name", "op", "process_set", "prescale_factor", "postscale_factor")
_NAMED = ("name", "process_set")
_CAST = ("tensor", "root_rank", *_NAMED)

OPERATIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "allreduce": ("allreduce", ("tensor", *_COMPRESSED)),
    "allreduce_": ("collectives", ("tensor", *_REDUCE)),
    "allreduce_async": ("collectives", ("tensor", *_REDUCE)),
    "allreduce_async_": ("collectives", ("tensor", *_REDUCE)),
    "grouped_allreduce": ("grouped_allreduce", ("tensors", *_COMPRESSED)),
    "grouped_allreduce_": ("collectives", ("tensors", *_REDUCE)),
    "grouped_allreduce_async": ("collectives", ("tensors", *_REDUCE)),
    "grouped_allreduce_async_": ("collectives", ("tensors", *_REDUCE)),
    "allgather": ("gathers", ("tensor", *_NAMED)),
    "allgather_async": ("gathers", ("tensor", *_NAMED)),
    "grouped_allgather": ("gathers", ("tensors", *_NAMED)),
    "grouped_allgather_async": ("gathers", ("tensors", *_NAMED)),
    "allgather_object": ("gathers", ("obj", "name")),
    "alltoall": ("gathers", ("tensor", "splits", *_NAMED)),
    "alltoall_async": ("gathers", ("tensor", "splits", *_NAMED)),
    "reducescatter": ("gathers", ("tensor", "name", "compression", *_SCATTER[1:])),
    "reducescatter_async": ("gathers", ("tensor", *_SCATTER)),
    "grouped_reducescatter": ("gathers", ("tensors", "name", "compression", *_SCATTER[1:])),
    "grouped_reducescatter_async": ("gathers", ("tensors", *_SCATTER)),
    "broadcast": ("broadcasts", _CAST),
    "broadcast_": ("broadcasts", _CAST),
    "broadcast_async": ("broadcasts", _CAST),
    "broadcast_async_": ("broadcasts", _CAST),
    "broadcast_object": ("broadcasts", ("obj", "root_rank", *_NAMED)),
    "broadcast_parameters": ("broadcasts", ("params", "root_rank")),
    "broadcast_optimizer_state": ("broadcast_optimizer_state", ("optimizer", "root_rank", "model")),
    "DistributedOptimizer": (
        "distributed_optimizer",
        (
            "optimizer",
            "named_parameters",
            "compression",
            "backward_passes_per_step",
            "op",
            "gradient_predivide_factor",
            "num_groups",
            "groups",
            "sparse_as_dense",
            "process_set",
        ),
    ),
    "synchronize": ("collectives", ("handle",)),
    "poll": ("collectives", ("handle",)),
    "barrier": ("barrier", ("process_set",)),
    "join": ("join_ranks", ("device",)),
    "cross_size": ("cross_size", ()),
    "is_initialized": ("is_initialized", ()),
}
"""Functions: the helper template that holds a function of the same meaning, and Horovod's parameters in order.

The helper has the same parameters without those of ``DROPPED`` and ``REFUSED_OPTIONS``, in the same order.
"""

RENAMED = {
    "DistributedOptimizer": "distributed_optimizer",
    "barrier": "dist.barrier",
    "is_initialized": "dist.is_initialized",
    "join": "join_ranks",
}
"""What the function is called where it is not called as in Horovod."""

PLAIN = {"barrier": DIST, "is_initialized": DIST}
"""What PyTorch has itself, with its import."""

REFUSED_OPTIONS = {
    "process_set": "a process set is a group of ranks; only operations over all ranks are carried over",
    "sparse_as_dense": "sparse gradients are not carried over",
    "model": "sparse gradients are not carried over",
}

ELASTIC = {"elastic.TorchState": "TorchState", "elastic.run": "elastic_run"}
"""What goes on from its last commit when workers start again, all in the helper ``torch_state``."""

REFUSED_OF_STATE = {"save", "restore", "sync", "reset", "on_reset"}
"""What a job may not ask a ``TorchState`` to do: only ``commit`` has a meaning across restarts."""

REFUSED = {
    "Adasum": "Adasum is an algorithm of Horovod's own, and averaging would train another model",
    "SyncBatchNorm": "it runs on GPUs alone, and PyTorch's own was not compared with it",
    "elastic": "of elastic Horovod only hvd.elastic.run and TorchState are carried over",
    "add_process_set": REFUSED_OPTIONS["process_set"],
    "ProcessSet": REFUSED_OPTIONS["process_set"],
    "sparse_allreduce_async": REFUSED_OPTIONS["sparse_as_dense"],
    "start_timeline": "it is Horovod's own record of its operations",
    "stop_timeline": "it is Horovod's own record of its operations",
    "horovod": "of Horovod only horovod.torch is carried over; a person has to give a loop of Keras, TensorFlow or "
    "MXNet to another trainer of Ray Train",
}
"""Why a part of Horovod is not carried over."""
