//! What holds for all inputs: any bytes are survived, any chunking gives the same events, what was written is read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use aerospike_testkit::{Lab, Seen, key};
use aerospike_wasm::data::{List, Map, Value, ValueRef};
use aerospike_wasm::wire::frame::Deframer;
use aerospike_wasm::wire::message::messages;
use aerospike_wasm::wire::particle::ParticleType;
use aerospike_wasm::wire::{Status, Writer, info};
use aerospike_wasm::{Action, Bins, Command, Operation, Policy};
use proptest::prelude::*;

/// A value as a list or map may hold it.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Nil),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Integer),
        any::<i8>().prop_map(|small| Value::Integer(small.into())),
        any::<f64>().prop_filter("NaN is not equal to itself", |f| !f.is_nan()).prop_map(Value::Float),
        ".{0,40}".prop_map(Value::String),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(Value::Blob),
        ".{0,20}".prop_map(Value::GeoJson),
    ];
    leaf.prop_recursive(5, 60, 20, |inner| {
        prop_oneof![
            (prop::collection::vec(inner.clone(), 0..20), prop::sample::select(vec![0u8, 1]))
                .prop_map(|(items, order)| Value::List(List { items, order })),
            (
                prop::collection::vec((any::<i64>().prop_map(Value::Integer), inner), 0..20),
                prop::sample::select(vec![0u8, 1, 3])
            )
                .prop_map(|(entries, order)| Value::Map(Map { entries, order })),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_packed_value_is_unpacked_to_itself(value in value()) {
        let mut bytes = Vec::new();
        value.pack(&mut Writer::new(&mut bytes));
        prop_assert_eq!(Value::unpack(&bytes).unwrap(), value);
    }

    #[test]
    fn any_bytes_are_survived_by_every_reader(bytes in prop::collection::vec(any::<u8>(), 0..400), kind in any::<u8>()) {
        let _ = Value::unpack(&bytes);
        let _ = ValueRef::from_particle(ParticleType(kind), &bytes).to_value();
        messages(&bytes).for_each(drop);
        info::lines(&bytes).for_each(drop);
        if let Ok(mut rows) = aerospike_wasm::wire::batch::Rows::new(&bytes) {
            while let Ok(Some(row)) = rows.next_row() {
                row.fields().count();
                row.ops().count();
            }
        }
        let mut deframer = Deframer::new(1 << 20);
        deframer.push(&bytes);
        while let Ok(Status::Complete(len)) = deframer.frame_len() {
            deframer.consume(len);
        }
    }

    #[test]
    fn what_is_read_from_any_bytes_is_written_back_the_same(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        // Not byte for byte (a short number may be written longer than need be), but in meaning.
        if let Ok(value) = Value::unpack(&bytes) {
            let mut back = Vec::new();
            value.pack(&mut Writer::new(&mut back));
            prop_assert_eq!(format!("{:?}", Value::unpack(&back).unwrap()), format!("{value:?}"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn any_chunking_gives_the_same_events(chunk in 1usize..40, values in prop::collection::vec(any::<i64>(), 1..12)) {
        let run = |chunk: usize| -> Vec<Seen> {
            let mut lab = Lab::new(2);
            lab.chunk = chunk;
            for (n, value) in values.iter().enumerate() {
                let key = key(n as i64 % 3);
                let ops = [Operation::increment("n", ValueRef::Integer(*value)), Operation::read("n")];
                lab.submit(&Command { action: Action::Operate { key: key.as_ref(), ops: &ops }, policy: &Policy::write(), filter: None });
                lab.settle();
                lab.submit(&Command { action: Action::Read { key: key.as_ref(), bins: Bins::All }, policy: &Policy::read(), filter: None });
                lab.settle();
            }
            lab.seen
        };
        prop_assert_eq!(run(chunk), run(usize::MAX));
    }

    #[test]
    fn bytes_gone_wrong_anywhere_in_a_reply_finish_the_command_once(at in 0usize..60, bit in 0u8..8) {
        let mut lab = Lab::new(1);
        let key = key("x");
        let ops = [Operation::write("n", ValueRef::Integer(7))];
        lab.call(&Command { action: Action::Operate { key: key.as_ref(), ops: &ops }, policy: &Policy::write(), filter: None }).unwrap();
        lab.corrupt = Some((at, 1 << bit));
        let _ = lab.call(&Command { action: Action::Read { key: key.as_ref(), bins: Bins::All }, policy: &Policy::read(), filter: None });
        lab.corrupt = None;
        lab.advance_ms(10_000);
        let finished = lab.seen.iter().filter(|seen| matches!(seen, Seen::Finished(..))).count();
        prop_assert_eq!(finished, 0, "finished twice");
        prop_assert_eq!(lab.client.in_flight(), 0);
        lab.call(&Command { action: Action::Read { key: key.as_ref(), bins: Bins::All }, policy: &Policy::read(), filter: None }).unwrap();
    }
}
