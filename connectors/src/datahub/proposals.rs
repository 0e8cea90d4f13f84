//! Reading files of proposals into entities with their aspects.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{patch, said, urns};
use crate::json::{self, Object, Troubles, type_name};

/// An entity with what was said of it last.
#[derive(Clone, Debug, Default)]
pub(super) struct Entity {
    pub(super) kind: String,
    pub(super) aspects: BTreeMap<String, Object>,
}

impl Entity {
    pub(super) fn aspect(&self, name: &str) -> Option<&Object> {
        self.aspects.get(name)
    }
}

/// All entities of an export, by URN.
#[derive(Clone, Debug, Default)]
pub(super) struct Entities {
    pub(super) all: BTreeMap<String, Entity>,
    /// How many patches there were of what the export does not hold.
    pub(super) bare_patches: u64,
}

impl Entities {
    /// Gives what a person calls an entity.
    pub(super) fn name_of(&self, urn: &str) -> String {
        let found = self.all.get(urn).and_then(|entity| {
            let of = |aspect: &str, keys: &[&str]| {
                let aspect = entity.aspect(aspect)?;
                keys.iter()
                    .find_map(|key| said(aspect, key))
                    .map(str::to_owned)
            };
            match entity.kind.as_str() {
                "corpuser" => of("corpUserEditableInfo", &["displayName"])
                    .or_else(|| of("corpUserInfo", &["displayName", "fullName", "email"]))
                    .or_else(|| of("corpUserKey", &["username"])),
                "corpGroup" => of("corpGroupEditableInfo", &["displayName"])
                    .or_else(|| of("corpGroupInfo", &["displayName"]))
                    .or_else(|| of("corpGroupKey", &["name"])),
                "structuredProperty" => of("propertyDefinition", &["displayName", "qualifiedName"]),
                "tag" => of("tagProperties", &["name"]).or_else(|| of("tagKey", &["name"])),
                _ => None,
            }
        });
        found.unwrap_or_else(|| urns::last(urn).to_owned())
    }

    /// Gives the mail address of a user.
    pub(super) fn mail_of(&self, urn: &str) -> Option<String> {
        let entity = self.all.get(urn)?;
        let found = ["corpUserEditableInfo", "corpUserInfo", "corpGroupInfo"]
            .iter()
            .find_map(|aspect| said(entity.aspect(aspect)?, "email"));
        found.map(str::to_owned)
    }
}

/// Reads one document.
pub(super) fn read(value: Value, entities: &mut Entities, troubles: Troubles<'_>) {
    let items = match value {
        Value::Array(items) => items,
        value if is_proposal(&value) => vec![value],
        value if value.get("files").is_some_and(Value::is_array) => {
            let at = troubles.at("");
            let message = "this is a list of the files of the export, which are read by themselves";
            troubles.report.note("not_proposals", message, at);
            return;
        }
        other => {
            let message = format!("expected a list of proposals, found {}", type_name(&other));
            let at = troubles.at("");
            troubles.report.foreign("not_proposals", message, at);
            troubles.report.skipped += 1;
            return;
        }
    };
    for (place, item) in items.into_iter().enumerate() {
        if let Err((code, message)) = take(item, entities) {
            let at = troubles.at(&format!("[{place}]"));
            troubles.report.warning(code, message, at);
            troubles.report.skipped += 1;
        } else {
            troubles.report.understood("proposal");
        }
    }
}

fn is_proposal(value: &Value) -> bool {
    value.get("aspectName").is_some() || value.get("proposedSnapshot").is_some()
}

type Fault = (&'static str, String);

fn take(item: Value, entities: &mut Entities) -> Result<(), Fault> {
    let Value::Object(mut proposal) = item else {
        let message = format!("expected an object, found {}", type_name(&item));
        return Err(("wrong_type", message));
    };
    if let Some(snapshot) = proposal.shift_remove("proposedSnapshot") {
        return take_snapshot(snapshot, entities);
    }
    let missing = |key: &str| ("missing_key", format!("the proposal has no `{key}`"));
    let urn = said(&proposal, "entityUrn").ok_or_else(|| missing("entityUrn"))?;
    let name = said(&proposal, "aspectName").ok_or_else(|| missing("aspectName"))?;
    let (urn, name) = (urn.to_owned(), name.to_owned());
    let kind = said(&proposal, "entityType").or_else(|| urns::kind(&urn));
    let kind = kind.unwrap_or_default().to_owned();
    match said(&proposal, "changeType") {
        Some("DELETE") => {
            if let Some(entity) = entities.all.get_mut(&urn) {
                entity.aspects.remove(&name);
            }
            return Ok(());
        }
        Some("PATCH") => {
            let aspect = proposal.shift_remove("aspect").unwrap_or_default();
            return take_patch(urn, kind, name, &aspect, entities);
        }
        _ => {}
    }
    let aspect = proposal.shift_remove("aspect").unwrap_or_default();
    let aspect = aspect_of(aspect)?;
    let entity = entities.all.entry(urn).or_default();
    entity.kind = kind;
    entity.aspects.insert(name, aspect);
    Ok(())
}

/// Applies a patch to what was said so far; where nothing was, it says no more than what it adds.
fn take_patch(
    urn: String,
    kind: String,
    name: String,
    aspect: &Value,
    entities: &mut Entities,
) -> Result<(), Fault> {
    let Some(operations) = patch::operations(aspect) else {
        let message = format!("the patch of `{name}` is no list of operations");
        return Err(("patch", message));
    };
    let entity = entities.all.entry(urn).or_default();
    entity.kind = kind;
    let is_new = !entity.aspects.contains_key(&name);
    let patched = entity.aspects.entry(name.clone()).or_default();
    let unknown = operations
        .iter()
        .filter(|operation| !patch::apply(patched, operation))
        .count();
    if unknown > 0 {
        let message = format!("{unknown} operations of the patch of `{name}` are not known");
        return Err(("patch", message));
    }
    if is_new {
        entities.bare_patches += 1;
    }
    Ok(())
}

/// An aspect is an object under `json`, or a text of JSON under `value`.
fn aspect_of(aspect: Value) -> Result<Object, Fault> {
    let wrong = || {
        (
            "bad_aspect",
            "the aspect is neither `json` nor a text of JSON".to_owned(),
        )
    };
    let Value::Object(mut aspect) = aspect else {
        return Err(wrong());
    };
    match (aspect.shift_remove("json"), aspect.shift_remove("value")) {
        (Some(Value::Object(object)), _) => Ok(object),
        (None, Some(Value::String(text))) => match json::parse(text.as_bytes()) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(wrong()),
            Err(error) => Err((
                "bad_aspect",
                format!("the text of the aspect is no JSON: {error}"),
            )),
        },
        _ => Err(wrong()),
    }
}

/// The older form: all aspects of an entity at once, under the names of classes.
fn take_snapshot(snapshot: Value, entities: &mut Entities) -> Result<(), Fault> {
    let wrong = || {
        (
            "bad_snapshot",
            "the snapshot has no `urn` or no `aspects`".to_owned(),
        )
    };
    let snapshot = snapshot
        .as_object()
        .and_then(|object| object.values().next());
    let snapshot = snapshot.and_then(Value::as_object).ok_or_else(wrong)?;
    let urn = said(snapshot, "urn").ok_or_else(wrong)?;
    let aspects = snapshot
        .get("aspects")
        .and_then(Value::as_array)
        .ok_or_else(wrong)?;
    let entity = entities.all.entry(urn.to_owned()).or_default();
    urns::kind(urn)
        .unwrap_or_default()
        .clone_into(&mut entity.kind);
    for (class, aspect) in aspects.iter().filter_map(Value::as_object).flatten() {
        let class = class.rsplit('.').next().unwrap_or(class);
        let mut name = class.to_owned();
        if let Some(first) = name.get(..1).map(str::to_lowercase) {
            name.replace_range(..1, &first);
        }
        if let Some(aspect) = aspect.as_object() {
            entity.aspects.insert(name, aspect.clone());
        }
    }
    Ok(())
}
