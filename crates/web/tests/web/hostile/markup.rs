//! Reads HTML as far as telling needs what of it is alive: elements, their attributes, where these lead.

/// What is alive in a page and should not be; empty for none.
pub(super) fn live(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let end = end_of_tag(rest);
        let (name, attributes) = parts(&rest[..end]);
        found.extend(fault(&name, &attributes));
        rest = &rest[end..];
    }
    found
}

/// Where the tag ends: at the first `>` that no quotes hold.
fn end_of_tag(tag: &str) -> usize {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    tag.len()
}

/// The element's name, and its attributes with their values.
fn parts(tag: &str) -> (String, Vec<(String, String)>) {
    let name: String = tag.chars().take_while(|c| !c.is_whitespace() && *c != '/').collect();
    let mut attributes = Vec::new();
    let mut rest = tag[name.len()..].trim_start_matches(|c: char| c.is_whitespace() || c == '/');
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '/')).unwrap_or(rest.len());
        let attribute = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            let (text, tail) = match quote {
                Some(quote) => after[1..].split_once(quote).expect("a quote that is closed"),
                None => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
            };
            text.clone_into(&mut value);
            rest = tail;
        }
        attributes.push((attribute, value));
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
    }
    (name.to_ascii_lowercase(), attributes)
}

fn fault(name: &str, attributes: &[(String, String)]) -> Option<String> {
    let told = |why: &str| Some(format!("<{name}>: {why}: {attributes:.200?}"));
    let value = |wanted: &str| attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| &**value);
    let ours = |address: Option<&str>| address.is_some_and(|address| address.starts_with("/assets/"));
    if attributes.iter().any(|(name, _)| name.starts_with("on") || matches!(&**name, "style" | "srcdoc")) {
        return told("an attribute that does something");
    }
    match name {
        "script" | "img" if !ours(value("src")) => return told("not one of ours"),
        "iframe" | "object" | "embed" | "base" | "style" | "marquee" | "video" | "audio" => {
            return told("an element that no page has");
        }
        _ => {}
    }
    let leads = ["href", "src", "action", "formaction"].into_iter().filter_map(value);
    let bad = leads.into_iter().find(|to| {
        let fine = ["/", "#", "?", "https://", "http://", "mailto:"];
        !to.is_empty() && !fine.iter().any(|begin| to.starts_with(begin)) || to.starts_with("//")
    });
    bad.and_then(|to| told(&format!("leads to {to:.60}")))
}

/// The page without what its forms send, which must be exact and is seen by nobody.
pub(super) fn shown(html: &str) -> String {
    let mut parts = html.split(" value=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + part.split_once('"').map_or("", |(_, after)| after))
}

#[test]
fn what_is_alive_is_found_and_what_is_text_is_not() {
    for dead in [
        "&lt;img src=x onerror=alert(1)&gt;",
        "<p title=\"<img src=x onerror=a>\">x</p>",
        "<a href=\"/a?b=javascript:x\">x</a>",
        "1 < 2",
        "<script type=\"module\" src=\"/assets/app-1.js\"></script>",
    ] {
        assert_eq!(live(dead), [""; 0], "{dead}");
    }
    for alive in [
        "<img src=x>",
        "<img src=\"/assets/a.svg\" onerror=alert(1)>",
        "<ScRipt>",
        "<script src=\"https://elsewhere.example/\">",
        "<a href=\"javascript:alert(1)\">",
        "<a href=//elsewhere.example>",
        "<svg/onload=alert(1)>",
        "<b style=\"color:red\">",
        "<iframe>",
    ] {
        assert_eq!(live(alive).len(), 1, "{alive}");
    }
}
