//! Repeatable draws. The same seed must give the same world on every machine and for ever, which no generator
//! of the `rand` crate promises across its versions; SplitMix64 is fixed by its definition.

/// A stream of draws that depends only on what it was made for.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

impl Dice {
    /// The draws for the `index`-th thing of the kind `purpose` in the world of `seed`.
    pub(crate) fn of(seed: u64, purpose: &str, index: u64) -> Self {
        let named = purpose
            .bytes()
            .fold(mix(seed ^ GOLDEN), |state, byte| mix(state.wrapping_add(u64::from(byte) + 1)));
        Self(mix(named ^ index.wrapping_mul(GOLDEN)))
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// One of `0..bound`; 0 if there is nothing to choose from.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        // The high half of a 128-bit product: no modulo bias worth speaking of, and always below `bound`.
        u64::try_from((u128::from(self.next()) * u128::from(bound)) >> 64).unwrap_or(0)
    }

    /// One of `low..=high`; `low` if the range is empty.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high.saturating_sub(low).saturating_add(1)).unwrap_or(0);
        low.saturating_add(i64::try_from(self.below(width)).unwrap_or(0))
    }

    /// True in `share` of 1,000 cases.
    pub(crate) fn permille(&mut self, share: u64) -> bool {
        self.below(1000) < share
    }

    /// One of `items`; the default value if there are none.
    pub(crate) fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        let at = usize::try_from(self.below(items.len() as u64)).unwrap_or(0);
        items.get(at).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_purpose_gives_the_same_draws_for_ever() {
        let draws: Vec<u64> = (0..3).map(|index| Dice::of(7, "case", index).below(1_000_000)).collect();
        assert_eq!(draws, FIRST_OF_SEVEN);
        assert_ne!(Dice::of(7, "case", 0).next(), Dice::of(7, "card", 0).next());
        assert_ne!(Dice::of(7, "case", 0).next(), Dice::of(8, "case", 0).next());
    }

    const FIRST_OF_SEVEN: [u64; 3] = [911_498, 404_141, 801_176];

    #[test]
    fn draws_stay_in_their_bounds() {
        let mut dice = Dice::of(1, "bounds", 0);
        for _ in 0..10_000 {
            assert!((-3..=4).contains(&dice.between(-3, 4)));
            assert!(dice.below(9) < 9);
        }
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.between(5, 1), 5);
        assert_eq!(dice.pick::<&str>(&[]), "");
    }
}
