//! OWL: ontologies, their classes and what follows from them.

vocabulary! {
    "http://www.w3.org/2002/07/owl#";
    /// A vocabulary as a whole.
    ONTOLOGY = "Ontology";
    /// A class of an ontology.
    CLASS = "Class";
    /// The class of everything.
    THING = "Thing";
    /// A property whose values are things.
    OBJECT_PROPERTY = "ObjectProperty";
    /// A property whose values are literals.
    DATATYPE_PROPERTY = "DatatypeProperty";
    /// A property that only annotates.
    ANNOTATION_PROPERTY = "AnnotationProperty";
    /// A thing with a name.
    NAMED_INDIVIDUAL = "NamedIndividual";
    /// A class made by restricting a property.
    RESTRICTION = "Restriction";
    /// Links an ontology to one it builds on.
    IMPORTS = "imports";
    /// The IRI of this version of an ontology.
    VERSION_IRI = "versionIRI";
    /// The version of an ontology, for people.
    VERSION_INFO = "versionInfo";
    /// Says that two names mean one thing.
    SAME_AS = "sameAs";
    /// Says that two names mean two things.
    DIFFERENT_FROM = "differentFrom";
    /// Says that two classes have the same members.
    EQUIVALENT_CLASS = "equivalentClass";
    /// Says that two properties link the same pairs.
    EQUIVALENT_PROPERTY = "equivalentProperty";
    /// Says that two classes share no member.
    DISJOINT_WITH = "disjointWith";
    /// Says that one property is another read backwards.
    INVERSE_OF = "inverseOf";
    /// Marks a term that should not be used any more.
    DEPRECATED = "deprecated";
    /// The property that a restriction restricts.
    ON_PROPERTY = "onProperty";
    /// The class that at least one value must belong to.
    SOME_VALUES_FROM = "someValuesFrom";
    /// The class that every value must belong to.
    ALL_VALUES_FROM = "allValuesFrom";
    /// The class whose members a restriction counts.
    ON_CLASS = "onClass";
    /// The value that must be among the values.
    HAS_VALUE = "hasValue";
    /// The classes that a class unites.
    UNION_OF = "unionOf";
    /// The classes that a class intersects.
    INTERSECTION_OF = "intersectionOf";
    /// The members that make up a class.
    ONE_OF = "oneOf";
}
