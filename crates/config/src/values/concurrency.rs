//! How many requests may be under way at one upstream.

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

/// From 1 to 256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concurrency(NonZeroUsize);

impl Concurrency {
    /// The number.
    pub fn get(self) -> usize {
        self.0.get()
    }
}

impl FromStr for Concurrency {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        text.parse().ok().filter(|count: &NonZeroUsize| count.get() <= 256).map(Self).ok_or(())
    }
}

impl fmt::Display for Concurrency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

crate::setting::by_text! { Concurrency: "a number from 1 to 256"; }
