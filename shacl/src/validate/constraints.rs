//! The constraint components of SHACL Core, one by one.

use std::cmp::Ordering;

use graph_core::rdf::{Literal, RdfTerm};
use rustc_hash::{FxHashMap, FxHashSet};

use super::data::Data;
use super::{Broken, Node, Place, Run, Sink};
use crate::error::Result;
use crate::shape::{Component, Constant, Constraint, NodeKinds, Qualified, ShapeId};
use crate::value::{compare, is_well_formed, language_matches};
use crate::vocabulary::{RDF_DIR_LANG_STRING, RDF_LANG_STRING};

impl<'a> Run<'a> {
    /// Checks one constraint for the values; false when it is not kept.
    pub(super) fn constraint(&mut self, at: Place<'_>, constraint: &'a Constraint) -> Result<bool> {
        match constraint {
            Constraint::MinCount(_) | Constraint::MaxCount(_) => Ok(self.count(at, constraint)),
            Constraint::UniqueLang => Ok(self.unique_lang(at, constraint)),
            Constraint::HasValue(value) => Ok(self.has_value(at, constraint, *value)),
            Constraint::Equals(other) => self.equals(at, constraint, *other),
            Constraint::Disjoint(other) => self.disjoint(at, constraint, *other),
            Constraint::LessThan(other) | Constraint::LessThanOrEquals(other) => {
                self.less(at, constraint, *other)
            }
            Constraint::Property(shape) => self.property(at, *shape),
            Constraint::Qualified(qualified) => self.qualified(at, qualified),
            Constraint::Closed(allowed) => self.closed(at, constraint, allowed),
            _ => self.each_value(at, constraint),
        }
    }

    /// The components that look at one value at a time.
    fn each_value(&mut self, at: Place<'_>, constraint: &Constraint) -> Result<bool> {
        let mut kept = true;
        for &value in at.values {
            self.data.meter.visit()?;
            if self.value_keeps(constraint, value)? {
                continue;
            }
            let reason = |data: &Data<'_>| expected(constraint, data);
            kept = self.broken(at, Broken::at(constraint, Some(value), &reason));
            if at.sink == Sink::Verdict {
                break;
            }
        }
        Ok(kept)
    }

    fn value_keeps(&mut self, constraint: &Constraint, value: Node) -> Result<bool> {
        let data = &mut self.data;
        Ok(match constraint {
            Constraint::Class(class) => data.is_instance(value, *class)?,
            Constraint::Datatype(datatype) => has_datatype(&data.term(value), datatype),
            Constraint::NodeKind(kinds) => is_kind(data, value, *kinds),
            Constraint::MinExclusive(bound) => ordered(data, value, bound, &[Ordering::Greater]),
            Constraint::MinInclusive(bound) => {
                ordered(data, value, bound, &[Ordering::Greater, Ordering::Equal])
            }
            Constraint::MaxExclusive(bound) => ordered(data, value, bound, &[Ordering::Less]),
            Constraint::MaxInclusive(bound) => {
                ordered(data, value, bound, &[Ordering::Less, Ordering::Equal])
            }
            Constraint::MinLength(length) => {
                text(data, value).is_some_and(|text| text.chars().count() as u64 >= *length)
            }
            Constraint::MaxLength(length) => {
                text(data, value).is_some_and(|text| text.chars().count() as u64 <= *length)
            }
            Constraint::Pattern(regex) => {
                text(data, value).is_some_and(|text| regex.is_match(&text))
            }
            Constraint::LanguageIn(ranges) => match data.term(value) {
                RdfTerm::Literal(literal) => literal
                    .language()
                    .is_some_and(|tag| ranges.iter().any(|range| language_matches(tag, range))),
                _ => false,
            },
            Constraint::In(members) => members.iter().any(|member| data.node(*member) == value),
            Constraint::Node(shape) => self.conforms(*shape, value)?,
            Constraint::Not(shape) => !self.conforms(*shape, value)?,
            Constraint::And(shapes) => {
                self.conforming(shapes, value, shapes.len())? == shapes.len()
            }
            Constraint::Or(shapes) => self.some_conforms(shapes, value)?,
            Constraint::Xone(shapes) => self.conforming(shapes, value, usize::MAX)? == 1,
            // The others look at all values together and never come here.
            _ => true,
        })
    }

    /// Counts the shapes that a value keeps; stops at the first it does not keep when `all` are wanted.
    fn conforming(&mut self, shapes: &[ShapeId], value: Node, all: usize) -> Result<usize> {
        let mut count = 0;
        for shape in shapes {
            if self.conforms(*shape, value)? {
                count += 1;
            } else if all == shapes.len() {
                break;
            }
        }
        Ok(count)
    }

    fn some_conforms(&mut self, shapes: &[ShapeId], value: Node) -> Result<bool> {
        for shape in shapes {
            if self.conforms(*shape, value)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn count(&mut self, at: Place<'_>, constraint: &Constraint) -> bool {
        let found = at.values.len() as u64;
        let kept = match constraint {
            Constraint::MinCount(min) => found >= *min,
            Constraint::MaxCount(max) => found <= *max,
            _ => true,
        };
        let reason = |data: &Data<'_>| format!("{}, has {found}", expected(constraint, data));
        kept || self.broken(at, Broken::at(constraint, None, &reason))
    }

    fn unique_lang(&mut self, at: Place<'_>, constraint: &Constraint) -> bool {
        let mut counts: FxHashMap<String, u32> = FxHashMap::default();
        for &value in at.values {
            if let RdfTerm::Literal(literal) = self.data.term(value)
                && let Some(tag) = literal.language()
            {
                *counts.entry(tag.to_ascii_lowercase()).or_default() += 1;
            }
        }
        let mut repeated: Vec<String> = counts
            .into_iter()
            .filter_map(|(tag, count)| (count > 1).then_some(tag))
            .collect();
        repeated.sort_unstable();
        for tag in &repeated {
            let reason = |_: &Data<'_>| format!("several values have the language `{tag}`");
            self.broken(at, Broken::at(constraint, None, &reason));
        }
        repeated.is_empty()
    }

    fn has_value(&mut self, at: Place<'_>, constraint: &Constraint, value: Constant) -> bool {
        let reason = |data: &Data<'_>| expected(constraint, data);
        at.values.contains(&self.data.node(value))
            || self.broken(at, Broken::at(constraint, None, &reason))
    }

    fn others(&mut self, at: Place<'_>, predicate: Constant) -> Result<Vec<Node>> {
        let predicate = self.data.id(predicate);
        self.data.objects(at.focus, predicate)
    }

    fn equals(&mut self, at: Place<'_>, constraint: &Constraint, other: Constant) -> Result<bool> {
        let others = self.others(at, other)?;
        let (here, there): (FxHashSet<Node>, FxHashSet<Node>) = (
            at.values.iter().copied().collect(),
            others.iter().copied().collect(),
        );
        let reason = |data: &Data<'_>| expected(constraint, data);
        let mut kept = true;
        let only_here = at.values.iter().filter(|value| !there.contains(value));
        let only_there = others.iter().filter(|value| !here.contains(value));
        for value in only_here.chain(only_there) {
            kept = self.broken(at, Broken::at(constraint, Some(*value), &reason));
        }
        Ok(kept)
    }

    fn disjoint(
        &mut self,
        at: Place<'_>,
        constraint: &Constraint,
        other: Constant,
    ) -> Result<bool> {
        let others: FxHashSet<Node> = self.others(at, other)?.into_iter().collect();
        let reason = |data: &Data<'_>| expected(constraint, data);
        let mut kept = true;
        for value in at.values.iter().filter(|value| others.contains(value)) {
            kept = self.broken(at, Broken::at(constraint, Some(*value), &reason));
        }
        Ok(kept)
    }

    fn less(&mut self, at: Place<'_>, constraint: &Constraint, other: Constant) -> Result<bool> {
        let others = self.others(at, other)?;
        let or_equal = matches!(constraint, Constraint::LessThanOrEquals(_));
        let mut kept = true;
        for &value in at.values {
            let left = self.data.term(value);
            for &other in &others {
                self.data.meter.visit()?;
                let order = match (&left, &self.data.term(other)) {
                    (RdfTerm::Literal(left), RdfTerm::Literal(right)) => compare(left, right),
                    _ => None,
                };
                if order == Some(Ordering::Less) || or_equal && order == Some(Ordering::Equal) {
                    continue;
                }
                let reason = |data: &Data<'_>| {
                    format!(
                        "{}, and `{}` is there",
                        expected(constraint, data),
                        data.term(other)
                    )
                };
                kept = self.broken(at, Broken::at(constraint, Some(value), &reason));
            }
        }
        Ok(kept)
    }

    /// A property shape of the values: its findings stand in the report as its own.
    fn property(&mut self, at: Place<'_>, shape: ShapeId) -> Result<bool> {
        let mut kept = true;
        for &value in at.values {
            kept &= match at.sink {
                Sink::Report => self.check(shape, value, Sink::Report)?,
                Sink::Verdict => self.conforms(shape, value)?,
            };
            if !kept && at.sink == Sink::Verdict {
                break;
            }
        }
        Ok(kept)
    }

    fn qualified(&mut self, at: Place<'_>, qualified: &Qualified) -> Result<bool> {
        let mut count = 0;
        for &value in at.values {
            let siblings: &[ShapeId] = if qualified.disjoint {
                &qualified.siblings
            } else {
                &[]
            };
            if self.conforms(qualified.shape, value)? && !self.some_conforms(siblings, value)? {
                count += 1;
            }
        }
        let (min, max) = (
            qualified.min.unwrap_or(0),
            qualified.max.unwrap_or(u64::MAX),
        );
        let broken = if count < min {
            (
                "QualifiedMinCount",
                format!("needs {min} or more values of a shape, has {count}"),
            )
        } else if count > max {
            (
                "QualifiedMaxCount",
                format!("may have {max} values of a shape, has {count}"),
            )
        } else {
            return Ok(true);
        };
        let (component, reason) = (Component(broken.0), |_: &Data<'_>| broken.1.clone());
        Ok(self.broken(
            at,
            Broken {
                component,
                value: None,
                predicate: None,
                reason: &reason,
            },
        ))
    }

    fn closed(
        &mut self,
        at: Place<'_>,
        constraint: &Constraint,
        allowed: &[Constant],
    ) -> Result<bool> {
        let allowed: FxHashSet<_> = allowed.iter().filter_map(|p| self.data.id(*p)).collect();
        let mut kept = true;
        for &node in at.values {
            for (predicate, value) in self.data.statements(node)? {
                if allowed.contains(&predicate) {
                    continue;
                }
                let reason = |data: &Data<'_>| expected(constraint, data);
                let predicate = Some(self.data.term(Node::Known(predicate)));
                let broken = Broken::at(constraint, Some(value), &reason);
                kept = self.broken(
                    at,
                    Broken {
                        predicate,
                        ..broken
                    },
                );
            }
        }
        Ok(kept)
    }
}

fn has_datatype(term: &RdfTerm, datatype: &str) -> bool {
    let RdfTerm::Literal(literal) = term else {
        return false;
    };
    let tagged = [RDF_LANG_STRING, RDF_DIR_LANG_STRING].contains(&datatype);
    literal.datatype().as_str() == datatype && (tagged || is_well_formed(literal.value(), datatype))
}

fn is_kind(data: &Data<'_>, value: Node, kinds: NodeKinds) -> bool {
    if data.is_iri(value) {
        kinds.iri
    } else if data.is_literal(value) {
        kinds.literal
    } else {
        kinds.blank && matches!(data.term(value), RdfTerm::BlankNode(_))
    }
}

fn ordered(data: &Data<'_>, value: Node, bound: &Literal, wanted: &[Ordering]) -> bool {
    let RdfTerm::Literal(literal) = data.term(value) else {
        return false;
    };
    compare(&literal, bound).is_some_and(|order| wanted.contains(&order))
}

/// The text of an IRI or a literal; blank nodes have none.
fn text(data: &Data<'_>, value: Node) -> Option<String> {
    match data.term(value) {
        RdfTerm::Literal(literal) => Some(literal.value().to_owned()),
        RdfTerm::NamedNode(node) => Some(node.into_string()),
        _ => None,
    }
}

/// Says what a constraint asks for.
fn expected(constraint: &Constraint, data: &Data<'_>) -> String {
    let name = |constant: &Constant| data.term(data.node(*constant)).to_string();
    match constraint {
        Constraint::Class(class) => format!("must be of class {}", name(class)),
        Constraint::Datatype(datatype) => format!("must be a well-formed literal of <{datatype}>"),
        Constraint::NodeKind(kinds) => format!("must be {}", kinds_text(*kinds)),
        Constraint::MinCount(min) => format!("needs {min} or more values"),
        Constraint::MaxCount(max) => format!("may have {max} values"),
        Constraint::MinExclusive(bound) => format!("must be greater than {bound}"),
        Constraint::MinInclusive(bound) => format!("must be {bound} or greater"),
        Constraint::MaxExclusive(bound) => format!("must be less than {bound}"),
        Constraint::MaxInclusive(bound) => format!("must be {bound} or less"),
        Constraint::MinLength(length) => format!("must have {length} or more characters"),
        Constraint::MaxLength(length) => format!("may have {length} characters"),
        Constraint::Pattern(regex) => format!("must match `{regex}`"),
        Constraint::LanguageIn(ranges) => format!("must be text in {}", ranges.join(", ")),
        Constraint::UniqueLang => "must have each language once".to_owned(),
        Constraint::Equals(other) => format!("must be the values of {} too", name(other)),
        Constraint::Disjoint(other) => format!("must not be a value of {}", name(other)),
        Constraint::LessThan(other) => format!("must be less than each value of {}", name(other)),
        Constraint::LessThanOrEquals(other) => {
            format!("must not be greater than any value of {}", name(other))
        }
        Constraint::Not(_) => "keeps a shape that it must not keep".to_owned(),
        Constraint::And(_) => "must keep every shape of a list".to_owned(),
        Constraint::Or(_) => "must keep some shape of a list".to_owned(),
        Constraint::Xone(_) => "must keep exactly one shape of a list".to_owned(),
        Constraint::Node(_) | Constraint::Property(_) | Constraint::Qualified(_) => {
            "must keep a shape".to_owned()
        }
        Constraint::Closed(_) => {
            "is the value of a property that the shape does not allow".to_owned()
        }
        Constraint::HasValue(value) => format!("must have the value {}", name(value)),
        Constraint::In(members) => {
            let shown: Vec<String> = members.iter().take(10).map(name).collect();
            let more = if members.len() > shown.len() {
                ", ..."
            } else {
                ""
            };
            format!("must be one of {}{more}", shown.join(", "))
        }
    }
}

fn kinds_text(kinds: NodeKinds) -> String {
    let named = [
        (kinds.iri, "an IRI"),
        (kinds.blank, "a blank node"),
        (kinds.literal, "a literal"),
    ];
    let named: Vec<&str> = named
        .iter()
        .filter(|(on, _)| *on)
        .map(|(_, name)| *name)
        .collect();
    named.join(" or ")
}
