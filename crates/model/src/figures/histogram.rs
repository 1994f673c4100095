//! Durations in bins of equal, round width, so that a page draws a dozen bars and not thousands of values.

/// Bins of a histogram, beside the last one that takes what is left.
const BINS: u32 = 10;
/// Widths that are easy to read, in tenths of a day; times ten, a hundred and so on.
const ROUND: [u32; 3] = [1, 2, 5];

/// A span of days, in tenths of a day: from the first on, up to and without the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DaySpan {
    /// Its beginning.
    pub from: u32,
    /// Its end; `None`: it has none.
    pub to: Option<u32>,
}

impl DaySpan {
    /// Whether so many days lie in it.
    pub fn holds(self, days: f64) -> bool {
        let tenths = |tenths: u32| f64::from(tenths) / 10.0;
        days >= tenths(self.from) && self.to.is_none_or(|to| days < tenths(to))
    }
}

/// One bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bin {
    /// What lies in it.
    pub span: DaySpan,
    /// How many do.
    pub count: usize,
}

/// The histogram of ascending values, none negative: from 0 on without a gap, every value in exactly one bin. The
/// width follows the value that nine of ten stay below, so that a few that took very long do not flatten the rest.
pub fn histogram(values: &[f64]) -> Vec<Bin> {
    let Some(longest) = values.last() else { return Vec::new() };
    let usual = values.get(values.len() * 9 / 10).unwrap_or(longest);
    let width = width(usual / f64::from(BINS) * 10.0);
    let inner = (0..BINS).map(|place| DaySpan { from: place * width, to: Some((place + 1) * width) });
    let rest = DaySpan { from: BINS * width, to: None };
    let bin = |span: DaySpan| {
        let from = values.partition_point(|days| *days < f64::from(span.from) / 10.0);
        let taken = values.get(from..).unwrap_or_default().partition_point(|days| span.holds(*days));
        Bin { span, count: taken }
    };
    let mut bins: Vec<_> = inner.chain([rest]).map(bin).collect();
    while bins.last().is_some_and(|bin| bin.count == 0) {
        bins.pop();
    }
    bins
}

/// The smallest round width that is not below, in tenths of a day.
fn width(wanted: f64) -> u32 {
    let decades = (0..8).map(|power| 10_u32.pow(power));
    let mut widths = decades.flat_map(|ten| ROUND.map(|round| round * ten));
    widths.find(|width| f64::from(*width) >= wanted).unwrap_or(10_u32.pow(8))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(values: &[f64]) -> Vec<(u32, Option<u32>, usize)> {
        histogram(values).iter().map(|bin| (bin.span.from, bin.span.to, bin.count)).collect()
    }

    #[test]
    fn bins_are_round_and_the_last_takes_what_is_left() {
        assert_eq!(shown(&[]), []);
        assert_eq!(shown(&[0.0]), [(0, Some(1), 1)]);
        assert_eq!(shown(&[0.0, 0.05, 0.1]), [(0, Some(1), 2), (1, Some(2), 1)]);
        let mut many: Vec<f64> = (0..99).map(|n| f64::from(n) / 10.0).collect();
        many.push(4_000.0);
        let bins = shown(&many);
        assert_eq!(bins.len(), 11);
        assert_eq!(bins[0], (0, Some(10), 10));
        assert_eq!(bins[9], (90, Some(100), 9));
        assert_eq!(bins[10], (100, None, 1));
    }

    #[test]
    fn every_value_lies_in_exactly_one_bin() {
        let mut values: Vec<f64> = (0_u32..500).map(|n| f64::from(n * n % 977) / 7.0).collect();
        values.sort_by(f64::total_cmp);
        let bins = histogram(&values);
        assert_eq!(bins.iter().map(|bin| bin.count).sum::<usize>(), values.len());
        for days in &values {
            assert_eq!(bins.iter().filter(|bin| bin.span.holds(*days)).count(), 1, "{days}");
        }
        for bin in &bins {
            assert_eq!(values.iter().filter(|days| bin.span.holds(**days)).count(), bin.count);
        }
    }

    #[test]
    fn a_duration_without_end_does_no_harm() {
        let bins = histogram(&[f64::MAX]);
        assert_eq!(bins.iter().map(|bin| bin.count).sum::<usize>(), 1);
    }
}
