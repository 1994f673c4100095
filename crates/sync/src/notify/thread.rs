//! The names of letters: made of what they are about, so that the same letter always has the same name, and letters
//! about one case stand in one thread.

use t5g_model::names::CaseNumber;

/// The most cases whose threads one letter joins; more would make the header longer than mail programs like.
const MOST_CASES: usize = 20;
/// What stands for a domain that is not plain.
const NO_DOMAIN: &str = "t5g.invalid";

/// Which letter: a step of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The plan's id.
    pub plan: &'a str,
    /// The step's number in it.
    pub step: u64,
}

/// Makes the names of this deployment's letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageIds {
    domain: String,
}

impl MessageIds {
    /// For letters from that sender: `t5g@example.com`, or `T5G <t5g@example.com>`.
    pub fn of_sender(sender: &str) -> Self {
        let domain = sender.rsplit_once('@').map_or("", |(_, domain)| domain.trim().trim_end_matches('>'));
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        let good = !domain.is_empty() && domain.len() <= 150 && domain.chars().all(plain);
        Self { domain: if good { domain } else { NO_DOMAIN }.to_ascii_lowercase() }
    }

    /// The letter's `Message-ID`.
    pub fn of_letter(&self, place: Place<'_>) -> String {
        let plan: String =
            place.plan.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(64).collect();
        format!("<plan-{plan}.{}@{}>", place.step, self.domain)
    }

    /// The letter's `References`: the thread of each case that it is about. The letter that begins a thread is never
    /// sent; mail programs put together what refers to the same one.
    pub fn of_cases<'a>(&self, cases: impl IntoIterator<Item = &'a CaseNumber>) -> Vec<String> {
        let thread = |case: &CaseNumber| format!("<case-{case}@{}>", self.domain);
        cases.into_iter().take(MOST_CASES).map(thread).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_letter_has_the_same_name_and_letters_about_a_case_refer_to_one() {
        let ids = MessageIds::of_sender("T5G <t5g@Mail.Example.com>");
        let place = Place { plan: "019ab5c0-7a11-7000-8000-000000000001", step: 12 };
        assert_eq!(ids.of_letter(place), "<plan-019ab5c0-7a11-7000-8000-000000000001.12@mail.example.com>");
        let cases: Vec<CaseNumber> = (0..30).map(|number| format!("{number:08}").parse().unwrap()).collect();
        let threads = ids.of_cases(&cases);
        assert_eq!((threads.len(), threads[1].as_str()), (MOST_CASES, "<case-00000001@mail.example.com>"));
    }

    #[test]
    fn no_sender_and_no_plan_breaks_a_name() {
        for sender in ["", "nobody", "a@", "a@b c", "a@b>\r\nBcc: x", "a@bücher.example"] {
            let id = MessageIds::of_sender(sender).of_letter(Place { plan: "x>\r\n@y", step: 1 });
            assert_eq!(id, "<plan-xy.1@t5g.invalid>", "{sender}");
        }
    }
}
