//! The Vocabulary of Interlinked Datasets: descriptions of sets of statements.

vocabulary! {
    "http://rdfs.org/ns/void#";
    /// A set of statements.
    DATASET = "Dataset";
    /// A set of links between two sets of statements.
    LINKSET = "Linkset";
    /// The number of statements.
    TRIPLES = "triples";
    /// The number of things described.
    ENTITIES = "entities";
    /// The number of different subjects.
    DISTINCT_SUBJECTS = "distinctSubjects";
    /// The number of different objects.
    DISTINCT_OBJECTS = "distinctObjects";
    /// The number of classes.
    CLASSES = "classes";
    /// The number of properties.
    PROPERTIES = "properties";
    /// Where the set can be queried.
    SPARQL_ENDPOINT = "sparqlEndpoint";
    /// Where the set can be downloaded.
    DATA_DUMP = "dataDump";
    /// A vocabulary that the set uses.
    VOCABULARY = "vocabulary";
    /// A part of the set.
    SUBSET = "subset";
    /// Links a document to the set it belongs to.
    IN_DATASET = "inDataset";
}
