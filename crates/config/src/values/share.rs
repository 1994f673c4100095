//! A share of a whole, as a fraction.

use std::fmt;
use std::str::FromStr;

/// From 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share(f64);

impl Share {
    /// 0 to 1.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl FromStr for Share {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        text.trim().parse().ok().filter(|share| (0.0..=1.0).contains(share)).map(Self).ok_or(())
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

crate::setting::by_text! { Share: "a share from 0 to 1, such as 0.25"; }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_shares_are_taken() {
        for (text, share) in [("0", 0.0), ("1", 1.0), (" 0.25 ", 0.25), ("1e-3", 0.001)] {
            assert_eq!(text.parse::<Share>().unwrap(), Share(share));
        }
        for bad in ["", "-0.1", "1.1", "NaN", "inf", "50%"] {
            assert!(bad.parse::<Share>().is_err(), "{bad}");
        }
    }
}
