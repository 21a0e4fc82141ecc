//! Estimates from HyperLogLog sketches: counts, intersections, similarity.
//!
//! Imports sketches. Source: O. Ertl's improved estimator for counts; Yu and Weber's HyperMinHash for similarity
//! with minhash, whose expected collisions are approximated by those of ranks alone over `2^minhash_bits` (this
//! gives the captured similarity to the last bit).

use super::sketch::Sketch;

const RANKS: usize = 64;

/// The number of elements in a sketch.
pub(crate) fn count(sketch: &Sketch) -> u64 {
    let registers = sketch.shape.count();
    let mut histogram = [0u32; RANKS];
    for index in 0..registers {
        histogram[sketch.rank(index).min(RANKS - 1)] += 1;
    }
    let [empty, filled @ ..] = histogram;
    let registers = registers as f64;
    let mut z = filled.iter().rev().fold(0.0, |z, count| 0.5 * (z + f64::from(*count)));
    z += registers * sigma(f64::from(empty) / registers);
    (registers * registers / (2.0 * core::f64::consts::LN_2 * z)).round() as u64
}

/// The number of elements that all sketches have; there are two at most unless all have minhash.
pub(crate) fn intersection(sketches: &[Sketch]) -> u64 {
    let Some(union) = union(sketches) else { return 0 };
    if union.shape.minhash_bits != 0 {
        return (jaccard(sketches, &union) * count(&union) as f64).round() as u64;
    }
    match sketches {
        [a, b] => (count(a) + count(b)).saturating_sub(count(&union)),
        _ => count(&union),
    }
}

/// The share of the union that all sketches have.
pub(crate) fn similarity(sketches: &[Sketch]) -> f64 {
    let Some(union) = union(sketches) else { return 0.0 };
    if union.shape.minhash_bits != 0 {
        return jaccard(sketches, &union);
    }
    match count(&union) {
        0 => 0.0,
        all => (intersection(sketches) as f64 / all as f64).min(1.0),
    }
}

/// The union of all sketches.
pub(crate) fn union(sketches: &[Sketch]) -> Option<Sketch> {
    let (first, rest) = sketches.split_first()?;
    Some(rest.iter().fold(first.clone(), |all, sketch| all.union(sketch)))
}

/// Share of registers that agree in all sketches, less those that agree by chance. All have the union's shape.
fn jaccard(sketches: &[Sketch], union: &Sketch) -> f64 {
    let filled = (0..union.shape.count()).filter(|index| union.register(*index) != 0);
    let (mut all, mut equal) = (0u32, 0u32);
    for index in filled {
        let value = union.register(index);
        all += 1;
        equal += u32::from(sketches.iter().all(|sketch| sketch.register(index) == value));
    }
    if all == 0 {
        return 0.0;
    }
    if equal == 0 || equal == all {
        return f64::from(equal) / f64::from(all);
    }
    ((f64::from(equal) - expected_collisions(sketches, union)) / f64::from(all)).max(0.0)
}

fn expected_collisions(sketches: &[Sketch], union: &Sketch) -> f64 {
    let counts: Vec<f64> = sketches.iter().map(|sketch| count(sketch) as f64).collect();
    let index_bits = i32::from(union.shape.index_bits);
    let at_rank = |rank: i32| -> f64 {
        let (low, high) = (2f64.powi(-(index_bits + rank)), 2f64.powi(1 - index_bits - rank));
        counts.iter().map(|count| (1.0 - low).powf(*count) - (1.0 - high).powf(*count)).product()
    };
    let sum: f64 = (1..=RANKS as i32).map(at_rank).sum();
    sum * 2f64.powi(index_bits) * 2f64.powi(-i32::from(union.shape.minhash_bits))
}

/// Ertl's sigma; infinite for 1.
fn sigma(mut x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut weight, mut sum) = (1.0, x);
    loop {
        x *= x;
        let before = sum;
        sum += x * weight;
        weight += weight;
        if sum == before {
            return sum;
        }
    }
}
