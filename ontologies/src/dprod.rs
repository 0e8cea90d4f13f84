//! DPROD: data products, their ports and their owners.
//!
//! The namespace is written once, here: the next revision of DPROD may move it.

vocabulary! {
    "https://ekgf.github.io/dprod/";
    /// A data product.
    DATA_PRODUCT = "DataProduct";
    /// The list of stages in a data product's life.
    DATA_PRODUCT_LIFECYCLE_STATUS = "DataProductLifecycleStatus";
    /// The list of sensitivity levels.
    INFORMATION_SENSITIVITY_CLASSIFICATION_CLASS = "InformationSensitivityClassification";
    /// The list of protocols.
    PROTOCOL_CLASS = "Protocol";
    /// The list of security schemes.
    SECURITY_SCHEMA_TYPE_CLASS = "SecuritySchemaType";
    /// A list of named values.
    ENUMERATION = "Enumeration";
    /// Links a data product to who answers for it.
    DATA_PRODUCT_OWNER = "dataProductOwner";
    /// Links a data product to its domain.
    DOMAIN = "domain";
    /// What a data product is for.
    PURPOSE = "purpose";
    /// The stage of a data product's life.
    LIFECYCLE_STATUS = "lifecycleStatus";
    /// Links a data product to a service it reads from.
    INPUT_PORT = "inputPort";
    /// Links a data product to a service it offers.
    OUTPUT_PORT = "outputPort";
    /// Links a data product to a dataset it reads.
    INPUT_DATASET = "inputDataset";
    /// Links a data product to a dataset it offers.
    OUTPUT_DATASET = "outputDataset";
    /// How sensitive the information is.
    INFORMATION_SENSITIVITY_CLASSIFICATION = "informationSensitivityClassification";
    /// Links a service to a distribution it serves.
    IS_ACCESS_SERVICE_OF = "isAccessServiceOf";
    /// Links a distribution to its dataset.
    IS_DISTRIBUTION_OF = "isDistributionOf";
    /// The protocol of a service.
    PROTOCOL = "protocol";
    /// How a service is secured.
    SECURITY_SCHEMA_TYPE = "securitySchemaType";
}
