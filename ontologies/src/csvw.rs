//! CSVW: tables, schemas and columns.

vocabulary! {
    "http://www.w3.org/ns/csvw#";
    /// A table.
    TABLE_CLASS = "Table";
    /// A group of tables.
    TABLE_GROUP = "TableGroup";
    /// The description of a table's columns and keys.
    SCHEMA = "Schema";
    /// A column.
    COLUMN_CLASS = "Column";
    /// A row.
    ROW_CLASS = "Row";
    /// A foreign key.
    FOREIGN_KEY_CLASS = "ForeignKey";
    /// What a foreign key points to.
    TABLE_REFERENCE = "TableReference";
    /// The name of a column in the data.
    NAME = "name";
    /// The name of a column for people.
    TITLE = "title";
    /// The type of a column's values.
    DATATYPE = "datatype";
    /// Whether every row must have a value.
    REQUIRED = "required";
    /// The text that stands for a missing value.
    NULL = "null";
    /// The value used when a cell is empty.
    DEFAULT = "default";
    /// Whether the order of values matters.
    ORDERED = "ordered";
    /// What separates the values of a cell.
    SEPARATOR = "separator";
    /// Links a table to its schema.
    TABLE_SCHEMA = "tableSchema";
    /// Links a schema to a column.
    COLUMN = "column";
    /// The name of a column of the primary key.
    PRIMARY_KEY = "primaryKey";
    /// Links a schema to a foreign key.
    FOREIGN_KEY = "foreignKey";
    /// The column that a key refers by or to.
    COLUMN_REFERENCE = "columnReference";
    /// Links a foreign key to what it points to.
    REFERENCE = "reference";
    /// The table that a foreign key points to.
    RESOURCE = "resource";
    /// The schema that a foreign key points to.
    SCHEMA_REFERENCE = "schemaReference";
    /// The column that titles a row.
    ROW_TITLE = "rowTitle";
    /// Where a table is found.
    URL = "url";
    /// A note about a table.
    NOTE = "note";
    /// The least value allowed.
    MIN_INCLUSIVE = "minInclusive";
    /// The greatest value allowed.
    MAX_INCLUSIVE = "maxInclusive";
    /// The least length allowed.
    MIN_LENGTH = "minLength";
    /// The greatest length allowed.
    MAX_LENGTH = "maxLength";
    /// The exact length.
    LENGTH = "length";
    /// The format of values.
    FORMAT = "format";
    /// The language of values.
    LANG = "lang";
    /// Whether a column is not in the data itself.
    VIRTUAL = "virtual";
}
