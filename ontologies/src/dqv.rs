//! DQV: measurements of data quality.

vocabulary! {
    "http://www.w3.org/ns/dqv#";
    /// One measurement of quality.
    QUALITY_MEASUREMENT = "QualityMeasurement";
    /// A set of measurements.
    QUALITY_MEASUREMENT_DATASET = "QualityMeasurementDataset";
    /// What is measured; a quality metric, never a business metric.
    METRIC = "Metric";
    /// An aspect of quality.
    DIMENSION = "Dimension";
    /// A group of aspects.
    CATEGORY = "Category";
    /// A comment on quality.
    QUALITY_ANNOTATION = "QualityAnnotation";
    /// A certificate of quality.
    QUALITY_CERTIFICATE = "QualityCertificate";
    /// An agreement on quality.
    QUALITY_POLICY = "QualityPolicy";
    /// What a user says about quality.
    USER_QUALITY_FEEDBACK = "UserQualityFeedback";
    /// A set of quality statements.
    QUALITY_METADATA = "QualityMetadata";
    /// Links a measurement to what was measured.
    COMPUTED_ON = "computedOn";
    /// Links a measurement to its metric.
    IS_MEASUREMENT_OF = "isMeasurementOf";
    /// The measured value.
    VALUE = "value";
    /// Links a resource to a measurement.
    HAS_QUALITY_MEASUREMENT = "hasQualityMeasurement";
    /// Links a resource to an annotation.
    HAS_QUALITY_ANNOTATION = "hasQualityAnnotation";
    /// Links a metric to its dimension.
    IN_DIMENSION = "inDimension";
    /// Links a dimension to its category.
    IN_CATEGORY = "inCategory";
    /// The type of a metric's values.
    EXPECTED_DATA_TYPE = "expectedDataType";
}
