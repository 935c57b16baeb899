"""The rules of MLlib's vector transformers."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.ir import HeavyKind
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR625",
        name="pca",
        matches="`PCA(k)`: principal components of a vector column.",
        why="The sign of each component is arbitrary.",
        do=(
            "Eigenvectors of the sample covariance; the projection does not centre. Compare up to the sign, or "
            "ship Spark's components."
        ),
        before='PCA(k=8, inputCol="features", outputCol="reduced").fit(df)',
        after="reduced = x @ components",
        differences=(
            (
                "numpy's signs agreed for 19 of 20 components on a small test and for none of 2 when the sums "
                "were distributed."
            ),
        ),
        symbols=("PCA", "PCA.fit", "PCAModel.transform"),
        heavy=(HeavyKind.MLLIB_FEATURE_FIT,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR626",
        name="polynomial-expansion",
        matches="`PolynomialExpansion(degree)`.",
        why="The order of the terms is Spark's own: a, a², b, ab, b², c, ...",
        do="Generate the terms in that order; scikit-learn's differ in order and in the constant.",
        before='PolynomialExpansion(degree=2, inputCol="x", outputCol="terms").transform(df)',
        symbols=("PolynomialExpansion", "PolynomialExpansion.transform"),
    ),
    Rule(
        code="SR627",
        name="dct",
        matches="`DCT(inverse)`.",
        why="One fixed matrix for each vector, row by row; libraries differ in how they scale it.",
        do=(
            'Orthonormal DCT-II: `scipy.fft.dct(x, norm="ortho")` for the forward one, agreed to 4e-15 as a '
            "matrix product."
        ),
        before='DCT(inputCol="x", outputCol="spectrum").transform(df)',
        symbols=("DCT", "DCT.transform"),
    ),
    Rule(
        code="SR628",
        name="vector-arithmetic",
        matches="`ElementwiseProduct`, `VectorSlicer`.",
        why="Plain array operations, row by row.",
        do="`x * weights` and `x[:, indices]` in a numpy batch.",
        before='VectorSlicer(inputCol="x", outputCol="some", indices=[0, 3]).transform(df)',
        after="some = x[:, [0, 3]]",
        symbols=("ElementwiseProduct", "VectorSlicer", "ElementwiseProduct.transform", "VectorSlicer.transform"),
    ),
    Rule(
        code="SR629",
        name="interaction",
        matches="`Interaction(inputCols)`.",
        why=("The product of all pairs of entries; columns from a `StringIndexer` are expanded to full width first."),
        do="`np.kron` from left to right.",
        before='Interaction(inputCols=["a", "b"], outputCol="ab").transform(df)',
        after="ab = np.kron(a, b)",
        symbols=("Interaction", "Interaction.transform"),
    ),
    Rule(
        code="SR630",
        name="r-formula",
        matches='`RFormula("y ~ a + b")`.',
        why=(
            "It hides a `StringIndexer`, a `OneHotEncoder` and an assembler behind one string. `y ~ .` takes "
            "every column, an id included."
        ),
        do="Write the pieces out (SR613, SR614, SR603) and move those.",
        before='RFormula(formula="clicked ~ country + hour").fit(df)',
        symbols=("RFormula", "RFormula.fit", "RFormulaModel.transform"),
        heavy=(HeavyKind.MLLIB_FEATURE_FIT,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR631",
        name="sql-transformer",
        matches='`SQLTransformer("SELECT ... FROM __THIS__")`.',
        why="Its statement is SQL over `__THIS__`, and Ray has no SQL.",
        do="Columns and a condition are rewritten as functions over batches; anything else stays on Spark.",
        before='SQLTransformer(statement="SELECT *, a + b AS c FROM __THIS__").transform(df)',
        symbols=("SQLTransformer", "SQLTransformer.transform"),
    ),
    Rule(
        code="SR632",
        name="feature-selection",
        matches="`ChiSqSelector`, `UnivariateFeatureSelector`, `VarianceThresholdSelector`.",
        why="What is fitted is only a list of column numbers.",
        do="Fit on Spark and ship the indices. The variance threshold divides by n - 1 and is strict.",
        before="ChiSqSelector(numTopFeatures=20).fit(df)",
        differences=(
            (
                "The univariate selector keeps its indices by rank, not sorted. Continuous values count as "
                "categories in the chi-square test."
            ),
        ),
        symbols=(
            "ChiSqSelector",
            "ChiSqSelector.fit",
            "UnivariateFeatureSelector",
            "UnivariateFeatureSelector.fit",
            "VarianceThresholdSelector",
            "VarianceThresholdSelector.fit",
        ),
        heavy=(HeavyKind.MLLIB_FEATURE_FIT,),
    ),
    Rule(
        code="SR633",
        name="vector-indexer",
        matches="`VectorIndexer(maxCategories)`.",
        why="It decides by the data which entries are categories.",
        do="Ship the fitted category map; values sort ascending with 0.0 always first.",
        before='VectorIndexer(inputCol="x", outputCol="indexed", maxCategories=4).fit(df)',
        symbols=("VectorIndexer", "VectorIndexer.fit", "VectorIndexerModel.transform"),
        heavy=(HeavyKind.MLLIB_FEATURE_FIT,),
    ),
    Rule(
        code="SR634",
        name="correlation-matrix",
        matches="`Correlation.corr`, `ChiSquareTest`, `Summarizer`.",
        why="Statistics over a vector column, computed once and brought to the driver.",
        do="Sums of squares and products, or counts, for each batch, put together on the driver: equal to 1e-15.",
        before='Correlation.corr(df, "features")',
        symbols=(
            "Correlation.corr",
            "ChiSquareTest.test",
            "Summarizer.metrics",
            "Statistics.corr",
            "Statistics.colStats",
            "Statistics.chiSqTest",
        ),
    ),
    Rule(
        code="SR635",
        name="locality-sensitive-hashing",
        matches="`MinHashLSH`, `BucketedRandomProjectionLSH` and their approximate joins.",
        why="Random projections and a join: near-duplicate search.",
        do="Keep it on Spark. A vector index in a Ray actor is a redesign, not a move.",
        before="model.approxSimilarityJoin(a, b, 0.6)",
        symbols=(
            "MinHashLSH",
            "MinHashLSH.fit",
            "BucketedRandomProjectionLSH",
            "BucketedRandomProjectionLSH.fit",
            "Model.approxSimilarityJoin",
            "Model.approxNearestNeighbors",
        ),
        heavy=(HeavyKind.MLLIB_FEATURE_FIT,),
    ),
    Rule(
        code="SR636",
        name="mllib-feature-fit",
        matches="The `fit` of an MLlib feature transformer that has no page of its own.",
        why="A pass over the data in the JVM, fitted state small enough to ship.",
        do="Keep it on Spark and hand over the transformed columns; or ship the fitted state.",
        before="model = transformer.fit(df)",
        heavy=(HeavyKind.MLLIB_FEATURE_FIT,),
    ),
)
