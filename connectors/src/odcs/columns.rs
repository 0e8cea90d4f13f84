//! The properties of a schema object as a flat list of columns: nested ones by their dotted path.

use crate::yaml::Node;

/// A property, wherever it is nested.
pub(super) struct Flat<'a> {
    /// The logical names from the object down, with dots between.
    pub(super) path: String,
    /// The same with physical names, where there are any.
    pub(super) physical: String,
    pub(super) node: &'a Node,
}

/// Lists the properties of an object, each before those nested in it.
pub(super) fn flatten(object: &Node) -> Vec<Flat<'_>> {
    let mut found = Vec::new();
    nested(object, "", "", &mut found);
    found
}

/// The YAML reader has bounded the depth of this recursion.
fn nested<'a>(node: &'a Node, path: &str, physical: &str, found: &mut Vec<Flat<'a>>) {
    let properties = node.get("properties").map_or(&[][..], Node::items);
    for (position, property) in properties.iter().enumerate() {
        let own_physical = property.text_of("physicalName");
        let name = property
            .text_of("name")
            .or(own_physical)
            .or_else(|| property.text_of("id"))
            .map_or_else(|| format!("column-{}", position + 1), str::to_owned);
        let below = |above: &str, name: &str| {
            if above.is_empty() {
                name.to_owned()
            } else {
                format!("{above}.{name}")
            }
        };
        let path = below(path, &name);
        let physical = below(physical, own_physical.unwrap_or(&name));
        found.push(Flat {
            path: path.clone(),
            physical: physical.clone(),
            node: property,
        });
        nested(property, &path, &physical, found);
        items(property, &path, &physical, found);
    }
}

/// What is nested in the items of an array belongs to the array itself.
fn items<'a>(property: &'a Node, path: &str, physical: &str, found: &mut Vec<Flat<'a>>) {
    if let Some(item) = property.get("items") {
        nested(item, path, physical, found);
        items(item, path, physical, found);
    }
}
