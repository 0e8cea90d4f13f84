//! What makes data from data: jobs; and what shows it: charts and dashboards.

use ontologies::{dcat, dcterms, duv, iso, prov};

use super::datasets::fine_grained;
use super::proposals::Entity;
use super::{Writer, list, said, texts, urns};
use crate::json::Object;
use crate::lineage;

/// Writes a job or a flow as a plan; the outputs of a job are made from its inputs.
pub(super) fn write(
    writer: &mut Writer<'_>,
    urn: &str,
    entity: &Entity,
) -> &'static [&'static str] {
    let iri = urns::iri(urn);
    writer.out.class(&iri, prov::PLAN);
    writer.out.text(&iri, dcterms::IDENTIFIER, urn);
    let info = entity
        .aspect("dataJobInfo")
        .or_else(|| entity.aspect("dataFlowInfo"));
    named_and_described(writer, urn, info, "name");
    if let Some(flow) = info.and_then(|info| said(info, "flowUrn")) {
        writer.out.link(&iri, dcterms::IS_PART_OF, &urns::iri(flow));
    }
    let flows = entity.aspect("dataJobInputOutput");
    let inputs = ends(flows, "inputDatasets", "inputDatasetEdges");
    for output in ends(flows, "outputDatasets", "outputDatasetEdges") {
        for input in &inputs {
            writer.report.understood("lineage");
            lineage::made(writer.out, &urns::iri(output), &urns::iri(input), &[]);
        }
    }
    fine_grained(writer, flows);
    writer.common(&iri, entity);
    &[
        "dataJobInfo",
        "dataFlowInfo",
        "dataJobInputOutput",
        "ownership",
        "globalTags",
        "glossaryTerms",
        "domains",
        "institutionalMemory",
    ]
}

/// Writes a chart or a dashboard: a use of data, made from it.
pub(super) fn write_report(
    writer: &mut Writer<'_>,
    urn: &str,
    entity: &Entity,
) -> &'static [&'static str] {
    let iri = urns::iri(urn);
    writer.out.class(&iri, duv::USAGE);
    writer.out.class(&iri, prov::ACTIVITY);
    writer.out.text(&iri, dcterms::IDENTIFIER, urn);
    writer.out.extra(&iri, "type", &entity.kind.as_str().into());
    let info = entity
        .aspect("chartInfo")
        .or_else(|| entity.aspect("dashboardInfo"));
    named_and_described(writer, urn, info, "title");
    for aspect in ["editableChartProperties", "editableDashboardProperties"] {
        if let Some(text) = entity
            .aspect(aspect)
            .and_then(|found| said(found, "description"))
        {
            writer.out.text(&iri, dcterms::DESCRIPTION, text);
        }
    }
    let mut used = ends(info, "datasets", "datasetEdges");
    used.extend(ends(info, "inputs", "inputEdges"));
    for dataset in used {
        writer.out.link(&iri, prov::USED, &urns::iri(dataset));
    }
    for chart in ends(info, "charts", "chartEdges") {
        writer.out.link(&iri, dcterms::HAS_PART, &urns::iri(chart));
    }
    for key in ["externalUrl", "dashboardUrl", "chartUrl"] {
        if let Some(url) = info.and_then(|info| said(info, key)) {
            writer.out.text(&iri, dcat::LANDING_PAGE, url);
        }
    }
    writer.common(&iri, entity);
    &[
        "chartInfo",
        "dashboardInfo",
        "editableChartProperties",
        "editableDashboardProperties",
        "ownership",
        "globalTags",
        "glossaryTerms",
        "domains",
        "institutionalMemory",
    ]
}

fn named_and_described(writer: &mut Writer<'_>, urn: &str, info: Option<&Object>, key: &str) {
    let iri = urns::iri(urn);
    let name = info.and_then(|info| said(info, key));
    let name = name.unwrap_or_else(|| urns::last(urn));
    writer.out.name(&iri, dcterms::TITLE, name);
    writer.out.name(&iri, iso::NAME, name);
    if let Some(text) = info.and_then(|info| said(info, "description")) {
        writer.out.text(&iri, dcterms::DESCRIPTION, text);
    }
}

/// Gives the URNs of a list, whether they are plain or edges with a URN each.
fn ends<'o>(aspect: Option<&'o Object>, plain: &str, edges: &str) -> Vec<&'o str> {
    let mut found: Vec<&str> = texts(aspect, plain).collect();
    // Charts have lists of unions: `{"string": urn}`.
    found.extend(list(aspect, plain).filter_map(|union| union.values().next()?.as_str()));
    found.extend(list(aspect, edges).filter_map(|edge| said(edge, "destinationUrn")));
    found.sort_unstable();
    found.dedup();
    found
}
