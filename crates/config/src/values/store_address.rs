//! Where documents and ledger are kept. An address may hold a password: it shows masked.

use std::fmt;

use serde_json::Value;

use crate::setting::{Mask, Setting, text};

macro_rules! addresses {
    ($($(#[doc = $doc:literal])+ $name:ident [$($scheme:literal)+]: $expected:literal;)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, PartialEq, Eq)]
            pub struct $name(Box<str>);

            impl $name {
                /// The address itself, password included.
                pub fn expose(&self) -> &str {
                    &self.0
                }
            }

            impl From<String> for $name {
                fn from(address: String) -> Self {
                    Self(address.into())
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&Mask::Address.apply(&self.0))
                }
            }

            impl Setting for $name {
                const EXPECTED: &'static str = $expected;
                const MASK: Mask = Mask::Address;

                fn read(value: &Value) -> Result<Self, String> {
                    let address = text(value)?;
                    let known = [$($scheme),+].iter().any(|scheme| address.starts_with(scheme));
                    if known { Ok(Self(address.into())) } else { Err(String::new()) }
                }

                fn show(&self) -> String {
                    self.0.to_string()
                }
            }
        )+
    };
}

addresses! {
    /// Where the documents are.
    DocumentsAddress ["sqlite:" "redis://" "rediss://"]: "sqlite:FILE, redis://… or rediss://…";
    /// Where the ledger is.
    LedgerAddress ["sqlite:" "postgres://" "postgresql://"]: "sqlite:FILE or postgres://…";
}
