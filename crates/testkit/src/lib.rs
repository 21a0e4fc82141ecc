//! What tests of the core stand on: a client and test servers in one process, on a virtual network and clock
//! ([`Lab`]), and a small blocking driver over real TCP ([`tcp::Driver`]).
//!
//! Imports the core's and the test server's public APIs. Not published.

mod counting;
pub mod fuzz;
mod lab;
mod seen;
pub mod sim;
pub mod tcp;

pub use counting::Counting;
pub use lab::{Lab, key};
pub use seen::{Answered, Seen};
