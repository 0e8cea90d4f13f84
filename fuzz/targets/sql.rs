//! Any text as SQL of any dialect: the first byte names the dialect.

#![no_main]

use connectors::sql::{Context, Dialect, Schema, analyze};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [dialect, sql @ ..] = data else {
        return;
    };
    let Ok(sql) = std::str::from_utf8(sql) else {
        return;
    };
    let names: Vec<&str> = Dialect::names().collect();
    let name = names[usize::from(*dialect) % names.len()];
    let Some(dialect) = Dialect::of_name(name) else {
        return;
    };
    let mut schema = Schema::default();
    schema.add(&["shop", "public", "orders"], ["id", "total"]);
    let context = Context::new(dialect, &schema).search_path(["public"]);
    let _ = analyze(sql, &context);
});
