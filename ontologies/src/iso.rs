//! Isogloss: our own few terms, only where no standard one fits.
//!
//! Defined in `isogloss.ttl`; a test holds both together.

vocabulary! {
    "https://isogloss.dev/ns#";
    /// A business domain.
    DOMAIN = "Domain";
    /// A term of a business glossary.
    TERM = "Term";
    /// A business metric, defined once.
    METRIC = "Metric";
    /// A data contract.
    DATA_CONTRACT = "DataContract";
    /// The name of something where it lives: a table, a metric, a product.
    NAME = "name";
    /// The platform and full name of a physical dataset; equal values mean the same dataset.
    QUALIFIED_NAME = "qualifiedName";
    /// How a dataset is kept: `table`, `view`, `source`, `seed`.
    MATERIALIZATION = "materialization";
    /// The number of rows of a dataset.
    ROW_COUNT = "rowCount";
    /// Links an entity to its domain.
    IN_DOMAIN = "inDomain";
    /// Links an entity to its data product.
    IN_PRODUCT = "inProduct";
    /// Links data to the term whose meaning it carries.
    REPRESENTS = "represents";
    /// Links a term to data that it speaks of.
    ABOUT = "about";
    /// The formula of a term or metric, as SQL.
    EXPRESSION = "expression";
    /// How a metric sums up its values: `sum`, `count_distinct`.
    AGGREGATION = "aggregation";
    /// Links a column to the column it refers to.
    REFERENCES = "references";
    /// The position of a column in its dataset, from one.
    POSITION = "position";
    /// How sensitive data is, in the source's words.
    CLASSIFICATION = "classification";
    /// How a column was made of another: `IDENTITY`, `AGGREGATION`, `FILTER`, in OpenLineage's words.
    TRANSFORMATION = "transformation";
    /// The state of an entity, in the source's words.
    STATUS = "status";
    /// How often a use was seen.
    QUERY_COUNT = "queryCount";
    /// The text of the query that made a use.
    QUERY_TEXT = "queryText";
    /// The fingerprint of a use's query: equal for equal shapes.
    FINGERPRINT = "fingerprint";
    /// A column in the select list of a use's query.
    SELECTS = "selects";
    /// A column that a use's query filters by.
    FILTERS_BY = "filtersBy";
    /// A column that a use's query groups by.
    GROUPS_BY = "groupsBy";
    /// A column that a use's query orders by.
    ORDERS_BY = "ordersBy";
    /// A column that a use's query joins by.
    JOINS_BY = "joinsBy";
    /// Two columns by which queries join their tables in fact.
    JOIN_KEY = "JoinKey";
    /// Links a join key to each of its columns.
    JOINS = "joins";
    /// Links datasets that are used in one query.
    USED_WITH = "usedWith";
    /// What a source says beyond the vocabulary, as `key=json`.
    EXTRA = "extra";
    /// How sure a source is of what it says, from 0 to 1.
    CONFIDENCE = "confidence";
    /// What a source says, as something of which more is said.
    STATEMENT = "Statement";
    /// The kind of connector that read a source.
    KIND = "kind";
    /// The version of the graph in which a source changed last.
    VERSION = "version";
    /// The run that made a statement or all of a source.
    RUN = "run";
    /// Whether statements follow from others and no source claims them.
    DERIVED = "derived";
    /// Asks for the entities that a text means: `?entity iso:matches "words"`.
    MATCHES = "matches";
    /// Asks the text index: `[] iso:search "words" ; iso:entity ?entity`.
    SEARCH = "search";
    /// What a text search found.
    ENTITY = "entity";
    /// How well something that a text search found fits.
    SCORE = "score";
    /// How many entities a text search may find.
    LIMIT = "limit";
    /// Datasets, joins and metrics that one source declares together.
    SEMANTIC_LAYER = "SemanticLayer";
    /// A way between datasets that a semantic layer declares.
    JOIN = "Join";
    /// A calendar that metrics are joined to.
    TIME_SPINE = "TimeSpine";
    /// A query to a semantic layer that has a name.
    SAVED_QUERY = "SavedQuery";
    /// The semantic layer that something is declared in.
    IN_LAYER = "inLayer";
    /// The whole declaration of a part of a semantic layer, as `rdf:JSON`.
    DEFINITION = "definition";
    /// A value that a column may hold; a column that has such values holds no others.
    ALLOWED_VALUE = "allowedValue";
    /// A value that a column held when its source was read.
    SAMPLE_VALUE = "sampleValue";
    /// The words that feedback is about, as the resolver reads them.
    ASKED = "asked";
    /// How often what feedback is about was taken as the meaning of its words.
    ACCEPTED = "accepted";
    /// How often it was said not to be their meaning.
    REJECTED = "rejected";
}
