//! Exact percentiles: `percentile_cont(p) WITHIN GROUP (ORDER BY x)` and `percentile_disc(p)` of the same form.
//!
//! The library has no `percentile_disc`, and its `percentile_cont` rounds the place between two values to six digits,
//! so that its answer differs from PostgreSQL's in the eighth digit.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, new_empty_array};
use arrow::compute::{SortOptions, concat, sort};
use arrow::datatypes::{DataType, Field, FieldRef, Float64Type, Schema};
use arrow::record_batch::RecordBatch;
use datafusion::common::utils::SingleRowListArrayBuilder;
use datafusion::common::{Result, ScalarValue, plan_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, ColumnarValue, Signature, TypeSignature,
    Volatility,
};

/// The two functions to register.
pub(super) fn percentiles() -> [AggregateUDF; 2] {
    [Kind::Continuous, Kind::Discrete]
        .map(|kind| AggregateUDF::new_from_impl(Percentile::new(kind)))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    /// Between two values, in proportion.
    Continuous,
    /// The first value whose rank reaches the share.
    Discrete,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Percentile {
    kind: Kind,
    aliases: Vec<String>,
    signature: Signature,
}

impl Percentile {
    fn new(kind: Kind) -> Self {
        let arguments = match kind {
            Kind::Continuous => TypeSignature::Exact(vec![DataType::Float64, DataType::Float64]),
            Kind::Discrete => TypeSignature::Any(2),
        };
        Self {
            kind,
            // Those of the library's function too: by one that were left to it, it would come back under every name.
            aliases: match kind {
                Kind::Continuous => vec!["quantile_cont".to_owned()],
                Kind::Discrete => Vec::new(),
            },
            signature: Signature::new(arguments, Volatility::Immutable),
        }
    }
}

impl AggregateUDFImpl for Percentile {
    fn name(&self) -> &'static str {
        match self.kind {
            Kind::Continuous => "percentile_cont",
            Kind::Discrete => "percentile_disc",
        }
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        Ok(arg_types[0].clone())
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let values = Field::new_list_field(args.input_fields[0].data_type().clone(), true);
        let name = format_state_name(args.name, "values");
        Ok(vec![Arc::new(Field::new(
            name,
            DataType::List(Arc::new(values)),
            true,
        ))])
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if args.is_distinct {
            return plan_err!("{} does not take DISTINCT", self.name());
        }
        let descending = args
            .order_bys
            .first()
            .is_some_and(|order| order.options.descending);
        Ok(Box::new(Values {
            kind: self.kind,
            share: share(&args, self.name())?,
            descending,
            data_type: args.expr_fields[0].data_type().clone(),
            parts: Vec::new(),
        }))
    }

    fn supports_within_group_clause(&self) -> bool {
        true
    }
}

/// The share asked for: a constant from 0 to 1.
fn share(args: &AccumulatorArgs<'_>, function: &str) -> Result<f64> {
    let nothing = RecordBatch::new_empty(Arc::new(Schema::empty()));
    let Some(Ok(ColumnarValue::Scalar(value))) = args
        .exprs
        .get(1)
        .map(|expression| expression.evaluate(&nothing))
    else {
        return plan_err!("{function} needs a constant share");
    };
    match value.cast_to(&DataType::Float64)? {
        ScalarValue::Float64(Some(share)) if (0.0..=1.0).contains(&share) => Ok(share),
        other => plan_err!("{function} needs a share from 0 to 1, not {other}"),
    }
}

/// All values of a group; a percentile cannot be had from less.
#[derive(Debug)]
struct Values {
    kind: Kind,
    share: f64,
    descending: bool,
    data_type: DataType,
    parts: Vec<ArrayRef>,
}

impl Values {
    fn all(&self) -> Result<ArrayRef> {
        if self.parts.is_empty() {
            return Ok(new_empty_array(&self.data_type));
        }
        let parts: Vec<&dyn Array> = self.parts.iter().map(AsRef::as_ref).collect();
        Ok(concat(&parts)?)
    }
}

impl Accumulator for Values {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.parts.push(Arc::clone(&values[0]));
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let lists = states[0].as_list::<i32>();
        self.parts.extend(lists.iter().flatten());
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let list = SingleRowListArrayBuilder::new(self.all()?);
        Ok(vec![list.build_list_scalar()])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let order = SortOptions::new(self.descending, false);
        let sorted = sort(&self.all()?, Some(order))?;
        let count = sorted.len() - sorted.null_count();
        if count == 0 {
            return ScalarValue::try_from(&self.data_type);
        }
        if self.kind == Kind::Discrete {
            let rank = (self.share * count as f64).ceil().max(1.0) as usize;
            return ScalarValue::try_from_array(&sorted, rank.min(count) - 1);
        }
        let values = sorted.as_primitive::<Float64Type>();
        let place = self.share * (count - 1) as f64;
        let (below, above) = (
            values.value(place.floor() as usize),
            values.value(place.ceil() as usize),
        );
        Ok(ScalarValue::Float64(Some(
            below + (above - below) * place.fract(),
        )))
    }

    fn size(&self) -> usize {
        let parts: usize = self.parts.iter().map(Array::get_array_memory_size).sum();
        size_of::<Self>() + parts
    }
}
