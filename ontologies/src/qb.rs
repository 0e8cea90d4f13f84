//! Data Cube: measures, dimensions and their structure.

vocabulary! {
    "http://purl.org/linked-data/cube#";
    /// The measures and dimensions that belong together.
    DATA_STRUCTURE_DEFINITION = "DataStructureDefinition";
    /// A set of observations.
    DATA_SET_CLASS = "DataSet";
    /// One observation.
    OBSERVATION_CLASS = "Observation";
    /// How a component takes part in a structure.
    COMPONENT_SPECIFICATION = "ComponentSpecification";
    /// A dimension, attribute or measure.
    COMPONENT_PROPERTY = "ComponentProperty";
    /// A dimension.
    DIMENSION_PROPERTY = "DimensionProperty";
    /// A measure.
    MEASURE_PROPERTY = "MeasureProperty";
    /// An attribute.
    ATTRIBUTE_PROPERTY = "AttributeProperty";
    /// A component whose values come from a list.
    CODED_PROPERTY = "CodedProperty";
    /// Links a structure to a component's specification.
    COMPONENT = "component";
    /// Links a specification to a dimension.
    DIMENSION = "dimension";
    /// Links a specification to a measure.
    MEASURE = "measure";
    /// Links a specification to an attribute.
    ATTRIBUTE = "attribute";
    /// Links a component to the concept it measures or divides by.
    CONCEPT = "concept";
    /// Links a component to the list of its values.
    CODE_LIST = "codeList";
    /// The position of a component.
    ORDER = "order";
    /// Links a data set to its structure.
    STRUCTURE = "structure";
}
