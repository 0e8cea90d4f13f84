//! `sum` over whole numbers that fails when it overflows.
//!
//! The library's own wraps around silently. Here the sum is kept in 128 bits and must fit 64 bits at the end.
//! Every other type goes to the library's `sum`.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Int64Array, PrimitiveArray,
};
use arrow::datatypes::{ArrowPrimitiveType, DataType, Decimal128Type, Field, FieldRef, Int64Type};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::functions_aggregate::sum::Sum;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, ReversedUDAF, Signature,
};

const STATE: DataType = DataType::Decimal128(38, 0);

/// The function to register in place of the library's `sum`.
pub(super) fn checked_sum() -> AggregateUDF {
    AggregateUDF::new_from_impl(CheckedSum {
        library: Sum::new(),
    })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct CheckedSum {
    library: Sum,
}

/// `SUM(DISTINCT ..)` keeps its values apart and stays with the library.
fn is_ours(is_distinct: bool, sum_type: &DataType) -> bool {
    !is_distinct && *sum_type == DataType::Int64
}

impl AggregateUDFImpl for CheckedSum {
    fn name(&self) -> &'static str {
        "sum"
    }

    fn signature(&self) -> &Signature {
        self.library.signature()
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        self.library.return_type(arg_types)
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        if !is_ours(args.is_distinct, args.return_type()) {
            return self.library.state_fields(args);
        }
        let name = format_state_name(args.name, "sum");
        Ok(vec![Arc::new(Field::new(name, STATE, true))])
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if is_ours(args.is_distinct, args.return_field.data_type()) {
            return Ok(Box::new(One::default()));
        }
        self.library.accumulator(args)
    }

    fn create_sliding_accumulator(
        &self,
        args: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn Accumulator>> {
        if is_ours(args.is_distinct, args.return_field.data_type()) {
            return Ok(Box::new(One::default()));
        }
        self.library.create_sliding_accumulator(args)
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        self.library.groups_accumulator_supported(args)
    }

    fn create_groups_accumulator(
        &self,
        args: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        if is_ours(args.is_distinct, args.return_field.data_type()) {
            return Ok(Box::new(Groups::default()));
        }
        self.library.create_groups_accumulator(args)
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

fn whole(sum: i128) -> Result<i64> {
    match i64::try_from(sum) {
        Ok(sum) => Ok(sum),
        Err(_) => {
            exec_err!("the sum {sum} does not fit 64 bits: cast the column to DECIMAL(38, 0)")
        }
    }
}

/// The sum of one group, or of a window that slides.
#[derive(Debug, Default)]
struct One {
    sum: i128,
    values: i64,
}

impl One {
    fn add(&mut self, values: &ArrayRef, sign: i128) {
        let values = values.as_primitive::<Int64Type>();
        self.sum += sign * values.iter().flatten().map(i128::from).sum::<i128>();
        self.values += sign as i64 * (values.len() - values.null_count()) as i64;
    }
}

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.add(&values[0], 1);
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.add(&values[0], -1);
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let sum = (self.values > 0).then(|| whole(self.sum)).transpose()?;
        Ok(ScalarValue::Int64(sum))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let sum = (self.values > 0).then_some(self.sum);
        Ok(vec![ScalarValue::Decimal128(sum, 38, 0)])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for sum in states[0].as_primitive::<Decimal128Type>().iter().flatten() {
            self.sum += sum;
            self.values += 1;
        }
        Ok(())
    }

    fn size(&self) -> usize {
        size_of::<Self>()
    }
}

/// The sums of many groups; `None` where a group has no value yet.
#[derive(Debug, Default)]
struct Groups {
    sums: Vec<Option<i128>>,
}

impl Groups {
    fn add<T: ArrowPrimitiveType>(
        &mut self,
        values: &PrimitiveArray<T>,
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) where
        i128: From<T::Native>,
    {
        self.sums.resize(total_num_groups, None);
        for (row, group) in group_indices.iter().enumerate() {
            if values.is_null(row) || filter.is_some_and(|filter| !passes(filter, row)) {
                continue;
            }
            *self.sums[*group].get_or_insert(0) += i128::from(values.value(row));
        }
    }
}

fn passes(filter: &BooleanArray, row: usize) -> bool {
    filter.is_valid(row) && filter.value(row)
}

fn states(sums: impl IntoIterator<Item = Option<i128>>) -> Result<ArrayRef> {
    let sums: Decimal128Array = sums.into_iter().collect();
    Ok(Arc::new(sums.with_precision_and_scale(38, 0)?))
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.add(
            values[0].as_primitive::<Int64Type>(),
            group_indices,
            filter,
            total_num_groups,
        );
        Ok(())
    }

    fn merge_batch(
        &mut self,
        states: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Result<()> {
        self.add(
            states[0].as_primitive::<Decimal128Type>(),
            group_indices,
            None,
            total_num_groups,
        );
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let sums = emit_to.take_needed(&mut self.sums);
        let sums: Result<Int64Array> = sums
            .into_iter()
            .map(|sum| sum.map(whole).transpose())
            .collect();
        Ok(Arc::new(sums?))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![states(emit_to.take_needed(&mut self.sums))?])
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let values = values[0].as_primitive::<Int64Type>();
        let kept = values.iter().enumerate().map(|(row, value)| {
            let passed = filter.is_none_or(|filter| passes(filter, row));
            value.filter(|_| passed).map(i128::from)
        });
        Ok(vec![states(kept)?])
    }

    fn size(&self) -> usize {
        self.sums.capacity() * size_of::<Option<i128>>()
    }
}
