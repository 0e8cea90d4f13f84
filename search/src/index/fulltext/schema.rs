//! The fields of the full-text index, and writing all entities into it.

use semantic_model::EntityKind;
use tantivy::directory::RamDirectory;
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{Index, IndexReader, ReloadPolicy, Searcher, TantivyDocument};

use super::tokens::Writer;
use crate::document::Documents;
use crate::index::entries::{Entries, EntryId};

/// What the writer takes for its table of terms for each entity; the table grows when that was too little.
const WRITER_BYTES: usize = 1_500;
/// What the writer is given at least and at most.
const WRITER_RANGE: (usize, usize) = (1_000_000, 30_000_000);

/// The fields of an entity.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    name: Field,
    synonyms: Field,
    context: Field,
    description: Field,
}

impl Fields {
    /// Returns the fields with how much a match in each counts.
    pub(super) fn weighted(&self) -> impl Iterator<Item = (Field, f32)> {
        [
            (self.name, 3.0),
            (self.synonyms, 2.5),
            (self.context, 0.8),
            (self.description, 1.0),
        ]
        .into_iter()
    }
}

/// Returns the schema, which is the same for all shards.
fn schema() -> (Schema, Fields) {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("whitespace")
        .set_fieldnorms(true)
        .set_index_option(IndexRecordOption::WithFreqs);
    let options = TextOptions::default().set_indexing_options(indexing);
    let mut schema = Schema::builder();
    let fields = Fields {
        name: schema.add_text_field("name", options.clone()),
        synonyms: schema.add_text_field("synonyms", options.clone()),
        context: schema.add_text_field("context", options.clone()),
        description: schema.add_text_field("description", options),
    };
    (schema.build(), fields)
}

impl Fields {
    /// Returns the fields of every shard.
    pub(super) fn new() -> Self {
        schema().1
    }
}

/// Writes entries into one segment, so that the number of a document is the place of its entry among them.
pub(super) fn write(
    documents: &Documents,
    entries: &Entries,
    ids: &[EntryId],
    terms: &mut Writer<'_>,
) -> tantivy::Result<Searcher> {
    let (schema, fields) = schema();
    let (least, most) = WRITER_RANGE;
    let bytes = (ids.len() * WRITER_BYTES).clamp(least, most);
    let builder = Index::builder().schema(schema);
    let mut writer = builder.single_segment_index_writer(RamDirectory::create(), bytes)?;
    for &id in ids {
        writer.add_document(record(id, documents, entries, fields, terms))?;
    }
    let reader: IndexReader = writer
        .finalize()?
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .try_into()?;
    Ok(reader.searcher())
}

fn record(
    id: EntryId,
    documents: &Documents,
    entries: &Entries,
    fields: Fields,
    terms: &mut Writer<'_>,
) -> TantivyDocument {
    let mut record = TantivyDocument::new();
    let Some(entity) = entries.entity(id, documents) else {
        return record;
    };
    let mut add = |field: Field, fill: &mut dyn FnMut(&mut String)| {
        let mut text = String::new();
        fill(&mut text);
        if !text.is_empty() {
            record.add_text(field, text);
        }
    };
    add(fields.name, &mut |text| {
        terms.name(&entity.name, text);
        entity
            .label
            .iter()
            .for_each(|label| terms.name(label, text));
    });
    add(fields.synonyms, &mut |text| {
        for synonym in &entity.synonyms {
            terms.name(synonym, text);
        }
    });
    add(fields.description, &mut |text| {
        if let Some(words) = &entity.description {
            terms.text(words, text);
        }
    });
    let (kind, at) = entries.get(id);
    add(fields.context, &mut |text| match kind {
        EntityKind::Dataset => {
            for &column in entries.columns_of(at) {
                terms.name(documents.columns[column as usize].entity.title(), text);
            }
        }
        EntityKind::Column => {
            if let Some(dataset) = documents.datasets.get(documents.columns[at].dataset) {
                terms.name(dataset.entity.title(), text);
            }
        }
        _ => {}
    });
    record
}
