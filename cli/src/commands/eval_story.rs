//! `isogloss eval-story`: the graded stories of a mesh, resolved and measured.
//!
//! A story says what a text should find in a graph of many sources, each answer with a grade. All the sources that
//! the given stories name are read into one graph, so that every story is asked among the others' data.

mod foreign;
mod measure;
mod mesh;
mod refs;

use std::path::Path;

use isogloss::search::ResolveRequest;
use serde::{Deserialize, Serialize};

use crate::arguments::EvalStory;
use crate::commands::Outcome;
use crate::failure::{Failure, FailureKind};
use crate::{output, progress};
use measure::{Graded, Marks};
use refs::Refs;

/// A story file longer than this is refused.
const BYTES_MAX: u64 = 16 << 20;
/// The longest list that is looked at.
const DEPTH: usize = 10;

/// A file of graded questions to one mesh.
#[derive(Debug, Deserialize)]
struct Story {
    #[serde(rename = "story")]
    name: String,
    domains: Vec<Domain>,
    items: Vec<Item>,
}

/// A domain that a story's askers speak from.
#[derive(Debug, Deserialize)]
struct Domain {
    id: String,
    title: String,
}

/// A question with its graded answers.
#[derive(Debug, Deserialize)]
struct Item {
    id: String,
    intent: String,
    #[serde(default)]
    context: Asker,
    expected_products: Vec<Expected>,
    #[serde(default)]
    must_not_rank_first: Vec<String>,
    #[serde(default)]
    ask_back: bool,
}

/// What is known of who asks.
#[derive(Debug, Default, Deserialize)]
struct Asker {
    domain: Option<String>,
    role: Option<String>,
    purpose: Option<String>,
}

/// An answer and how right it is: 3 right, 2 acceptable, 1 related.
#[derive(Debug, Deserialize)]
struct Expected {
    #[serde(rename = "ref")]
    reference: String,
    grade: u8,
}

impl Item {
    fn request(&self) -> ResolveRequest {
        ResolveRequest {
            domain: self.context.domain.clone(),
            purpose: self.context.purpose.clone(),
            role: self.context.role.clone(),
            limit: 2 * DEPTH,
            ..ResolveRequest::new(&self.intent)
        }
    }

    /// Every reference that the item makes.
    fn references(&self) -> impl Iterator<Item = &str> {
        let graded = self.expected_products.iter().map(|e| e.reference.as_str());
        graded.chain(self.must_not_rank_first.iter().map(String::as_str))
    }
}

/// What came of one item.
#[derive(Serialize)]
struct Answered<'s> {
    id: &'s str,
    intent: &'s str,
    outcome: &'static str,
    /// How likely the graph was said to hold an answer.
    answerability: f32,
    /// What was asked back.
    question: Option<String>,
    #[serde(flatten)]
    graded: Graded,
}

/// What came of a story.
#[derive(Serialize)]
struct Told<'s> {
    story: &'s str,
    #[serde(flatten)]
    marks: Marks,
    /// References of the story that nothing in the graph answers to.
    missing: Vec<&'s str>,
    items: Vec<Answered<'s>>,
}

pub(super) fn run(options: &EvalStory) -> Outcome {
    let stories = options.files.iter().map(|file| read(file));
    let stories = stories.collect::<Result<Vec<Story>, Failure>>()?;
    let corpora = options.corpora.clone().unwrap_or_else(|| {
        let folder = options.files.first().and_then(|file| file.parent());
        let above = folder.and_then(Path::parent);
        above.unwrap_or_else(|| Path::new("..")).to_path_buf()
    });
    let loaded = mesh::load(&corpora, &stories)?;
    for note in &loaded.notes {
        output::note(note);
    }
    let snapshot = loaded.mesh.snapshot();
    let refs = Refs::of(&snapshot);
    let bar = progress::bar(
        stories.iter().map(|s| s.items.len() as u64).sum(),
        "resolving",
    );
    let mut told = Vec::new();
    for story in &stories {
        let mut items = Vec::new();
        for item in &story.items {
            let resolution = snapshot.resolve(&item.request())?;
            items.push(Answered {
                id: &item.id,
                intent: &item.intent,
                outcome: resolution.outcome.as_str(),
                answerability: resolution.answerability,
                question: resolution.question.as_ref().map(|q| q.text.clone()),
                graded: measure::grade(item, &resolution, &refs),
            });
            bar.inc(1);
        }
        let named = story.items.iter().flat_map(Item::references);
        let mut missing: Vec<&str> = named.filter(|r| refs.iris(r).is_empty()).collect();
        missing.sort_unstable();
        missing.dedup();
        told.push(Told {
            story: &story.name,
            marks: Marks::of(items.iter().map(|item| &item.graded)),
            missing,
            items,
        });
    }
    bar.finish_and_clear();
    if options.output.json {
        return output::json(&told);
    }
    output::text(&render(&told, options.explain))
}

fn render(told: &[Told<'_>], explain: bool) -> String {
    let header = [
        "story",
        "items",
        "top-1 grade 3",
        "top-5",
        "nDCG@10",
        "ask-back",
        "must not be first",
        "missing",
    ];
    let rows: Vec<Vec<String>> = told
        .iter()
        .map(|told| {
            let marks = &told.marks;
            let share = |value: f64| format!("{value:.3}");
            vec![
                told.story.to_owned(),
                marks.items.to_string(),
                share(marks.first),
                share(marks.five),
                share(marks.ndcg),
                share(marks.asked),
                marks.violations.to_string(),
                told.missing.len().to_string(),
            ]
        })
        .collect();
    let mut text = output::table(&header, &rows);
    for story in told {
        if !story.missing.is_empty() {
            let missing = story.missing.join(", ");
            text.extend(["\n", story.story, ": not in the graph: ", &missing, "\n"]);
        }
        for item in story.items.iter().filter(|_| explain) {
            text.push_str(&item.explained());
        }
    }
    text
}

impl Answered<'_> {
    fn explained(&self) -> String {
        let graded = &self.graded;
        let marks = [
            (graded.violates, " MUST NOT BE FIRST"),
            (!graded.asked_right, " ASK-BACK DIFFERS"),
        ];
        let marks: String = marks.iter().filter(|m| m.0).map(|m| m.1).collect();
        let mut text = format!(
            "\n{} {:?} {} (answerable {:.2}) nDCG {:.3}{marks}\n",
            self.id, self.intent, self.outcome, self.answerability, graded.ndcg
        );
        text.extend(self.question.iter().map(|asked| format!("  ? {asked}\n")));
        for place in &graded.places {
            let parts = place.parts.iter();
            let parts = parts.map(|part| format!(" {} {:.2}", part.name, part.value));
            let parts: String = parts.collect();
            let line = format!(
                "  {} {:.3} {} ={parts}\n",
                place.grade, place.score, place.label
            );
            text += &line;
        }
        for missed in &graded.missed {
            text.extend(["  - missed ", missed, "\n"]);
        }
        text
    }
}

fn read(path: &Path) -> Result<Story, Failure> {
    let broken = |cause: &dyn std::fmt::Display| {
        let message = format!("could not read the story `{}`: {cause}", path.display());
        Failure::new(FailureKind::Input, message)
    };
    let size = std::fs::metadata(path)
        .map_err(|error| broken(&error))?
        .len();
    if size > BYTES_MAX {
        return Err(broken(&format!("it is longer than {BYTES_MAX} bytes")));
    }
    let text = std::fs::read_to_string(path).map_err(|error| broken(&error))?;
    serde_json::from_str(&text).map_err(|error| broken(&error))
}
