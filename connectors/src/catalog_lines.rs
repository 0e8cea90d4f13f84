//! Our own plain form for everything that has no connector: one JSON object a line.
//!
//! Every object has a `kind`; entities have an `id`, and refer to others by theirs, in any order and across all
//! documents that are read together. `docs/formats/catalog-lines.md` is the reference of kinds and keys.
//! An `id` becomes the path of the entity's IRI and is kept as `dcterms:identifier`, letter for letter.
//!
//! What is not known is kept: the value of an unknown key as `iso:extra`, and so is a reference to something
//! that no line defines. Both are reported.

mod entities;
mod kinds;
mod records;
#[cfg(test)]
mod tests;
mod write;

use crate::{Input, Options, Report, StatementBuilder};

/// Reads catalog lines; all documents together are one space of ids.
pub fn read(
    inputs: Vec<Input>,
    _options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    let names: Vec<String> = inputs.iter().map(|input| input.name.clone()).collect();
    let records = records::Records::read(inputs, report, out);
    write::write(&records, &names, report, out);
}
