//! Drawing lots from a seed: the same seed gives the same order on every machine and in every version, so that a plan
//! that was shown is the plan that is done.

/// A generator of numbers that follow from a seed alone (SplitMix64). Not for secrets.
#[derive(Debug, Clone)]
pub struct Lot(u64);

impl Lot {
    /// Draws from that seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Brings the items into an order of chance; every order is as likely as any other.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            let pick = self.below(end + 1);
            items.swap(end, pick);
        }
    }

    /// A number from 0 to one less than `bound`, each as likely; 0 if there is no such number.
    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        // The last stretch of numbers is shorter than the bound and would favour the small ones.
        let fair = u64::MAX - u64::MAX % bound;
        loop {
            let drawn = self.next();
            if drawn < fair {
                return usize::try_from(drawn % bound).unwrap_or(0);
            }
        }
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_published_generator() {
        let mut lot = Lot::new(1_234_567);
        assert_eq!(
            [lot.next(), lot.next(), lot.next()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn every_order_is_as_likely_as_any_other() {
        let mut counts: BTreeMap<[u8; 3], u32> = BTreeMap::new();
        let mut lot = Lot::new(7);
        for _ in 0..6_000 {
            let mut items = [1, 2, 3];
            lot.shuffle(&mut items);
            *counts.entry(items).or_default() += 1;
        }
        assert_eq!(counts.len(), 6);
        // Six standard deviations around 1,000.
        assert!(counts.values().all(|count| (830..1_170).contains(count)), "{counts:?}");
    }

    #[test]
    fn nothing_and_one_thing_stay_as_they_are() {
        Lot::new(1).shuffle::<u8>(&mut []);
        let mut one = ["alone"];
        Lot::new(1).shuffle(&mut one);
        assert_eq!(one, ["alone"]);
    }
}
