//! The rules of the merged view, spelled out over plain sets: slow, and written from the documentation alone.

use std::collections::{BTreeMap, BTreeSet};

use graph_core::rdf::{RdfTerm, Statement};
use graph_core::{ChildRule, MergeRules, PropertyRule, Scope, Snapshot, SourceInfo};

const SAME_AS: &str = "http://www.w3.org/2002/07/owl#sameAs";
const DIFFERENT_FROM: &str = "http://www.w3.org/2002/07/owl#differentFrom";

struct Said {
    subject: RdfTerm,
    predicate: String,
    object: RdfTerm,
    source: SourceInfo,
}

/// Texts of the statements that the merged view should have.
pub(crate) fn merged(snapshot: &Snapshot, rules: &MergeRules) -> BTreeSet<String> {
    let claims: Vec<Said> = (snapshot.matching(None, None, None, Scope::Claims))
        .map(|found| {
            let statement = snapshot.statement(found);
            Said {
                subject: statement.subject.into(),
                predicate: statement.predicate.into_string(),
                object: statement.object,
                source: snapshot.source_info(found.source).unwrap().clone(),
            }
        })
        .collect();
    let sets = groups(&claims, rules);
    let stands = stands_for(&claims, rules, &sets);
    let canonical = |term: &RdfTerm| stands.get(&term.to_string()).unwrap_or(term).clone();

    let mut by_property: BTreeMap<(String, String), Vec<(&Said, RdfTerm)>> = BTreeMap::new();
    for said in &claims {
        if rules.identities.same_as && said.predicate == SAME_AS && is_resource(&said.object) {
            continue;
        }
        let (subject, object) = (canonical(&said.subject), canonical(&said.object));
        if subject == object && said.subject != said.object {
            continue;
        }
        let property = (subject.to_string(), said.predicate.clone());
        by_property
            .entry(property)
            .or_default()
            .push((said, object));
    }
    let mut merged = BTreeSet::new();
    for ((subject, predicate), values) in &by_property {
        let rule = rules
            .properties
            .iter()
            .find(|rule| rule.predicate == *predicate);
        for (said, object) in values {
            let wins = rule.is_none_or(|rule| {
                let key = order_key(rules, rule, said, object);
                !values.iter().any(|(other, value)| {
                    order_key(rules, rule, other, value) < key && compete(value, object)
                })
            });
            if wins {
                merged.insert(format!("{subject} <{predicate}> {object}"));
            }
        }
    }
    for (name, canonical) in &stands {
        if *name != canonical.to_string() {
            merged.insert(format!("{canonical} <{SAME_AS}> {name}"));
        }
    }
    merged
}

/// What comes before what: by source, and where only one value may stay also by its text.
fn order_key(
    rules: &MergeRules,
    rule: &PropertyRule,
    said: &Said,
    object: &RdfTerm,
) -> (usize, String, String) {
    let order = if rule.order.is_empty() {
        &rules.order
    } else {
        &rule.order
    };
    let text = if rule.single {
        object.to_string()
    } else {
        String::new()
    };
    (
        rank(order, &said.source),
        said.source.name.to_string(),
        text,
    )
}

fn rank(order: &[String], source: &SourceInfo) -> usize {
    let is_meant = |name: &String| *name == source.kind || *name == source.name.to_string();
    order.iter().position(is_meant).unwrap_or(order.len())
}

fn compete(one: &RdfTerm, other: &RdfTerm) -> bool {
    let language = |term: &RdfTerm| match term {
        RdfTerm::Literal(literal) => literal.language().map(str::to_owned),
        _ => None,
    };
    match (language(one), language(other)) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}

fn is_resource(term: &RdfTerm) -> bool {
    matches!(term, RdfTerm::NamedNode(_) | RdfTerm::BlankNode(_))
}

fn text(term: &RdfTerm) -> String {
    match term {
        RdfTerm::NamedNode(node) => node.as_str().to_owned(),
        RdfTerm::BlankNode(node) => node.as_str().to_owned(),
        other => other.to_string(),
    }
}

type Link = (String, String, RdfTerm, RdfTerm);

fn link(a: &RdfTerm, b: &RdfTerm) -> Link {
    let (x, y) = (text(a), text(b));
    if x <= y {
        (x, y, a.clone(), b.clone())
    } else {
        (y, x, b.clone(), a.clone())
    }
}

fn groups(claims: &[Said], rules: &MergeRules) -> Vec<Vec<RdfTerm>> {
    let identities = &rules.identities;
    let mut refused = BTreeSet::new();
    let mut sets: Vec<Vec<RdfTerm>> = Vec::new();
    for said in claims
        .iter()
        .filter(|said| said.predicate == DIFFERENT_FROM)
    {
        if rank(&identities.refused_by, &said.source) < identities.refused_by.len() {
            refused.insert((said.subject.to_string(), said.object.to_string()));
            refused.insert((said.object.to_string(), said.subject.to_string()));
        }
    }
    let same = claims.iter().filter(|said| {
        identities.same_as && said.predicate == SAME_AS && is_resource(&said.object)
    });
    join(
        &mut sets,
        &refused,
        same.map(|said| link(&said.subject, &said.object)).collect(),
    );
    for key in &identities.keys {
        let keyed: Vec<&Said> = claims
            .iter()
            .filter(|said| said.predicate == *key)
            .collect();
        join(&mut sets, &refused, equal_pairs(&keyed));
    }
    for child in &identities.children {
        let links = child_links(claims, &sets, child);
        join(&mut sets, &refused, links);
    }
    sets
}

/// A part of a thing: the thing, the part and the key of the part.
type Part = (RdfTerm, RdfTerm, String);

fn child_links(claims: &[Said], sets: &[Vec<RdfTerm>], child: &ChildRule) -> Vec<Link> {
    let mut links = Vec::new();
    for set in sets {
        let mut parts: Vec<Part> = Vec::new();
        for whole in set {
            let said = claims.iter().filter(|said| {
                said.subject == *whole && said.predicate == child.link && is_resource(&said.object)
            });
            for part in said {
                let of_part = claims.iter().filter(|said| {
                    said.subject == part.object && Some(&said.predicate) == child.key.as_ref()
                });
                let values: Vec<String> = match child.key {
                    Some(_) => of_part.map(|said| said.object.to_string()).collect(),
                    None => vec![String::new()],
                };
                let part = &part.object;
                parts.extend(
                    values
                        .into_iter()
                        .map(|value| (whole.clone(), part.clone(), value)),
                );
            }
        }
        if child.fold_case {
            parts = link_parts(parts, &mut links, str::to_lowercase);
        }
        link_parts(parts, &mut links, str::to_owned);
    }
    links
}

/// Links the parts of one key, and gives those back of which one thing has two.
fn link_parts(parts: Vec<Part>, links: &mut Vec<Link>, key: fn(&str) -> String) -> Vec<Part> {
    let mut keys: BTreeMap<String, Vec<Part>> = BTreeMap::new();
    for part in parts {
        keys.entry(key(&part.2)).or_default().push(part);
    }
    let mut rest = Vec::new();
    for parts in keys.into_values() {
        let unclear = parts.iter().any(|(whole, part, _)| {
            parts
                .iter()
                .any(|(other, second, _)| whole == other && part != second)
        });
        if unclear {
            rest.extend(parts);
            continue;
        }
        for (_, one, _) in &parts {
            let others = parts.iter().filter(|(_, two, _)| one != two);
            links.extend(others.map(|(_, two, _)| link(one, two)));
        }
    }
    rest
}

fn equal_pairs(keyed: &[&Said]) -> Vec<Link> {
    let mut links = Vec::new();
    for one in keyed {
        for other in keyed {
            if one.object == other.object && one.subject != other.subject {
                links.push(link(&one.subject, &other.subject));
            }
        }
    }
    links
}

fn join(sets: &mut Vec<Vec<RdfTerm>>, refused: &BTreeSet<(String, String)>, mut links: Vec<Link>) {
    links.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    for (_, _, a, b) in links.into_iter().filter(|(x, y, ..)| x != y) {
        let mut take = |term: &RdfTerm| match sets.iter().position(|set| set.contains(term)) {
            Some(at) => sets.remove(at),
            None => vec![term.clone()],
        };
        let one = take(&a);
        if one.contains(&b) {
            sets.push(one);
            continue;
        }
        let other = take(&b);
        let apart = one.iter().any(|x| {
            other
                .iter()
                .any(|y| refused.contains(&(x.to_string(), y.to_string())))
        });
        if apart {
            sets.extend([one, other]);
        } else {
            sets.push([one, other].concat());
        }
    }
}

/// The term that stands for each term of a group, by its text.
fn stands_for(
    claims: &[Said],
    rules: &MergeRules,
    sets: &[Vec<RdfTerm>],
) -> BTreeMap<String, RdfTerm> {
    let mut stands = BTreeMap::new();
    for set in sets.iter().filter(|set| set.len() > 1) {
        let best = set.iter().min_by_key(|term| {
            let speaking = claims.iter().filter(|said| said.subject == **term);
            let rank = speaking
                .map(|said| rank(&rules.identities.order, &said.source))
                .min();
            (
                matches!(term, RdfTerm::BlankNode(_)),
                rank.unwrap_or(usize::MAX),
                text(term),
            )
        });
        for term in set {
            stands.insert(term.to_string(), best.unwrap().clone());
        }
    }
    stands
}

/// A statement as the model writes it.
pub(crate) fn written(statement: &Statement) -> String {
    format!(
        "{} {} {}",
        statement.subject, statement.predicate, statement.object
    )
}
