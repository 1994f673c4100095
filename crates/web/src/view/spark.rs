//! Small charts as numbers for SVG, made by the server: they need no script, print and mail. Pure; each has words that
//! say the same.

use serde::Serialize;

/// The lowest bar, in percent of the highest.
pub(crate) const LOWEST: f64 = 4.0;

/// A bar, in percent of the chart's width and height; `y` counts from the top.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Bar {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Style class.
    pub(crate) kind: &'static str,
    /// What it stands for, in words.
    pub(crate) title: String,
    /// The rows that it stands for.
    pub(crate) href: String,
}

/// How a figure went over the last days.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Spark {
    bars: Vec<Bar>,
    words: String,
}

impl Spark {
    /// Of a value a day, the latest last. `None`: there is no trend in fewer than two.
    pub(crate) fn of(values: &[u64]) -> Option<Self> {
        let (first, last) = (values.first()?, values.last().filter(|_| values.len() > 1)?);
        let (least, most) = (values.iter().min()?, values.iter().max()?);
        let slot = 100.0 / values.len() as f64;
        let bar = |(place, value): (usize, &u64)| {
            let height = if *value == 0 { 0.0 } else { share(*value as f64, *most as f64).max(LOWEST) };
            Bar {
                x: tenth(place as f64 * slot),
                y: tenth(100.0 - height),
                width: tenth(slot * 0.8),
                height: tenth(height),
                kind: "done",
                title: String::new(),
                href: String::new(),
            }
        };
        let words = format!(
            "The last {} days: from {first} to {last}, at least {least}, at most {most}",
            values.len()
        );
        Some(Self { bars: values.iter().enumerate().map(bar).collect(), words })
    }
}

/// Percent; 0 of nothing.
pub(crate) fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole * 100.0 } else { 0.0 }
}

/// To one digit.
pub(crate) fn tenth(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_needs_two_days_and_stands_in_words() {
        assert_eq!((Spark::of(&[]), Spark::of(&[4])), (None, None));
        let spark = Spark::of(&[2, 0, 8, 4]).unwrap();
        let bars: Vec<_> = spark.bars.iter().map(|bar| (bar.x, bar.y, bar.height)).collect();
        assert_eq!(bars, [(0.0, 75.0, 25.0), (25.0, 100.0, 0.0), (50.0, 0.0, 100.0), (75.0, 50.0, 50.0)]);
        assert_eq!(spark.words, "The last 4 days: from 2 to 4, at least 0, at most 8");
        assert!(Spark::of(&[0, 0]).unwrap().bars.iter().all(|bar| bar.height == 0.0));
    }
}
