//! Fits the weights of features that order a list, by gradient ascent on the likelihood of the right items.

/// The items of one case: their features, and whether each is right.
pub(crate) struct List {
    pub(crate) items: Vec<(Vec<f32>, bool)>,
    pub(crate) weight: f32,
    pub(crate) fold: usize,
}

impl List {
    /// Keeps only some features.
    pub(crate) fn only(&self, set: &[usize]) -> Self {
        let keep = |features: &Vec<f32>| set.iter().map(|&at| features[at]).collect();
        Self {
            items: self
                .items
                .iter()
                .map(|(f, right)| (keep(f), *right))
                .collect(),
            ..*self
        }
    }
}

/// Returns the weights under which the right items are likeliest first.
pub(crate) fn fit(lists: &[&List], width: usize, ridge: f32) -> Vec<f32> {
    let mut weights = vec![0.0f32; width];
    let (mut first, mut second) = (vec![0.0f32; width], vec![0.0f32; width]);
    for step in 1..=150 {
        let mut slope: Vec<f32> = weights.iter().map(|w| -ridge * w).collect();
        let mut mass = 0.0;
        for list in lists {
            let right = list.items.iter().filter(|item| item.1).count() as f32;
            if right == 0.0 {
                continue;
            }
            mass += list.weight;
            let scores: Vec<f32> = list.items.iter().map(|(f, _)| dot(f, &weights)).collect();
            let most = scores.iter().copied().fold(f32::MIN, f32::max);
            let shares: Vec<f32> = scores.iter().map(|s| (s - most).exp()).collect();
            let sum: f32 = shares.iter().sum();
            for ((features, is_right), share) in list.items.iter().zip(&shares) {
                let wanted = f32::from(u8::from(*is_right)) / right;
                for (slope, feature) in slope.iter_mut().zip(features) {
                    *slope += list.weight * (wanted - share / sum) * feature;
                }
            }
        }
        // Adam: steps of even size along slopes of uneven size.
        let shrink = 1.0 - step as f32 / 165.0;
        for at in 0..width {
            let slope = slope[at] / mass.max(1.0);
            first[at] = 0.9 * first[at] + 0.1 * slope;
            second[at] = 0.99 * second[at] + 0.01 * slope * slope;
            let (m, v) = (
                first[at] / (1.0 - 0.9f32.powi(step)),
                second[at] / (1.0 - 0.99f32.powi(step)),
            );
            weights[at] += 0.3 * shrink * m / (v.sqrt() + 1e-8);
        }
    }
    weights
}

/// The share of lists, by weight, whose best item is right.
pub(crate) fn first_right(lists: &[&List], weights: &[f32]) -> (f32, f32) {
    let (mut hits, mut all) = (0.0, 0.0);
    for list in lists {
        let best = list
            .items
            .iter()
            .max_by(|a, b| dot(&a.0, weights).total_cmp(&dot(&b.0, weights)));
        hits += list.weight * f32::from(u8::from(best.is_some_and(|b| b.1)));
        all += list.weight;
    }
    (hits, all)
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
