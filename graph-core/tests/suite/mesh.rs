//! A small mesh in two sources that overlap, for query tests.

use graph_core::Store;
use graph_core::rdf::{Literal, Statement};

use crate::support::*;

/// Domains, datasets with columns, lineage and titles; `manual` repeats some of `tech` and contradicts some.
pub(crate) fn mesh(datasets: u32) -> Store {
    let store = Store::in_memory();
    store.commit(replace("tech", tech(datasets))).unwrap();
    store.commit(replace("manual", manual(datasets))).unwrap();
    store
}

fn tech(datasets: u32) -> Vec<Statement> {
    let mut says = Vec::new();
    for d in 0..datasets {
        let name = format!("ds{d}");
        says.push(link(&name, "type", "Dataset"));
        says.push(link(&name, "domain", &format!("dom{}", d % 7)));
        says.push(fact(&name, "title", Literal::from(format!("Dataset {d}"))));
        says.push(fact(&name, "rows", Literal::from(i64::from(d * 37 % 101))));
        for upstream in [d / 2, d / 3] {
            if upstream < d {
                says.push(link(&name, "derived", &format!("ds{upstream}")));
            }
        }
        for c in 0..3 {
            let column = format!("ds{d}/c{c}");
            says.push(link(&name, "column", &column));
            says.push(link(&column, "type", "Column"));
            says.push(fact(&column, "name", Literal::from(format!("c{c}"))));
            if d % 5 == 0 && c == 0 {
                says.push(link(&column, "represents", &format!("term{}", d % 3)));
            }
        }
    }
    for domain in 0..7 {
        says.push(link(
            &format!("dom{domain}"),
            "broader",
            &format!("dom{}", domain / 2),
        ));
    }
    says
}

fn manual(datasets: u32) -> Vec<Statement> {
    let mut says = Vec::new();
    for d in (0..datasets).step_by(4) {
        let name = format!("ds{d}");
        says.push(link(&name, "type", "Dataset"));
        says.push(fact(&name, "title", Literal::from(format!("Dataset {d}"))));
        says.push(fact(&name, "rows", Literal::from(i64::from(d))));
        says.push(fact(
            &name,
            "comment",
            Literal::new_language_tagged_literal(format!("Nr {d}"), "en").unwrap(),
        ));
        says.push(link(&name, "owner", &format!("person{}", d % 3)));
    }
    says
}
