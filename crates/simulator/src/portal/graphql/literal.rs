//! GraphQL's literals: finds a field's arguments in a query and reads them, with variables filled in.

use serde_json::{Map, Value};

const DEEPEST: usize = 32;

/// The arguments of the first field of that name; none if it has none.
pub(super) fn arguments(query: &str, field: &str, variables: &Value) -> Result<Map<String, Value>, String> {
    let rest = query.split_once(field).map(|(_, rest)| rest).ok_or_else(|| format!("expected {field}"))?;
    let mut reader = Reader { rest, variables };
    if !reader.eat('(') {
        return Ok(Map::new());
    }
    reader.members(')', 0)
}

struct Reader<'a> {
    rest: &'a str,
    variables: &'a Value,
}

impl Reader<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
    }

    fn eat(&mut self, wanted: char) -> bool {
        self.skip();
        let after = self.rest.strip_prefix(wanted);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn name(&mut self) -> Result<String, String> {
        self.skip();
        let end = self
            .rest
            .find(|c: char| !c.is_ascii_alphanumeric() && !"_-.+".contains(c))
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        if name.is_empty() { Err("Syntax Error: expected a name".into()) } else { Ok(name.to_owned()) }
    }

    fn members(&mut self, end: char, depth: usize) -> Result<Map<String, Value>, String> {
        let mut members = Map::new();
        while !self.eat(end) {
            let name = self.name()?;
            if !self.eat(':') {
                return Err(format!("Syntax Error: expected : after {name}"));
            }
            members.insert(name, self.value(depth + 1)?);
        }
        Ok(members)
    }

    fn value(&mut self, depth: usize) -> Result<Value, String> {
        if depth > DEEPEST {
            return Err("Syntax Error: nested too deeply".into());
        }
        if self.eat('{') {
            return self.members('}', depth).map(Value::Object);
        }
        if self.eat('[') {
            let mut list = Vec::new();
            while !self.eat(']') {
                list.push(self.value(depth + 1)?);
            }
            return Ok(Value::Array(list));
        }
        if self.eat('$') {
            let name = self.name()?;
            return Ok(self.variables.get(&name).cloned().unwrap_or(Value::Null));
        }
        if self.rest.starts_with('"') {
            let mut stream = serde_json::Deserializer::from_str(self.rest).into_iter::<String>();
            let text = stream.next().and_then(Result::ok).ok_or("Syntax Error: unterminated string")?;
            let used = stream.byte_offset();
            self.rest = self.rest.get(used..).unwrap_or_default();
            return Ok(Value::String(text));
        }
        let word = self.name()?;
        // Numbers and booleans are JSON's; any other word is an enum value.
        Ok(serde_json::from_str(&word).unwrap_or(Value::String(word)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn literals_and_variables_are_read() {
        let query = "query($n: Int){ a { Case(first: $n, where: {Status: {in: [\"Closed\", \"x y\"]}, IsClosed:{eq:false}}, \
                     orderBy: {CreatedDate: {order: DESC}}) { totalCount } } }";
        let read = arguments(query, "Case", &json!({ "n": 7 })).unwrap();
        assert_eq!(
            Value::Object(read),
            json!({
                "first": 7,
                "where": { "Status": { "in": ["Closed", "x y"] }, "IsClosed": { "eq": false } },
                "orderBy": { "CreatedDate": { "order": "DESC" } },
            })
        );
        assert!(arguments("{ Case(first: ", "Case", &json!({})).is_err());
        assert!(arguments("{ Other }", "Case", &json!({})).is_err());
    }
}
