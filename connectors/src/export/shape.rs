//! Which keys ODCS 3.1 has where, and what each may hold.

use serde_json::{Map, Value, json};

/// A JSON object that is being written.
pub(super) type Object = Map<String, Value>;

/// What a key may hold.
#[derive(Clone, Copy, Debug)]
pub(super) enum Holds {
    Text,
    Number,
    Whole,
    Flag,
    List,
    Object,
    /// One of these texts.
    One(&'static [&'static str]),
    /// What a test holds for.
    Checked(fn(&Value) -> bool),
    Anything,
}

impl Holds {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Number => value.is_number(),
            Self::Whole => value.is_i64(),
            Self::Flag => value.is_boolean(),
            Self::List => value.is_array(),
            Self::Object => value.is_object(),
            Self::One(known) => value.as_str().is_some_and(|text| known.contains(&text)),
            Self::Checked(test) => test(value),
            Self::Anything => true,
        }
    }
}

/// The keys of a place that have no word in our vocabulary, with what they hold.
pub(super) type Keys = &'static [(&'static str, Holds)];

/// Of a contract.
pub(super) const OF_CONTRACT: Keys = &[("tenant", Holds::Text), ("slaDefaultElement", Holds::Text)];
/// Of a price.
pub(super) const OF_PRICE: Keys = &[
    ("id", Holds::Text),
    ("priceAmount", Holds::Number),
    ("priceCurrency", Holds::Text),
    ("priceUnit", Holds::Text),
];
/// Of a schema object.
pub(super) const OF_OBJECT: Keys = &[
    ("logicalType", Holds::One(&["object"])),
    ("dataGranularityDescription", Holds::Text),
];
/// Of a property.
pub(super) const OF_PROPERTY: Keys = &[
    (
        "logicalType",
        Holds::One(&[
            "string",
            "date",
            "timestamp",
            "time",
            "number",
            "integer",
            "object",
            "array",
            "boolean",
        ]),
    ),
    ("unique", Holds::Flag),
    ("partitioned", Holds::Flag),
    ("partitionKeyPosition", Holds::Whole),
    ("encryptedName", Holds::Text),
    ("transformLogic", Holds::Text),
    ("transformDescription", Holds::Text),
    ("examples", Holds::List),
    ("criticalDataElement", Holds::Flag),
];
/// Of a quality rule.
pub(super) const OF_RULE: Keys = &[
    ("type", Holds::One(&["text", "library", "sql", "custom"])),
    (
        "metric",
        Holds::One(&[
            "nullValues",
            "missingValues",
            "invalidValues",
            "duplicateValues",
            "rowCount",
        ]),
    ),
    ("arguments", Holds::Object),
    ("engine", Holds::Text),
    ("businessImpact", Holds::Text),
    ("method", Holds::Text),
    ("schedule", Holds::Text),
    ("scheduler", Holds::Text),
    ("severity", Holds::Text),
    ("unit", Holds::Text),
];
/// Of a service level.
pub(super) const OF_LEVEL: Keys = &[
    ("id", Holds::Text),
    ("property", Holds::Text),
    ("value", Holds::Anything),
    ("valueExt", Holds::Anything),
    ("unit", Holds::Text),
    ("element", Holds::Text),
    ("driver", Holds::Text),
    ("description", Holds::Text),
    ("scheduler", Holds::Text),
    ("schedule", Holds::Text),
];
/// Of a role.
pub(super) const OF_ROLE: Keys = &[
    ("id", Holds::Text),
    ("role", Holds::Text),
    ("description", Holds::Text),
    ("access", Holds::Text),
    ("firstLevelApprovers", Holds::Text),
    ("secondLevelApprovers", Holds::Text),
    ("customProperties", Holds::List),
];
/// Whether a value is a list of roles.
pub(super) fn are_roles(value: &Value) -> bool {
    let roles = value.as_array();
    roles.is_some_and(|roles| roles.iter().all(|role| fits(role, OF_ROLE, &["role"])))
}

/// Of a channel of support.
pub(super) const OF_SUPPORT: Keys = &[
    ("id", Holds::Text),
    ("channel", Holds::Text),
    ("url", Holds::Text),
    ("description", Holds::Text),
    ("tool", Holds::Text),
    ("scope", Holds::Text),
    ("invitationUrl", Holds::Text),
    ("customProperties", Holds::List),
];
/// Of a member of a team.
pub(super) const OF_MEMBER: Keys = &[
    ("id", Holds::Text),
    ("username", Holds::Text),
    ("name", Holds::Text),
    ("description", Holds::Text),
    ("role", Holds::Text),
    ("dateIn", Holds::Text),
    ("dateOut", Holds::Text),
    ("replacedByUsername", Holds::Text),
    ("tags", Holds::List),
    ("customProperties", Holds::List),
    ("authoritativeDefinitions", Holds::List),
];

/// Whether an object has nothing but these keys, each with what it may hold, and all of the required ones.
pub(super) fn fits(value: &Value, keys: Keys, required: &[&str]) -> bool {
    let Some(object) = value.as_object() else {
        return false;
    };
    let known = |key: &str, value: &Value| {
        let found = keys.iter().find(|(name, _)| *name == key);
        found.is_some_and(|(_, holds)| holds.fits(value))
    };
    object.iter().all(|(key, value)| known(key, value))
        && required.iter().all(|key| object.contains_key(*key))
}

/// Puts extras where the standard has a key for them, and all others among the custom properties.
pub(super) fn spread(extras: Vec<(String, Value)>, keys: Keys, into: &mut Object) {
    let mut custom = Vec::new();
    for (key, value) in extras {
        let known = keys.iter().find(|(name, _)| *name == key);
        let is_free = !into.contains_key(&key);
        if is_free && known.is_some_and(|(_, holds)| holds.fits(&value)) {
            into.insert(key, value);
        } else {
            custom.push(json!({"property": key, "value": value}));
        }
    }
    if !custom.is_empty() {
        into.insert("customProperties".to_owned(), Value::Array(custom));
    }
}

/// Adds a text where there is one.
pub(super) fn put(into: &mut Object, key: &str, text: Option<impl Into<String>>) {
    if let Some(text) = text {
        into.insert(key.to_owned(), Value::String(text.into()));
    }
}

/// Adds a list where it is not empty.
pub(super) fn put_list(into: &mut Object, key: &str, items: Vec<Value>) {
    if !items.is_empty() {
        into.insert(key.to_owned(), Value::Array(items));
    }
}
