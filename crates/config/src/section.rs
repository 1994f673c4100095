//! How a section of settings is declared: the macro that makes, from one list, the struct, its reader and
//! the table from which the reference page is written.

use crate::setting::Mask;

/// One setting, as declared.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The section's path: `portal`, `jira.fields`; empty for the top level.
    pub section: &'static str,
    /// Its name in the section.
    pub key: &'static str,
    /// Its documentation, line by line.
    pub docs: &'static [&'static str],
    /// What a value looks like, in words.
    pub expected: &'static str,
    /// The built-in value as one would write it in the environment.
    pub default: Option<&'static str>,
    /// Names that the Python dashboard's environment uses.
    pub old: &'static [&'static str],
    /// Names that a standard gives it, and that mean the same in other programs.
    pub standard: &'static [&'static str],
    pub(crate) mask: Mask,
    pub(crate) is_switch: bool,
}

impl Field {
    /// Its path in the tree: `portal.case_query`.
    pub fn path(&self) -> String {
        if self.section.is_empty() { self.key.to_owned() } else { format!("{}.{}", self.section, self.key) }
    }

    /// Its name in the environment: `T5G_PORTAL_CASE_QUERY`.
    pub fn env_name(&self) -> String {
        format!("T5G_{}", self.path().replace('.', "_").to_uppercase())
    }

    /// Whether the value, or a part of it, is secret: such a setting can come from a file instead.
    pub fn is_secret(&self) -> bool {
        matches!(self.mask, Mask::Address | Mask::Whole)
    }
}

/// A section, as declared.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// Its path; empty for the top level.
    pub path: &'static str,
    /// Its documentation, line by line.
    pub docs: &'static [&'static str],
    /// Its settings.
    pub fields: &'static [Field],
}

macro_rules! field {
    ($path:literal, [$($doc:literal)+], $key:ident, $type:ty, [$($default:literal)?], [$($old:literal)*], [$($standard:literal)*]) => {
        $crate::section::Field {
            section: $path,
            key: stringify!($key),
            docs: &[$($doc),+],
            expected: <$type as $crate::setting::Setting>::EXPECTED,
            default: $crate::section::field!(@default $($default)?),
            old: &[$($old),*],
            standard: &[$($standard),*],
            mask: <$type as $crate::setting::Setting>::MASK,
            is_switch: <$type as $crate::setting::Setting>::IS_SWITCH,
        }
    };
    (@default) => { None };
    (@default $default:literal) => { Some($default) };
}

/// Declares a section: `name: Type = "default", old "name" "name", standard "name";`. Without a default the type must
/// know what absence means (`Option`).
macro_rules! section {
    (
        $(#[doc = $section_doc:literal])+
        $name:ident at $path:literal {
            $(
                $(#[doc = $doc:literal])+
                $key:ident: $type:ty $(= $default:literal)? $(, old $($old:literal)+)? $(, standard $($standard:literal)+)?;
            )+
        }
    ) => {
        $(#[doc = $section_doc])+
        #[derive(Debug, Clone)]
        pub struct $name {
            $(
                $(#[doc = $doc])+
                $(#[doc = concat!("\n\nOld names:", $(" `", $old, "`"),+, ".")])?
                $(#[doc = concat!("\n\nStandard names:", $(" `", $standard, "`"),+, ".")])?
                pub $key: $type,
            )+
        }

        impl $name {
            pub(crate) const SECTION: $crate::section::Section = $crate::section::Section {
                path: $path,
                docs: &[$($section_doc),+],
                fields: &[$(
                    $crate::section::field!(
                        $path, [$($doc)+], $key, $type, [$($default)?], [$($($old)+)?], [$($($standard)+)?]
                    )
                ),+],
            };

            /// Reads every setting before it gives up on any, so that all problems are told at once.
            pub(crate) fn read(resolver: &mut $crate::resolve::Resolver) -> Option<Self> {
                $(
                    let $key = resolver.take::<$type>(
                        &$crate::section::field!(
                            $path, [$($doc)+], $key, $type, [$($default)?], [$($($old)+)?], [$($($standard)+)?]
                        ),
                    );
                )+
                Some(Self { $($key: $key?),+ })
            }
        }
    };
}

pub(crate) use {field, section};
