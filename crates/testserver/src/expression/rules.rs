//! Rules of expressions that the captured exchanges do not show.

use super::tests::Empty;
use super::*;
use crate::particle::{Applied, Stored};
use ResultCode as Code;

const NOTHING: Applied = Applied { answer: None, stored: Stored::Unchanged };
/// UNKNOWN, and a missing bool bin.
const UNKNOWN: &[u8] = &[0x93, 81, 1, 0xa1, b'x'];

fn list(code: u8, arguments: &[&[u8]]) -> Vec<u8> {
    let mut out = vec![0x91 + arguments.len() as u8, code];
    arguments.iter().for_each(|argument| out.extend_from_slice(argument));
    out
}

/// What an expression gives on an empty record.
fn eval(expression: &[u8]) -> Result<Option<Particle>, Code> {
    apply(&[&[0x91], expression].concat(), &Empty, false, None).map(|applied| applied.answer)
}

fn bool(expression: &[u8]) -> Result<bool, Code> {
    eval(expression).map(|answer| answer.unwrap().bytes == [1])
}

fn integer(expression: &[u8]) -> Result<i64, Code> {
    eval(expression).map(|answer| i64::from_be_bytes(answer.unwrap().bytes.try_into().unwrap()))
}

fn constant(value: i64) -> Vec<u8> {
    [&[0xd3][..], &value.to_be_bytes()].concat()
}

#[test]
fn unknown_spreads_unless_the_other_side_decides() {
    let (yes, no) = (&[0xc3][..], &[0xc2][..]);
    for (code, arguments, expected) in [
        (16, [no, UNKNOWN], Ok(false)),
        (16, [UNKNOWN, no], Ok(false)),
        (16, [UNKNOWN, yes], Err(Code::OP_NOT_APPLICABLE)),
        (17, [UNKNOWN, yes], Ok(true)),
        (17, [UNKNOWN, no], Err(Code::OP_NOT_APPLICABLE)),
        (19, [yes, no], Ok(true)),
        (19, [yes, yes], Ok(false)),
        (19, [UNKNOWN, no], Err(Code::OP_NOT_APPLICABLE)),
    ] {
        assert_eq!(bool(&list(code, &arguments)), expected, "{code} {arguments:?}");
    }
}

#[test]
fn integer_arithmetic_wraps_and_never_traps() {
    let (least, minus_one) = (constant(i64::MIN), constant(-1));
    assert_eq!(integer(&list(23, &[&least, &minus_one])), Ok(i64::MIN));
    assert_eq!(integer(&list(26, &[&least, &minus_one])), Ok(0));
    assert_eq!(integer(&list(27, &[&least])), Ok(i64::MIN));
    assert_eq!(integer(&list(21, &[&least])), Ok(i64::MIN));
    assert_eq!(integer(&list(26, &[&constant(-7), &[3]])), Ok(-1));
    assert_eq!(integer(&list(26, &[&[7], &[0]])), Err(Code::OP_NOT_APPLICABLE));
    assert_eq!(integer(&list(23, &[&[0]])), Err(Code::OP_NOT_APPLICABLE));
    assert_eq!(integer(&list(36, &[&[1], &[65]])), Ok(2));
    assert_eq!(integer(&list(37, &[&minus_one, &[60]])), Ok(15));
    assert_eq!(integer(&list(38, &[&least, &[63]])), Ok(-1));
    assert_eq!(integer(&list(40, &[&[0], &[0xc3]])), Ok(-1));
}

#[test]
fn types_are_checked_when_built() {
    for expression in [
        list(1, &[&[1], &[0xc3]]),
        list(1, &[&[1]]),
        list(16, &[&[0xc3]]),
        list(16, &[&[0xc3], &[1]]),
        list(20, &[]),
        list(20, &[&[1], &[0xca, 0, 0, 0, 0]]),
        list(64, &[&[0]]),
        list(64, &[UNKNOWN]),
        list(7, &[&[0], &[0xa1, b'['], &[0xa2, 3, b'x']]),
        list(123, &[&[0xc3], &[1], &[0xc3]]),
        list(123, &[&[0xc3], &[1]]),
        list(124, &[&[0xa1, b'x']]),
        list(125, &[&[0xa1, b'1'], &[1], &[1]]),
        list(126, &[&[1]]),
        list(127, &[&[2], &[3], &[0x91, 0], &[0xa1, 3]]),
        list(127, &[&[2], &[0], &[0x91, 16], &[5]]),
        list(99, &[]),
        vec![0xa2, b'a', b'b'],
        vec![0xd4, 0xff, 0],
    ] {
        assert_eq!(eval(&expression), Err(Code::PARAMETER), "{expression:02x?}");
    }
}

#[test]
fn variables_are_seen_in_their_scope_only() {
    let x = list(124, &[&[0xa1, b'x']]);
    let inner = list(125, &[&[0xa1, b'y'], &list(20, &[&x, &[1]]), &list(124, &[&[0xa1, b'y']])]);
    assert_eq!(integer(&list(125, &[&[0xa1, b'x'], &[5], &list(20, &[&inner, &x])])), Ok(11));
    let twice = list(125, &[&[0xa1, b'x'], &[5], &[0xa1, b'x'], &[6], &x]);
    assert_eq!(integer(&twice), Err(Code::PARAMETER));
    let outside = list(20, &[&list(125, &[&[0xa1, b'x'], &[5], &x]), &x]);
    assert_eq!(integer(&outside), Err(Code::PARAMETER));
}

#[test]
fn doubling_ends() {
    // A blob inserted into itself, over and over: 2^40 bytes in the end.
    let mut blob = vec![0xa2, 4, 7];
    for _ in 0..40 {
        let variable = list(124, &[&[0xa1, b'x']]);
        let insert = list(1, &[&[0], &variable]);
        let call = list(127, &[&[6], &[0x41], &insert, &variable]);
        blob = list(125, &[&[0xa1, b'x'], &blob, &call]);
    }
    assert_eq!(eval(&blob), Err(Code::OP_NOT_APPLICABLE));
}

#[test]
fn paths_count_as_nesting() {
    let path = |steps: u8| {
        [&[0x93, 0xcc, 0xfe, 0xdc, 0, steps * 2][..], &[4, 0xc3].repeat(steps.into()), &[1]].concat()
    };
    assert_eq!(select(&[0x90], &path(100), false).map(|called| called.answer), Ok(Some(vec![0x90])));
    assert_eq!(select(&[0x90], &path(101), false), Err(Code::PARAMETER));
    let call = |steps, base: &[u8]| list(127, &[&[4], &[0], &path(steps), base]);
    assert_eq!(eval(&call(100, &[0x80])), Err(Code::PARAMETER));
    assert!(eval(&call(99, &[0x80])).is_ok());
}

#[test]
fn flags_of_operations() {
    let stored = Particle::integer(1);
    let write = |expression: &[u8], flags: u8, bin| {
        apply(&[&[0x92], expression, &[flags]].concat(), &Empty, true, bin)
    };
    let (some, none) = (Some(&stored), None);
    let set = Ok(Applied { answer: None, stored: Stored::Set(Particle::integer(5)) });
    for (expression, flags, bin, expected) in [
        (&[5][..], 0, none, set.clone()),
        (&[5], 1, some, Err(Code::BIN_EXISTS)),
        (&[5], 2, none, Err(Code::BIN_NOT_FOUND)),
        (&[5], 3, some, Err(Code::BIN_EXISTS)),
        (&[5], 3, none, Err(Code::BIN_NOT_FOUND)),
        (&[5], 9, some, Ok(NOTHING)),
        (&[5], 2, some, set),
        (&[5], 32, some, Err(Code::PARAMETER)),
        (&[0xc0], 0, some, Err(Code::OP_NOT_APPLICABLE)),
        (&[0xc0], 0, none, Ok(NOTHING)),
        (&[0xc0], 2, some, Ok(NOTHING)),
        (&[0xc0], 4, some, Ok(Applied { answer: None, stored: Stored::Removed })),
        (UNKNOWN, 0, some, Err(Code::OP_NOT_APPLICABLE)),
        (UNKNOWN, 16, some, Ok(NOTHING)),
    ] {
        assert_eq!(write(expression, flags, bin), expected, "{expression:?} {flags} {bin:?}");
    }
    assert_eq!(apply(&[0x92, 5, 1], &Empty, false, None), Err(Code::PARAMETER));
    assert_eq!(apply(&[0x93, 5, 0, 0], &Empty, false, None), Err(Code::PARAMETER));
    assert_eq!(apply(&[0x90], &Empty, false, None), Err(Code::PARAMETER));
    assert!(apply(&[0x92, 5, 0, 0xff, 0xff], &Empty, false, None).is_ok());
}

#[test]
fn selections_by_path() {
    // {1: 5, 2: [7, 8]}
    let map = [0x82, 1, 5, 2, 0x92, 7, 8];
    let values =
        |path: &[u8], flags: u8| select(&map, &[&[0x93, 0xcc, 0xfe], path, &[flags]].concat(), false);
    let answer = |path: &[u8], flags| values(path, flags).map(|called| called.answer.unwrap());
    // All children of the element of key 2.
    assert_eq!(answer(&[0x94, 0x22, 2, 4, 0xc3], 1), Ok(vec![0x92, 7, 8]));
    assert_eq!(answer(&[0x94, 0x22, 3, 4, 0xc3], 1), Ok(vec![0x90]));
    assert_eq!(answer(&[0x94, 0x22, 2, 0x10, 0xff], 0), Ok(vec![0x81, 2, 0x91, 8]));
    // Children with a value over 4: a list is not comparable, which fails or is skipped.
    let over_four = [0x92, 4, 0x93, 3, 0x93, 122, 2, 1, 4];
    assert_eq!(answer(&over_four, 1), Err(Code::PARAMETER));
    assert_eq!(answer(&over_four, 0x11), Ok(vec![0x91, 5]));
    assert_eq!(answer(&[0x90], 1), Err(Code::PARAMETER));
    assert_eq!(answer(&[0x92, 4, 0xc3], 5), Err(Code::PARAMETER));
    let removal = [&[0x94, 0xcc, 0xfe, 0x92, 4, 0xc3, 4][..], &[0x91, 100]].concat();
    assert_eq!(select(&map, &removal, true).map(|called| called.value), Ok(vec![0x80]));
    assert_eq!(select(&map, &removal, false).map(|called| called.value), Err(Code::PARAMETER));
}
