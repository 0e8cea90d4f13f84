//! RDF: the model of statements itself.

vocabulary! {
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    /// A property, as a class.
    PROPERTY = "Property";
    /// A reified statement.
    STATEMENT = "Statement";
    /// A linked list of values.
    LIST = "List";
    /// Literals that hold an HTML fragment.
    HTML = "HTML";
    /// Literals that hold a JSON document.
    JSON = "JSON";
    /// Literals with a language tag.
    LANG_STRING = "langString";
    /// Links a thing to a class it belongs to.
    TYPE = "type";
    /// The main value of a structured value.
    VALUE = "value";
    /// The first item of a list.
    FIRST = "first";
    /// What follows the first item of a list.
    REST = "rest";
    /// The empty list.
    NIL = "nil";
    /// The subject of a reified statement.
    SUBJECT = "subject";
    /// The predicate of a reified statement.
    PREDICATE = "predicate";
    /// The object of a reified statement.
    OBJECT = "object";
}
