//! An in-memory Aerospike node or cluster that speaks the real protocol.

mod cdt;
mod expression;
mod particle;

pub use particle::Particle;
