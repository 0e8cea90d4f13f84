//! The rules of each regime, as text, and as the engine runs them.

use rustc_hash::FxHashMap;

use super::Regime;
use super::facts::{ANY, Fact};

/// `name: premise, premise -> conclusion`. The premise that is rarest comes first: a derivation starts there.
const SKOS: &[&str] = &[
    "skos-broader-inverse: ?a skos:broader ?b -> ?b skos:narrower ?a",
    "skos-narrower-inverse: ?a skos:narrower ?b -> ?b skos:broader ?a",
    "skos-broader: ?a skos:broader ?b -> ?a skos:broaderTransitive ?b",
    "skos-narrower: ?a skos:narrower ?b -> ?a skos:narrowerTransitive ?b",
    "skos-broader-transitive: ?a skos:broaderTransitive ?b, ?b skos:broaderTransitive ?c -> ?a skos:broaderTransitive ?c",
    "skos-narrower-transitive: ?a skos:narrowerTransitive ?b, ?b skos:narrowerTransitive ?c -> ?a skos:narrowerTransitive ?c",
    "skos-broader-transitive-inverse: ?a skos:broaderTransitive ?b -> ?b skos:narrowerTransitive ?a",
    "skos-narrower-transitive-inverse: ?a skos:narrowerTransitive ?b -> ?b skos:broaderTransitive ?a",
    "skos-related-symmetric: ?a skos:related ?b -> ?b skos:related ?a",
    "skos-broad-match: ?a skos:broadMatch ?b -> ?a skos:broader ?b",
    "skos-narrow-match: ?a skos:narrowMatch ?b -> ?a skos:narrower ?b",
    "skos-related-match: ?a skos:relatedMatch ?b -> ?a skos:related ?b",
    "skos-exact-match: ?a skos:exactMatch ?b -> ?a skos:closeMatch ?b",
    "skos-broad-match-inverse: ?a skos:broadMatch ?b -> ?b skos:narrowMatch ?a",
    "skos-narrow-match-inverse: ?a skos:narrowMatch ?b -> ?b skos:broadMatch ?a",
    "skos-related-match-symmetric: ?a skos:relatedMatch ?b -> ?b skos:relatedMatch ?a",
    "skos-close-match-symmetric: ?a skos:closeMatch ?b -> ?b skos:closeMatch ?a",
    "skos-exact-match-symmetric: ?a skos:exactMatch ?b -> ?b skos:exactMatch ?a",
    "skos-exact-match-transitive: ?a skos:exactMatch ?b, ?b skos:exactMatch ?c -> ?a skos:exactMatch ?c",
    "skos-top-concept-inverse: ?a skos:topConceptOf ?s -> ?s skos:hasTopConcept ?a",
    "skos-has-top-concept-inverse: ?s skos:hasTopConcept ?a -> ?a skos:topConceptOf ?s",
    "skos-top-concept: ?a skos:topConceptOf ?s -> ?a skos:inScheme ?s",
];

const RDFS: &[&str] = &[
    "rdfs2: ?p rdfs:domain ?c, ?x ?p ?y -> ?x rdf:type ?c",
    "rdfs3: ?p rdfs:range ?c, ?x ?p ?y -> ?y rdf:type ?c",
    "rdfs5: ?p rdfs:subPropertyOf ?q, ?q rdfs:subPropertyOf ?r -> ?p rdfs:subPropertyOf ?r",
    "rdfs7: ?p rdfs:subPropertyOf ?q, ?x ?p ?y -> ?x ?q ?y",
    "rdfs9: ?c rdfs:subClassOf ?d, ?x rdf:type ?c -> ?x rdf:type ?d",
    "rdfs11: ?c rdfs:subClassOf ?d, ?d rdfs:subClassOf ?e -> ?c rdfs:subClassOf ?e",
];

/// What OWL adds to RDFS.
const OWL: &[&str] = &[
    "prp-inv1: ?p owl:inverseOf ?q, ?x ?p ?y -> ?y ?q ?x",
    "prp-inv2: ?p owl:inverseOf ?q, ?x ?q ?y -> ?y ?p ?x",
    "prp-symp: ?p rdf:type owl:SymmetricProperty, ?x ?p ?y -> ?y ?p ?x",
    "prp-trp: ?p rdf:type owl:TransitiveProperty, ?x ?p ?y, ?y ?p ?z -> ?x ?p ?z",
    "prp-fp: ?p rdf:type owl:FunctionalProperty, ?x ?p ?y, ?x ?p ?z -> ?y owl:sameAs ?z",
    "prp-ifp: ?p rdf:type owl:InverseFunctionalProperty, ?x ?p ?z, ?y ?p ?z -> ?x owl:sameAs ?y",
    "scm-eqc1: ?c owl:equivalentClass ?d -> ?c rdfs:subClassOf ?d",
    "scm-eqc2: ?c owl:equivalentClass ?d -> ?d rdfs:subClassOf ?c",
    "scm-eqp1: ?p owl:equivalentProperty ?q -> ?p rdfs:subPropertyOf ?q",
    "scm-eqp2: ?p owl:equivalentProperty ?q -> ?q rdfs:subPropertyOf ?p",
    "eq-sym: ?x owl:sameAs ?y -> ?y owl:sameAs ?x",
    "eq-trans: ?x owl:sameAs ?y, ?y owl:sameAs ?z -> ?x owl:sameAs ?z",
    "eq-rep-s: ?x owl:sameAs ?y, ?x ?p ?o -> ?y ?p ?o",
    "eq-rep-p: ?p owl:sameAs ?q, ?x ?p ?o -> ?x ?q ?o",
    "eq-rep-o: ?x owl:sameAs ?y, ?s ?p ?x -> ?s ?p ?y",
];

const PREFIXES: [(&str, &str); 4] = [
    ("rdf:", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs:", "http://www.w3.org/2000/01/rdf-schema#"),
    ("owl:", "http://www.w3.org/2002/07/owl#"),
    ("skos:", "http://www.w3.org/2004/02/skos/core#"),
];

const VARIABLES_MAX: usize = 6;

/// What the variables of a rule stand for; [`ANY`] for those that are open.
pub(super) type Bindings = [u32; VARIABLES_MAX];
pub(super) const OPEN: Bindings = [ANY; VARIABLES_MAX];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Variable(usize),
    Word(u32),
}

/// A premise or a conclusion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Atom(pub(super) [Part; 3]);

impl Atom {
    /// The statement with what is bound; [`ANY`] in the place of what is not.
    pub(super) fn bound(&self, bindings: &Bindings) -> Fact {
        self.0.map(|part| match part {
            Part::Variable(at) => bindings[at],
            Part::Word(word) => word,
        })
    }

    /// Binds the variables to the parts of a statement; false when they do not fit.
    pub(super) fn bind(&self, fact: Fact, bindings: &mut Bindings) -> bool {
        self.0.iter().zip(fact).all(|(part, number)| match *part {
            Part::Word(word) => word == number,
            Part::Variable(at) if bindings[at] == ANY => {
                bindings[at] = number;
                true
            }
            Part::Variable(at) => bindings[at] == number,
        })
    }

    pub(super) fn word(&self, at: usize) -> Option<u32> {
        match self.0[at] {
            Part::Word(word) => Some(word),
            Part::Variable(_) => None,
        }
    }

    fn variables(&self) -> impl Iterator<Item = usize> {
        self.0.into_iter().filter_map(|part| match part {
            Part::Variable(at) => Some(at),
            Part::Word(_) => None,
        })
    }
}

/// A rule with the orders in which its premises are looked up.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) body: Vec<Atom>,
    pub(super) head: Atom,
    /// For each premise that a new statement fits: the others in the order to look them up.
    pub(super) after: Vec<Vec<usize>>,
    /// The premises in the order to look them up when the conclusion is known.
    pub(super) backwards: Vec<usize>,
}

/// The rules of a regime, with the words that they name.
#[derive(Debug)]
pub(super) struct Rules {
    words: Vec<String>,
    pub(super) list: Vec<Rule>,
    /// The premises with this predicate: number of the rule, number of the premise.
    pub(super) by_predicate: FxHashMap<u32, Vec<(usize, usize)>>,
    /// The premises that any predicate fits.
    pub(super) any_predicate: Vec<(usize, usize)>,
    /// Premises with a word for predicate beside one that any predicate fits: predicate and object.
    pub(super) guarded: Vec<(u32, Option<u32>)>,
    pub(super) same_as: Option<u32>,
}

impl Rules {
    pub(super) fn of(regime: Regime) -> Self {
        let texts: Vec<&'static str> = match regime {
            Regime::Skos => SKOS.to_vec(),
            Regime::Rdfs => RDFS.to_vec(),
            Regime::OwlRl => RDFS.iter().chain(OWL).copied().collect(),
        };
        let mut rules = Self {
            words: Vec::new(),
            list: Vec::new(),
            by_predicate: FxHashMap::default(),
            any_predicate: Vec::new(),
            guarded: Vec::new(),
            same_as: None,
        };
        for text in texts {
            rules.add(text);
        }
        rules.same_as = rules
            .words
            .iter()
            .position(|word| word.ends_with("#sameAs"))
            .map(Self::number_of);
        rules
    }

    /// The IRIs of the words, by [`Rules::word_at`].
    pub(super) fn words(&self) -> &[String] {
        &self.words
    }

    /// The place of a word in the list of words; `None` for the number of a term of the graph.
    pub(super) fn word_at(number: u32) -> Option<usize> {
        let at = (ANY - 1).checked_sub(number)? as usize;
        (at < 64).then_some(at)
    }

    /// Words count down from the top, where no dictionary ever comes.
    pub(super) fn number_of(at: usize) -> u32 {
        ANY - 1 - at as u32
    }

    /// Tells whether some premise asks for a node without naming the predicate.
    pub(super) fn asks_for_nodes(&self) -> bool {
        self.same_as.is_some()
    }

    fn add(&mut self, text: &'static str) {
        let (name, rest) = text
            .split_once(": ")
            .expect("rules are written in this file");
        let (body, head) = rest
            .split_once(" -> ")
            .expect("rules are written in this file");
        let mut names = Vec::new();
        let body: Vec<Atom> = body
            .split(", ")
            .map(|atom| self.atom(atom, &mut names))
            .collect();
        let head = self.atom(head, &mut names);
        let number = self.list.len();
        let is_open = body.iter().any(|atom| atom.word(1).is_none());
        for (at, atom) in body.iter().enumerate() {
            match atom.word(1) {
                Some(word) => self
                    .by_predicate
                    .entry(word)
                    .or_default()
                    .push((number, at)),
                None => self.any_predicate.push((number, at)),
            }
            if let Some(word) = atom.word(1)
                && is_open
                && !self.guarded.contains(&(word, atom.word(2)))
            {
                self.guarded.push((word, atom.word(2)));
            }
        }
        let after = (0..body.len())
            .map(|at| order(&body, Some(at), body[at].variables().collect()))
            .collect();
        let backwards = order(&body, None, head.variables().collect());
        self.list.push(Rule {
            name,
            body,
            head,
            after,
            backwards,
        });
    }

    fn atom<'t>(&mut self, text: &'t str, names: &mut Vec<&'t str>) -> Atom {
        let mut parts = text.split(' ').map(|part| match part.strip_prefix('?') {
            Some(name) => {
                Part::Variable(names.iter().position(|n| *n == name).unwrap_or_else(|| {
                    names.push(name);
                    names.len() - 1
                }))
            }
            None => self.word(part),
        });
        let mut next = || parts.next().expect("rules are written in this file");
        Atom([next(), next(), next()])
    }

    fn word(&mut self, name: &str) -> Part {
        let iri = PREFIXES
            .iter()
            .find_map(|(prefix, namespace)| {
                Some(format!("{namespace}{}", name.strip_prefix(prefix)?))
            })
            .expect("rules are written in this file");
        let at = self.words.iter().position(|word| *word == iri);
        let at = at.unwrap_or_else(|| {
            self.words.push(iri);
            self.words.len() - 1
        });
        Part::Word(Self::number_of(at))
    }
}

/// Orders premises so that each is looked up when as much of it as can be is known, its predicate above all.
fn order(body: &[Atom], done: Option<usize>, mut bound: Vec<usize>) -> Vec<usize> {
    let mut left: Vec<usize> = (0..body.len()).filter(|at| Some(*at) != done).collect();
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let known = |part: &Part| match part {
            Part::Word(_) => true,
            Part::Variable(at) => bound.contains(at),
        };
        let rank = |at: &usize| {
            let [s, p, o] = &body[*at].0;
            (
                !known(p),
                2 - usize::from(known(s)) - usize::from(known(o)),
                *at,
            )
        };
        let Some(best) = left.iter().copied().min_by_key(|at| rank(at)) else {
            break;
        };
        left.retain(|at| *at != best);
        bound.extend(body[best].variables());
        ordered.push(best);
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_read() {
        for (regime, count) in [(Regime::Skos, 22), (Regime::Rdfs, 6), (Regime::OwlRl, 21)] {
            let rules = Rules::of(regime);
            assert_eq!(rules.list.len(), count, "{regime}");
            assert!(rules.words().len() < 64, "{regime}");
            for rule in &rules.list {
                let bound: Vec<usize> = rule.body.iter().flat_map(Atom::variables).collect();
                assert!(
                    rule.head.variables().all(|v| bound.contains(&v)),
                    "{}",
                    rule.name
                );
                assert!(
                    rule.body[0].word(1).is_some(),
                    "{} starts anywhere",
                    rule.name
                );
                assert!(bound.iter().all(|v| *v < VARIABLES_MAX));
            }
        }
    }

    #[test]
    fn the_schema_is_looked_up_before_the_data() {
        let rules = Rules::of(Regime::OwlRl);
        let rule = rules.list.iter().find(|r| r.name == "prp-trp").unwrap();
        assert_eq!(rule.after, [vec![1, 2], vec![0, 2], vec![0, 1]]);
        assert_eq!(rule.backwards, [0, 1, 2]);
        assert_eq!(Rules::word_at(Rules::number_of(3)), Some(3));
        assert_eq!(Rules::word_at(17), None);
    }
}
