//! Rules of bit operations that the captured exchanges do not show.

use super::*;

const BYTES: [u8; 4] = [0b1010_0000, 0x0f, 0xff, 0x00];

fn blob() -> Particle {
    Particle { kind: ParticleType::BLOB, bytes: BYTES.into() }
}

/// The answer or the new bytes.
fn run(op: &[u8], modify: bool) -> Result<Vec<u8>, ResultCode> {
    let applied = apply(Some(&blob()), op, modify)?;
    Ok(match (applied.answer, applied.stored) {
        (Some(answer), _) => answer.bytes,
        (None, Stored::Set(changed)) => changed.bytes,
        _ => Vec::new(),
    })
}

#[test]
fn offsets_count_from_the_end() {
    assert_eq!(run(&[0x93, 50, 0xf0, 8], false), Ok(vec![0xff]));
    assert_eq!(run(&[0x93, 50, 0xe0, 4], false), Ok(vec![0xa0]));
    assert_eq!(run(&[0x93, 50, 0xd0, 0xdf, 4], false), Err(ResultCode::OP_NOT_APPLICABLE));
}

#[test]
fn scans_give_the_place_in_the_range_or_none() {
    let place = |op: &[u8]| run(op, false).map(|bytes| bytes[7] as i8);
    assert_eq!(place(&[0x94, 52, 1, 7, 0xc3]), Ok(1));
    assert_eq!(place(&[0x94, 53, 0, 8, 0xc3]), Ok(2));
    assert_eq!(place(&[0x94, 52, 3, 5, 0xc3]), Ok(-1));
    assert_eq!(place(&[0x94, 52, 3, 5, 1]), Err(ResultCode::PARAMETER));
}

#[test]
fn integers_are_signed_on_request() {
    assert_eq!(run(&[0x93, 54, 0, 3], false), Ok(5i64.to_be_bytes().into()));
    assert_eq!(run(&[0x94, 54, 0, 3, 1], false), Ok((-3i64).to_be_bytes().into()));
    assert_eq!(run(&[0x93, 54, 0, 65], false), Err(ResultCode::PARAMETER));
}

#[test]
fn sums_overflow_as_asked() {
    // ADD of 1 to the third byte, which is 255.
    let add = |flags: u8, how: u8| run(&[0x96, 10, 16, 8, 1, flags, how], true);
    assert_eq!(add(0, 0), Err(ResultCode::OP_NOT_APPLICABLE));
    assert_eq!(add(4, 0), Ok(vec![]));
    assert_eq!(add(0, 2), Ok(vec![0xa0, 0x0f, 0xff, 0x00]));
    assert_eq!(add(0, 4), Ok(vec![0xa0, 0x0f, 0x00, 0x00]));
    assert_eq!(add(0, 1), Ok(vec![0xa0, 0x0f, 0x00, 0x00]));
    assert_eq!(add(0, 6), Err(ResultCode::PARAMETER));
}

#[test]
fn partial_cuts_at_the_end() {
    assert_eq!(run(&[0x94, 7, 28, 8, 8], true), Ok(vec![0xa0, 0x0f, 0xff, 0x0f]));
    assert_eq!(run(&[0x94, 7, 28, 8, 0], true), Err(ResultCode::OP_NOT_APPLICABLE));
    assert_eq!(run(&[0x94, 2, 2, 9, 8], true), Ok(vec![0xa0, 0x0f]));
    assert_eq!(run(&[0x94, 2, 2, 9, 0], true), Err(ResultCode::PARAMETER));
}

#[test]
fn sizes_are_checked() {
    assert_eq!(run(&[0x93, 50, 0, 0], false), Err(ResultCode::PARAMETER));
    // RESIZE to 4 GiB.
    assert_eq!(run(&[0x92, 0, 0xcf, 0, 0, 0, 1, 0, 0, 0, 0], true), Err(ResultCode::RECORD_TOO_BIG));
    // RESIZE to 2, grow only; to 6, at the front.
    assert_eq!(run(&[0x94, 0, 2, 0, 2], true), Err(ResultCode::PARAMETER));
    assert_eq!(run(&[0x94, 0, 6, 0, 1], true), Ok(vec![0, 0, 0xa0, 0x0f, 0xff, 0]));
    // SET of 16 bits from one byte.
    assert_eq!(run(&[0x94, 3, 0, 16, 0xa2, 4, 7], true), Err(ResultCode::PARAMETER));
    // INSERT behind the end.
    assert_eq!(run(&[0x93, 1, 6, 0xa2, 4, 7], true), Ok(vec![0xa0, 0x0f, 0xff, 0, 0, 0, 7]));
}

#[test]
fn bins_missing_or_of_another_type() {
    let not = [0x93, 7, 0, 8];
    assert_eq!(apply(None, &not, true).map(drop), Err(ResultCode::BIN_NOT_FOUND));
    let unchanged = Applied { answer: None, stored: Stored::Unchanged };
    assert_eq!(apply(None, &[0x94, 7, 0, 8, 4], true), Ok(unchanged.clone()));
    assert_eq!(apply(None, &[0x93, 50, 0, 8], false), Ok(unchanged));
    assert_eq!(apply(Some(&Particle::integer(1)), &not, true).map(drop), Err(ResultCode::BIN_TYPE));
    assert_eq!(run(&not, false), Err(ResultCode::PARAMETER));
    assert_eq!(run(&[0x95, 7, 0, 8, 0, 0], true), Err(ResultCode::PARAMETER));
    assert_eq!(run(&[0x94, 7, 0, 8, 1], true), Err(ResultCode::PARAMETER));
}
