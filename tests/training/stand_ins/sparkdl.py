"""Stands in for Databricks' closed `sparkdl`: a runner of that interface over the open `horovod.spark`."""

import horovod.spark


class HorovodRunner:
    """Trains on ``np`` executors' cores, or on the driver alone where ``np`` is -1."""

    def __init__(self, np):
        self.np = np

    def run(self, main, **kwargs):
        """What rank 0 returned."""
        if self.np == -1:
            return main(**kwargs)
        return horovod.spark.run(main, kwargs=kwargs, num_proc=self.np, verbose=0)[0]
