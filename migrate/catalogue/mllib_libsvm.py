"""Files in LIBSVM's format."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.locate import root_name


class MllibLibsvm(Mapping):
    """
    ## Matches
    ``MLUtils.loadLibSVMFile(sc, path, numFeatures, minPartitions)``.

    ## Semantics
    A labeled point for each line, its features a sparse vector; as many features as the highest index of the file
    where the number is not given.

    ## Not covered
    A context that is not a plain variable.
    """

    code = "SR649"
    symbols = ("pyspark.mllib.util.MLUtils.loadLibSVMFile",)
    kind = Kind.READ
    cost = Cost.PYTHON
    cases = (
        Case(
            "points",
            "from pyspark.mllib.util import MLUtils\n\n"
            "sc = spark.sparkContext\n"
            "with open('points.txt', 'w') as file:\n"
            "    file.write('1.0 1:2.5 3:-1\\n0 2:7e3\\n-1 \\n+1 1:1 4:0\\n')\n"
            "print(MLUtils.loadLibSVMFile(sc, 'points.txt').map(str).collect())\n"
            "print(MLUtils.loadLibSVMFile(sc, 'points.txt', numFeatures=9).first().features)",
            "print(libsvm_file('points.txt', numFeatures=9).first().features)",
        ),
        Case(
            "the path by name",
            "from pyspark.mllib.util import MLUtils\n\n"
            "points = MLUtils.loadLibSVMFile(path='points.txt', sc=spark.sparkContext)",
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        context, *passed = call.stage.args
        if context.name is not None or not passed:
            raise NotCarried("the context is not the first argument")
        texts = [f"{one.name}={one.source}" if one.name else one.source for one in passed]
        node = call.argument("sc", 0)
        root = root_name(node) if node is not None else None
        return Emission(
            f"libsvm_file({', '.join(texts)})",
            helpers=("libsvm_file",),
            span=call.span(call.node()),
            forgets=(root,) if root is not None else (),
        )
