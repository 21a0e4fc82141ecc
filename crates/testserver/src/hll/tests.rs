//! Rules of HyperLogLog operations that the captured exchanges do not show.

use super::*;

const NOTHING: Applied = Applied { answer: None, stored: Stored::Unchanged };

fn modify(stored: Option<&Particle>, op: &[u8]) -> Result<Particle, ResultCode> {
    match apply(stored, op, true)?.stored {
        Stored::Set(particle) => Ok(particle),
        other => panic!("{other:?}"),
    }
}

fn read(stored: &Particle, op: &[u8]) -> Result<i64, ResultCode> {
    let answer = apply(Some(stored), op, false)?.answer.unwrap();
    Ok(i64::from_be_bytes(answer.bytes.try_into().unwrap()))
}

/// A sketch of the integers of a range.
fn sketch(index_bits: u8, range: core::ops::Range<u16>) -> Particle {
    let mut op = vec![0x93, 1, 0xdc];
    op.extend_from_slice(&(range.end - range.start).to_be_bytes());
    range.for_each(|value| op.extend_from_slice(&[0xcd, (value >> 8) as u8, value as u8]));
    op.push(index_bits);
    modify(None, &op).unwrap()
}

fn with_sketch(opcode: u8, sketch: &Particle, flags: &[u8]) -> Vec<u8> {
    let mut op = vec![0x92 + flags.len() as u8, opcode, 0x91];
    msgpack::write_typed(&mut Writer::new(&mut op), ParticleType::HLL, &sketch.bytes);
    op.extend_from_slice(flags);
    op
}

#[test]
fn estimates_are_near() {
    for count in [1u16, 10, 100, 1000, 20_000] {
        let estimate = read(&sketch(12, 0..count), &[0x91, 50]).unwrap();
        let error = (estimate - i64::from(count)).abs();
        assert!(error * 20 <= i64::from(count), "{count} counted as {estimate}");
    }
    let (a, b) = (sketch(14, 0..3000), sketch(14, 2000..6000));
    let union = read(&a, &with_sketch(52, &b, &[])).unwrap();
    let both = read(&a, &with_sketch(53, &b, &[])).unwrap();
    assert!((5700..6300).contains(&union), "{union}");
    assert!((800..1200).contains(&both), "{both}");
}

#[test]
fn folding_is_counting_with_fewer_registers() {
    let folded = modify(Some(&sketch(10, 0..500)), &[0x92, 4, 6]);
    assert_eq!(folded, Ok(sketch(6, 0..500)));
    let union = apply(Some(&sketch(8, 0..50)), &with_sketch(51, &sketch(6, 40..90), &[]), false).unwrap();
    assert_eq!(union.answer, Some(sketch(6, 0..90)));
}

#[test]
fn unions_need_leave_to_fold() {
    let (large, small) = (sketch(8, 0..50), sketch(6, 40..90));
    assert_eq!(modify(Some(&large), &with_sketch(2, &small, &[])), Err(ResultCode::OP_NOT_APPLICABLE));
    assert_eq!(apply(Some(&large), &with_sketch(2, &small, &[4]), true), Ok(NOTHING));
    assert_eq!(modify(Some(&large), &with_sketch(2, &small, &[8])), Ok(sketch(6, 0..90)));
    assert_eq!(modify(Some(&small), &with_sketch(2, &large, &[])), Ok(sketch(6, 0..90)));
    assert_eq!(modify(None, &with_sketch(2, &large, &[])), Ok(large));
}

#[test]
fn counts_are_cached_until_a_change() {
    let refreshed = modify(Some(&sketch(8, 0..10)), &[0x91, 3]).unwrap();
    assert_eq!(refreshed.bytes[3..11], 10u64.to_be_bytes());
    let added = modify(Some(&refreshed), &[0x92, 1, 0x91, 0x7f]).unwrap();
    assert_eq!(added.bytes[3..11], [0; 8]);
}

#[test]
fn elements_may_be_contained() {
    let sketch = sketch(14, 0..100);
    assert_eq!(read(&sketch, &[0x92, 56, 0x92, 0xcd, 0, 1, 0xcd, 0, 99]), Ok(1));
    assert_eq!(read(&sketch, &[0x92, 56, 0x92, 0xcd, 0, 1, 0xcd, 9, 9]), Ok(0));
    assert_eq!(read(&sketch, &[0x92, 56, 0x90]), Err(ResultCode::PARAMETER));
}

#[test]
fn bit_counts_are_checked() {
    for (index_bits, minhash_bits) in [(3, 0), (17, 0), (4, 3), (4, 52), (14, 51)] {
        let result = modify(None, &[0x93, 0, index_bits, minhash_bits]);
        assert_eq!(result, Err(ResultCode::PARAMETER), "{index_bits} {minhash_bits}");
    }
    assert_eq!(modify(None, &[0x93, 0, 0xff, 0xff]), Err(ResultCode::OP_NOT_APPLICABLE));
    assert_eq!(modify(None, &[0x91, 4]), Err(ResultCode::PARAMETER));
    assert_eq!(modify(None, &[0x92, 4, 6]), Err(ResultCode::BIN_NOT_FOUND));
    assert_eq!(modify(None, &[0x91, 3]), Err(ResultCode::BIN_NOT_FOUND));
    let with_minhash = modify(None, &[0x93, 0, 8, 10]).unwrap();
    assert_eq!(modify(Some(&with_minhash), &[0x92, 4, 6]), Err(ResultCode::OP_NOT_APPLICABLE));
}

#[test]
fn bins_missing_or_of_another_type() {
    assert_eq!(apply(None, &[0x91, 50], false), Ok(NOTHING));
    assert_eq!(apply(Some(&Particle::integer(1)), &[0x91, 50], false), Err(ResultCode::BIN_TYPE));
    assert_eq!(apply(None, &[0x91, 50], true), Err(ResultCode::PARAMETER));
    assert_eq!(apply(None, &[0x92, 50, 1], false), Err(ResultCode::PARAMETER));
    // ADD takes create-only and no-fail, INIT update-only too.
    assert_eq!(apply(None, &[0x95, 1, 0x91, 1, 4, 0, 2], true), Err(ResultCode::PARAMETER));
    assert_eq!(apply(None, &[0x94, 0, 4, 0, 2], true), Err(ResultCode::BIN_NOT_FOUND));
    assert_eq!(apply(None, &[0x94, 0, 4, 0, 6], true), Ok(NOTHING));
}
