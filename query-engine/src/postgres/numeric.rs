//! PostgreSQL's `numeric` in its binary form.
//!
//! Four 16-bit words - count of digits, weight of the first, sign, digits shown - then digits to the base 10,000.

use arrow::datatypes::i256;

const NEGATIVE: u16 = 0x4000;
const POSITIVE: u16 = 0x0000;
/// Digits that are looked at: 72 decimal ones, far beyond what fits; the rest cannot change the rounding by more than the last place.
const DIGITS_MAX: usize = 18;

/// Reads a number as a whole number of units of `10^-scale`, rounded half away from zero.
pub(super) fn read(raw: &[u8], precision: u8, scale: i8) -> Result<i128, String> {
    let words: Vec<u16> = raw
        .chunks_exact(2)
        .map(|word| u16::from_be_bytes([word[0], word[1]]))
        .collect();
    let [count, weight, sign, _shown, digits @ ..] = words.as_slice() else {
        return Err("the number is cut off".to_owned());
    };
    if !matches!(*sign, NEGATIVE | POSITIVE) {
        return Err("it is no number (NaN or infinity)".to_owned());
    }
    if digits.len() != usize::from(*count) {
        return Err("the number is cut off".to_owned());
    }
    let used = &digits[..digits.len().min(DIGITS_MAX)];
    let base = i256::from_i128(10_000);
    let units = used.iter().try_fold(i256::ZERO, |units, digit| {
        units
            .checked_mul(base)?
            .checked_add(i256::from_i128(i128::from(*digit)))
    });
    let exponent = 4 * (i32::from(*weight as i16) - used.len() as i32 + 1) + i32::from(scale);
    let unfit = || format!("a number does not fit DECIMAL({precision}, {scale})");
    let value = units
        .and_then(|units| shift(units, exponent))
        .and_then(i256::to_i128)
        .ok_or_else(unfit)?;
    if value >= 10_i128.pow(u32::from(precision)) {
        return Err(unfit());
    }
    Ok(if *sign == NEGATIVE { -value } else { value })
}

/// Multiplies a positive number by a power of ten.
fn shift(units: i256, exponent: i32) -> Option<i256> {
    if units == i256::ZERO {
        return Some(i256::ZERO);
    }
    let power = exponent.unsigned_abs();
    if power > 75 {
        // Too large, or so small that nothing is left.
        return (exponent < 0).then_some(i256::ZERO);
    }
    let factor = i256::from_i128(10).checked_pow(power)?;
    if exponent >= 0 {
        return units.checked_mul(factor);
    }
    let half = factor.checked_div(i256::from_i128(2))?;
    units.checked_add(half)?.checked_div(factor)
}

#[cfg(test)]
mod tests {
    use super::read;

    /// The binary form from its parts.
    fn raw(weight: i16, sign: u16, digits: &[u16]) -> Vec<u8> {
        let head = [digits.len() as u16, weight as u16, sign, 0];
        head.iter()
            .chain(digits)
            .flat_map(|word| word.to_be_bytes())
            .collect()
    }

    #[test]
    fn numbers_are_read_at_the_scale() {
        assert_eq!(read(&raw(0, 0, &[]), 38, 16), Ok(0));
        assert_eq!(read(&raw(0, 0, &[12, 3400]), 10, 2), Ok(1234));
        assert_eq!(read(&raw(1, 0x4000, &[1, 2345]), 38, 0), Ok(-12345));
        assert_eq!(read(&raw(-1, 0, &[50]), 10, 2), Ok(1));
        assert_eq!(read(&raw(-1, 0, &[49]), 10, 2), Ok(0));
        assert_eq!(read(&raw(-30, 0, &[1]), 38, 16), Ok(0));
        // The largest sum of two 64-bit numbers.
        assert_eq!(
            read(&raw(4, 0, &[1844, 6744, 737, 955, 1614]), 38, 16),
            Ok(18_446_744_073_709_551_614 * 10_i128.pow(16))
        );
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        assert!(read(&raw(5, 0, &[1000, 0, 0, 0, 0, 0]), 38, 16).is_err());
        assert!(read(&raw(0, 0, &[100]), 4, 2).is_err());
        assert!(read(&raw(0, 0xc000, &[]), 38, 16).is_err());
        assert!(read(&raw(30000, 0, &[1]), 38, 0).is_err());
        assert!(read(&[0, 1, 0, 0], 38, 0).is_err());
        assert!(read(&[0, 9, 0, 0, 0, 0, 0, 0], 38, 0).is_err());
    }
}
