//! `fields=`: which members of its rows a client wants, in which order.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::rows::Row;
use crate::error::AppError;

/// The members that are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fields {
    /// All of them.
    All,
    /// These, in this order.
    Some(Vec<&'static str>),
}

impl Fields {
    /// Reads the parameter, for rows of this kind.
    pub(crate) fn read<R: Row>(text: Option<&str>) -> Result<Self, AppError> {
        let Some(text) = text else { return Ok(Self::All) };
        let known = R::fields();
        let mut wanted = Vec::new();
        for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let Some(field) = known.iter().find(|field| **field == name) else {
                let shown: String = name.chars().take(80).collect();
                return Err(AppError::BadRequest(format!(
                    "There is no field {shown:?} here. Known are: {}.",
                    known.join(", ")
                )));
            };
            if !wanted.contains(field) {
                wanted.push(*field);
            }
        }
        Ok(if wanted.is_empty() { Self::All } else { Self::Some(wanted) })
    }

    /// The names, in order.
    pub(crate) fn names<R: Row>(&self) -> Vec<&'static str> {
        match self {
            Self::All => R::fields(),
            Self::Some(names) => names.clone(),
        }
    }
}

/// A row, or the part of it that is wanted.
pub(crate) struct Picked<'a, R> {
    pub(crate) row: &'a R,
    pub(crate) fields: &'a Fields,
}

/// The row's members by name.
pub(crate) fn members<R: Row>(row: &R) -> Result<Map<String, Value>, serde_json::Error> {
    match serde_json::to_value(row)? {
        Value::Object(members) => Ok(members),
        _ => Err(serde::ser::Error::custom("a row is no object")),
    }
}

impl<R: Row> Serialize for Picked<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Fields::Some(names) = self.fields else { return self.row.serialize(serializer) };
        let members = members(self.row).map_err(serde::ser::Error::custom)?;
        let mut map = serializer.serialize_map(Some(names.len()))?;
        for name in names {
            map.serialize_entry(name, members.get(*name).unwrap_or(&Value::Null))?;
        }
        map.end()
    }
}
