//! Dublin Core terms: titles, descriptions, dates, rights.

vocabulary! {
    "http://purl.org/dc/terms/";
    /// A standard or contract that something conforms to.
    STANDARD = "Standard";
    /// Someone or something that acts.
    AGENT = "Agent";
    /// A licence.
    LICENSE_DOCUMENT = "LicenseDocument";
    /// A statement of rights.
    RIGHTS_STATEMENT = "RightsStatement";
    /// A media type.
    MEDIA_TYPE = "MediaType";
    /// An interval of time.
    PERIOD_OF_TIME = "PeriodOfTime";
    /// A place.
    LOCATION = "Location";
    /// The name given to something.
    TITLE = "title";
    /// Another title.
    ALTERNATIVE = "alternative";
    /// An account of something.
    DESCRIPTION = "description";
    /// A summary.
    ABSTRACT = "abstract";
    /// The id of something in the system it comes from.
    IDENTIFIER = "identifier";
    /// The nature of something.
    TYPE = "type";
    /// The topic of something.
    SUBJECT = "subject";
    /// Who made it.
    CREATOR = "creator";
    /// Who contributed to it.
    CONTRIBUTOR = "contributor";
    /// Who makes it available.
    PUBLISHER = "publisher";
    /// Who holds the rights.
    RIGHTS_HOLDER = "rightsHolder";
    /// When it was made.
    CREATED = "created";
    /// When it was published.
    ISSUED = "issued";
    /// When it was last changed.
    MODIFIED = "modified";
    /// A date of any kind.
    DATE = "date";
    /// When it is valid.
    VALID = "valid";
    /// The time that the content covers.
    TEMPORAL = "temporal";
    /// The place that the content covers.
    SPATIAL = "spatial";
    /// The language of the content.
    LANGUAGE = "language";
    /// The file format or medium.
    FORMAT = "format";
    /// The licence it is under.
    LICENSE = "license";
    /// The rights over it.
    RIGHTS = "rights";
    /// Who may reach it.
    ACCESS_RIGHTS = "accessRights";
    /// How often it is added to.
    ACCRUAL_PERIODICITY = "accrualPeriodicity";
    /// The standard or contract it keeps.
    CONFORMS_TO = "conformsTo";
    /// What it was derived from, as a resource.
    SOURCE = "source";
    /// A related resource.
    RELATION = "relation";
    /// Something it points to.
    REFERENCES = "references";
    /// Something it needs.
    REQUIRES = "requires";
    /// What it takes the place of.
    REPLACES = "replaces";
    /// What takes its place.
    IS_REPLACED_BY = "isReplacedBy";
    /// The whole it is a part of.
    IS_PART_OF = "isPartOf";
    /// A part of it.
    HAS_PART = "hasPart";
    /// What it is a version of.
    IS_VERSION_OF = "isVersionOf";
    /// A version of it.
    HAS_VERSION = "hasVersion";
    /// How it came to be and who held it.
    PROVENANCE = "provenance";
    /// Whom it is for.
    AUDIENCE = "audience";
    /// Its size or duration.
    EXTENT = "extent";
}
