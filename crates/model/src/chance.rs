//! The seam through which chance for secrets enters the application. The real source is made by the binary; tests
//! bring one that can be repeated.

use std::fmt;
use std::sync::Arc;

/// Fills a buffer with random bytes.
type Source = dyn Fn(&mut [u8]) + Send + Sync;

/// Gives random bytes that nobody can guess. Cheap to clone; clones share the source.
#[derive(Clone)]
pub struct Chance(Arc<Source>);

impl Chance {
    /// Takes its bytes from `source`, which fills the buffer that it is given.
    pub fn new(source: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(source))
    }

    /// So many random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.0)(&mut bytes);
        bytes
    }
}

impl fmt::Debug for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chance")
    }
}
