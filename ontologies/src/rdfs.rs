//! RDF Schema: classes, properties, labels and comments.

vocabulary! {
    "http://www.w3.org/2000/01/rdf-schema#";
    /// A class.
    CLASS = "Class";
    /// A class of literals.
    DATATYPE = "Datatype";
    /// Every literal value.
    LITERAL = "Literal";
    /// Everything that can be described.
    RESOURCE = "Resource";
    /// A name for people.
    LABEL = "label";
    /// A description for people.
    COMMENT = "comment";
    /// The class of a property's subjects.
    DOMAIN = "domain";
    /// The class of a property's values.
    RANGE = "range";
    /// Says that every member of one class is a member of another.
    SUB_CLASS_OF = "subClassOf";
    /// Says that whatever one property links, another links too.
    SUB_PROPERTY_OF = "subPropertyOf";
    /// Links to something that says more.
    SEE_ALSO = "seeAlso";
    /// Links a term to the vocabulary that defines it.
    IS_DEFINED_BY = "isDefinedBy";
    /// A member of a container.
    MEMBER = "member";
}
