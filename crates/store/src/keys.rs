//! The only place with key names: where in Redis each document lies, and where our own keys begin.

use t5g_model::documents::Document;

/// What our own keys in Redis begin with; the contract's names never do.
const OURS: &str = "t5g:";

/// The key that holds a document: the contract's name, so that the Python dashboard finds it.
pub(crate) const fn document(document: Document) -> &'static str {
    document.name()
}

/// The document that lies under this key, if one does.
pub(crate) fn document_at(key: &[u8]) -> Option<Document> {
    std::str::from_utf8(key).ok().and_then(Document::by_name)
}

/// The key of the highest holder's number that has written under this lock.
pub(crate) fn fence(lock: &str) -> String {
    format!("{OURS}fence:{lock}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_begins_another() {
        // Redis refuses to track two prefixes of which one begins the other.
        for one in Document::ALL {
            for other in Document::ALL {
                assert!(one == other || !document(*one).starts_with(document(*other)), "{one} {other}");
            }
        }
    }

    #[test]
    fn our_keys_are_no_documents() {
        assert!(Document::ALL.iter().all(|one| !document(*one).starts_with(OURS)));
        assert_eq!(document_at(b"cards"), Some(Document::Cards));
        assert_eq!(document_at(b"cards2"), None);
        assert_eq!(document_at(b"\xff"), None);
    }
}
