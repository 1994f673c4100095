//! Checksums as the portal tells them: hexadecimal digits, whose number says which kind it is.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

/// A checksum that grows with the file.
#[derive(Debug, Clone)]
pub(super) enum Checksum {
    Md5(Md5),
    Sha1(Sha1),
    Sha256(Sha256),
    Sha512(Box<Sha512>),
}

impl Checksum {
    /// The kind that `told` is of; `None` if it is none that we know.
    pub(super) fn like(told: &str) -> Option<Self> {
        let told = told.trim();
        if !told.chars().all(|c| c.is_ascii_hexdigit()) {
            return None;
        }
        Some(match told.len() {
            32 => Self::Md5(Md5::new()),
            40 => Self::Sha1(Sha1::new()),
            64 => Self::Sha256(Sha256::new()),
            128 => Self::Sha512(Box::default()),
            _ => return None,
        })
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Md5(sum) => sum.update(bytes),
            Self::Sha1(sum) => sum.update(bytes),
            Self::Sha256(sum) => sum.update(bytes),
            Self::Sha512(sum) => sum.update(bytes),
        }
    }

    pub(super) fn digits(self) -> String {
        match self {
            Self::Md5(sum) => format!("{:x}", sum.finalize()),
            Self::Sha1(sum) => format!("{:x}", sum.finalize()),
            Self::Sha256(sum) => format!("{:x}", sum.finalize()),
            Self::Sha512(sum) => format!("{:x}", sum.finalize()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_known_by_its_length() {
        for told in [
            "900150983cd24fb0d6963f7d28e17f72",
            "a9993e364706816aba3e25717850c26c9cd0d89d",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ] {
            let mut sum = Checksum::like(&told.to_uppercase()).unwrap();
            sum.update(b"a");
            sum.update(b"bc");
            assert_eq!(sum.digits(), told);
        }
        for other in ["", "abc", "zz", "sha256:00"] {
            assert!(Checksum::like(other).is_none(), "{other}");
        }
    }
}
