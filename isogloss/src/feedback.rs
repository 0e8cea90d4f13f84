//! What people say of meanings that were offered to them: the resolver learns from it, in the open.

use graph_core::rdf::{Literal, NamedNode, Statement};
use graph_core::{Change, Commit, Receipt, SourceName, Timestamp};
use ontologies::{duv, iso, rdf};
use semantic_model::identity::{EntityIri, IriKind};

use crate::{Error, Isogloss, Result};

/// The source that holds what people say of meanings; removing it makes the resolver forget it.
pub const FEEDBACK: &str = "feedback";

/// What someone says of an asset as the meaning of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is what was meant.
    Accept,
    /// It is not what was meant.
    Reject,
}

impl Isogloss {
    /// Counts that an asset is, or is not, what words mean.
    ///
    /// The count is kept as statements of the source [`FEEDBACK`]: one `duv:UserFeedback` for the words and the asset, with
    /// `iso:asked`, `iso:about`, `iso:accepted` and `iso:rejected`. The words are kept as the resolver reads them, without
    /// small words, case and endings' differences, so that the same question asked otherwise is counted together.
    ///
    /// # Errors
    /// [`Error::UnknownEntity`] for an IRI of which nothing is said, [`Error::InvalidTerm`] for a text without a word, and
    /// what [`Isogloss::commit`] gives.
    pub fn feedback(
        &self,
        text: &str,
        iri: &str,
        verdict: Verdict,
        actor: &str,
        time: Timestamp,
    ) -> Result<Receipt> {
        let about = self.named(iri)?;
        let words = words(text)?;
        let subject = subject(&words, about.as_str())?;
        // Counts are read and written under one lock, so that none is lost between two callers.
        let _counting = self.counting();
        let snapshot = self.snapshot();
        let known = snapshot.model().feedback();
        let known = known
            .iter()
            .find(|one| one.asked == words && one.about == about.as_str());
        let (accepted, rejected) = known.map_or((0, 0), |one| (one.accepted, one.rejected));
        let counts = |accepted, rejected| counts(&subject, accepted, rejected);
        let mut add = said(&subject, words, about);
        add.extend(match verdict {
            Verdict::Accept => counts(accepted.saturating_add(1), rejected),
            Verdict::Reject => counts(accepted, rejected.saturating_add(1)),
        });
        let mut remove: Vec<Statement> = if known.is_some() {
            counts(accepted, rejected).to_vec()
        } else {
            Vec::new()
        };
        remove.retain(|statement| !add.contains(statement));
        self.commit(patch(remove, add, actor, time)?)
    }

    /// Forgets what was said of an asset as the meaning of words; tells how many voices went, or `None` if nobody had said anything.
    ///
    /// # Errors
    /// [`Error::InvalidTerm`] for a text without a word, and what [`Isogloss::commit`] gives.
    pub fn forget_feedback(
        &self,
        text: &str,
        iri: &str,
        actor: &str,
        time: Timestamp,
    ) -> Result<Option<(u64, Receipt)>> {
        let words = words(text)?;
        let _counting = self.counting();
        let snapshot = self.snapshot();
        let known = snapshot.model().feedback();
        let Some(known) = known
            .iter()
            .find(|one| one.asked == words && one.about == iri)
        else {
            return Ok(None);
        };
        let subject = subject(&words, iri)?;
        let about = NamedNode::new(iri).map_err(|_| Error::InvalidTerm {
            text: iri.to_owned(),
        })?;
        let mut remove = said(&subject, words, about);
        remove.extend(counts(&subject, known.accepted, known.rejected));
        let receipt = self.commit(patch(remove, Vec::new(), actor, time)?)?;
        Ok(Some((
            known.accepted.saturating_add(known.rejected),
            receipt,
        )))
    }
}

/// Reads the words that feedback on a text is kept by.
fn words(text: &str) -> Result<String> {
    let words = search::content_words(text).join(" ");
    if words.is_empty() {
        return Err(Error::InvalidTerm {
            text: text.chars().take(80).collect(),
        });
    }
    Ok(words)
}

/// Names what is said of an asset as the meaning of words.
fn subject(words: &str, about: &str) -> Result<NamedNode> {
    let path = [words.to_owned(), about.to_owned()];
    let subject = EntityIri::new(IriKind::Usage, FEEDBACK, &path).into_string();
    NamedNode::new(&subject).map_err(|_| Error::InvalidTerm { text: subject })
}

/// States which words and which asset feedback is on.
fn said(subject: &NamedNode, words: String, about: NamedNode) -> Vec<Statement> {
    vec![
        Statement::new(
            subject.clone(),
            NamedNode::new_unchecked(rdf::TYPE),
            NamedNode::new_unchecked(duv::USER_FEEDBACK),
        ),
        Statement::new(
            subject.clone(),
            NamedNode::new_unchecked(iso::ASKED),
            Literal::new_simple_literal(words),
        ),
        Statement::new(subject.clone(), NamedNode::new_unchecked(iso::ABOUT), about),
    ]
}

/// States the counts of feedback.
fn counts(subject: &NamedNode, accepted: u64, rejected: u64) -> [Statement; 2] {
    [(iso::ACCEPTED, accepted), (iso::REJECTED, rejected)].map(|(predicate, count)| {
        let count = Literal::from(i64::try_from(count).unwrap_or(i64::MAX));
        Statement::new(subject.clone(), NamedNode::new_unchecked(predicate), count)
    })
}

fn patch(
    remove: Vec<Statement>,
    add: Vec<Statement>,
    actor: &str,
    time: Timestamp,
) -> Result<Commit> {
    Ok(Commit {
        source: SourceName::new(FEEDBACK)?,
        kind: FEEDBACK.to_owned(),
        actor: actor.to_owned(),
        time,
        change: Change::Patch { remove, add },
    })
}
