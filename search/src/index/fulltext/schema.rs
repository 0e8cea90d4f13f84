//! The fields of the full-text index, and writing all entities into it.

use semantic_model::EntityKind;
use tantivy::directory::RamDirectory;
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{Index, TantivyDocument};

use super::tokens::Writer;
use crate::document::Documents;
use crate::index::entries::{Entries, EntryId};
use crate::lexicon::Lexicon;

/// What the writer may use before it is sealed.
const WRITER_BYTES: usize = 30_000_000;

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

/// Writes all entries into one segment, so that the number of a document is the number of its entry.
pub(super) fn write(
    documents: &Documents,
    entries: &Entries,
    lexicon: &Lexicon,
) -> tantivy::Result<(Index, Fields)> {
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
    let builder = Index::builder().schema(schema.build());
    let mut writer = builder.single_segment_index_writer(RamDirectory::create(), WRITER_BYTES)?;
    let mut terms = Writer::new(lexicon);
    let mut columns_of = vec![Vec::new(); documents.datasets.len()];
    for column in &documents.columns {
        columns_of[column.dataset].push(column.entity.title());
    }
    for id in 0..entries.len() as EntryId {
        writer.add_document(record(
            id,
            documents,
            entries,
            &columns_of,
            fields,
            &mut terms,
        ))?;
    }
    Ok((writer.finalize()?, fields))
}

fn record(
    id: EntryId,
    documents: &Documents,
    entries: &Entries,
    columns_of: &[Vec<&str>],
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
        EntityKind::Dataset => columns_of[at]
            .iter()
            .for_each(|column| terms.name(column, text)),
        EntityKind::Column => {
            if let Some(dataset) = documents.datasets.get(documents.columns[at].dataset) {
                terms.name(dataset.entity.title(), text);
            }
        }
        _ => {}
    });
    record
}
