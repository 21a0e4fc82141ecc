//! POSIX regular expressions: their grammar, as `regcomp` of the GNU C library reads it.
//!
//! Imports its program. Matching is by bytes and only says whether there is a match. Back references, collating
//! elements and equivalence classes are refused. Nesting and the size of the program are bounded. Source: POSIX
//! chapter 9, server `exp.c`.

mod program;
mod set;

use core::iter::Peekable;
use core::slice::Iter;

use program::Assertion;
pub(super) use program::Program;
use set::ByteSet;

const EXTENDED: i64 = 1;
const IGNORE_CASE: i64 = 2;
const NO_SUB: i64 = 4;
const NEWLINE: i64 = 8;
/// Bound of the nesting of groups and repetitions.
const MAX_HEIGHT: usize = 100;
/// The most that an interval may say.
const MAX_REPEATS: usize = 0x7fff;

/// Compiles a pattern; `None` for one that is not valid or not supported.
pub(super) fn compile(flags: i64, pattern: &[u8]) -> Option<Program> {
    if flags & !(EXTENDED | IGNORE_CASE | NO_SUB | NEWLINE) != 0 {
        return None;
    }
    let mut parser = Parser {
        rest: pattern.iter().peekable(),
        is_extended: flags & EXTENDED != 0,
        ignores_case: flags & IGNORE_CASE != 0,
        by_lines: flags & NEWLINE != 0,
        starts: true,
    };
    let node = parser.group(0)?;
    Program::new(&node)
}

/// A part of a pattern.
#[derive(Debug)]
enum Node {
    Byte(ByteSet),
    Assert(Assertion),
    Sequence(Vec<Tall>),
    Either(Vec<Tall>),
    /// At least, and at most.
    Repeat(Box<Tall>, usize, Option<usize>),
}

/// A part and how deep it nests.
#[derive(Debug)]
struct Tall {
    node: Node,
    height: usize,
}

impl Tall {
    /// `None` if it nests too deep.
    fn new(node: Node) -> Option<Self> {
        let below = match &node {
            Node::Byte(_) | Node::Assert(_) => 0,
            Node::Sequence(parts) | Node::Either(parts) => {
                parts.iter().map(|part| part.height).max().unwrap_or(0)
            }
            Node::Repeat(part, ..) => part.height,
        };
        (below < 3 * MAX_HEIGHT).then_some(Self { node, height: below + 1 })
    }
}

enum Token {
    Open,
    Close,
    Or,
    Repeat(usize, Option<usize>),
    Part(Node),
    End,
}

struct Parser<'p> {
    rest: Peekable<Iter<'p, u8>>,
    is_extended: bool,
    ignores_case: bool,
    by_lines: bool,
    /// Nothing to repeat stands before: at the start of the pattern, of a group or of an alternative.
    starts: bool,
}

impl Parser<'_> {
    /// What stands in parentheses, or the whole pattern at depth 0.
    fn group(&mut self, depth: usize) -> Option<Tall> {
        if depth > MAX_HEIGHT {
            return None;
        }
        let (mut branches, mut parts) = (Vec::new(), Vec::new());
        self.starts = true;
        loop {
            match self.token()? {
                Token::End if depth == 0 => break,
                Token::Close if depth > 0 => break,
                Token::End | Token::Close => return None,
                Token::Open => {
                    parts.push(self.group(depth + 1)?);
                    self.starts = false;
                }
                Token::Or => {
                    branches.push(Tall::new(Node::Sequence(core::mem::take(&mut parts)))?);
                    self.starts = true;
                }
                Token::Repeat(least, most) => {
                    let part = Box::new(parts.pop()?);
                    parts.push(Tall::new(Node::Repeat(part, least, most))?);
                }
                Token::Part(node) => parts.push(Tall::new(node)?),
            }
        }
        branches.push(Tall::new(Node::Sequence(parts))?);
        Tall::new(Node::Either(branches))
    }

    fn token(&mut self) -> Option<Token> {
        let Some(byte) = self.rest.next().copied() else { return Some(Token::End) };
        let starts = core::mem::replace(&mut self.starts, false);
        match byte {
            b'\\' => self.escape(),
            b'(' | b')' | b'|' | b'+' | b'?' | b'{' if self.is_extended => self.operator(byte),
            b'*' if !starts => Some(Token::Repeat(0, None)),
            b'[' => Some(Token::Part(Node::Byte(self.bracket()?))),
            b'.' => Some(Token::Part(Node::Byte(self.negated(ByteSet::default())))),
            b'^' if self.is_extended || starts => {
                // A basic pattern takes a star behind an anchor for itself.
                self.starts = !self.is_extended;
                let at = if self.by_lines { Assertion::LineStart } else { Assertion::Start };
                Some(Token::Part(Node::Assert(at)))
            }
            b'$' if self.is_extended || self.at_end() => {
                let at = if self.by_lines { Assertion::LineEnd } else { Assertion::End };
                Some(Token::Part(Node::Assert(at)))
            }
            other => Some(self.literal(other)),
        }
    }

    fn operator(&mut self, byte: u8) -> Option<Token> {
        Some(match byte {
            b'(' => Token::Open,
            b')' => Token::Close,
            b'|' => Token::Or,
            b'+' => Token::Repeat(1, None),
            b'?' => Token::Repeat(0, Some(1)),
            _ => return self.interval(),
        })
    }

    fn escape(&mut self) -> Option<Token> {
        let byte = *self.rest.next()?;
        let node = match byte {
            b'(' | b')' | b'|' | b'+' | b'?' | b'{' if !self.is_extended => return self.operator(byte),
            b'1'..=b'9' => return None,
            b'w' => Node::Byte(ByteSet::word()),
            b'W' => Node::Byte(!ByteSet::word()),
            b's' => Node::Byte(ByteSet::class(b"space")?),
            b'S' => Node::Byte(!ByteSet::class(b"space")?),
            b'b' => Node::Assert(Assertion::WordEdge),
            b'B' => Node::Assert(Assertion::NoWordEdge),
            b'<' => Node::Assert(Assertion::WordStart),
            b'>' => Node::Assert(Assertion::WordEnd),
            b'`' => Node::Assert(Assertion::Start),
            b'\'' => Node::Assert(Assertion::End),
            other => return Some(self.literal(other)),
        };
        Some(Token::Part(node))
    }

    /// An interval of repetitions, behind its opening brace.
    fn interval(&mut self) -> Option<Token> {
        let least = self.number()?;
        let most = match self.rest.next_if_eq(&&b',') {
            Some(_) => self.number()?,
            None => Some(least?),
        };
        if !self.is_extended {
            self.rest.next_if_eq(&&b'\\')?;
        }
        self.rest.next_if_eq(&&b'}')?;
        let least = least.unwrap_or(0);
        most.is_none_or(|most| least <= most).then_some(Token::Repeat(least, most))
    }

    /// `Some(None)` where no digit stands.
    fn number(&mut self) -> Option<Option<usize>> {
        let mut number = None;
        while let Some(digit) = self.rest.next_if(|byte| byte.is_ascii_digit()) {
            let next = number.unwrap_or(0) * 10 + usize::from(digit - b'0');
            if next > MAX_REPEATS {
                return None;
            }
            number = Some(next);
        }
        Some(number)
    }

    /// A set of bytes, in which no byte but `]`, `^`, `-` and `[` before `:` means anything.
    fn bracket(&mut self) -> Option<ByteSet> {
        let is_negated = self.rest.next_if_eq(&&b'^').is_some();
        let mut set = ByteSet::default();
        let mut is_first = true;
        loop {
            let from = *self.rest.next()?;
            match (from, self.rest.peek()) {
                (b']', _) if !is_first => break,
                (b'[', Some(b'.' | b'=')) => return None,
                (b'[', Some(b':')) => set |= self.class()?,
                (from, Some(b'-')) => set.add_range(from, self.range_end(from)?)?,
                (from, _) => set.add_range(from, from)?,
            }
            is_first = false;
        }
        if self.ignores_case {
            set.fold_case();
        }
        Some(if is_negated { self.negated(set) } else { set })
    }

    /// The last byte of a range whose hyphen comes next; `from` itself if that hyphen is the last of its set.
    fn range_end(&mut self, from: u8) -> Option<u8> {
        let mut ahead = self.rest.clone();
        ahead.next();
        match *ahead.next()? {
            b']' => Some(from),
            b'[' if matches!(ahead.peek(), Some(b'.' | b'=' | b':')) => None,
            to => {
                self.rest = ahead;
                Some(to)
            }
        }
    }

    /// A named class, behind its opening bracket.
    fn class(&mut self) -> Option<ByteSet> {
        self.rest.next();
        let mut name = Vec::new();
        while let Some(byte) = self.rest.next_if(|byte| byte.is_ascii_lowercase()) {
            name.push(*byte);
        }
        self.rest.next_if_eq(&&b':')?;
        self.rest.next_if_eq(&&b']')?;
        ByteSet::class(&name)
    }

    fn negated(&self, mut set: ByteSet) -> ByteSet {
        if self.by_lines {
            set.add(b'\n');
        }
        !set
    }

    fn literal(&self, byte: u8) -> Token {
        let mut set = ByteSet::default();
        set.add(byte);
        if self.ignores_case {
            set.fold_case();
        }
        Token::Part(Node::Byte(set))
    }

    fn at_end(&self) -> bool {
        let mut rest = self.rest.clone();
        match rest.next() {
            None => true,
            Some(b'\\') => matches!(rest.next(), Some(b')' | b'|')),
            Some(_) => false,
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
    fn words_and_repetitions() {
        assert!(matches(EXTENDED, r"\<cat\>", "a cat."));
        assert!(!matches(EXTENDED, r"\<cat\>", "concat"));
        assert!(matches(EXTENDED, r"^\w+\s\W\S$", "a_1 -x"));
        assert!(matches(EXTENDED, r"o\b", "no") && !matches(EXTENDED, r"o\B", "no"));
        assert!(matches(EXTENDED, "^a{2,3}$", "aaa") && !matches(EXTENDED, "^a{2,3}$", "aaaa"));
        assert!(matches(EXTENDED, "^a{,2}$", "") && matches(EXTENDED, "^(a|b*)*c{2,}$", "abbacc"));
        assert!(matches(EXTENDED, "^(a+)?$", "") && matches(EXTENDED, "^a+?$", ""));
        assert!(matches(EXTENDED, "(|x)y", "y") && matches(EXTENDED, "a^*b", "ab"));
    }

    #[test]
    fn bytes_that_are_no_text() {
        let program = compile(EXTENDED, b"^.\xff[\x80-\xfe]$").unwrap();
        assert!(program.is_match(b"\x00\xff\x80"));
        assert!(!program.is_match(b"\x00\xff\x7f"));
    }

    #[test]
    fn the_longest_way_takes_no_time() {
        let program = compile(EXTENDED, "(a*)*b".repeat(20).as_bytes()).unwrap();
        assert!(!program.is_match(&[b'a'; 5000]));
    }

    #[test]
    fn refused_patterns() {
        for pattern in [&b"\\"[..], b"[a", b"(\\)\\", b"\\(a\\)\\1", b"[[.a.]]"] {
            assert!(compile(0, pattern).is_none(), "{pattern:?}");
        }
        let extended = [
            "(((a{1000}){1000}){1000})",
            "(((){9999}){9999}){9999}",
            "a{40000}",
            "a{3,2}",
            "a{x}",
            "(a",
            "a)",
            "+a",
            "[b-a]",
            "[[:no:]]",
        ];
        for pattern in extended {
            assert!(compile(EXTENDED, pattern.as_bytes()).is_none(), "{pattern:?}");
        }
        assert!(compile(EXTENDED, &[b'('; 100_000]).is_none());
        assert!(compile(EXTENDED, ["a".into(), "*".repeat(100_000)].concat().as_bytes()).is_none());
    }
}
