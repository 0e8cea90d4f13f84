//! SHACL: shapes that data must keep, and reports of those that do not.

vocabulary! {
    "http://www.w3.org/ns/shacl#";
    /// A shape of things.
    NODE_SHAPE = "NodeShape";
    /// A shape of a property's values.
    PROPERTY_SHAPE = "PropertyShape";
    /// The outcome of a validation.
    VALIDATION_REPORT = "ValidationReport";
    /// One finding of a validation.
    VALIDATION_RESULT = "ValidationResult";
    /// The severity of what must not be.
    VIOLATION = "Violation";
    /// The severity of what should not be.
    WARNING = "Warning";
    /// The severity of what is worth knowing.
    INFO = "Info";
    /// The kind of node that is an IRI.
    IRI = "IRI";
    /// The kind of node that is a literal.
    LITERAL = "Literal";
    /// The kind of node that is blank.
    BLANK_NODE = "BlankNode";
    /// The kind of node that is an IRI or blank.
    BLANK_NODE_OR_IRI = "BlankNodeOrIRI";
    /// The class whose members a shape is for.
    TARGET_CLASS = "targetClass";
    /// A node that a shape is for.
    TARGET_NODE = "targetNode";
    /// Links a shape to a shape of one property.
    PROPERTY = "property";
    /// The property or path that a shape is about.
    PATH = "path";
    /// A path followed backwards.
    INVERSE_PATH = "inversePath";
    /// A name for people.
    NAME = "name";
    /// A description for people.
    DESCRIPTION = "description";
    /// The datatype that values must have.
    DATATYPE = "datatype";
    /// The class that values must belong to.
    CLASS = "class";
    /// The shape that values must keep.
    NODE = "node";
    /// The kind of node that values must be.
    NODE_KIND = "nodeKind";
    /// The least number of values.
    MIN_COUNT = "minCount";
    /// The greatest number of values.
    MAX_COUNT = "maxCount";
    /// The least length of a value.
    MIN_LENGTH = "minLength";
    /// The least value allowed.
    MIN_INCLUSIVE = "minInclusive";
    /// The greatest value allowed.
    MAX_INCLUSIVE = "maxInclusive";
    /// The regular expression that values must match.
    PATTERN = "pattern";
    /// The flags of a regular expression.
    FLAGS = "flags";
    /// The list of values allowed.
    IN = "in";
    /// The value that must be among the values.
    HAS_VALUE = "hasValue";
    /// The shapes of which one must be kept.
    OR = "or";
    /// The shapes that must all be kept.
    AND = "and";
    /// The shape that must not be kept.
    NOT = "not";
    /// Whether each language may be used once only.
    UNIQUE_LANG = "uniqueLang";
    /// What a finding says.
    MESSAGE = "message";
    /// How grave a finding is.
    SEVERITY = "severity";
    /// Whether the data keep every shape.
    CONFORMS = "conforms";
    /// Links a report to a finding.
    RESULT = "result";
    /// The thing a finding is about.
    FOCUS_NODE = "focusNode";
    /// The property a finding is about.
    RESULT_PATH = "resultPath";
    /// What a finding says, in a report.
    RESULT_MESSAGE = "resultMessage";
    /// How grave a finding is, in a report.
    RESULT_SEVERITY = "resultSeverity";
    /// The shape that was not kept.
    SOURCE_SHAPE = "sourceShape";
    /// The kind of constraint that was not kept.
    SOURCE_CONSTRAINT_COMPONENT = "sourceConstraintComponent";
    /// The value that breaks a shape.
    VALUE = "value";
}
