//! What a case is: something that can be run over and over, with a part around it that is not measured.
//!
//! Imports nothing. A command's case is an [`Exchange`], which is also measured in two parts, each between runs of the
//! other: a reply can only be taken in after its request.

/// Something that can be run over and over.
pub(crate) trait Operation {
    /// Makes ready for the next run; not measured.
    fn arrange(&mut self) {}

    /// What is measured.
    fn run(&mut self);
}

impl<F: FnMut()> Operation for F {
    fn run(&mut self) {
        self();
    }
}

/// A request and the reply to it.
pub(crate) trait Exchange {
    fn request(&mut self);
    fn reply(&mut self);
}

/// A case that is known by name.
#[derive(Clone, Copy)]
pub(crate) struct Named {
    pub(crate) name: &'static str,
    /// Whether it is part of another case, and has an arrangement.
    pub(crate) is_part: bool,
    pub(crate) prepare: fn() -> Box<dyn Operation>,
}

impl Named {
    pub(crate) const fn whole(name: &'static str, prepare: fn() -> Box<dyn Operation>) -> Self {
        Self { name, is_part: false, prepare }
    }

    pub(crate) const fn part(name: &'static str, prepare: fn() -> Box<dyn Operation>) -> Self {
        Self { name, is_part: true, prepare }
    }
}

/// Cases of exchanges: each whole, and its parts under the names given first.
macro_rules! exchanges {
    ($request:literal, $reply:literal; $($name:literal => $prepare:path),* $(,)?) => {{
        use $crate::operation::{Named, Replies, Requests, Whole};
        [$(
            Named::whole($name, || Box::new(Whole($prepare()))),
            Named::part(concat!($name, ": ", $request), || Box::new(Requests::new($prepare()))),
            Named::part(concat!($name, ": ", $reply), || Box::new(Replies($prepare()))),
        )*]
    }};
}
pub(crate) use exchanges;

pub(crate) struct Whole<E>(pub(crate) E);

impl<E: Exchange> Operation for Whole<E> {
    fn run(&mut self) {
        self.0.request();
        self.0.reply();
    }
}

pub(crate) struct Requests<E> {
    exchange: E,
    is_out: bool,
}

impl<E> Requests<E> {
    pub(crate) const fn new(exchange: E) -> Self {
        Self { exchange, is_out: false }
    }
}

impl<E: Exchange> Operation for Requests<E> {
    fn arrange(&mut self) {
        if std::mem::take(&mut self.is_out) {
            self.exchange.reply();
        }
    }

    fn run(&mut self) {
        self.exchange.request();
        self.is_out = true;
    }
}

pub(crate) struct Replies<E>(pub(crate) E);

impl<E: Exchange> Operation for Replies<E> {
    fn arrange(&mut self) {
        self.0.request();
    }

    fn run(&mut self) {
        self.0.reply();
    }
}
