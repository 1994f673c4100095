//! Where mail is handed in.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use serde_json::Value;

use crate::setting::{Mask, Setting, text};

/// A mail server: `mail.example.com`, `mail.example.com:587`, `[2001:db8::1]:25`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    /// Its name or address, without brackets.
    pub host: String,
    /// Its port, if it is not the usual one.
    pub port: Option<u16>,
}

impl MailServer {
    /// Whether it is this machine.
    pub fn is_loopback(&self) -> bool {
        let address = self.host.parse::<std::net::IpAddr>();
        address.map_or_else(|_| self.host.eq_ignore_ascii_case("localhost"), |address| address.is_loopback())
    }
}

impl FromStr for MailServer {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix('[') {
            let (host, rest) = rest.split_once(']').ok_or(())?;
            host.parse::<Ipv6Addr>().map_err(|_| ())?;
            let port = if rest.is_empty() { None } else { Some(port(rest.strip_prefix(':').ok_or(())?)?) };
            return Ok(Self { host: host.to_owned(), port });
        }
        let (host, port) = match text.split_once(':') {
            Some((host, digits)) => (host, Some(port(digits)?)),
            None => (text, None),
        };
        let named = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
        if named { Ok(Self { host: host.to_owned(), port }) } else { Err(()) }
    }
}

fn port(digits: &str) -> Result<u16, ()> {
    digits.parse().ok().filter(|port| *port > 0).ok_or(())
}

impl fmt::Display for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_bare = !self.host.contains(':');
        if is_bare { f.write_str(&self.host) } else { write!(f, "[{}]", self.host) }?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl Setting for MailServer {
    const EXPECTED: &'static str =
        "a mail server's name, with a port if it is not the usual one, such as mail.example.com:587";
    // It has no user information; somebody may write some all the same.
    const MASK: Mask = Mask::UserInfo;

    fn read(value: &Value) -> Result<Self, String> {
        text(value)?.parse().map_err(|()| String::new())
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_read_and_shown() {
        for text in
            ["mail.example.com", "mail.example.com:587", "127.0.0.1:2525", "[2001:db8::1]:25", "[::1]"]
        {
            assert_eq!(text.parse::<MailServer>().unwrap().to_string(), text);
        }
        for bad in
            ["", ":25", "mail:", "mail:0", "mail:70000", "smtp://mail", "mail example", "[mail]:25", "::1"]
        {
            assert!(bad.parse::<MailServer>().is_err(), "{bad}");
        }
        let here = |text: &str| text.parse::<MailServer>().unwrap().is_loopback();
        assert!(here("localhost:25") && here("127.0.0.1") && here("[::1]:25") && !here("mail.example.com"));
    }
}
