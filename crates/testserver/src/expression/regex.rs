//! POSIX regular expressions, translated for the `regex` crate.
//!
//! Imports `regex`. Matching is by bytes and only says whether there is a match. Back references and collating
//! elements cannot be translated: a pattern with one is refused. Source: server `exp.c`, which calls `regcomp`.

use core::fmt::Write;
use core::iter::Peekable;
use core::slice::Iter;

use regex::bytes::{Regex, RegexBuilder};

const EXTENDED: i64 = 1;
const IGNORE_CASE: i64 = 2;
const NO_SUB: i64 = 4;
const NEWLINE: i64 = 8;
/// Bound of a compiled pattern in bytes.
const SIZE_LIMIT: usize = 1 << 20;
/// Bound of the nesting of groups.
const NEST_LIMIT: u32 = 100;

/// Compiles a pattern; `None` for one that is not valid or cannot be translated.
pub(super) fn compile(flags: i64, pattern: &[u8]) -> Option<Regex> {
    if flags & !(EXTENDED | IGNORE_CASE | NO_SUB | NEWLINE) != 0 {
        return None;
    }
    let by_lines = flags & NEWLINE != 0;
    let mut translation = Translation {
        rest: pattern.iter().peekable(),
        out: String::new(),
        is_extended: flags & EXTENDED != 0,
        by_lines,
        starts: true,
    };
    translation.run()?;
    RegexBuilder::new(&translation.out)
        .unicode(false)
        .case_insensitive(flags & IGNORE_CASE != 0)
        .multi_line(by_lines)
        .dot_matches_new_line(!by_lines)
        .size_limit(SIZE_LIMIT)
        .nest_limit(NEST_LIMIT)
        .build()
        .ok()
}

struct Translation<'p> {
    rest: Peekable<Iter<'p, u8>>,
    out: String,
    is_extended: bool,
    by_lines: bool,
    /// Nothing to repeat stands before: at the start of the pattern, of a group or of an alternative.
    starts: bool,
}

impl Translation<'_> {
    fn run(&mut self) -> Option<()> {
        while let Some(byte) = self.rest.next() {
            match byte {
                b'\\' => self.escape()?,
                b'[' => self.bracket()?,
                b'.' => self.operator("."),
                b'*' if self.starts => self.literal(b'*'),
                b'*' => self.operator("*"),
                b'^' if self.is_extended || self.starts => {
                    self.out.push('^');
                    // A basic pattern takes a star behind an anchor for itself.
                    self.starts = !self.is_extended;
                }
                b'$' if self.is_extended || self.at_end() => self.operator("$"),
                b'(' | b'|' if self.is_extended => self.opening(*byte),
                b')' | b'+' | b'?' if self.is_extended => {
                    self.operator(char::from(*byte).encode_utf8(&mut [0; 4]))
                }
                b'{' if self.is_extended => self.interval("}")?,
                other => self.literal(*other),
            }
        }
        Some(())
    }

    fn escape(&mut self) -> Option<()> {
        let byte = *self.rest.next()?;
        match byte {
            b'(' | b'|' if !self.is_extended => self.opening(byte),
            b')' | b'+' | b'?' if !self.is_extended => {
                self.operator(char::from(byte).encode_utf8(&mut [0; 4]))
            }
            b'{' if !self.is_extended => self.interval("\\}")?,
            b'1'..=b'9' => return None,
            b'w' | b'W' | b's' | b'S' | b'b' | b'B' => {
                let class = char::from(byte);
                self.out.push('\\');
                self.out.push(class);
                self.starts = false;
            }
            b'<' => self.operator(r"\b{start}"),
            b'>' => self.operator(r"\b{end}"),
            b'`' => self.operator(r"\A"),
            b'\'' => self.operator(r"\z"),
            other => self.literal(other),
        }
        Some(())
    }

    /// An interval of repetitions up to its closing mark.
    fn interval(&mut self, close: &str) -> Option<()> {
        let mut text = String::new();
        while !text.ends_with(close) {
            text.push(char::from(*self.rest.next()?));
        }
        text.truncate(text.len() - close.len());
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b',') {
            return None;
        }
        let least = if text.starts_with(',') { "0" } else { "" };
        write!(self.out, "{{{least}{text}}}").ok()
    }

    /// A set of characters, in which no character but `]`, `^`, `-` and `[` before `:` means anything.
    fn bracket(&mut self) -> Option<()> {
        self.out.push('[');
        let is_negated = self.rest.next_if_eq(&&b'^').is_some();
        if is_negated {
            self.out.push('^');
            if self.by_lines {
                self.out.push_str(r"\n");
            }
        }
        let mut is_first = true;
        loop {
            match *self.rest.next()? {
                b']' if !is_first => break,
                b'[' if matches!(self.rest.peek(), Some(b'.' | b'=')) => return None,
                b'[' if self.rest.peek() == Some(&&b':') => self.class()?,
                b'-' if is_first || self.rest.peek() == Some(&&b']') => self.member(b'-'),
                b'-' => self.out.push('-'),
                other => self.member(other),
            }
            is_first = false;
        }
        self.out.push(']');
        self.starts = false;
        Some(())
    }

    /// A named class, behind its opening bracket.
    fn class(&mut self) -> Option<()> {
        self.out.push('[');
        loop {
            let byte = *self.rest.next()?;
            match byte {
                b']' => break,
                b':' | b'a'..=b'z' => self.out.push(char::from(byte)),
                _ => return None,
            }
        }
        self.out.push(']');
        Some(())
    }

    fn at_end(&self) -> bool {
        let mut rest = self.rest.clone();
        match rest.next() {
            None => true,
            Some(b'\\') => matches!(rest.next(), Some(b')' | b'|')),
            Some(_) => false,
        }
    }

    fn opening(&mut self, byte: u8) {
        self.out.push(char::from(byte));
        self.starts = true;
    }

    fn operator(&mut self, text: &str) {
        self.out.push_str(text);
        self.starts = false;
    }

    fn literal(&mut self, byte: u8) {
        self.member(byte);
        self.starts = false;
    }

    /// A byte that means itself.
    fn member(&mut self, byte: u8) {
        if byte.is_ascii_alphanumeric() {
            self.out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(self.out, r"\x{byte:02x}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(flags: i64, pattern: &str, text: &str) -> bool {
        compile(flags, pattern.as_bytes()).unwrap().is_match(text.as_bytes())
    }

    #[test]
    fn basic_patterns() {
        assert!(matches(0, "hel*o", "heo"));
        assert!(matches(0, "a+b", "a+b"));
        assert!(!matches(0, "a+b", "aab"));
        assert!(matches(0, r"a\+b", "aab"));
        assert!(matches(0, r"^\(ab\)\{2\}$", "abab"));
        assert!(matches(0, "*a", "*a"));
        assert!(matches(0, "a^b$c", "a^b$c"));
        assert!(matches(0, "(a|b)", "(a|b)"));
    }

    #[test]
    fn extended_patterns() {
        assert!(matches(EXTENDED, "^(a|b){2}$", "ab"));
        assert!(!matches(EXTENDED, "^(a|b){2}$", "abc"));
        assert!(matches(EXTENDED | IGNORE_CASE, "^HEL+O$", "hello"));
        assert!(matches(EXTENDED, "[]a^&&-]+z", "]&-z"));
        assert!(matches(EXTENDED, "^[[:digit:]_]+$", "12_3"));
        assert!(!matches(EXTENDED, "^[^[:space:]]+$", "1 2"));
    }

    #[test]
    fn newlines() {
        assert!(matches(0, "a.b", "a\nb"));
        assert!(!matches(NEWLINE, "a.b", "a\nb"));
        assert!(!matches(0, "^b", "a\nb"));
        assert!(matches(NEWLINE, "^b", "a\nb"));
        assert!(!matches(NEWLINE, "a[^x]b", "a\nb"));
    }

    #[test]
    fn refused_patterns() {
        for pattern in [&b"\\"[..], b"[a", b"(\\)\\", b"\\(a\\)\\1", b"[[.a.]]"] {
            assert!(compile(0, pattern).is_none(), "{pattern:?}");
        }
        assert!(compile(EXTENDED, b"(((a{1000}){1000}){1000})").is_none());
    }
}
