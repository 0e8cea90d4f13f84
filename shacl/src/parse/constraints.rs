//! The constraint parameters of a shape.

use graph_core::rdf::{Literal, RdfTerm};
use regex::{Regex, RegexBuilder};

use super::Reader;
use crate::error::Result;
use crate::graph::malformed;
use crate::shape::{Constant, Constraint, NodeKinds, Qualified, ShapeId};
use crate::vocabulary::SH;

/// The greatest size of one compiled regular expression.
const REGEX_BYTES_MAX: usize = 1 << 20;

/// Makes a constraint of its parameter.
type Make<T> = fn(T) -> Constraint;

impl Reader<'_> {
    /// Reads every constraint of a shape, in the order of the specification.
    pub(super) fn constraints(
        &mut self,
        node: &RdfTerm,
        has_path: bool,
    ) -> Result<Vec<Constraint>> {
        let mut out = Vec::new();
        self.value_types(node, &mut out)?;
        self.cardinalities(node, has_path, &mut out)?;
        self.ranges(node, &mut out)?;
        self.texts(node, has_path, &mut out)?;
        self.pairs(node, has_path, &mut out)?;
        self.logic(node, &mut out)?;
        self.shapes_of_values(node, has_path, &mut out)?;
        self.others(node, &mut out)?;
        Ok(out)
    }

    fn value_types(&mut self, node: &RdfTerm, out: &mut Vec<Constraint>) -> Result<()> {
        let graph = self.graph;
        for class in graph.values(node, "class") {
            out.push(Constraint::Class(self.iri_constant(node, "class", class)?));
        }
        match graph.one(node, "datatype")? {
            None => {}
            Some(RdfTerm::NamedNode(datatype)) => {
                out.push(Constraint::Datatype(datatype.as_str().to_owned()));
            }
            Some(other) => {
                return Err(malformed(node, format!("sh:datatype `{other}` is no IRI")));
            }
        }
        if let Some(kind) = graph.one(node, "nodeKind")? {
            out.push(Constraint::NodeKind(node_kinds(node, kind)?));
        }
        Ok(())
    }

    fn cardinalities(
        &mut self,
        node: &RdfTerm,
        has_path: bool,
        out: &mut Vec<Constraint>,
    ) -> Result<()> {
        let graph = self.graph;
        let counts: [(&str, Make<u64>); 2] = [
            ("minCount", Constraint::MinCount),
            ("maxCount", Constraint::MaxCount),
        ];
        for (local, make) in counts {
            if let Some(count) = graph.count(node, local)? {
                needs_path(node, local, has_path)?;
                out.push(make(count));
            }
        }
        Ok(())
    }

    fn ranges(&mut self, node: &RdfTerm, out: &mut Vec<Constraint>) -> Result<()> {
        let ranges: [(&str, Make<Literal>); 4] = [
            ("minExclusive", Constraint::MinExclusive),
            ("minInclusive", Constraint::MinInclusive),
            ("maxExclusive", Constraint::MaxExclusive),
            ("maxInclusive", Constraint::MaxInclusive),
        ];
        for (local, make) in ranges {
            if let Some(bound) = self.graph.literal(node, local)? {
                out.push(make(bound.clone()));
            }
        }
        Ok(())
    }

    fn texts(&mut self, node: &RdfTerm, has_path: bool, out: &mut Vec<Constraint>) -> Result<()> {
        let graph = self.graph;
        if let Some(length) = graph.count(node, "minLength")? {
            out.push(Constraint::MinLength(length));
        }
        if let Some(length) = graph.count(node, "maxLength")? {
            out.push(Constraint::MaxLength(length));
        }
        if let Some(pattern) = graph.literal(node, "pattern")? {
            let flags = graph.literal(node, "flags")?.map_or("", Literal::value);
            let regex = compile(pattern.value(), flags).map_err(|reason| {
                malformed(node, format!("sh:pattern `{}`: {reason}", pattern.value()))
            })?;
            out.push(Constraint::Pattern(Box::new(regex)));
        }
        if let Some(head) = graph.one(node, "languageIn")? {
            let mut languages = Vec::new();
            for member in graph.list(node, "languageIn", head)? {
                match member {
                    RdfTerm::Literal(tag) => languages.push(tag.value().to_ascii_lowercase()),
                    other => {
                        return Err(malformed(node, format!("language `{other}` is no text")));
                    }
                }
            }
            out.push(Constraint::LanguageIn(languages));
        }
        if self.flag(node, "uniqueLang")? {
            needs_path(node, "uniqueLang", has_path)?;
            out.push(Constraint::UniqueLang);
        }
        Ok(())
    }

    fn pairs(&mut self, node: &RdfTerm, has_path: bool, out: &mut Vec<Constraint>) -> Result<()> {
        let pairs: [(&str, Make<Constant>); 4] = [
            ("equals", Constraint::Equals),
            ("disjoint", Constraint::Disjoint),
            ("lessThan", Constraint::LessThan),
            ("lessThanOrEquals", Constraint::LessThanOrEquals),
        ];
        for (local, make) in pairs {
            for term in self.graph.values(node, local) {
                if local.starts_with("less") {
                    needs_path(node, local, has_path)?;
                }
                out.push(make(self.iri_constant(node, local, term)?));
            }
        }
        Ok(())
    }

    fn logic(&mut self, node: &RdfTerm, out: &mut Vec<Constraint>) -> Result<()> {
        let graph = self.graph;
        for shape in graph.values(node, "not") {
            out.push(Constraint::Not(self.shape(shape)));
        }
        let lists: [(&str, Make<Vec<ShapeId>>); 3] = [
            ("and", Constraint::And),
            ("or", Constraint::Or),
            ("xone", Constraint::Xone),
        ];
        for (local, make) in lists {
            for head in graph.values(node, local) {
                let members = graph.list(node, local, head)?;
                out.push(make(
                    members.iter().map(|member| self.shape(member)).collect(),
                ));
            }
        }
        Ok(())
    }

    fn shapes_of_values(
        &mut self,
        node: &RdfTerm,
        has_path: bool,
        out: &mut Vec<Constraint>,
    ) -> Result<()> {
        let graph = self.graph;
        for shape in graph.values(node, "node") {
            out.push(Constraint::Node(self.shape(shape)));
        }
        for shape in graph.values(node, "property") {
            if graph.values(shape, "path").is_empty() {
                return Err(malformed(
                    node,
                    format!("sh:property `{shape}` has no sh:path"),
                ));
            }
            out.push(Constraint::Property(self.shape(shape)));
        }
        let Some(shape) = graph.one(node, "qualifiedValueShape")? else {
            return Ok(());
        };
        needs_path(node, "qualifiedValueShape", has_path)?;
        let (min, max) = (
            graph.count(node, "qualifiedMinCount")?,
            graph.count(node, "qualifiedMaxCount")?,
        );
        if min.is_none() && max.is_none() {
            let reason = "it means nothing without a qualified count";
            self.skip(node, "sh:qualifiedValueShape", reason);
        }
        out.push(Constraint::Qualified(Qualified {
            shape: self.shape(shape),
            min,
            max,
            disjoint: self.flag(node, "qualifiedValueShapesDisjoint")?,
            siblings: Vec::new(),
        }));
        Ok(())
    }

    fn others(&mut self, node: &RdfTerm, out: &mut Vec<Constraint>) -> Result<()> {
        let graph = self.graph;
        if self.flag(node, "closed")? {
            let mut allowed = Vec::new();
            if let Some(head) = graph.one(node, "ignoredProperties")? {
                for member in graph.list(node, "ignoredProperties", head)? {
                    allowed.push(self.iri_constant(node, "ignoredProperties", &member)?);
                }
            }
            for property in graph.values(node, "property") {
                if let Some(path @ RdfTerm::NamedNode(_)) = graph.one(property, "path")? {
                    allowed.push(self.constant(path));
                }
            }
            out.push(Constraint::Closed(allowed));
        }
        for value in graph.values(node, "hasValue") {
            out.push(Constraint::HasValue(self.constant(value)));
        }
        if let Some(head) = graph.one(node, "in")? {
            let members = graph.list(node, "in", head)?;
            out.push(Constraint::In(
                members.iter().map(|member| self.constant(member)).collect(),
            ));
        }
        Ok(())
    }
}

fn needs_path(node: &RdfTerm, local: &str, has_path: bool) -> Result<()> {
    if has_path {
        return Ok(());
    }
    let reason = format!("sh:{local} is for property shapes, and it has no sh:path");
    Err(malformed(node, reason))
}

fn node_kinds(node: &RdfTerm, kind: &RdfTerm) -> Result<NodeKinds> {
    let name = match kind {
        RdfTerm::NamedNode(iri) => iri.as_str().strip_prefix(SH),
        _ => None,
    };
    let (iri, blank, literal) = match name {
        Some("IRI") => (true, false, false),
        Some("BlankNode") => (false, true, false),
        Some("Literal") => (false, false, true),
        Some("BlankNodeOrIRI") => (true, true, false),
        Some("BlankNodeOrLiteral") => (false, true, true),
        Some("IRIOrLiteral") => (true, false, true),
        _ => {
            let reason = format!("sh:nodeKind `{kind}` is none of SHACL's six kinds");
            return Err(malformed(node, reason));
        }
    };
    Ok(NodeKinds {
        iri,
        blank,
        literal,
    })
}

/// Compiles a pattern with the flags of SPARQL's REGEX; the engine takes time linear in the text.
fn compile(pattern: &str, flags: &str) -> Result<Regex, String> {
    let escaped;
    let mut pattern = pattern;
    if flags.contains('q') {
        escaped = regex::escape(pattern);
        pattern = &escaped;
    }
    let mut builder = RegexBuilder::new(pattern);
    builder.size_limit(REGEX_BYTES_MAX);
    for flag in flags.chars() {
        match flag {
            's' => builder.dot_matches_new_line(true),
            'm' => builder.multi_line(true),
            'i' => builder.case_insensitive(true),
            'x' => builder.ignore_whitespace(true),
            'q' => &mut builder,
            other => return Err(format!("flag `{other}` is none of s, m, i, x and q")),
        };
    }
    builder.build().map_err(|error| {
        let message = error.to_string();
        message.lines().last().unwrap_or_default().to_owned()
    })
}
