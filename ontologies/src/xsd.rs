//! XML Schema datatypes: the types of literals.

vocabulary! {
    "http://www.w3.org/2001/XMLSchema#";
    /// Text.
    STRING = "string";
    /// True or false.
    BOOLEAN = "boolean";
    /// A number of arbitrary precision.
    DECIMAL = "decimal";
    /// A whole number of any size.
    INTEGER = "integer";
    /// A 32-bit whole number.
    INT = "int";
    /// A 64-bit whole number.
    LONG = "long";
    /// A whole number from zero up.
    NON_NEGATIVE_INTEGER = "nonNegativeInteger";
    /// A whole number from one up.
    POSITIVE_INTEGER = "positiveInteger";
    /// A 64-bit floating point number.
    DOUBLE = "double";
    /// A 32-bit floating point number.
    FLOAT = "float";
    /// A calendar date.
    DATE = "date";
    /// A time of day.
    TIME = "time";
    /// A point in time, with or without a time zone.
    DATE_TIME = "dateTime";
    /// A point in time with a time zone.
    DATE_TIME_STAMP = "dateTimeStamp";
    /// A length of time.
    DURATION = "duration";
    /// A length of time in days, hours, minutes and seconds.
    DAY_TIME_DURATION = "dayTimeDuration";
    /// A year.
    G_YEAR = "gYear";
    /// A URI or IRI as text.
    ANY_URI = "anyURI";
    /// Bytes in hexadecimal.
    HEX_BINARY = "hexBinary";
    /// Bytes in base64.
    BASE64_BINARY = "base64Binary";
    /// Text without line breaks or doubled blanks.
    TOKEN = "token";
    /// A language tag.
    LANGUAGE = "language";
}
