//! A share of a whole.

use std::fmt;
use std::str::FromStr;

/// From 0 to 100, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(u8);

impl Percent {
    /// 0 to 100.
    pub fn get(self) -> u8 {
        self.0
    }
}

impl FromStr for Percent {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number = text.trim_end_matches('%').trim();
        number.parse().ok().filter(|share| *share <= 100).map(Self).ok_or(())
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

crate::setting::by_text! { Percent: "a share from 0 to 100, such as 50%"; }
