//! Fits a logistic formula by Newton's method.

/// One example: its features with a leading 1, the truth, its weight and its fold.
pub(crate) struct Example {
    pub(crate) features: Vec<f32>,
    pub(crate) truth: bool,
    pub(crate) weight: f32,
    pub(crate) fold: usize,
}

/// Returns the weights of a formula, the constant first.
pub(crate) fn fit(examples: &[&Example], ridge: f64) -> Vec<f32> {
    let width = examples.first().map_or(0, |e| e.features.len());
    let mut weights = vec![0.0f64; width];
    for _ in 0..25 {
        let mut slope: Vec<f64> = weights.iter().map(|w| -ridge * w).collect();
        let mut curve = vec![vec![0.0f64; width]; width];
        for (at, row) in curve.iter_mut().enumerate() {
            row[at] = ridge + 1e-6;
        }
        for example in examples {
            let features: Vec<f64> = example.features.iter().map(|&f| f64::from(f)).collect();
            let odds: f64 = features.iter().zip(&weights).map(|(f, w)| f * w).sum();
            let guess = 1.0 / (1.0 + (-odds).exp());
            let truth = f64::from(u8::from(example.truth));
            let weight = f64::from(example.weight);
            for i in 0..width {
                slope[i] += weight * (truth - guess) * features[i];
                for j in 0..width {
                    curve[i][j] += weight * guess * (1.0 - guess) * features[i] * features[j];
                }
            }
        }
        let step = solve(curve, slope);
        weights
            .iter_mut()
            .zip(&step)
            .for_each(|(w, s)| *w += s.clamp(-3.0, 3.0));
    }
    weights.iter().map(|&w| w as f32).collect()
}

/// Solves a linear system by elimination with pivoting.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let n = right.len();
    for column in 0..n {
        let size = |row: &usize| matrix[*row][column].abs();
        let pivot = (column..n)
            .max_by(|a, b| size(a).total_cmp(&size(b)))
            .unwrap_or(column);
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        for row in column + 1..n {
            let factor = matrix[row][column] / matrix[column][column];
            let above = matrix[column].clone();
            for (value, above) in matrix[row].iter_mut().zip(above).skip(column) {
                *value -= factor * above;
            }
            right[row] -= factor * right[column];
        }
    }
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|at| matrix[row][at] * right[at]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right
}

/// The probability that a formula gives.
pub(crate) fn guess(features: &[f32], weights: &[f32]) -> f32 {
    let odds: f32 = features.iter().zip(weights).map(|(f, w)| f * w).sum();
    1.0 / (1.0 + (-odds).exp())
}

/// The best F1 of calling everything below some guess false, and that guess.
pub(crate) fn best_f1(guesses: &[(f32, bool)]) -> (f32, f32) {
    let mut sorted = guesses.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let all = guesses.iter().filter(|g| !g.1).count() as f32;
    let (mut hits, mut best) = (0.0, (0.0, 0.0));
    for (at, (guess, truth)) in sorted.iter().enumerate() {
        hits += f32::from(u8::from(!truth));
        let f1 = 2.0 * hits / (all + at as f32 + 1.0);
        if f1 > best.0 {
            best = (f1, *guess);
        }
    }
    best
}
