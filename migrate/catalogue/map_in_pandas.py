"""``DataFrame.mapInPandas``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.frames import BATCHES, map_blocks


class MapInPandas(Mapping):
    """
    ## Matches
    ``df.mapInPandas(function, schema)`` with a schema that is written in the job, or that of the dataset itself.

    ## Semantics
    The function stays as it is. It is called once for each block, as Spark calls it once for each partition: what it
    does in front of its loop, it does once. It is fed frames of at most 10,000 rows (or as many as the job sets) with
    the types that Spark gives them; what it yields is matched by name and converted to the declared types as there. A
    share of a GPU for each task stays what the job sets.

    A function that loads a model or opens a connection in front of its loop, and does nothing else there, becomes a
    class: the loading in its constructor, the loop in its ``__call__``. It runs on a pool of actors, one to begin with
    and up to one for each CPU, each of which loads once. Loading is what the known libraries call so (``torch.load``,
    ``joblib.load``, ``from_pretrained``, ``psycopg2.connect``, ...), and a function of the job that does it.

    ## Not covered
    ``barrier`` and ``profile``; a schema made at run time.
    """

    code = "SR403"
    symbols = ("DataFrame.mapInPandas",)
    kind = Kind.MAP_BATCHES
    cost = Cost.ARROW
    differences = (BATCHES,)
    cases = (
        Case(
            "a schema in text",
            "def double(frames):\n"
            "    for frame in frames:\n"
            '        yield frame.assign(twice=frame["x"] * 2, n=len(frame.columns))[["id", "twice", "n"]]\n'
            'out = df.mapInPandas(double, "id long, twice double, n int")',
            "out = df.map_batches(map_in_pandas(double, "
            'pa.schema([("id", pa.int64()), ("twice", pa.float64()), ("n", pa.int32())])), '
            'batch_format="pyarrow", batch_size=None)',
        ),
        Case(
            "the schema of the dataset",
            "def mark(frames):\n"
            "    bonus = 1\n"
            "    for frame in frames:\n"
            '        frame.loc[frame["id"] > 5, "x"] += bonus\n'
            "        yield frame\n"
            'df = df.drop("big")\n'
            "out = df.mapInPandas(mark, schema=df.schema)",
            'out = df.map_batches(map_in_pandas(mark), batch_format="pyarrow", batch_size=None)',
        ),
        Case(
            "batches and zone as the job sets them",
            'spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", 500)\n'
            'spark.conf.set("spark.sql.session.timeZone", "America/New_York")\n'
            "def hour(frames):\n"
            "    for frame in frames:\n"
            '        recent = frame["at"].where(frame["id"] != 5)\n'
            '        yield frame.assign(hour=frame["at"].dt.hour, at=recent)[["id", "hour", "at"]]\n'
            'out = df.mapInPandas(hour, "id long, hour int, at timestamp")',
            "out = df.map_batches(map_in_pandas(hour, pa.schema("
            '[("id", pa.int64()), ("hour", pa.int32()), ("at", pa.timestamp("us", tz="UTC"))]), '
            'zone="America/New_York", rows=500), batch_format="pyarrow", batch_size=None)',
        ),
        Case(
            "a share of a GPU",
            'spark.conf.set("spark.task.resource.gpu.amount", "0.5")\n'
            "out = df.mapInPandas(lambda frames: frames, df.schema)",
            'out = df.map_batches(map_in_pandas(lambda frames: frames), batch_format="pyarrow", batch_size=None, '
            "num_gpus=0.5)",
            elsewhere="nothing here: it needs a GPU on both engines",
        ),
        Case(
            "a model loaded in front of the loop",
            "import pickle\n"
            'MODEL = os.path.abspath("model.pkl")\n'
            'with open(MODEL, "wb") as file:\n'
            '    pickle.dump({"bonus": 2.0, "name": "week 7"}, file)\n'
            "def score(frames):\n"
            '    with open(MODEL, "rb") as file:\n'
            "        model = pickle.load(file)\n"
            '    week = model.get("name")\n'
            "    for frame in frames:\n"
            '        yield frame.assign(x=frame["x"] + model["bonus"], week=week)[["id", "x", "week"]]\n'
            'out = df.mapInPandas(score, "id long, x double, week string")',
            "class Score:\n"
            "    def __init__(self):\n"
            '        with open(MODEL, "rb") as file:\n'
            "            self.model = pickle.load(file)\n"
            '        self.week = self.model.get("name")\n'
            "    def __call__(self, frames):\n"
            "        for frame in frames:\n"
            '            yield frame.assign(x=frame["x"] + self.model["bonus"], week=self.week)[["id", "x", "week"]]\n'
            "out = df.map_batches(LoadingStep, fn_constructor_args=[lambda: map_in_pandas(Score(), "
            'pa.schema([("id", pa.int64()), ("x", pa.float64()), ("week", pa.string())]))], batch_format="pyarrow", '
            "batch_size=None, compute=actor_pool(), num_cpus=0)",
        ),
        Case("a barrier stage", "out = df.mapInPandas(lambda frames: frames, df.schema, barrier=True)", None),
        Case("a schema made at run time", "out = df.mapInPandas(lambda frames: frames, make_schema())", None),
    )

    def emit(self, call: Call) -> Emission:
        return map_blocks(call, "map_in_pandas")
