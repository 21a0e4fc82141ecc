//! Time to live, as asked for in a write and as answered in a reply.
//!
//! Imports nothing. Source: server `rw_utils.c`, `proto.c`.

/// 2010-01-01T00:00:00Z in Unix seconds: the origin of void times.
pub const CITRUSLEAF_EPOCH: u64 = 1_262_304_000;

/// What a write asks for. On the wire a 32-bit number of seconds with three special values.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Ttl(pub u32);

impl Ttl {
    /// The default of the set or namespace.
    pub const NAMESPACE_DEFAULT: Self = Self(0);
    /// Never expire.
    pub const NEVER_EXPIRE: Self = Self(0xffff_ffff);
    /// Keep the record's void time; on create, the default.
    pub const DONT_UPDATE: Self = Self(0xffff_fffe);
    /// The longest time a server accepts: ten years.
    pub const MAX_SECONDS: u32 = 315_360_000;
}

/// Absolute expiry in a reply: seconds since 2010-01-01 UTC, 0 for never.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct VoidTime(pub u32);

impl VoidTime {
    /// Seconds left at `unix_seconds`, at least 1; `None` for a record that never expires.
    #[must_use]
    pub fn seconds_left(self, unix_seconds: u64) -> Option<u32> {
        if self.0 == 0 {
            return None;
        }
        let now = unix_seconds.saturating_sub(CITRUSLEAF_EPOCH);
        let left = u64::from(self.0).saturating_sub(now).max(1);
        Some(u32::try_from(left).unwrap_or(u32::MAX))
    }
}
