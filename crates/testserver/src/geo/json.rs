//! JSON, as far as GeoJSON needs it: checked in full, kept in part.
//!
//! Imports nothing. Nesting is bounded. Source: RFC 8259. Numbers of up to 15 digits are read exactly.

const MAX_DEPTH: usize = 100;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Number(f64),
    Text(Vec<u8>),
    List(Vec<Self>),
    Object(Vec<(Vec<u8>, Self)>),
    /// `true`, `false` or `null`.
    Word,
}

impl Json {
    /// `None` for what is no JSON.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        core::str::from_utf8(text).ok()?;
        let mut parser = Parser { rest: text };
        let value = parser.value(MAX_DEPTH)?;
        parser.skip_space();
        parser.rest.is_empty().then_some(value)
    }

    /// The member of that name; of several the last.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().rev().find(|(other, _)| other == name.as_bytes()).map(|(_, value)| value)
    }

    pub(super) fn as_list(&self) -> Option<&[Self]> {
        if let Self::List(items) = self { Some(items) } else { None }
    }

    pub(super) fn as_text(&self) -> Option<&[u8]> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) const fn as_number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }
}

struct Parser<'t> {
    rest: &'t [u8],
}

impl Parser<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn next_if(&mut self, wanted: impl Fn(u8) -> bool) -> Option<u8> {
        self.rest.first().is_some_and(|byte| wanted(*byte)).then(|| self.next()).flatten()
    }

    fn next_is(&mut self, wanted: u8) -> bool {
        self.next_if(|byte| byte == wanted).is_some()
    }

    fn skip_space(&mut self) {
        while self.next_if(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).is_some() {}
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        let depth = depth.checked_sub(1)?;
        self.skip_space();
        match self.rest.first()? {
            b'{' => self.object(depth),
            b'[' => self.list(depth),
            b'"' => self.text().map(Json::Text),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number().map(Json::Number),
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<Json> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(Json::Word)
    }

    fn list(&mut self, depth: usize) -> Option<Json> {
        let mut items = Vec::new();
        self.each(b']', |parser| {
            items.push(parser.value(depth)?);
            Some(())
        })?;
        Some(Json::List(items))
    }

    fn object(&mut self, depth: usize) -> Option<Json> {
        let mut members = Vec::new();
        self.each(b'}', |parser| {
            let name = parser.text()?;
            parser.skip_space();
            let value = parser.next_is(b':').then(|| parser.value(depth)).flatten()?;
            members.push((name, value));
            Some(())
        })?;
        Some(Json::Object(members))
    }

    /// What stands between brackets, separated by commas.
    fn each(&mut self, close: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.next()?;
        self.skip_space();
        if self.next_is(close) {
            return Some(());
        }
        loop {
            self.skip_space();
            item(self)?;
            self.skip_space();
            match self.next()? {
                b',' => {}
                other => return (other == close).then_some(()),
            }
        }
    }

    /// A string; escapes beyond ASCII are only checked, for no name that means anything here has one.
    fn text(&mut self) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        self.next_is(b'"').then_some(())?;
        loop {
            match self.next()? {
                b'"' => return Some(text),
                b'\\' => text.push(self.escape()?),
                0..b' ' => return None,
                byte => text.push(byte),
            }
        }
    }

    fn escape(&mut self) -> Option<u8> {
        Some(match self.next()? {
            byte @ (b'"' | b'\\' | b'/') => byte,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let mut code = 0;
                for _ in 0..4 {
                    code = code << 4 | char::from(self.next()?).to_digit(16)?;
                }
                u8::try_from(code).ok().filter(u8::is_ascii).unwrap_or(b'?')
            }
            _ => return None,
        })
    }

    fn number(&mut self) -> Option<f64> {
        let is_negative = self.next_is(b'-');
        let mut digits = Digits::default();
        if !self.next_is(b'0') {
            self.digits(|digit| digits.add(digit, false))?;
        }
        if self.next_is(b'.') {
            self.digits(|digit| digits.add(digit, true))?;
        }
        let mut exponent = 0_i32;
        if self.next_if(|byte| matches!(byte, b'e' | b'E')).is_some() {
            let sign = self.next_if(|byte| matches!(byte, b'+' | b'-'));
            self.digits(|digit| exponent = exponent.saturating_mul(10).saturating_add(digit.into()))?;
            if sign == Some(b'-') {
                exponent = -exponent;
            }
        }
        let number = digits.value(exponent);
        number.is_finite().then_some(if is_negative { -number } else { number })
    }

    /// At least one digit.
    fn digits(&mut self, mut take: impl FnMut(u8)) -> Option<()> {
        let mut digit = self.next_if(|byte| byte.is_ascii_digit())?;
        loop {
            take(digit - b'0');
            match self.next_if(|byte| byte.is_ascii_digit()) {
                Some(next) => digit = next,
                None => return Some(()),
            }
        }
    }
}

/// The digits of a number, as far as they matter.
#[derive(Default)]
struct Digits {
    mantissa: u64,
    exponent: i32,
}

impl Digits {
    fn add(&mut self, digit: u8, is_fraction: bool) {
        let has_room = self.mantissa < u64::MAX / 20;
        if has_room {
            self.mantissa = self.mantissa * 10 + u64::from(digit);
        }
        self.exponent = self.exponent.saturating_add(i32::from(!has_room) - i32::from(is_fraction));
    }

    fn value(&self, exponent: i32) -> f64 {
        let exponent = self.exponent.saturating_add(exponent).clamp(-400, 400);
        let power = 10_f64.powi(exponent.abs());
        if exponent < 0 { self.mantissa as f64 / power } else { self.mantissa as f64 * power }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (text, expected) in
            [("-122.0986857", -122.0986857), ("0.25e2", 25.0), ("1E3", 1000.0), ("-0", 0.0)]
        {
            assert_eq!(
                Json::parse(text.as_bytes()).and_then(|json| json.as_number()),
                Some(expected),
                "{text}"
            );
        }
        let json = Json::parse(br#" {"a": [true, null, {"b\u0063": "x"}], "a": "last" } "#).unwrap();
        assert_eq!(json.get("a").and_then(Json::as_text), Some(&b"last"[..]));
        assert!(
            matches!(&json, Json::Object(members) if members[0].1.as_list().unwrap()[2].get("bc").is_some())
        );
    }

    #[test]
    fn what_is_no_json() {
        let bad = [
            "",
            "{",
            "[1,]",
            "[,1]",
            "{\"a\"}",
            "{\"a\":1,}",
            "01",
            "1.",
            ".5",
            "-",
            "1e",
            "1e999",
            "\"\n\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "tru",
            "1 2",
            "nul",
            "[1",
            "{a:1}",
        ];
        for text in bad {
            assert_eq!(Json::parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Json::parse(b"\"\xff\""), None);
        assert_eq!(Json::parse(&[b'['; 100_000]), None);
    }
}
