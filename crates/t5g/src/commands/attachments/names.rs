//! What a file is called in the folder, whatever it is called at the portal: one harmless name in one folder, on every
//! system, different from all others even where upper and lower case are the same.

use std::collections::HashSet;

/// The longest name, in bytes; systems take 255, and ours get endings.
const LONGEST: usize = 200;
/// The longest ending that is kept when a name is cut, in bytes.
const LONGEST_ENDING: usize = 20;
/// What a file is called until it is whole.
pub(super) const PART: &str = ".part";
/// Names that are devices on Windows, with any ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Gives names, each once.
#[derive(Debug, Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    /// The name in the folder for a file that the portal calls `told`.
    pub(super) fn give(&mut self, told: &str) -> String {
        let name = harmless(told);
        let mut given = name.clone();
        let mut count = 1;
        while !self.0.insert(given.to_lowercase()) {
            count += 1;
            let (stem, ending) = split(&name);
            given = format!("{stem} ({count}){ending}");
        }
        given
    }
}

/// One part of a path at most, without what a system or a terminal takes for more than a letter.
fn harmless(told: &str) -> String {
    let last =
        told.rsplit(['/', '\\']).find(|part| !part.trim_matches(['.', ' ']).is_empty()).unwrap_or_default();
    let name: String = last.chars().map(|c| if is_special(c) { '_' } else { c }).collect();
    let name = name.trim().trim_end_matches(['.', ' ']);
    let name = cut(name);
    if name.is_empty() {
        return "attachment".to_owned();
    }
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let is_device = DEVICES.contains(&stem.as_str()) || is_port(&stem);
    // A hidden file is easily overlooked, and some programs read theirs from wherever they stand; a leading dash is
    // easily taken for an option.
    if is_device || name.starts_with(['.', '-', '~']) {
        return format!("_{name}");
    }
    // This ending is ours.
    if name.to_lowercase().ends_with(PART) { format!("{name}_") } else { name }
}

fn is_special(c: char) -> bool {
    c.is_control()
        || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\u{fffd}')
        // Marks that turn the direction of writing around, and letters without a width.
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}' | '\u{61c}' | '\u{feff}')
}

/// `com1`, `lpt9`, and the same with a raised digit.
fn is_port(stem: &str) -> bool {
    let digit = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    digit.is_some_and(|digit| {
        let mut digits = digit.chars();
        matches!(digits.next(), Some('0'..='9' | '¹' | '²' | '³')) && digits.next().is_none()
    })
}

/// A long name's beginning with its ending.
fn cut(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let (stem, ending) = split(name);
    format!("{}{ending}", prefix(stem, LONGEST - ending.len()).trim_end())
}

/// The name without its ending, and the ending with its dot.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= LONGEST_ENDING => name.split_at(at),
        _ => (name, ""),
    }
}

fn prefix(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_become_one_harmless_name() {
        for (told, name) in [
            ("sosreport.tar.xz", "sosreport.tar.xz"),
            ("../../etc/passwd", "passwd"),
            ("/etc/shadow", "shadow"),
            ("C:\\x", "x"),
            ("C:x", "C_x"),
            ("..", "attachment"),
            (".", "attachment"),
            ("", "attachment"),
            ("   ", "attachment"),
            ("a/..", "a"),
            ("x/", "x"),
            ("a\u{0}b", "a_b"),
            ("a\nb\u{1b}[2J", "a_b_[2J"),
            ("exe.\u{202e}txt", "exe._txt"),
            (".bashrc", "_.bashrc"),
            ("-rf", "_-rf"),
            ("~", "_~"),
            ("con", "_con"),
            ("NUL.txt", "_NUL.txt"),
            ("com1.log", "_com1.log"),
            ("LPT¹", "_LPT¹"),
            ("comet.log", "comet.log"),
            ("name. . ", "name"),
            ("a:b*c?.log", "a_b_c_.log"),
            ("log.part", "log.part_"),
            ("log.PART", "log.PART_"),
            ("必須ログ.txt", "必須ログ.txt"),
        ] {
            assert_eq!(harmless(told), name, "{told:?}");
        }
    }

    #[test]
    fn long_names_keep_their_ending_and_fit_every_system() {
        for told in ["x".repeat(300) + ".tar.gz", "必".repeat(300), ".".repeat(300), "x.".repeat(150) + "y"]
        {
            let name = harmless(&told);
            assert!(!name.is_empty() && name.len() + " (10000).part_".len() <= 255, "{}: {name}", name.len());
        }
        assert!(harmless(&("x".repeat(300) + ".gz")).ends_with("x.gz"));
    }

    #[test]
    fn twins_get_different_names_even_where_case_counts_for_nothing() {
        let mut names = Names::default();
        let told = ["a.log", "A.LOG", "x/a.log", "", "..", "a (2).log", "a.log"];
        let given: Vec<String> = told.iter().map(|told| names.give(told)).collect();
        assert_eq!(given[..3], ["a.log", "A (2).LOG", "a (3).log"]);
        let different: HashSet<String> = given.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(different.len(), told.len(), "{given:?}");
    }

    #[test]
    fn no_name_at_all_leaves_the_folder() {
        // Every text of a few hostile characters.
        let letters = ['.', '/', '\\', '\u{0}', 'a', ' ', ':', '\u{202e}'];
        let mut texts = vec![String::new()];
        for _ in 0..4 {
            let longer: Vec<String> =
                texts.iter().flat_map(|text| letters.iter().map(move |c| format!("{text}{c}"))).collect();
            texts.extend(longer);
        }
        for text in texts {
            let name = harmless(&text);
            let path = std::path::Path::new(&name);
            let parts: Vec<_> = path.components().collect();
            assert!(matches!(parts.as_slice(), [std::path::Component::Normal(_)]), "{text:?} → {name:?}");
            assert!(!name.contains(['/', '\\', '\u{0}', ':']), "{text:?} → {name:?}");
        }
    }
}
