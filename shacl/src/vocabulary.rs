//! The IRIs of SHACL, RDF and RDFS that shapes and reports are written in.

/// The namespace of SHACL.
pub(crate) const SH: &str = "http://www.w3.org/ns/shacl#";

pub(crate) const RDF_TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
pub(crate) const RDF_FIRST: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#first";
pub(crate) const RDF_REST: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest";
pub(crate) const RDF_NIL: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil";
pub(crate) const RDF_LANG_STRING: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString";
pub(crate) const RDF_DIR_LANG_STRING: &str =
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#dirLangString";
pub(crate) const RDFS_CLASS: &str = "http://www.w3.org/2000/01/rdf-schema#Class";
pub(crate) const RDFS_SUB_CLASS_OF: &str = "http://www.w3.org/2000/01/rdf-schema#subClassOf";
pub(crate) const OWL_CLASS: &str = "http://www.w3.org/2002/07/owl#Class";
pub(crate) const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// Makes the IRI of a SHACL term from its local name.
pub(crate) fn sh(local: &str) -> String {
    format!("{SH}{local}")
}
