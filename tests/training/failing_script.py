"""A script for torchrun in which rank 1 fails while rank 0, which has noted its process, waits."""

import os
import sys
import time
from pathlib import Path

import torch.distributed as dist

dist.init_process_group("gloo")
if dist.get_rank() == 0:
    Path(sys.argv[1]).write_text(str(os.getpid()))
dist.barrier()
if dist.get_rank() == 1:
    raise ValueError("rank 1 has lost its way")
time.sleep(600)
