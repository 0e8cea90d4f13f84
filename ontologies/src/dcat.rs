//! DCAT 3: catalogs, datasets, distributions and data services.

vocabulary! {
    "http://www.w3.org/ns/dcat#";
    /// Anything that a catalog lists.
    RESOURCE = "Resource";
    /// A catalog.
    CATALOG_CLASS = "Catalog";
    /// What a catalog says about one of its resources.
    CATALOG_RECORD = "CatalogRecord";
    /// A dataset, published or kept by one agent.
    DATASET_CLASS = "Dataset";
    /// A group of datasets published apart.
    DATASET_SERIES = "DatasetSeries";
    /// A form in which a dataset can be had: a file, a table, a topic.
    DISTRIBUTION_CLASS = "Distribution";
    /// A service that gives access to data; a port of a data product.
    DATA_SERVICE = "DataService";
    /// A qualified relation between resources.
    RELATIONSHIP = "Relationship";
    /// A role in a relation.
    ROLE = "Role";
    /// Links a dataset to a form of it.
    DISTRIBUTION = "distribution";
    /// Links a distribution to the service that serves it.
    ACCESS_SERVICE = "accessService";
    /// Where a distribution can be reached.
    ACCESS_URL = "accessURL";
    /// Where a file can be downloaded.
    DOWNLOAD_URL = "downloadURL";
    /// Where a service is reached.
    ENDPOINT_URL = "endpointURL";
    /// What describes a service's operations.
    ENDPOINT_DESCRIPTION = "endpointDescription";
    /// Links a service to a dataset it serves.
    SERVES_DATASET = "servesDataset";
    /// Links a catalog to a service.
    SERVICE = "service";
    /// Links a catalog to a record.
    RECORD = "record";
    /// Whom to ask about a resource.
    CONTACT_POINT = "contactPoint";
    /// A word that describes a resource.
    KEYWORD = "keyword";
    /// Links a resource to a category it belongs to.
    THEME = "theme";
    /// Links a catalog to the categories it uses.
    THEME_TAXONOMY = "themeTaxonomy";
    /// A page about a resource.
    LANDING_PAGE = "landingPage";
    /// The media type of a distribution.
    MEDIA_TYPE = "mediaType";
    /// How a distribution is compressed.
    COMPRESS_FORMAT = "compressFormat";
    /// How files are packed together.
    PACKAGE_FORMAT = "packageFormat";
    /// The size of a distribution, in bytes.
    BYTE_SIZE = "byteSize";
    /// The smallest step of time in the data.
    TEMPORAL_RESOLUTION = "temporalResolution";
    /// When a period begins.
    START_DATE = "startDate";
    /// When a period ends.
    END_DATE = "endDate";
    /// Links a resource to a relation described on its own.
    QUALIFIED_RELATION = "qualifiedRelation";
    /// The role played in a relation or attribution.
    HAD_ROLE = "hadRole";
    /// The version of a resource.
    VERSION = "version";
    /// Links a resource to a version of it.
    HAS_VERSION = "hasVersion";
    /// Links a resource to its current version.
    HAS_CURRENT_VERSION = "hasCurrentVersion";
    /// Links a version to the one before.
    PREVIOUS_VERSION = "previousVersion";
    /// Links a dataset to its series.
    IN_SERIES = "inSeries";
}
