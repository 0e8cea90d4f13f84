//! Teams and their members: who answers for the data.

use graph_core::rdf::NamedNode;
use ontologies::{dcterms, prov};

use crate::odcs::writer::Writer;
use crate::statements::OwnerKind;
use crate::yaml::{Node, Value};

/// Writes the team of a document and gives its owners: the members whose role says so, else the team.
///
/// A member with a `dateOut` has left and is only kept as an extra; other members contribute.
pub(super) fn write(node: &Node, subject: &NamedNode, writer: &mut Writer<'_>) -> Vec<NamedNode> {
    let Some(team) = node.get("team") else {
        return Vec::new();
    };
    // v3.1 has one team with members, v3.0 and v2 a plain list of members.
    let (name, members) = match &team.value {
        Value::Map(_) => (team.text_of("name"), team.get("members")),
        _ => (None, Some(team)),
    };
    let mut owners = Vec::new();
    for member in members.map_or(&[][..], Node::items) {
        if let Some(owner) = write_member(member, subject, writer) {
            owners.push(owner);
        }
    }
    if let Some(name) = name {
        let agent = writer.owner(name, OwnerKind::Organization, None);
        if let Some(description) = team.text_of("description") {
            writer.out.text(&agent, dcterms::DESCRIPTION, description);
        }
        writer.out.link(subject, prov::WAS_ATTRIBUTED_TO, &agent);
        if owners.is_empty() {
            owners.push(agent);
        }
    } else {
        for owner in &owners {
            writer.out.link(subject, prov::WAS_ATTRIBUTED_TO, owner);
        }
    }
    if matches!(team.value, Value::Map(_)) {
        writer.definitions(subject, team);
        let handled = [
            "name",
            "description",
            "members",
            "authoritativeDefinitions",
            "id",
        ];
        writer.rest(subject, team, &handled);
    }
    owners
}

/// Writes a member; gives the agent when the member is an owner of today.
fn write_member(member: &Node, subject: &NamedNode, writer: &mut Writer<'_>) -> Option<NamedNode> {
    let username = member.text_of("username").or_else(|| member.text());
    let Some(name) = member.text_of("name").or(username) else {
        writer.extra(subject, "team.member", member);
        return None;
    };
    writer.extra(subject, "team.member", member);
    if member.get("dateOut").is_some() {
        return None;
    }
    let mail = username.filter(|username| username.contains('@'));
    let agent = writer.owner(name, OwnerKind::Person, mail);
    let role = member.text_of("role").unwrap_or_default().to_lowercase();
    if role.contains("owner") {
        return Some(agent);
    }
    writer.out.link(subject, dcterms::CONTRIBUTOR, &agent);
    None
}
