//! Where the documents are kept.

use crate::section::section;
use crate::values::DocumentsAddress;

section! {
    /// The store of the JSON documents.
    Documents at "documents" {
        /// `sqlite:FILE`, or the Redis that the Python dashboard uses: `redis://host:6379/0`.
        /// Unset: `t5g.db` in the data folder.
        url: Option<DocumentsAddress>;
    }
}
