//! Indexes, ranks and counts as requests give them, made to fit a collection.
//!
//! Imports nothing. Negative ones count from the end; single ones out of range are none, ranges are clipped. Source:
//! server `cdt.c`.

/// A run of positions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) count: usize,
}

/// A run of nothing.
pub(super) const NOTHING: Span = Span { start: 0, count: 0 };

impl Span {
    /// The position of one element.
    pub(super) fn position(at: i64, size: usize) -> Option<usize> {
        let at = if at < 0 { at.checked_add_unsigned(size as u64)? } else { at };
        usize::try_from(at).ok().filter(|at| *at < size)
    }

    /// The positions of a range.
    pub(super) fn clip(at: i64, count: u64, size: usize) -> Self {
        let at = if at < 0 { i128::from(at) + size as i128 } else { i128::from(at) };
        Self::between(at, at + i128::from(count), size)
    }

    /// The positions of a range that starts `offset` after `base`.
    pub(super) fn relative(base: usize, offset: i64, count: u64, size: usize) -> Self {
        let at = base as i128 + i128::from(offset);
        Self::between(at, at + i128::from(count), size)
    }

    fn between(start: i128, end: i128, size: usize) -> Self {
        let limit = size as i128;
        let (start, end) = (start.clamp(0, limit) as usize, end.clamp(0, limit) as usize);
        Self { start, count: end.saturating_sub(start) }
    }

    /// The run that ascending positions make up, if they do.
    pub(super) fn of(positions: &[usize]) -> Option<Self> {
        let (first, last) = match positions {
            [] => return Some(Self { start: 0, count: 0 }),
            [first, .., last] => (*first, *last),
            [one] => (*one, *one),
        };
        let span = Self { start: first, count: positions.len() };
        (last + 1 == span.end()).then_some(span)
    }

    pub(super) const fn one(at: usize) -> Self {
        Self { start: at, count: 1 }
    }

    pub(super) const fn end(&self) -> usize {
        self.start + self.count
    }

    pub(super) const fn positions(&self) -> core::ops::Range<usize> {
        self.start..self.end()
    }

    /// The same run counted from the other end.
    pub(super) const fn reversed(&self, size: usize) -> Self {
        Self { start: size.saturating_sub(self.end()), count: self.count }
    }

    /// Whether there are positions on both sides.
    pub(super) const fn is_inside(&self, size: usize) -> bool {
        self.start > 0 && self.count > 0 && self.end() < size
    }

    /// Every other position.
    pub(super) fn others(&self, size: usize) -> Vec<usize> {
        (0..size).filter(|at| !self.positions().contains(at)).collect()
    }

    /// The same positions counted from the other end: each of the two runs ascends by itself.
    pub(super) fn others_reversed(&self, size: usize) -> Vec<usize> {
        (size - self.start.min(size)..size).chain(0..size.saturating_sub(self.end())).collect()
    }
}
