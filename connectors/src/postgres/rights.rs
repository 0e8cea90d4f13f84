//! Roles and grants, as ODRL: who may do what with which table.

use std::collections::{BTreeMap, BTreeSet};

use graph_core::rdf::NamedNode;
use ontologies::{foaf, odrl, org};
use semantic_model::identity::IriKind;

use super::document::{Catalog, Grant, Role};
use super::relations::Tables;
use crate::statements::named;
use crate::{Location, Report, StatementBuilder};

/// Writes roles, and one policy for each relation that anybody has rights to.
pub(super) fn write(
    catalog: &Catalog,
    tables: &Tables<'_>,
    file: &str,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    let mut roles: BTreeSet<&str> = BTreeSet::new();
    for role in &catalog.roles {
        if roles.insert(&role.name) {
            report.understood("role");
            write_role(role, out);
        }
    }
    let mut of_schemas: BTreeMap<&str, Vec<&Grant>> = BTreeMap::new();
    for grant in &catalog.grants {
        if roles.insert(&grant.grantee) {
            // `public` is no role of the server, but everybody.
            let unlisted = Role {
                name: grant.grantee.clone(),
                ..Role::default()
            };
            write_role(&unlisted, out);
        }
        let Some(relation) = &grant.relation else {
            of_schemas.entry(&grant.schema).or_default().push(grant);
            continue;
        };
        let table = tables.get(&(grant.schema.as_str(), relation.as_str()));
        let target = match (&grant.column, table) {
            (_, None) => None,
            (None, Some(table)) => Some((table, table.iri.clone())),
            (Some(column), Some(table)) => table.get(column).map(|iri| (table, iri.clone())),
        };
        let Some((table, target)) = target else {
            let message = format!(
                "role `{}` has rights to `{}.{relation}`, of which nothing is in the document",
                grant.grantee, grant.schema
            );
            let at = Location::file(file).key("grants");
            if report.warning("unknown_relation", message, at) {
                report.skipped += 1;
            }
            continue;
        };
        report.understood("grant");
        let database = &catalog.database.name;
        permission(database, grant, [&table.iri, &target], out);
    }
    let service = out.iri(IriKind::Service, &[&catalog.database.name]);
    for grant in of_schemas.into_values().flatten() {
        report.understood("grant");
        let said = serde_json::json!({
            "schema": grant.schema, "grantee": grant.grantee, "privileges": grant.privileges,
        });
        out.extra(&service, "grant", &said);
    }
}

/// Gives the IRI of a role.
pub(super) fn role_iri(name: &str, out: &StatementBuilder) -> NamedNode {
    out.iri(IriKind::Owner, &["role", name])
}

fn write_role(role: &Role, out: &mut StatementBuilder) {
    let iri = role_iri(&role.name, out);
    out.class(&iri, odrl::PARTY);
    out.name(&iri, foaf::NAME, &role.name);
    for (key, is_set) in [("login", role.login), ("superuser", role.superuser)] {
        if is_set {
            out.extra(&iri, key, &true.into());
        }
    }
    if let Some(comment) = &role.comment {
        out.text(&iri, ontologies::dcterms::DESCRIPTION, comment);
    }
    for group in &role.member_of {
        let group = role_iri(group, out);
        out.link(&iri, org::MEMBER_OF, &group);
    }
}

/// Writes what a role may do with a dataset, or with one column of it.
fn permission(
    database: &str,
    grant: &Grant,
    [dataset, target]: [&NamedNode; 2],
    out: &mut StatementBuilder,
) {
    let relation = grant.relation.as_deref().unwrap_or_default();
    let mut path = vec![database, &grant.schema, relation];
    let policy = out.iri(IriKind::Policy, &path);
    out.class(&policy, odrl::SET);
    out.link(dataset, odrl::HAS_POLICY, &policy);
    path.extend(grant.column.as_deref());
    path.push(&grant.grantee);
    let permission = out.iri(IriKind::Policy, &path);
    out.class(&permission, odrl::PERMISSION_CLASS);
    out.link(&policy, odrl::PERMISSION, &permission);
    out.link(&permission, odrl::TARGET, target);
    let role = role_iri(&grant.grantee, out);
    out.link(&permission, odrl::ASSIGNEE, &role);
    for privilege in &grant.privileges {
        out.link(&permission, odrl::ACTION, &named(action(privilege)));
    }
    out.extra(
        &permission,
        "privileges",
        &serde_json::json!(grant.privileges),
    );
}

/// The action of ODRL that comes nearest to a privilege.
fn action(privilege: &str) -> &'static str {
    match privilege {
        "SELECT" => odrl::READ,
        "INSERT" | "UPDATE" => odrl::MODIFY,
        "DELETE" | "TRUNCATE" => odrl::DELETE,
        _ => odrl::USE,
    }
}
