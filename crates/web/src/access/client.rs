//! From where a request comes: the connection's other end, or whom a trusted proxy names.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue};

use crate::layers::request_id::RequestId;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The other end of the connection, put into every request by the server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// From where a request comes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Client {
    /// The address; proxies that are trusted are looked through.
    pub(crate) address: Option<IpAddr>,
    /// The request's id, as in the log.
    pub(crate) request_id: String,
}

/// What counts as one client: an address, or in IPv6 the 64 bits of a network, whose addresses are all one's who has
/// any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Block(Option<IpAddr>);

/// Addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// One of them.
    pub address: IpAddr,
    /// How many bits they share.
    pub bits: u8,
}

impl Network {
    /// Whether this address is one of them.
    pub fn contains(&self, address: IpAddr) -> bool {
        let prefix = |value: u128, width: u8| {
            let cut = u32::from(width.saturating_sub(self.bits));
            value.checked_shr(cut).unwrap_or(0)
        };
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                prefix(own.to_bits().into(), 32) == prefix(other.to_bits().into(), 32)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                prefix(own.to_bits(), 128) == prefix(other.to_bits(), 128)
            }
            _ => false,
        }
    }
}

/// Whether a proxy handed the request on, as far as it says so.
pub(crate) fn is_forwarded(headers: &HeaderMap) -> bool {
    headers
        .keys()
        .map(HeaderName::as_str)
        .any(|name| matches!(name, "forwarded" | "via" | "x-real-ip") || name.starts_with("x-forwarded-"))
}

impl Client {
    /// Of a request with these extensions and headers.
    pub(crate) fn of(extensions: &Extensions, headers: &HeaderMap, trusted: &[Network]) -> Self {
        let peer = extensions.get::<Peer>().map(|peer| peer.0.ip());
        let request_id = extensions.get::<RequestId>().map_or_else(String::new, |id| id.0.clone());
        Self { address: peer.map(|peer| behind(peer, headers, trusted).to_canonical()), request_id }
    }
}

impl Block {
    /// Its text; `None`: it is not known.
    pub(crate) fn text(self) -> Option<String> {
        self.0.map(|address| address.to_string())
    }
}

impl Client {
    /// For the limits.
    pub(crate) fn block(&self) -> Block {
        Block(self.address.map(|address| match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(whole) => IpAddr::V6(Ipv6Addr::from_bits(whole.to_bits() >> 64 << 64)),
        }))
    }
}

/// Looks through trusted proxies from the near end: what a client wrote itself stands further away and is not
/// believed.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut seen = peer;
    // Bytes, not text: what a client wrote into the line must not spoil what our proxy wrote behind it.
    let lines = headers.get_all(FORWARDED_FOR).iter().map(HeaderValue::as_bytes);
    let named: Vec<&[u8]> = lines.flat_map(|line| line.split(|byte| *byte == b',')).collect();
    for text in named.into_iter().rev() {
        if !is_trusted(seen) {
            break;
        }
        let Some(address) = std::str::from_utf8(text).ok().and_then(|text| address(text.trim())) else {
            break;
        };
        seen = address;
    }
    seen
}

/// An address, perhaps with a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(inner, _)| inner);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str, bits: u8) -> Network {
        Network { address: address.parse().unwrap(), bits }
    }

    fn seen(peer: &str, lines: &[&'static str]) -> String {
        let trusted = [network("10.0.0.0", 8), network("::1", 128)];
        let headers = lines.iter().map(|line| (FORWARDED_FOR, line.parse().unwrap())).collect();
        behind(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_looked_through() {
        assert_eq!(seen("10.1.1.1", &["192.0.2.7"]), "192.0.2.7");
        assert_eq!(seen("192.0.2.1", &["192.0.2.7"]), "192.0.2.1", "not a proxy of ours");
        assert_eq!(seen("10.1.1.1", &["6.6.6.6, 192.0.2.7, 10.2.2.2"]), "192.0.2.7", "what the client wrote");
        assert_eq!(seen("10.1.1.1", &["6.6.6.6", "192.0.2.7"]), "192.0.2.7", "in two lines");
        assert_eq!(seen("10.1.1.1", &["nonsense"]), "10.1.1.1");
        assert_eq!(seen("10.1.1.1", &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(seen("::1", &["192.0.2.7:80"]), "192.0.2.7");
        assert_eq!(seen("::1", &[]), "::1");
    }

    #[test]
    fn a_network_of_version_six_counts_as_one() {
        let block = |text: &str| Client { address: Some(text.parse().unwrap()), ..Client::default() }.block();
        assert_eq!(block("2001:db8:0:1::1"), block("2001:db8:0:1:ffff:ffff:ffff:ffff"));
        assert_ne!(block("2001:db8:0:1::1"), block("2001:db8:0:2::1"));
        assert_ne!(block("192.0.2.1"), block("192.0.2.2"));
    }

    #[test]
    fn networks_hold_what_shares_their_bits() {
        let holds = |net: Network, text: &str| net.contains(text.parse().unwrap());
        assert!(holds(network("10.0.0.0", 8), "10.255.0.1") && !holds(network("10.0.0.0", 8), "11.0.0.1"));
        assert!(holds(network("10.0.0.0", 8), "::ffff:10.0.0.1"), "the same address in the other writing");
        assert!(holds(network("0.0.0.0", 0), "8.8.8.8") && !holds(network("0.0.0.0", 0), "::1"));
        assert!(
            holds(network("192.0.2.1", 32), "192.0.2.1") && !holds(network("192.0.2.1", 32), "192.0.2.2")
        );
        assert!(holds(network("::", 0), "2001:db8::1") && holds(network("2001:db8::", 32), "2001:db8:1::1"));
    }

    /// A proxy appends to what the client sent, in one line.
    #[test]
    fn a_byte_that_is_no_text_hides_nobody() {
        let seen = |line: &[u8]| {
            let line = HeaderValue::from_bytes(line).unwrap();
            let headers = HeaderMap::from_iter([(FORWARDED_FOR, line)]);
            behind("10.1.1.1".parse().unwrap(), &headers, &[network("10.0.0.0", 8)]).to_string()
        };
        assert_eq!(seen(b"\xff, 192.0.2.7"), "192.0.2.7");
        assert_eq!(
            seen(b"192.0.2.7, \xff, 10.2.2.2"),
            "10.2.2.2",
            "whatever stands before it is not believed"
        );
    }
}
