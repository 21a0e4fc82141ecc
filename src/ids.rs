//! Names of things inside one client. Imports nothing.
//!
//! Connections and commands live in slots that are reused; an id carries the slot and how often it was reused, so
//! that an id of something finished never matches what came after it. The slot of a command is used again only after its
//! end was told.

/// How many bits of an id give the slot.
pub(crate) const SLOT_BITS: u32 = 20;

macro_rules! slot_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
        pub struct $name(pub u32);

        impl $name {
            pub(crate) const fn new(slot: usize, reuse: u32) -> Self {
                Self(slot as u32 | reuse << SLOT_BITS)
            }

            /// The slot: dense, and reused.
            #[must_use]
            pub const fn slot(self) -> usize {
                (self.0 & ((1 << SLOT_BITS) - 1)) as usize
            }
        }
    };
}

slot_id! {
    /// One connection that the host opens, reads, writes and closes for the client.
    ConnId
}
slot_id! {
    /// One command that was submitted.
    CommandId
}

/// A server node. A name keeps its id for the life of the client, also when the node leaves and returns.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct NodeId(pub u16);
