//! The parts of a term as the dictionary stores them.

use oxrdf::{BaseDirection, Literal};

const XSD_STRING: &str = "http://www.w3.org/2001/XMLSchema#string";

/// The kinds of term; the number is part of the stored form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Iri = 0,
    Blank = 1,
    Text = 2,
    Lang = 3,
    LangLtr = 4,
    LangRtl = 5,
    Typed = 6,
    Triple = 7,
}

impl Kind {
    /// Reads a kind from its number, of which only the lowest three bits count.
    pub(crate) fn from_bits(bits: u32) -> Self {
        match bits & 7 {
            0 => Self::Iri,
            1 => Self::Blank,
            2 => Self::Text,
            3 => Self::Lang,
            4 => Self::LangLtr,
            5 => Self::LangRtl,
            6 => Self::Typed,
            _ => Self::Triple,
        }
    }

    /// Tells whether terms of this kind have a shared name: an IRI prefix, a language or a datatype.
    pub(crate) fn has_name(self) -> bool {
        !matches!(self, Self::Blank | Self::Text | Self::Triple)
    }
}

/// What a term shares with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aux<'a> {
    /// Nothing.
    None,
    /// IRI prefix, language tag or datatype.
    Name(&'a str),
    /// The source of a blank node.
    Number(u32),
}

/// A term in parts, borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key<'a> {
    pub(crate) kind: Kind,
    pub(crate) aux: Aux<'a>,
    pub(crate) text: &'a str,
}

impl<'a> Key<'a> {
    /// Splits an IRI after its last `/` or `#`, so that neighbours share the prefix.
    pub(crate) fn iri(iri: &'a str) -> Self {
        let split = memchr::memrchr2(b'/', b'#', iri.as_bytes()).map_or(0, |at| at + 1);
        let (prefix, local) = iri.split_at(split);
        Self {
            kind: Kind::Iri,
            aux: Aux::Name(prefix),
            text: local,
        }
    }

    pub(crate) fn blank(source: u16, label: &'a str) -> Self {
        Self {
            kind: Kind::Blank,
            aux: Aux::Number(u32::from(source)),
            text: label,
        }
    }

    pub(crate) fn literal(literal: &'a Literal) -> Self {
        let text = literal.value();
        if let Some(tag) = literal.language() {
            let kind = match literal.direction() {
                None => Kind::Lang,
                Some(BaseDirection::Ltr) => Kind::LangLtr,
                Some(BaseDirection::Rtl) => Kind::LangRtl,
            };
            return Self {
                kind,
                aux: Aux::Name(tag),
                text,
            };
        }
        let datatype = literal.datatype().as_str();
        if datatype == XSD_STRING {
            Self {
                kind: Kind::Text,
                aux: Aux::None,
                text,
            }
        } else {
            Self {
                kind: Kind::Typed,
                aux: Aux::Name(datatype),
                text,
            }
        }
    }

    /// The key of a triple term, from [`Key::triple_text`].
    pub(crate) fn triple(text: &'a str) -> Self {
        Self {
            kind: Kind::Triple,
            aux: Aux::None,
            text,
        }
    }

    pub(crate) fn triple_text(subject: u32, predicate: u32, object: u32) -> String {
        format!("{subject} {predicate} {object}")
    }

    pub(crate) fn triple_parts(text: &str) -> [u32; 3] {
        let mut parts = text.split(' ').map(|part| part.parse().unwrap_or(u32::MAX));
        std::array::from_fn(|_| parts.next().unwrap_or(u32::MAX))
    }
}
