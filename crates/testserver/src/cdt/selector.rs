//! How an operation selects elements.
//!
//! Imports nothing. Lists and maps share the ways; opcodes name them. Source: server `cdt.c` (operation table).

/// A way to select.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Selector {
    Key,
    Index,
    Value,
    Rank,
    KeyList,
    AllByValue,
    ValueList,
    KeyInterval,
    IndexRange,
    ValueInterval,
    RankRange,
    KeyRelativeIndexRange,
    ValueRelativeRankRange,
}

impl Selector {
    /// The way that an opcode selects, reading or removing.
    pub(super) const fn of(opcode: u8) -> Option<Self> {
        Some(match opcode {
            19 | 32 | 98 | 77 => Self::Index,
            20 | 33 | 99 | 78 => Self::Value,
            21 | 34 | 100 | 79 => Self::Rank,
            22 | 35 | 102 | 82 => Self::AllByValue,
            23 | 36 | 108 | 83 => Self::ValueList,
            24 | 37 | 104 | 85 => Self::IndexRange,
            25 | 38 | 105 | 86 => Self::ValueInterval,
            26 | 39 | 106 | 87 => Self::RankRange,
            27 | 40 | 110 | 89 => Self::ValueRelativeRankRange,
            97 | 76 => Self::Key,
            107 | 81 => Self::KeyList,
            103 | 84 => Self::KeyInterval,
            109 | 88 => Self::KeyRelativeIndexRange,
            _ => return None,
        })
    }

    /// One element at most.
    pub(super) const fn is_single(self) -> bool {
        matches!(self, Self::Key | Self::Index | Self::Value | Self::Rank)
    }
}
