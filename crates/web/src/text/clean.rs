//! The allow-list. Everything that is shown as HTML passes here last, whoever made it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use url::Url;

/// The elements that a text may have. No headings: they would disturb the page's own.
pub(super) const ELEMENTS: [&str; 35] = [
    "a",
    "b",
    "blockquote",
    "br",
    "cite",
    "code",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "hr",
    "i",
    "ins",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "samp",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
];

/// What links may lead to.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// Elements whose content is no text for people.
pub(super) const HIDDEN: [&str; 2] = ["script", "style"];

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(ELEMENTS))
        .clean_content_tags(HashSet::from(HIDDEN))
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"]))]))
        .url_schemes(HashSet::from(SCHEMES))
        .url_relative(UrlRelative::Deny)
        .attribute_filter(|_, attribute, value| match attribute {
            "href" => allowed_address(value).map(Cow::Owned),
            _ => Some(Cow::Borrowed(value)),
        })
        .link_rel(Some("noopener noreferrer"))
        .set_tag_attribute_value("a", "target", "_blank");
    builder
});

/// How often a text with tables is read again at most.
const AGAIN: usize = 4;

/// The HTML with nothing in it but what is allowed, well formed, and read by a browser as it was read here. Whoever
/// keeps to the standard puts what does not belong in a table before it, where it may not fit either: a text with
/// tables is cleaned until nothing of it moves.
pub(super) fn clean(html: &str) -> String {
    let mut cleaned = SANITISER.clean(html).to_string();
    for _ in 0..AGAIN {
        if !cleaned.contains("<table") {
            break;
        }
        let again = SANITISER.clean(&cleaned).to_string();
        if again == cleaned {
            break;
        }
        cleaned = again;
    }
    cleaned
}

/// The address in its usual spelling, if links may lead there.
pub(super) fn allowed_address(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok()?;
    // Those of mail may hold what other addresses may not.
    SCHEMES.contains(&url.scheme()).then(|| url.as_str().replace('<', "%3C").replace('>', "%3E"))
}
