"""The data table of what every attribute of every Spark type returns: the one place that names Spark's API.

One line (a backslash carries it on) describes attributes that behave alike::

    name name! .. | result | kind cost [heavy] | flags

``name!`` is distinctive: an unknown object with that attribute can only be of this type. ``result`` is a type of this
table, ``Same`` (the receiver's type), ``Local`` (data on the driver), ``[T]`` (a list of T), ``None`` (nothing) or
``-`` (not followed). A line without a kind is a builder: a link of the stage that follows. Flags:

    attr          read without a call
    ships=0:f     argument 0, or the keyword ``f``, is a function that Spark runs on its workers; ``ships=?0`` where it
                  need not be one
    calls=0:f>T,U Spark calls that function on the driver with values of types T and U
    sql           its strings are SQL
    udf=0:f       makes a UDF of that argument; ``named`` when argument 0 is the name it gets in SQL
    stages        its lists hold the stages of a pipeline
    needs=k       a stage only when keyword ``k`` is given a Spark value
    heavy=, kind=, cost=   what fitting or running an object of this class is
    model         a class whose name ends in Model is a fitted one
    names=a,b     what the names of a whole module (``*``) hold, so that two star imports can be told apart
    worker        a stage also inside of functions that Spark's workers run
    entry         a decorator of what the platform runs
"""

TYPES = """
@SparkSession
builder | SparkSessionBuilder | | attr
read | DataFrameReader | | attr
readStream | DataStreamReader | | attr
sparkContext _sc | SparkContext | | attr
udf | UDFRegistration | | attr
udtf | UDTFRegistration | | attr
dataSource | DataSourceRegistration | | attr
streams | StreamingQueryManager | | attr
catalog | Catalog | | attr
conf | RuntimeConfig | | attr
newSession getActiveSession active getOrCreate | SparkSession | |
sql | DataFrame | read native | sql
table | DataFrame | read native |
createDataFrame! | DataFrame | read native |
range | DataFrame | read native |
stop addArtifact addArtifacts | - | |

@SparkSessionBuilder
appName! config master enableHiveSupport! remote getOrCreateBuilder | Same | |
getOrCreate! create | SparkSession | |

@Catalog
cacheTable uncacheTable dropTempView refreshTable clearCache recoverPartitions | - | |
createTable createExternalTable | DataFrame | read native |

@RuntimeConfig
set get unset | - | |

@UDFRegistration
register | Udf | | udf=1:f named
registerJavaFunction registerJavaUDAF | - | |

@UDTFRegistration
register | Udf | | udf=1:f named udtf

@DataSourceRegistration
register | None | read python python_data_source |

@SparkContext
parallelize! textFile! wholeTextFiles! binaryFiles! binaryRecords! pickleFile! sequenceFile! newAPIHadoopRDD! \
    newAPIHadoopFile! hadoopFile! hadoopRDD! emptyRDD! mongoRDD! mongoPairRDD! \
    BSONFileRDD! cassandraTable! | RDD | read native |
range | RDD | read native |
union | RDD | union native |
broadcast | Broadcast | |
accumulator | Accumulator | |
getOrCreate | SparkContext | |
runJob | Local | action python rdd_map_partitions | ships=1:partitionFunc
addPyFile addFile setLogLevel stop setCheckpointDir setJobGroup setLocalProperty | - | |

@SQLContext < SparkSession
sparkSession | SparkSession | | attr
registerFunction registerJavaFunction | Udf | | udf=1:f named
registerDataFrameAsTable | None | action native |
jsonFile jsonRDD parquetFile load | DataFrame | read native |
cacheTable uncacheTable dropTempTable setConf | - | |

@GlueContext < SQLContext
spark_session | SparkSession | | attr
create_dynamic_frame create_data_frame | GlueReader | | attr
write_dynamic_frame write_data_frame | GlueWriter | | attr
create_dynamic_frame_from_options create_dynamic_frame_from_catalog create_dynamic_frame_from_rdd | DynamicFrame \
    | read native |
create_data_frame_from_options create_data_frame_from_catalog | DataFrame | read native |
write_dynamic_frame_from_options write_dynamic_frame_from_catalog write_dynamic_frame_from_jdbc_conf \
    write_data_frame_from_catalog write_data_frame_from_options | DynamicFrame | write native |
forEachBatch | None | write python foreach_batch | calls=1:batch_function>DataFrame,-
getSource getSink | GlueReader | |
get_logger extract_jdbc_conf purge_s3_path purge_table | - | |

@GlueReader
from_options from_catalog from_rdd getFrame | DynamicFrame | read native |

@GlueWriter
from_options from_catalog from_jdbc_conf writeFrame | DynamicFrame | write native |

@DynamicFrame
toDF | DataFrame | project native |
fromDF | DynamicFrame | project native |
select_fields! drop_fields! rename_field! apply_mapping! resolveChoice! relationalize! unnest! unnest_ddb_json! \
    unbox! drop_nulls! spigot! split_fields! split_rows! mergeDynamicFrame! errorsAsDynamicFrame! \
    simplify_ddb_json! | DynamicFrame | project native |
join union | DynamicFrame | join native |
filter | DynamicFrame | filter python rdd_filter | ships=0:f
map | DynamicFrame | map_rows python rdd_map | ships=0:f
repartition coalesce | DynamicFrame | shuffle native |
count | Local | action native |
show printSchema write | None | action native |
schema | - | |

@DataFrameReader
format schema option options | Same | |
load parquet json csv orc text jdbc table xml | DataFrame | read native |

@DataStreamReader
format schema option options | Same | |
load parquet json csv orc text table | StreamFrame | read native |

@DataFrame
select selectExpr! withColumn! withColumns! withColumnRenamed! withColumnsRenamed! drop alias toDF to colRegex \
    withMetadata hint withWatermark! | Same | project native | sql
filter where limit dropDuplicates! drop_duplicates distinct sample sampleBy dropna offset \
    dropDuplicatesWithinWatermark! tail_ | Same | filter native | sql
fillna replace | Same | project native |
join crossJoin! | Same | join native |
lateralJoin | Same | join native |
union unionAll! unionByName! intersect intersectAll! subtract exceptAll! | Same | union native |
orderBy! sort sortWithinPartitions! | Same | sort native |
repartition coalesce repartitionByRange! | Same | shuffle native |
groupBy groupby rollup cube groupingSets | GroupedData | | sql
agg | Same | aggregate native |
describe summary crosstab freqItems | DataFrame | aggregate native |
cov corr approxQuantile! | Local | action native |
unpivot melt transpose | DataFrame | explode native |
explode_ | DataFrame | explode native |
observe | Same | project native |
na | DataFrameNaFunctions | | attr
stat | DataFrameStatFunctions | | attr
rdd! | RDD | | attr
write! | DataFrameWriter | | attr
writeTo! | DataFrameWriterV2 | |
writeStream! | DataStreamWriter | | attr
randomSplit! | [DataFrame] | filter native |
cache persist unpersist checkpoint localCheckpoint | Same | persist native |
mapInPandas! | DataFrame | map_batches arrow map_in_pandas | ships=0:func
mapInArrow! | DataFrame | map_batches arrow map_in_arrow | ships=0:func
foreach | None | action python rdd_foreach | ships=0:f
foreachPartition! | None | action python rdd_foreach | ships=0:f
map flatMap mapPartitions | RDD | map_rows python rdd_map | ships=0:f
pandas_api! to_pandas_on_spark! to_koalas koalas | PandasFrame | project native |
transform | Same | | calls=0:func>Self
count collect take head tail first isEmpty toLocalIterator! toJSON_ | Local | action native |
toPandas! toArrow | Local | action driver |
toJSON! | RDD | project native |
show printSchema! explain display | None | action native |
createOrReplaceTempView! createTempView! registerTempTable! createGlobalTempView! createOrReplaceGlobalTempView! \
    | None | action native |
insertInto saveAsTable | None | write native |
columns schema dtypes isStreaming sparkSession_ storageLevel | - | | attr
sparkSession sql_ctx | SparkSession | | attr
isLocal inputFiles semanticHash sameSemantics | - | |

@StreamFrame < DataFrame
groupBy groupby rollup cube | StreamGrouped | | sql

@DataFrameNaFunctions
drop | DataFrame | filter native |
fill replace | DataFrame | project native |

@DataFrameStatFunctions
sampleBy | DataFrame | filter native |
crosstab freqItems | DataFrame | aggregate native |
corr cov approxQuantile | Local | action native |

@GroupedData
agg count sum avg mean min max | DataFrame | aggregate native |
pivot | Same | |
apply | DataFrame | map_groups arrow | ships=0:udf
applyInPandas! | DataFrame | map_groups arrow apply_in_pandas | ships=0:func
applyInArrow! | DataFrame | map_groups arrow apply_in_pandas | ships=0:func
applyInPandasWithState! | StreamFrame | map_groups arrow apply_in_pandas_with_state | ships=0:func
transformWithStateInPandas! transformWithState! | StreamFrame | map_groups arrow apply_in_pandas_with_state | \
    ships=0:statefulProcessor
cogroup | CoGroupedData | |

@StreamGrouped < GroupedData

@CoGroupedData
applyInPandas applyInArrow | DataFrame | map_groups arrow cogroup_apply_in_pandas | ships=0:func

@DataFrameWriter
mode format option options partitionBy bucketBy sortBy clusterBy | Same | |
save parquet json csv orc text jdbc saveAsTable insertInto xml synapsesql | None | write native |

@DataFrameWriterV2
using option options tableProperty partitionedBy | Same | |
create replace createOrReplace append overwrite overwritePartitions | None | write native |

@DataStreamWriter
format outputMode option options partitionBy queryName trigger clusterBy | Same | |
foreachBatch! | Same | | heavy=foreach_batch calls=0:func>DataFrame,-
foreach | Same | | heavy=rdd_foreach ships=0:f
start toTable! table | StreamingQuery | write native |

@StreamingQuery
awaitTermination stop processAllAvailable exception explain | - | |
status lastProgress id name | - | | attr

@StreamingQueryManager
awaitAnyTermination addListener resetTerminated | - | |

@RDD
map flatMap! mapValues! flatMapValues! keyBy! | RDD | map_rows python rdd_map | ships=0:f
pipe | RDD | map_rows python rdd_map |
filter | RDD | filter python rdd_filter | ships=0:f
mapPartitions! mapPartitionsWithIndex! mapPartitionsWithSplit! | RDD | map_batches python rdd_map_partitions | \
    ships=0:f
reduceByKey! foldByKey! combineByKey! aggregateByKey! | RDD | aggregate python rdd_reduce | ships=0:func,1,2
reduce reduceByKeyLocally! fold aggregate treeReduce! treeAggregate! | Local | action python rdd_reduce | \
    ships=0:f,1,2
groupBy | RDD | aggregate python rdd_group_by | ships=0:f
foreach | None | action python rdd_foreach | ships=0:f
foreachPartition! | None | action python rdd_foreach | ships=0:f
barrier | RDDBarrier | |
withResources | Same | |
groupByKey! groupWith! cogroup! | RDD | aggregate native |
join leftOuterJoin! rightOuterJoin! fullOuterJoin! cartesian! subtractByKey! | RDD | join native |
union subtract intersection zip zipWithIndex! zipWithUniqueId! | RDD | union native |
distinct sample sampleByKey! | RDD | filter native |
keys values glom! | RDD | project native |
sortBy sortByKey! repartitionAndSortWithinPartitions! | RDD | sort python |
repartition coalesce partitionBy | RDD | shuffle native |
randomSplit | [RDD] | filter native |
cache persist unpersist checkpoint localCheckpoint setName | RDD | persist native |
toDF | DataFrame | project python |
collect take first count countByKey! countByValue! collectAsMap! takeOrdered! takeSample! top lookup max min sum \
    mean variance stdev stats histogram isEmpty toLocalIterator getNumPartitions! countApprox! \
    countApproxDistinct! sampleStdev sampleVariance | Local | action driver |
saveAsTextFile! saveAsPickleFile! saveAsHadoopFile! saveAsNewAPIHadoopFile! saveAsSequenceFile! \
    saveAsNewAPIHadoopDataset! saveAsHadoopDataset! saveAsTFRecordFile | None | write python |
context ctx | SparkContext | | attr

@RDDBarrier
mapPartitions! mapPartitionsWithIndex! | RDD | map_batches python barrier | ships=0:f
withResources | Same | |

@Broadcast
value | - | | attr
unpersist destroy | - | |

@StreamingContext
socketTextStream! textFileStream! queueStream! binaryRecordsStream! | DStream | read native |
transform | DStream | map_batches python | calls=1:transformFunc>-
union | DStream | union native |
start awaitTermination! awaitTerminationOrTimeout! stop checkpoint remember addStreamingListener | - | |
getOrCreate | StreamingContext | | calls=1:setupFunc>
getActive getActiveOrCreate | StreamingContext | |
sparkContext | SparkContext | | attr

@DStream
map flatMap mapValues flatMapValues | DStream | map_rows python rdd_map | ships=0:f
filter | DStream | filter python rdd_filter | ships=0:f
mapPartitions mapPartitionsWithIndex | DStream | map_batches python rdd_map_partitions | ships=0:f
reduceByKey reduce reduceByWindow! reduceByKeyAndWindow! combineByKey updateStateByKey! countByValueAndWindow_ | \
    DStream | aggregate python rdd_reduce | ships=0:func,1
count countByValue countByWindow! countByValueAndWindow! groupByKey groupByKeyAndWindow! | DStream | aggregate \
    native |
join leftOuterJoin rightOuterJoin fullOuterJoin cogroup | DStream | join native |
union | DStream | union native |
window slice glom repartition partitionBy | DStream | window native |
cache persist checkpoint | DStream | persist native |
transform transformWith | DStream | | calls=0:func>RDD
foreachRDD! | None | write python foreach_rdd | calls=0:func>RDD
pprint | None | action native |
saveAsTextFiles! | None | write python |
context | StreamingContext | | attr

@Column
* | Column | |

@Window
partitionBy orderBy rowsBetween rangeBetween | Window | |

@Estimator
fit! | Model | fit native | fit
fitMultiple | Model | fit native | fit
transform | DataFrame | project native |
train | Model | fit native | fit
setStages | Same | | stages
setEstimator | Same | | stages
copy | Same | |
getOrDefault getParam explainParams explainParam extractParamMap write save params uid isSet hasParam hasDefault \
    | - | |
* | Same | |

@Model
transform | DataFrame | predict native model_inference |
evaluate | - | predict native model_inference |
predict predictProbability | - | predict native |
computeCost | Local | action native |
predictAll! predictOnValues predictOn | RDD | predict native |
bestModel stages getModel | Model | | attr
recommendForAllUsers! recommendForAllItems! recommendForUserSubset! recommendForItemSubset! | DataFrame | \
    predict native model_inference |
recommendProductsForUsers recommendUsersForProducts | RDD | predict native |
approxSimilarityJoin! approxNearestNeighbors! | DataFrame | join native |
userFactors itemFactors freqItemsets associationRules vectors | DataFrame | | attr
summary coefficients intercept featureImportances stages_ vocabulary | - | | attr
describeTopics findSynonyms | DataFrame | predict native |
write | MLWriter | | attr
save | None | write native |
setInputCol setInputCols setOutputCol setOutputCols setFeaturesCol setLabelCol setPredictionCol \
    setFeatureColumns setLabelColoumns setThreshold copy | Same | |
load read | Model | read native |

@MLWriter
overwrite option session format | Same | |
save | None | write native |

@Evaluator
evaluate | Local | action native |
* | Same | |

@MllibTrainer
train trainRegressor trainClassifier trainImplicit | Model | fit native mllib_fit |
load | Model | read native |
trainOn | None | fit native mllib_fit |
predictOn predictOnValues | DStream | predict native |
latestModel | Model | |
* | Same | |

@MllibFeature
fit | Same | fit native mllib_feature_fit |
transform | RDD | project native |
* | Same | |

@Runner
run | Local | train python | runs
train | Local | train python | runs
* | Same | |

@TrainedElsewhere
fit | Model | train python | runs
fit_on_spark | Model | train python | runs
train | Model | train python | runs
evaluate predict | Local | predict python model_inference |
* | Same | |

@PandasFrame
apply applymap map transform agg aggregate pipe | PandasFrame | map_batches arrow pandas_api | ships=?0:func
apply_batch transform_batch | PandasFrame | map_batches arrow pandas_api | ships=0:func
groupby rolling expanding resample | PandasFrame | |
pandas_on_spark koalas spark | PandasFrame | | attr
to_spark | DataFrame | project native |
frame | DataFrame | project native |
to_pandas toPandas to_numpy to_list tolist | Local | action driver |
to_csv to_parquet to_delta to_table to_json to_orc to_spark_io to_excel | None | write native |
shape columns dtypes index empty size values | - | | attr
head tail describe count sum mean min max info value_counts | PandasFrame | |
* | PandasFrame | |

@Converter
make_tf_dataset make_torch_dataloader | - | train python petastorm | worker
delete | - | |

@Petastorm
make_reader_ | - | |

@DeltaTable
toDF | DataFrame | read native |
merge | DeltaMerge | |
delete update vacuum optimize restoreToVersion generate | None | write native |
history detail | DataFrame | read native |
alias | Same | |
forPath forName convertToDelta isDeltaTable | DeltaTable | |

@DeltaMerge
whenMatchedUpdate whenMatchedUpdateAll whenMatchedDelete whenNotMatchedInsert whenNotMatchedInsertAll \
    whenNotMatchedBySourceDelete whenNotMatchedBySourceUpdate withSchemaEvolution | Same | |
execute | None | write native |

@FeatureStore
read_table | DataFrame | read native |
create_table write_table | None | write native |
score_batch | DataFrame | predict python model_inference |
create_training_set | TrainingSet | |

@TrainingSet
load_df | DataFrame | read native |

@Parallel
__call__ | Local | tune python hyperparam_search |

@GraphFrame
vertices edges degrees inDegrees outDegrees triplets | DataFrame | | attr
find bfs connectedComponents stronglyConnectedComponents labelPropagation shortestPaths triangleCount | \
    DataFrame | join native |
pageRank parallelPersonalizedPageRank | GraphFrame | join native |
filterEdges filterVertices dropIsolatedVertices cache persist | GraphFrame | filter native |
aggregateMessages svdPlusPlus | DataFrame | aggregate native |
"""

SYMBOLS = """
pyspark.sql.functions.udf pyspark.sql.udf.udf pyspark.sql.udf.UserDefinedFunction \
    pyspark.sql.functions.UserDefinedFunction pyspark.sql.types.UserDefinedFunction | Udf | | udf=0:f \
    heavy=python_udf
pyspark.sql.functions.pandas_udf pyspark.sql.pandas.functions.pandas_udf | Udf | | udf=0:f heavy=pandas_udf
pyspark.sql.functions.arrow_udf | Udf | | udf=0:f heavy=pandas_udf
pyspark.sql.functions.udtf pyspark.sql.udtf.UserDefinedTableFunction | Udf | | udf=0:cls heavy=python_udtf
pyspark.ml.functions.predict_batch_udf | Udf | | udf=0:make_predict_fn heavy=predict_batch_udf
mlflow.pyfunc.spark_udf | Udf | | udf=- heavy=pandas_udf role
databricks.feature_store.FeatureStoreClient databricks.feature_engineering.FeatureEngineeringClient | FeatureStore \
    | | class
pyspark.sql.functions.broadcast | Argument | |
pyspark.sql.functions.expr pyspark.sql.functions.callUDF pyspark.sql.functions.call_udf \
    pyspark.sql.functions.call_function | Column | | sql
pyspark.sql.functions.* pyspark.sql.functions.partitioning.* pyspark.sql.avro.functions.* \
    pyspark.sql.protobuf.functions.* | Column | |
pyspark.ml.functions.vector_to_array pyspark.ml.functions.array_to_vector | Column | |
pyspark.sql.Column pyspark.sql.column.Column | Column | |
pyspark.sql.Window pyspark.sql.window.Window pyspark.sql.WindowSpec | Window | | class
pyspark.sql.SparkSession pyspark.sql.session.SparkSession pyspark.sql.connect.session.SparkSession \
    databricks.connect.DatabricksSession databricks.connect.session.DatabricksSession \
    snowflake.snowpark_connect.SparkSession | SparkSession | | class
pyspark.sql.SQLContext pyspark.sql.HiveContext pyspark.sql.context.SQLContext pyspark.sql.context.HiveContext \
    pyspark.SQLContext pyspark.HiveContext | SQLContext | | class
pyspark.SparkContext pyspark.context.SparkContext | SparkContext | | class
pyspark.sql.DataFrame pyspark.sql.dataframe.DataFrame pyspark.sql.connect.dataframe.DataFrame | DataFrame | | class
pyspark.RDD pyspark.rdd.RDD | RDD | | class
pyspark.sql.GroupedData pyspark.sql.group.GroupedData | GroupedData | | class
pyspark.streaming.StreamingContext pyspark.streaming.context.StreamingContext | StreamingContext | | class
pyspark.streaming.DStream pyspark.streaming.dstream.DStream | DStream | | class
pyspark.streaming.kafka.KafkaUtils.createDirectStream pyspark.streaming.kafka.KafkaUtils.createStream \
    pyspark.streaming.kinesis.KinesisUtils.createStream pyspark.streaming.flume.FlumeUtils.createStream \
    pyspark.streaming.flume.FlumeUtils.createPollingStream pyspark.streaming.mqtt.MQTTUtils.createStream | \
    DStream | read native |
pyspark.streaming.kafka.KafkaUtils.createRDD | RDD | read native |
pyspark.sql.streaming.StreamingQuery | StreamingQuery | | class
pyspark.sql.streaming.DataStreamReader | DataStreamReader | | class
pyspark.Broadcast pyspark.broadcast.Broadcast | Broadcast | | class
pyspark.BarrierTaskContext.* pyspark.TaskContext.* pyspark.BarrierTaskContext pyspark.TaskContext | - | |
pyspark.ml.Pipeline pyspark.ml.pipeline.Pipeline | Estimator | | class stages
pyspark.ml.PipelineModel pyspark.ml.pipeline.PipelineModel pyspark.ml.Model pyspark.ml.Transformer | Model | | \
    class stages
pyspark.ml.tuning.CrossValidator pyspark.ml.tuning.TrainValidationSplit | Estimator | | class stages \
    heavy=hyperparam_search kind=tune
pyspark.ml.tuning.CrossValidatorModel pyspark.ml.tuning.TrainValidationSplitModel | Model | | class
pyspark.ml.tuning.* pyspark.ml.linalg.* pyspark.ml.param.* pyspark.ml.stat.* | - | |
pyspark.ml.image.ImageSchema.readImages | DataFrame | read native |
pyspark.ml.evaluation.* | Evaluator | | class names=Evaluator
pyspark.ml.feature.* | Estimator | | class heavy=mllib_feature_fit model
pyspark.ml.classification.* pyspark.ml.regression.* pyspark.ml.clustering.* pyspark.ml.recommendation.* \
    pyspark.ml.fpm.* | Estimator | | class heavy=mllib_fit model \
    names=Classif,Regress,LinearSVC,NaiveBayes,OneVsRest,KMeans,GaussianMixture,LDA,ALS,FPGrowth,PrefixSpan
pyspark.ml.connect.* pyspark.ml.connect.classification.* pyspark.ml.connect.feature.* \
    pyspark.ml.connect.pipeline.* | Estimator | | class heavy=mllib_fit model
pyspark.ml.Estimator | Estimator | | class
pyspark.mllib.feature.* | MllibFeature | | class
pyspark.mllib.classification.* pyspark.mllib.regression.* pyspark.mllib.clustering.* \
    pyspark.mllib.recommendation.* pyspark.mllib.tree.* pyspark.mllib.fpm.* | MllibTrainer | | class
pyspark.mllib.util.MLUtils.loadLibSVMFile pyspark.mllib.util.MLUtils.loadLabeledPoints \
    pyspark.mllib.random.RandomRDDs.* | RDD | read native |
pyspark.mllib.stat.Statistics.* pyspark.ml.stat.Correlation.* pyspark.ml.stat.ChiSquareTest.* \
    pyspark.ml.stat.KolmogorovSmirnovTest.* pyspark.ml.stat.Summarizer.* | Local | action native |
typing.cast | Argument | | last
mlflow.spark.log_model mlflow.spark.save_model | None | write native |
mlflow.spark.load_model | Model | read native |
mlflow.pyfunc.load_model | - | |
pyspark.mllib.* pyspark.mllib.linalg.* pyspark.mllib.stat.* pyspark.mllib.evaluation.* pyspark.mllib.util.* | - | |
pyspark.ml.torch.distributor.TorchDistributor | Runner | | class heavy=torch_distributor
pyspark.ml.deepspeed.deepspeed_distributor.DeepspeedTorchDistributor | Runner | | class heavy=torch_distributor
spark_tensorflow_distributor.MirroredStrategyRunner | Runner | | class heavy=tf_distributor
sparkdl.HorovodRunner sparkdl.horovod.runner_base.HorovodRunner | Runner | | class heavy=horovod_runner
horovod.spark.run horovod.spark.runner.run horovod.spark.run_elastic horovod.spark.runner.run_elastic | Local | \
    train python horovod_run | ships=0:fn
horovod.spark.keras.KerasEstimator horovod.spark.torch.TorchEstimator horovod.spark.lightning.TorchEstimator \
    horovod.spark.keras.estimator.KerasEstimator horovod.spark.torch.estimator.TorchEstimator \
    horovod.spark.lightning.estimator.TorchEstimator | Estimator | | class heavy=horovod_estimator kind=train \
    cost=python
horovod.spark.keras.KerasModel horovod.spark.torch.TorchModel horovod.spark.lightning.TorchModel | Model | | class
tensorflowonspark.TFCluster.run tensorflowonspark.run | TFCluster | train python tfos_cluster | ships=1:map_fun
tensorflowonspark.pipeline.TFEstimator | Estimator | | class heavy=tfos_cluster kind=train cost=python
tensorflowonspark.TFParallel.run | Local | map_batches python tfos_cluster | ships=1:map_fn
tensorflowonspark.dfutil.loadTFRecords | DataFrame | read native |
petastorm.make_reader petastorm.make_batch_reader petastorm.reader.make_reader \
    petastorm.reader.make_batch_reader | Reader | train python petastorm | worker
petastorm.spark.make_spark_converter petastorm.spark.spark_dataset_converter.make_spark_converter | Converter | \
    write python petastorm |
petastorm.etl.dataset_metadata.materialize_dataset | - | write python petastorm |
petastorm.spark_utils.dataset_as_rdd | RDD | read python petastorm |
xgboost.spark.* sparkxgb.* xgboost.spark.estimator.* | Estimator | | class heavy=xgboost_spark kind=train \
    cost=python model
synapse.ml.lightgbm.* synapse.ml.dl.* mmlspark.lightgbm.* mmlspark.LightGBMClassifier mmlspark.LightGBMRegressor \
    mmlspark.LightGBMRanker | Estimator | | class heavy=estimator_other kind=train cost=python model
synapse.ml.vw.* synapse.ml.train.* synapse.ml.recommendation.* synapse.ml.nn.* synapse.ml.isolationforest.* \
    synapse.ml.causal.* mmlspark.* mmlspark.train.* mmlspark.vw.* | Estimator | | class heavy=estimator_other \
    model
synapse.ml.automl.FindBestModel mmlspark.automl.FindBestModel mmlspark.FindBestModel | Estimator | | class stages \
    heavy=hyperparam_search kind=tune
synapse.ml.automl.* mmlspark.automl.* | Estimator | | class stages heavy=hyperparam_search kind=tune model
synapse.ml.services.* synapse.ml.cognitive.* synapse.ml.featurize.* synapse.ml.stages.* synapse.ml.image.* \
    synapse.ml.opencv.* synapse.ml.explainers.* synapse.ml.exploratory.* synapse.ml.io.http.* \
    mmlspark.cognitive.* | Estimator | | class heavy=mllib_feature_fit model
synapse.ml.onnx.* synapse.ml.cntk.* | Estimator | | class heavy=estimator_other
elephas.ml_model.ElephasEstimator elephas.ml_model.LoadElephasEstimator | Estimator | | class \
    heavy=estimator_other kind=train cost=python
elephas.ml_model.ElephasTransformer | Model | | class
elephas.spark_model.SparkModel elephas.spark_model.SparkMLlibModel elephas.spark_model.SparkHFModel \
    elephas.spark_model.AsynchronousSparkWorker | TrainedElsewhere | | class heavy=estimator_other
elephas.hyperparam.HyperParamModel | HyperParamModel | | class
elephas.utils.rdd_utils.to_simple_rdd elephas.utils.to_simple_rdd elephas.utils.rdd_utils.to_labeled_point | RDD \
    | read native |
elephas.ml.adapter.to_data_frame | DataFrame | read native |
sparktorch.SparkTorch sparktorch.torch_distributed.SparkTorch | Estimator | | class heavy=estimator_other \
    kind=train cost=python
sparkflow.tensorflow_async.SparkAsyncDL | Estimator | | class heavy=estimator_other kind=train cost=python
sparkdl.readImages sparkdl.image.imageIO.readImages sparkdl.image.imageIO.readImagesWithCustomFn | DataFrame | \
    read native |
sparkdl.DeepImageFeaturizer sparkdl.DeepImagePredictor sparkdl.TFImageTransformer sparkdl.KerasTransformer \
    sparkdl.KerasImageFileTransformer sparkdl.TFTransformer | Model | | class
sparkdl.KerasImageFileEstimator sparkdl.xgboost.XgboostClassifier sparkdl.xgboost.XgboostRegressor | Estimator | \
    | class heavy=estimator_other kind=train cost=python
bigdl.orca.learn.tf.estimator.Estimator.from_keras bigdl.orca.learn.tf.estimator.Estimator.from_graph \
    bigdl.orca.learn.tf2.Estimator.from_keras bigdl.orca.learn.tf2.estimator.Estimator.from_keras \
    bigdl.orca.learn.pytorch.Estimator.from_torch bigdl.orca.learn.pytorch.estimator.Estimator.from_torch \
    zoo.orca.learn.pytorch.Estimator.from_torch zoo.orca.learn.tf.estimator.Estimator.from_keras \
    zoo.orca.learn.tf.estimator.Estimator.from_graph zoo.orca.learn.tf2.Estimator.from_keras \
    zoo.orca.learn.openvino.Estimator.from_openvino bigdl.dllib.nnframes.NNEstimator \
    bigdl.dllib.nnframes.NNClassifier zoo.pipeline.nnframes.NNEstimator zoo.pipeline.nnframes.NNClassifier | \
    TrainedElsewhere | | class heavy=estimator_other
raydp.torch.TorchEstimator raydp.tf.TFEstimator raydp.xgboost.XGBoostEstimator distkeras.trainers.* | \
    TrainedElsewhere | | class heavy=estimator_other
distkeras.predictors.* | TrainedElsewhere | | class heavy=estimator_other names=Predictor
distkeras.transformers.* | Estimator | | class heavy=mllib_feature_fit names=Transformer
distkeras.evaluators.* | Evaluator | | class names=Evaluator
raydp.init_spark | SparkSession | |
spark_rapids_ml.classification.* spark_rapids_ml.regression.* spark_rapids_ml.clustering.* \
    spark_rapids_ml.feature.* spark_rapids_ml.knn.* spark_rapids_ml.umap.* | Estimator | | class \
    heavy=estimator_other kind=train cost=python model
spark_rapids_ml.tuning.CrossValidator | Estimator | | class stages heavy=hyperparam_search kind=tune cost=python
spark_rapids_ml.pipeline.Pipeline | Estimator | | class stages
h2o.sklearn.* pysparkling.ml.* ai.h2o.sparkling.ml.* | Estimator | | class heavy=estimator_other
graphframes.GraphFrame graphframes.graphframe.GraphFrame | GraphFrame | | class
delta.tables.DeltaTable delta.DeltaTable | DeltaTable | | class
awsglue.context.GlueContext | GlueContext | | class
awsglue.dynamicframe.DynamicFrame awsglue.DynamicFrame | DynamicFrame | | class
awsglue.transforms.Map.apply | DynamicFrame | map_rows python rdd_map | ships=1:f
awsglue.transforms.Filter.apply | DynamicFrame | filter python rdd_filter | ships=1:f
awsglue.transforms.Join.apply | DynamicFrame | join native |
awsglue.transforms.* | DynamicFrame | project native |
pyspark.pandas.* databricks.koalas.* | PandasFrame | read native | frame
hyperopt.fmin hyperopt.fmin.fmin hyperopt.base.fmin | Local | tune python hyperparam_search | ships=0:fn needs=trials
hyperopt.SparkTrials | SparkTrials | | class
spark_sklearn.GridSearchCV spark_sklearn.RandomizedSearchCV spark_sklearn.grid_search.GridSearchCV \
    spark_sklearn.random_search.RandomizedSearchCV skdist.distribute.search.* | Estimator | | class \
    heavy=hyperparam_search kind=tune cost=python
skdist.distribute.ensemble.* skdist.distribute.multiclass.* skdist.distribute.eliminate.* \
    skdist.distribute.encoder.* spark_sklearn.KeyedEstimator spark_sklearn.keyed_models.KeyedEstimator | Estimator | \
    | class heavy=estimator_other kind=train cost=python
skdist.distribute.predict.get_prediction_udf | Udf | | udf=- heavy=pandas_udf role
maggy.experiment.lagom maggy.experiment.experiment.lagom | Local | tune python hyperparam_search | ships=0:train_fn
joblib.parallel_backend joblib.parallel_config joblib.parallel.parallel_backend sklearn.utils.parallel_backend | \
    SparkBackend | | backend
joblib.Parallel joblib.parallel.Parallel | Parallel | | backend
dlt.read dlt.read_table | DataFrame | read native |
dlt.read_stream dlt.readStream | StreamFrame | read native |
dlt.table dlt.view dlt.create_table dlt.create_view dlt.append_flow pyspark.pipelines.table \
    pyspark.pipelines.materialized_view pyspark.pipelines.temporary_view pyspark.pipelines.append_flow | - | | entry
pyspark.sql.types.Row pyspark.sql.Row | - | |
functools.partial | Partial | |
functools.reduce | Fold | |
chispa.* | - | |
"""

NAMES = {
    "spark": "SparkSession",
    "spark_session": "SparkSession",
    "sparkSession": "SparkSession",
    "sparksession": "SparkSession",
    "sc": "SparkContext",
    "spark_context": "SparkContext",
    "sparkContext": "SparkContext",
    "sqlContext": "SQLContext",
    "sql_context": "SQLContext",
    "sqlcontext": "SQLContext",
    "sqlc": "SQLContext",
    "hiveContext": "SQLContext",
    "glueContext": "GlueContext",
    "glue_context": "GlueContext",
    "ssc": "StreamingContext",
    "rdd": "RDD",
    "dstream": "DStream",
    "df": "DataFrame",
    "sdf": "DataFrame",
    "spark_df": "DataFrame",
    "dynamic_frame": "DynamicFrame",
}
"""Names that Spark programs keep for these things; believed only where nothing else is known."""

ENDINGS = {"_rdd": "RDD", "RDD": "RDD"}
"""How such names end."""

SHELL = {
    "spark": "SparkSession",
    "sc": "SparkContext",
    "sqlContext": "SQLContext",
    "sqlc": "SQLContext",
    "glueContext": "GlueContext",
}
"""Names that notebooks and the shell define before the first line runs."""

NOTEBOOK_NAMES = {
    "F": "pyspark.sql.functions",
    "pandas_udf": "pyspark.sql.functions.pandas_udf",
    "udf": "pyspark.sql.functions.udf",
}
"""Names that notebooks use without an import, and what they are."""

READS_ONLY = frozenset(
    {
        "print",
        "len",
        "type",
        "isinstance",
        "issubclass",
        "str",
        "repr",
        "id",
        "hasattr",
        "getattr",
        "callable",
        "bool",
        "format",
        "vars",
        "dir",
        "hash",
        "assert",
        "super",
        "enumerate_",
        "display",
        "displayHTML",
        "logging.info",
        "logging.debug",
        "logging.warning",
        "logging.error",
        "pprint.pprint",
    }
)
"""Functions that a dataset may be passed to without leaving sight."""
