//! A compiled pattern, and the search for a match: all ways through the program at once, so that the time is bounded
//! by the size of the program times that of the text.
//!
//! Imports the parts of a pattern.

use super::set::ByteSet;
use super::{Node, Tall};

/// Bound of the steps of a program, and of the work to write it.
const MAX_STEPS: usize = 1 << 15;

/// What must be true of a place between two bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Assertion {
    Start,
    End,
    LineStart,
    LineEnd,
    WordStart,
    WordEnd,
    WordEdge,
    NoWordEdge,
}

impl Assertion {
    fn holds(self, text: &[u8], at: usize) -> bool {
        let (before, behind) = (at.checked_sub(1).and_then(|at| text.get(at)), text.get(at));
        let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| ByteSet::word().has(*byte));
        let words = (is_word(before), is_word(behind));
        match self {
            Self::Start => before.is_none(),
            Self::End => behind.is_none(),
            Self::LineStart => before.is_none_or(|byte| *byte == b'\n'),
            Self::LineEnd => behind.is_none_or(|byte| *byte == b'\n'),
            Self::WordStart => words == (false, true),
            Self::WordEnd => words == (true, false),
            Self::WordEdge => words.0 != words.1,
            Self::NoWordEdge => words.0 == words.1,
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Byte(ByteSet),
    Assert(Assertion),
    /// Goes on with the next step and also with this one.
    Fork(usize),
    Jump(usize),
    Match,
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(in super::super) struct Program {
    steps: Vec<Step>,
}

impl Program {
    /// `None` for a pattern that needs too many steps.
    pub(super) fn new(pattern: &Tall) -> Option<Self> {
        let mut writer = Writer { steps: Vec::new(), work: 0 };
        writer.part(pattern)?;
        writer.steps.push(Step::Match);
        Some(Self { steps: writer.steps })
    }

    /// Whether it matches somewhere in `text`.
    pub(in super::super) fn is_match(&self, text: &[u8]) -> bool {
        let mut now = Ways::new(self.steps.len());
        let mut next = Ways::new(self.steps.len());
        for at in 0..=text.len() {
            if now.enter(&self.steps, 0, text, at) {
                return true;
            }
            let Some(byte) = text.get(at) else { break };
            for step in &now.list {
                let is_way = matches!(&self.steps[*step], Step::Byte(set) if set.has(*byte));
                if is_way && next.enter(&self.steps, step + 1, text, at + 1) {
                    return true;
                }
            }
            core::mem::swap(&mut now, &mut next);
            next.clear();
        }
        false
    }
}

/// The steps that a search stands at.
struct Ways {
    list: Vec<usize>,
    is_listed: Vec<bool>,
    open: Vec<usize>,
}

impl Ways {
    fn new(len: usize) -> Self {
        Self { list: Vec::new(), is_listed: vec![false; len], open: Vec::new() }
    }

    fn clear(&mut self) {
        self.list.drain(..).for_each(|step| self.is_listed[step] = false);
    }

    /// Adds a step and all that can be reached from it without a byte. Whether the end is among them.
    fn enter(&mut self, steps: &[Step], step: usize, text: &[u8], at: usize) -> bool {
        self.open.push(step);
        while let Some(step) = self.open.pop() {
            if core::mem::replace(&mut self.is_listed[step], true) {
                continue;
            }
            self.list.push(step);
            match &steps[step] {
                Step::Match => {
                    self.open.clear();
                    return true;
                }
                Step::Fork(other) => self.open.extend([*other, step + 1]),
                Step::Jump(other) => self.open.push(*other),
                Step::Assert(assertion) if assertion.holds(text, at) => self.open.push(step + 1),
                Step::Assert(_) | Step::Byte(_) => {}
            }
        }
        false
    }
}

struct Writer {
    steps: Vec<Step>,
    work: usize,
}

impl Writer {
    fn part(&mut self, part: &Tall) -> Option<()> {
        self.work += 1;
        if self.work.max(self.steps.len()) > MAX_STEPS {
            return None;
        }
        match &part.node {
            Node::Byte(set) => self.steps.push(Step::Byte(*set)),
            Node::Assert(assertion) => self.steps.push(Step::Assert(*assertion)),
            Node::Sequence(parts) => parts.iter().try_for_each(|part| self.part(part))?,
            Node::Either(branches) => self.either(branches)?,
            Node::Repeat(part, least, most) => self.repeat(part, *least, *most)?,
        }
        Some(())
    }

    fn either(&mut self, branches: &[Tall]) -> Option<()> {
        let mut jumps = Vec::new();
        for (index, branch) in branches.iter().enumerate() {
            let fork = self.steps.len();
            let is_last = index + 1 == branches.len();
            if !is_last {
                self.steps.push(Step::Fork(0));
            }
            self.part(branch)?;
            if !is_last {
                jumps.push(self.steps.len());
                self.steps.push(Step::Jump(0));
                self.steps[fork] = Step::Fork(self.steps.len());
            }
        }
        let end = self.steps.len();
        jumps.into_iter().for_each(|jump| self.steps[jump] = Step::Jump(end));
        Some(())
    }

    fn repeat(&mut self, part: &Tall, least: usize, most: Option<usize>) -> Option<()> {
        for _ in 0..least {
            self.part(part)?;
        }
        let start = self.steps.len();
        let Some(most) = most else {
            self.steps.push(Step::Fork(0));
            self.part(part)?;
            self.steps.push(Step::Jump(start));
            self.steps[start] = Step::Fork(self.steps.len());
            return Some(());
        };
        let mut forks = Vec::new();
        for _ in least..most {
            forks.push(self.steps.len());
            self.steps.push(Step::Fork(0));
            self.part(part)?;
        }
        let end = self.steps.len();
        forks.into_iter().for_each(|fork| self.steps[fork] = Step::Fork(end));
        Some(())
    }
}
