//! Laws of the formats over layers and texts that nobody wrote.

use proptest::prelude::*;
use semantic_model::formats::{metricflow, ossie};
use semantic_model::layer::{
    Cardinality, Dataset, Expression, Field, FieldRole, Filter, Grain, GrainName, Join,
    JoinCondition, Layer, Metric, MetricInput, MetricKind, Notes, Relation, TimeField,
};
use serde_json::Value;

/// Texts as people write them and as nobody should.
fn text() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        "[a-c]{1,3}",
        "[ -~]{0,8}",
        Just(" a.\"b\" ".to_owned()),
        Just("SELECT 1".to_owned()),
        Just("no".to_owned()),
        Just("ANSI_SQL".to_owned()),
        "\\PC{0,4}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(text(), inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn notes() -> impl Strategy<Value = Notes> {
    let key = prop_oneof![
        text(),
        Just("ai_context".to_owned()),
        Just("custom_extensions".to_owned()),
        Just("dimension".to_owned()),
        Just("datatype".to_owned()),
    ];
    (
        prop::option::of(text()),
        prop::option::of(text()),
        prop::collection::vec(text(), 0..2),
        any::<bool>(),
        prop::collection::btree_map(key, value(), 0..3),
    )
        .prop_map(|(label, description, synonyms, hidden, extensions)| Notes {
            label,
            description,
            synonyms,
            hidden,
            extensions,
        })
}

fn expression() -> impl Strategy<Value = Expression> {
    let dialect = prop_oneof![
        Just("snowflake".to_owned()),
        Just("duckdb".to_owned()),
        text()
    ];
    (text(), prop::collection::btree_map(dialect, text(), 0..3))
        .prop_map(|(sql, dialects)| Expression { sql, dialects })
}

fn field() -> impl Strategy<Value = Field> {
    let role = prop_oneof![
        Just(FieldRole::Dimension),
        Just(FieldRole::Fact),
        any::<bool>().prop_map(|partition| FieldRole::Time(TimeField {
            grain: GrainName::from(Grain::Hour),
            partition,
            validity: None,
        })),
    ];
    let data_type = prop_oneof![Just("Date".to_owned()), Just("Integer".to_owned()), text()];
    (
        text(),
        prop::option::of(expression()),
        role,
        prop::option::of(data_type),
        notes(),
    )
        .prop_map(|(name, expression, role, data_type, notes)| Field {
            name,
            expression,
            role,
            data_type,
            notes,
        })
}

fn dataset() -> impl Strategy<Value = Dataset> {
    let relation = prop_oneof![
        prop::collection::vec(text(), 0..3).prop_map(Relation::Table),
        expression().prop_map(Relation::Query),
    ];
    let key = prop::collection::vec(text(), 0..3);
    (
        text(),
        relation,
        key.clone(),
        prop::collection::vec(key, 0..2),
        prop::collection::vec(field(), 0..3),
        notes(),
    )
        .prop_map(
            |(name, relation, primary_key, unique_keys, fields, notes)| Dataset {
                name,
                relation,
                primary_key,
                unique_keys,
                fields,
                notes,
                ..Dataset::default()
            },
        )
}

fn join() -> impl Strategy<Value = Join> {
    let on = prop_oneof![
        prop::collection::vec((text(), text()), 0..3).prop_map(JoinCondition::Columns),
        expression().prop_map(JoinCondition::Condition),
    ];
    (text(), text(), text(), on, any::<bool>(), notes()).prop_map(
        |(name, from, to, on, declared, notes)| Join {
            name,
            from,
            to,
            alias: None,
            on,
            cardinality: declared.then_some(Cardinality::ManyToOne),
            notes,
        },
    )
}

fn metric() -> impl Strategy<Value = Metric> {
    let input = text().prop_map(|metric| MetricInput {
        metric,
        alias: None,
        filters: Vec::new(),
        offset: None,
    });
    let kind = prop_oneof![
        expression().prop_map(MetricKind::Expression),
        (input.clone(), input).prop_map(|(numerator, denominator)| MetricKind::Ratio {
            numerator,
            denominator
        }),
    ];
    (
        text(),
        kind,
        prop::collection::vec(text().prop_map(Filter), 0..2),
        notes(),
    )
        .prop_map(|(name, kind, filters, notes)| Metric {
            name,
            dataset: None,
            kind,
            filters,
            time_grain: None,
            notes,
        })
}

fn layer() -> impl Strategy<Value = Layer> {
    (
        text(),
        prop::collection::vec(dataset(), 0..3),
        prop::collection::vec(join(), 0..3),
        prop::collection::vec(metric(), 0..3),
        notes(),
    )
        .prop_map(|(name, datasets, joins, metrics, notes)| Layer {
            name,
            datasets,
            joins,
            metrics,
            notes,
            ..Layer::default()
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    /// Any layer at all survives the way to Ossie and back.
    #[test]
    fn every_layer_survives_ossie(layer in layer()) {
        for version in [ossie::Version::V0_1_1, ossie::Version::V0_2_0Dev0] {
            let written = ossie::to_value(&layer, version);
            let read = ossie::read_value("m", &written).expect("what we write can be read");
            prop_assert_eq!(&read.layer, &layer);
        }
    }

    /// Values of any type anywhere are reported, never a panic.
    #[test]
    fn any_json_is_read_or_refused(models in value(), metrics in value(), rest in value()) {
        let manifest = serde_json::json!({
            "semantic_models": [models, {"name": "a", "entities": rest, "measures": metrics}],
            "metrics": [metrics, {"name": "b", "type": "simple", "type_params": rest}],
            "project_configuration": rest, "saved_queries": [{"name": "q", "query_params": models}]});
        drop(metricflow::read_manifest("m", &manifest.to_string()));
        let model = serde_json::json!({"datasets": [models, {"name": "a", "source": "b", "fields": metrics}],
            "metrics": [{"name": "m", "expression": rest, "custom_extensions": metrics}]});
        drop(ossie::read_value("m", &model));
        drop(ossie::read("m", &model.to_string()));
    }
}
