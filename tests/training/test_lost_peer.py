"""An operation whose other rank is gone raises, as Horovod's does: nothing may train on with what it has alone."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from migrate.translate.helpers import helper_source

OPERATIONS = {
    "allreduce(torch.ones(3))": "allreduce",
    "allreduce_(torch.ones(3))": "collectives",
    "synchronize(allreduce_async(torch.ones(3)))": "collectives",
    "grouped_allreduce_(([torch.ones(3)]))": "collectives",
    "allgather(torch.ones(3))": "gathers",
    "reducescatter(torch.ones(4))": "gathers",
    "broadcast(torch.ones(3), 1)": "broadcasts",
    "broadcast_parameters({'a': torch.ones(3)}, 1)": "broadcasts",
    "distributed_step()": "distributed_optimizer",
}
PROGRAM = """
def distributed_step():
    layer = torch.nn.Linear(2, 1)
    optimizer = distributed_optimizer(torch.optim.SGD(layer.parameters(), lr=1.0))
    layer(torch.ones(2)).sum().backward()
    optimizer.step()


dist.init_process_group("gloo", timeout=datetime.timedelta(seconds=20))
dist.barrier()
if dist.get_rank() == 1:
    os._exit(0)
for operation in sys.argv[1:]:
    try:
        eval(operation)
        print("done:", operation)
    except RuntimeError:
        pass
os._exit(0)
"""


def test_every_operation_raises(tmp_path: Path) -> None:
    uses = {"distributed_optimizer", "step", *(name for text in OPERATIONS for name in text.replace("(", " ").split())}
    source, imports = helper_source(set(OPERATIONS.values()), (), uses)
    script = tmp_path / "peers.py"
    head = ["import datetime", "import os", "import sys", "import torch", "import torch.distributed as dist"]
    script.write_text("\n".join([*head, *sorted(imports), source, PROGRAM]), encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(probe.getsockname()[1]), "WORLD_SIZE": "2"}
    peers = [
        subprocess.Popen(
            [sys.executable, str(script), *OPERATIONS],
            env={**os.environ, **place, "RANK": str(rank)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in (0, 1)
    ]
    said, _ = peers[0].communicate(timeout=120)
    peers[1].wait(120)
    assert (peers[0].returncode, [line for line in said.splitlines() if line.startswith("done:")]) == (0, []), said
