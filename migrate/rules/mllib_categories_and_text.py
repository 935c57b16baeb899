"""The rules of MLlib's encoders and text transformers."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.ir import HeavyKind
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR613",
        name="string-indexer",
        matches="`StringIndexer`: labels to numbers, the most frequent first.",
        why=(
            "The index is the class that the model learns. An encoder that sorts by name gives every label "
            "another number."
        ),
        do=(
            "Count the labels, sort by count descending and then by text, in the order of UTF-16 code units; look "
            "up with `pc.index_in`."
        ),
        before='StringIndexer(inputCol="label", outputCol="y").fit(df)',
        after="""\
counts = {row["label"]: row["count()"] for row in ds.groupby("label").count().take_all() if row["label"] is not None}
labels = sorted(counts, key=lambda label: (-counts[label], label.encode("utf-16-be")))""",
        differences=(
            "Ray's `LabelEncoder` and `OrdinalEncoder` sort alphabetically, and raise on NULL in the fit.",
            '`handleInvalid="keep"` maps unseen labels and NULL to one extra index; the default raises on both.',
            "The result is a double on Spark.",
        ),
        symbols=("StringIndexer", "StringIndexer.fit", "StringIndexerModel.transform"),
        heavy=(HeavyKind.MLLIB_FEATURE_FIT,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR614",
        name="one-hot-encoder",
        matches="`OneHotEncoder`.",
        why="Spark drops the last category by default: a vector is one shorter than expected.",
        do="Zeros of width size - 1, a one where the index is inside.",
        before='OneHotEncoder(inputCols=["y"], outputCols=["onehot"]).fit(df)',
        after="""\
onehot = np.zeros((len(index), size - 1))
rows = np.flatnonzero(index < size - 1)
onehot[rows, index[rows]] = 1.0""",
        differences=("Ray's encodes the original column, alphabetically, at full width, and raises on NULL.",),
        symbols=(
            "OneHotEncoder",
            "OneHotEncoder.fit",
            "OneHotEncoderModel.transform",
            "OneHotEncoderEstimator",
            "OneHotEncoderEstimator.fit",
            "OneHotEncoderEstimatorModel.transform",
        ),
        heavy=(HeavyKind.MLLIB_FEATURE_FIT,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR615",
        name="index-to-string",
        matches="`IndexToString(labels)`: numbers back to labels.",
        why="It needs the labels of the `StringIndexer`, from the column's metadata or given.",
        do="`pc.take(labels, index)`, with the labels passed on explicitly.",
        before="""\
IndexToString(inputCol="prediction", outputCol="label", labels=indexer.labels).transform(df)""",
        after='label = pc.take(pa.array(labels), table["prediction"].cast(pa.int32()))',
        symbols=("IndexToString", "IndexToString.transform"),
    ),
    Rule(
        code="SR616",
        name="tokenizer",
        matches="`Tokenizer`: lower case, split at white space.",
        why="The rule is Java's split: empty words at the front and inside are kept, at the end dropped.",
        do='`re.split(r"[ \\t\\n\\x0b\\f\\r]", text.lower())` and drop trailing empties.',
        before='Tokenizer(inputCol="text", outputCol="words").transform(df)',
        after=r"""words = re.split(r"[ \t\n\x0b\f\r]", text.lower())
while len(words) > 1 and words[-1] == "":
    words.pop()""",
        differences=(
            (
                "NULL raises on Spark. A no-break space does not separate. Ray's `Tokenizer` splits at blanks "
                "only and keeps the case."
            ),
        ),
        symbols=("Tokenizer", "Tokenizer.transform"),
    ),
    Rule(
        code="SR617",
        name="regex-tokenizer",
        matches="`RegexTokenizer(pattern, gaps, minTokenLength)`.",
        why="Java's `\\w` and `\\s` know ASCII only.",
        do="Python's `re` with `re.ASCII`: `split` or `findall` by `gaps`, then the length filter.",
        before=r"""RegexTokenizer(inputCol="text", outputCol="words", pattern="\\W").transform(df)""",
        after=r"""words = [word for word in re.split(r"\W", text.lower(), flags=re.ASCII) if len(word) >= 1]""",
        symbols=("RegexTokenizer", "RegexTokenizer.transform"),
    ),
    Rule(
        code="SR618",
        name="n-gram",
        matches="`NGram(n)`: runs of n words.",
        why="A list function, row by row: it needs no state and moves as it is.",
        do='`[" ".join(words[i : i + n]) for i in range(len(words) - n + 1)]` agrees.',
        before='NGram(n=2, inputCol="words", outputCol="pairs").transform(df)',
        after='pairs = [" ".join(words[i : i + 2]) for i in range(len(words) - 1)]',
        symbols=("NGram", "NGram.transform"),
    ),
    Rule(
        code="SR619",
        name="stop-words-remover",
        matches="`StopWordsRemover`: words of a list taken out.",
        why="Its list of English words is Spark's own, of 181 entries.",
        do=(
            'Ship the list with the job: `StopWordsRemover.loadDefaultStopWords("english")` prints it. Lists of '
            "other libraries are others."
        ),
        before='StopWordsRemover(inputCol="words", outputCol="kept").transform(df)',
        after="kept = [word for word in words if word.lower() not in stop_words]",
        symbols=("StopWordsRemover", "StopWordsRemover.transform"),
    ),
    Rule(
        code="SR620",
        name="hashing-tf",
        matches="`HashingTF(numFeatures)` of `pyspark.ml`.",
        why="The hash decides the column of each word: a model trained with one hash is useless with another.",
        do=("Standard murmur3 (32 bit, seed 42), signed, modulo the number of features: all words tried agreed."),
        before='HashingTF(numFeatures=1 << 18, inputCol="words", outputCol="tf").transform(df)',
        differences=(
            (
                "Ray's `HashingVectorizer` uses another hash. The RDD API's `mllib.feature.HashingTF` uses "
                "Python's `hash`, which changes with PYTHONHASHSEED."
            ),
        ),
        symbols=("HashingTF", "HashingTF.transform"),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR621",
        name="feature-hasher",
        matches="`FeatureHasher(inputCols)`.",
        why="Numbers hash by column name, categories by `column=value`.",
        do="The same murmur3 as SR620 over those texts; NULL is skipped.",
        before='FeatureHasher(inputCols=["price", "city"], outputCol="features").transform(df)',
        differences=("Ray's adds the value to the hash of the column name and uses another function.",),
        symbols=("FeatureHasher", "FeatureHasher.transform"),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR622",
        name="count-vectorizer",
        matches="`CountVectorizer`.",
        why="Words of equal frequency get their index in an order that changes with Spark's partitions.",
        do="Fit once, ship `model.vocabulary`, and compare by word, not by index.",
        before='CountVectorizer(inputCol="words", outputCol="counts").fit(df)',
        differences=("Repartitioning the same five words gave two different vocabularies.",),
        symbols=("CountVectorizer", "CountVectorizer.fit", "CountVectorizerModel.transform"),
        heavy=(HeavyKind.MLLIB_FEATURE_FIT,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR623",
        name="idf",
        matches="`IDF(minDocFreq)`.",
        why="A simple formula that other libraries vary.",
        do="`log((n + 1) / (df + 1))`, natural, 0 for terms below `minDocFreq`; no normalisation after.",
        before='IDF(inputCol="tf", outputCol="tfidf").fit(df)',
        after="idf = np.where(doc_freq >= min_doc_freq, np.log((n + 1.0) / (doc_freq + 1.0)), 0.0)",
        symbols=("IDF", "IDF.fit", "IDFModel.transform"),
        heavy=(HeavyKind.MLLIB_FEATURE_FIT,),
    ),
    Rule(
        code="SR624",
        name="word2vec",
        matches="`Word2Vec`: vectors of words learnt from documents.",
        why=("Training depends on the number of partitions: the same seed gives other vectors after a repartition."),
        do=(
            "Ship the trained vectors; the transform (the sum of the known words' vectors over the number of all "
            "words) is exact. New training is compared by its use, not by its numbers."
        ),
        before='Word2Vec(vectorSize=100, inputCol="words", outputCol="vector").fit(df)',
        symbols=("Word2Vec", "Word2Vec.fit", "Word2VecModel.transform"),
        heavy=(HeavyKind.MLLIB_FEATURE_FIT,),
        severity=Severity.WARNING,
    ),
)
