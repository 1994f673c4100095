//! What benchmarks print: one line for each figure, as `cargo xtask bench` reads it.

use anyhow::{Context as _, Result};

/// Prints `name<TAB>value<TAB>unit`.
#[expect(clippy::print_stdout, reason = "figures are a benchmark's output")]
pub fn figure(name: &str, value: f64, unit: &str) {
    println!("{name}\t{value:.3}\t{unit}");
}

/// Prints the middle one and the largest of `values`.
pub fn median_and_max(name: &str, mut values: Vec<f64>, unit: &str) -> Result<()> {
    values.sort_by(f64::total_cmp);
    let median = values.get(values.len() / 2).copied();
    let most = values.last().copied();
    let (median, most) = median.zip(most).with_context(|| format!("{name}: nothing was measured"))?;
    figure(&format!("{name}, median of {}", values.len()), median, unit);
    figure(&format!("{name}, longest"), most, unit);
    Ok(())
}
