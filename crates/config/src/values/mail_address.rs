//! Addresses of mail.

use std::fmt;
use std::str::FromStr;

use super::list::{List, Listed};

/// No address that a mail server takes is longer.
const LONGEST: usize = 254;

/// One address: `ana@example.com`, or `Ana <ana@example.com>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailAddress(String);

impl MailAddress {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MailAddress {
    type Err = ();

    /// Strict on what could be taken for something else (blanks, brackets, quotes, line ends), lenient on the rest.
    fn from_str(text: &str) -> Result<Self, ()> {
        let whole = text.trim();
        let (name, text) = match whole.strip_suffix('>').and_then(|named| named.rsplit_once('<')) {
            Some((name, address)) => (name, address),
            None => ("", whole),
        };
        if name.chars().any(|c| c.is_control() || "<>()[],;:\\\"@".contains(c)) {
            return Err(());
        }
        let odd = |c: char| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"".contains(c);
        let (local, domain) = text.rsplit_once('@').ok_or(())?;
        let plain = !local.is_empty() && !domain.is_empty() && !local.contains('@') && !text.contains(odd);
        let domain_ok = !domain.starts_with(['.', '-']) && !domain.ends_with(['.', '-']);
        if plain && domain_ok && text.len() <= LONGEST { Ok(Self(whole.to_owned())) } else { Err(()) }
    }
}

impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

crate::setting::by_text! { MailAddress: "a mail address, such as team@example.com"; }

impl Listed for MailAddress {
    const SEVERAL: &'static str = "mail addresses separated by commas, such as team@example.com";
    const ODD: &'static str = "one of them is no mail address";
}

/// Some addresses.
pub type MailAddresses = List<MailAddress>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_hold_nothing_that_could_be_another() {
        for good in
            ["ana@example.com", " a.b+c@x.example ", "\u{e9}@example.com", "Ana Sousa <ana@example.com>"]
        {
            assert!(good.parse::<MailAddress>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "ana",
            "@example.com",
            "ana@",
            "a@b@c",
            "A\n <ana@example.com>",
            "a <b@c> d",
            "x@y <b@c>",
            "<<b@c>>",
            "a@b\nBcc: c@d",
            "a b@c",
            "a@.b",
        ] {
            assert!(bad.parse::<MailAddress>().is_err(), "{bad:?}");
        }
    }
}
