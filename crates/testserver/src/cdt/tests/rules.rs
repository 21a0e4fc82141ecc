//! Rules that no captured reply shows, one case a line: value before, operation, result code or answer, value after.

use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::particle::ParticleType;

use super::super::packed::Kind;
use super::super::{call, compare, normalize};
use super::unhex;
use crate::cdt;
use crate::particle::{Particle, Stored};

/// `-` stands for no value, a number with `!` for a result code.
fn check(before: &str, op: &str, answer: &str, after: &str) {
    let stored = (before != "-").then(|| bin(&unhex(before)));
    let op = unhex(op);
    let outcome = cdt::op::parse(&op)
        .and_then(|parsed| cdt::run(stored.as_ref().map(|bin| &*bin.bytes), &parsed, modifies(&op)));
    let case = format!("{before} {op:02x?}");
    match outcome {
        Err(code) => assert_eq!(format!("{}!", code.0), answer, "{case}"),
        Ok(outcome) => {
            assert_eq!(
                outcome.answer.map_or_else(|| "-".into(), |packed| hex(&packed)),
                answer.replace(' ', ""),
                "{case}"
            );
            let found = outcome.value.map_or_else(|| before.replace(' ', ""), |packed| hex(&packed));
            assert_eq!(found, after.replace(' ', ""), "{case}");
        }
    }
}

/// The op id that fits: of the two the one that is not refused.
fn modifies(op: &[u8]) -> bool {
    cdt::op::parse(op).is_ok_and(|parsed| parsed.check(true).is_ok())
}

fn bin(bytes: &[u8]) -> Particle {
    let kind = if Kind::of(bytes) == Some(Kind::Map) { ParticleType::MAP } else { ParticleType::LIST };
    Particle { kind, bytes: bytes.to_vec() }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn lists() {
    // Creation: every creator, the order parameter, nothing for the others.
    check("-", "92 02 90", "00", "90");
    check("-", "94 02 92 03 01 01 00", "02", "93 c70001 01 03");
    check("-", "92 00 11", "-", "91 c70001");
    check("-", "93 09 02 05", "-", "93 c0 c0 05");
    check("-", "93 0c 01 05", "05", "92 c0 05");
    check("-", "93 03 01 05", "02", "92 c0 05");
    check("-", "93 03 ff 05", "26!", "");
    check("-", "92 05 00", "-", "-");
    check("-", "91 0b", "-", "-");
    check("-", "91 0d", "12!", "");
    // Write flags.
    check("92 01 02", "94 01 02 00 01", "24!", "");
    check("92 01 02", "94 01 02 00 05", "02", "92 01 02");
    check("92 01 02", "94 02 92 03 03 00 01", "26!", "");
    check("92 01 02", "94 02 93 03 03 02 00 0d", "03", "93 01 02 03");
    check("92 01 02", "94 03 03 05 02", "26!", "");
    check("92 01 02", "94 03 03 05 06", "02", "92 01 02");
    check("92 01 02", "94 03 02 05 02", "03", "93 01 02 05");
    check("92 01 02", "94 09 03 05 06", "-", "92 01 02");
    check("93 c70001 01 02", "93 09 00 05", "26!", "");
    check("93 c70001 01 02", "94 03 00 05 04", "26!", "");
    check("93 c70001 02 04", "92 01 03", "03", "94 c70001 02 03 04");
    // Order.
    check("92 02 01", "92 00 02", "26!", "");
    check("92 02 01", "92 00 01", "-", "93 c70001 01 02");
    check("93 c70001 01 02", "92 00 00", "-", "92 01 02");
    check("92 02 01", "92 0d 03", "4!", "");
    check("92 02 01", "92 0d 05", "-", "92 02 01");
    check("93 c70001 01 02", "92 0d 01", "-", "93 c70001 01 02");
    check("93 c70001 01 02", "91 0b", "-", "91 c70001");
    // Numbers.
    check("91 01", "93 0c 00 cb3ffe666666666666", "02", "91 02");
    check("91 cb3ff8000000000000", "92 0c 00", "cb4004000000000000", "91 cb4004000000000000");
    check("91 cf7fffffffffffffff", "93 0c 00 c0", "d38000000000000000", "91 d38000000000000000");
    check("92 01 02", "92 0c fd", "26!", "");
    // Ranges are clipped, single elements are not.
    check("93 01 02 03", "93 12 f6 09", "92 01 02", "93 01 02 03");
    check("93 01 02 03", "93 06 05 02", "90", "93 01 02 03");
    check("93 01 02 03", "93 0a 09 01", "03", "90");
    check("93 01 02 03", "93 0a 01 00", "03", "90");
    check("93 01 02 03", "92 11 03", "26!", "");
}

#[test]
fn list_selections() {
    // Return types that are not for lists, for single elements, or for this selection.
    for returns in ["06", "08", "10", "11", "0e", "12"] {
        check("91 01", &format!("93 13 {returns} 00"), "26!", "");
    }
    check("91 01", "93 13 ce00010007 00", "26!", "");
    check("93 05 03 04", "94 18 09 00 02", "92 00 02", "93 05 03 04");
    check("93 05 03 04", "94 18 0a 00 02", "92 01 02", "93 05 03 04");
    check("93 05 03 04", "94 18 0b 00 02", "26!", "");
    check("93 05 03 04", "94 1a 0b 00 02", "92 00 02", "93 05 03 04");
    check("93 05 03 04", "94 1a 0c 00 01", "92 02 01", "93 05 03 04");
    check("93 05 03 04", "93 16 0b 09", "92 03 00", "93 05 03 04");
    check("93 05 03 04", "94 1a ce0001000b 00 02", "26!", "");
    check("94 c70001 01 02 03", "93 16 09 02", "92 01 01", "94 c70001 01 02 03");
    // No defined order, but the server's.
    check("94 05 03 04 01", "94 1a 07 01 02", "92 04 03", "94 05 03 04 01");
    // Intervals.
    check("93 05 03 04", "94 19 07 c0 c0", "90", "93 05 03 04");
    check("93 05 03 04", "94 19 07 04 d4ff01", "92 05 04", "93 05 03 04");
    check("93 05 03 04", "94 19 05 05 03", "00", "93 05 03 04");
    // Relative ranks before the first one.
    check("93 05 03 04", "95 1b 07 03 ff 02", "91 03", "93 05 03 04");
    check("93 05 03 04", "93 14 01 09", "ff", "93 05 03 04");
    check("93 05 03 04", "93 14 07 09", "-", "93 05 03 04");
}

#[test]
fn maps() {
    check("-", "92 40 08", "26!", "");
    check("-", "92 40 02", "-", "81 c70002 c0");
    check("-", "92 40 13", "-", "81 c70003 c0");
    check("-", "92 43 a20361", "4!", "");
    check("-", "93 45 a20361 01", "23!", "");
    check("-", "94 41 a20361 01 01", "01", "82 c70001c0 a20361 01");
    check("-", "95 41 a20361 01 01 00", "4!", "");
    check("81 01 02", "93 41 01 03", "24!", "");
    check("81 01 02", "95 43 01 03 00 03", "24!", "");
    check("81 01 02", "95 43 02 03 00 03", "23!", "");
    check("81 01 02", "93 44 82 02 03 01 04 00", "02", "82 01 04 02 03");
    check("81 01 02", "92 44 82 03 03 03 04", "4!", "");
    check("81 01 02", "92 44 91 03", "4!", "");
    check("81 01 02", "93 43 c0 03", "4!", "");
    check("81 01 02", "93 43 03 d4ff00", "4!", "");
    check("81 01 02", "92 46 82 01 05 02 05", "23!", "");
    check("81 01 02", "94 44 82 01 05 02 05 00 0d", "02", "82 01 02 02 05");
    check("81 01 02", "94 44 82 01 05 02 05 00 05", "01", "81 01 02");
    check("81 01 02", "93 4a 01 05", "fd", "81 01 fd");
    check("81 01 a20361", "92 49 01", "4!", "");
    check("-", "93 49 01 cb3ff8000000000000", "cb3ff8000000000000", "81 01 cb3ff8000000000000");
    check("82 c70001c0 01 02", "91 4b", "-", "81 c70001c0");
    // Return types.
    check("82 01 05 02 03", "93 62 0e 00", "26!", "");
    check("82 01 05 02 03", "93 6b 03 05", "4!", "");
    check("82 01 05 02 03", "93 6b 03 92 01 02", "26!", "");
    check("82 01 05 02 03", "93 61 0b 01", "26!", "");
    check("82 01 05 02 03", "93 61 09 02", "92 01 01", "82 01 05 02 03");
    check("82 01 05 02 03", "93 61 ce00010007 02", "26!", "");
    check("82 01 05 02 03", "93 64 07 02", "26!", "");
    check("82 01 05 02 03", "94 68 08 02 01", "81 c70008c0", "82 01 05 02 03");
}

#[test]
fn contexts() {
    // Created: what an item looks into by its flag, the element by the next one or by the operation.
    check("-", "93 ccff 92 cca2 a20371 93 43 01 02", "01", "82 c70001c0 a20371 81 01 02");
    check("-", "93 ccff 94 62 a20371 cca2 a20372 93 43 01 02", "01", "81 a20371 82 c70001c0 a20372 81 01 02");
    check("-", "93 ccff 92 22 a20371 93 43 01 02", "26!", "");
    check("-", "93 ccff 92 cca2 a20371 93 4c 05 01", "-", "-");
    check("-", "93 ccff 92 cca2 a20371 92 61 05", "4!", "");
    check("-", "93 ccff 92 22 a20371 91 60", "-", "-");
    check("-", "93 ccff 92 cc90 02 92 01 05", "01", "93 c0 c0 91 05");
    check("-", "93 ccff 92 50 01 92 01 05", "26!", "");
    check("-", "93 ccff 92 61 00 92 01 05", "26!", "");
    check("-", "93 ccff 92 cd0162 a20371 92 01 05", "01", "81 a20371 91 05");
    // Path errors.
    check("81 01 90", "93 ccff 90 92 01 05", "4!", "");
    check("81 01 90", "93 ccff 91 22 92 01 05", "4!", "");
    check("81 01 90", "93 ccff 22 92 01 05", "4!", "");
    check("81 01 90", "93 ccff 92 24 01 92 01 05", "26!", "");
    check("81 01 90", "93 ccff 92 10 00 92 01 05", "26!", "");
    check("81 01 90", "93 ccff 92 22 c0 92 01 05", "26!", "");
    check("81 01 90", "93 ccff 92 22 d4ff00 92 01 05", "26!", "");
    check("81 01 90", "93 ccff 92 22 02 91 10", "26!", "");
    check("81 01 90", "93 ccff 92 22 01 91 60", "12!", "");
    // A change inside an ordered list keeps its order.
    check("93 c70001 91 01 91 02", "93 ccff 92 10 00 93 09 00 03", "-", "93 c70001 91 02 91 03");
}

#[test]
fn operation_values() {
    for op in
        ["", "90", "c0", "91 0e", "91 1c", "91 51", "92 ccff 90", "91 01", "93 ccff 92 22 01 90", "91 cd0101"]
    {
        assert_eq!(cdt::apply(None, &unhex(op), true), Err(ResultCode::PARAMETER), "{op}");
        assert_eq!(cdt::apply(None, &unhex(op), false), Err(ResultCode::PARAMETER), "{op}");
    }
    // The op id decides who may run; surplus parameters and bytes do not matter; the old form still works.
    let list = bin(&[0x91, 1]);
    assert_eq!(cdt::apply(Some(&list), &[0x91, 16], true), Err(ResultCode::PARAMETER));
    assert_eq!(cdt::apply(Some(&list), &[0x92, 1, 1], false), Err(ResultCode::PARAMETER));
    for op in ["91 10", "93 10 01 02", "91 10 ff ff", "00 10", "00 10 90"] {
        let applied = cdt::apply(Some(&list), &unhex(op), false).unwrap();
        assert_eq!((applied.answer, applied.stored), (Some(Particle::integer(1)), Stored::Unchanged), "{op}");
    }
    let text = Particle::string("x");
    assert_eq!(cdt::apply(Some(&text), &[0x91, 16], false), Err(ResultCode::BIN_TYPE));
    let nested = unhex("93 ccff 92 10 00 91 10");
    assert_eq!(cdt::apply(Some(&text), &nested, false), Err(ResultCode::PARAMETER));
}

#[test]
fn calls() {
    let called = call(&unhex("82 02 01 01 02"), &unhex("93 43 03 04"), true).unwrap();
    assert_eq!((called.answer, called.value), (Some(vec![3]), unhex("83 01 02 02 01 03 04")));
    let called = call(&unhex("91 05"), &unhex("92 11 00"), false).unwrap();
    assert_eq!((called.answer, called.value), (Some(vec![5]), unhex("91 05")));
}

#[test]
fn stored_form() {
    let list = |hex: &str| normalize(ParticleType::LIST, &unhex(hex));
    let map = |hex: &str| normalize(ParticleType::MAP, &unhex(hex));
    for bad in
        ["", "c0", "80", "91", "91 c1", "90 90", "91 d4ff00", "91 d4ff01", "93 c70001 02 01", "91 81 c0 01"]
    {
        assert_eq!(list(bad), Err(ResultCode::SERVER_ERROR), "{bad}");
    }
    for bad in [
        "82 01 01 01 02",
        "81 90 01",
        "81 cb3ff8000000000000 01",
        "83 c70001c0 02 01 01 01",
        "81 01 82 01 01 01 02",
    ] {
        assert_eq!(map(bad), Err(ResultCode::SERVER_ERROR), "{bad}");
    }
    for (wire, stored) in [
        ("dc0002 d10001 cc01", "92 01 01"),
        ("91 da0002 0361", "91 a20361"),
        ("91 c402 0361", "91 a20361"),
        ("93 a0 a26162 ca3fc00000", "93 a0 a26162 ca3fc00000"),
        ("92 c70000 01", "91 01"),
        ("92 c70080 01", "91 01"),
        ("92 c70011 01", "92 c70001 01"),
        ("92 01 d50500ff", "92 01 d50500ff"),
        ("91 82 02 01 01 01", "91 82 01 01 02 01"),
    ] {
        assert_eq!(list(wire).map(|bytes| hex(&bytes)), Ok(stored.replace(' ', "")), "{wire}");
    }
    for (wire, stored) in [
        ("82 02 82 02 01 01 01 01 00", "82 01 00 02 82 01 01 02 01"),
        ("82 c70008c0 01 02", "81 01 02"),
        ("82 c7000205 01 02", "82 c70002c0 01 02"),
        ("82 c70013c0 01 02", "82 c70003c0 01 02"),
    ] {
        assert_eq!(map(wire).map(|bytes| hex(&bytes)), Ok(stored.replace(' ', "")), "{wire}");
    }
}

#[test]
fn order_of_values() {
    let ascending = [
        "c0",
        "c2",
        "c3",
        "d38000000000000000",
        "ff",
        "00",
        "cfffffffffffffffff",
        "a103",
        "a20361",
        "a3036161",
        "a20362",
        "90",
        "91 c0",
        "92 c0 c0",
        "91 01",
        "80",
        "81 02 01",
        "81 02 02",
        "82 01 01 02 01",
        "a104",
        "a20400",
        "cbfff0000000000000",
        "cb0000000000000000",
        "a317 7b7d",
        "c7000100",
        "d4ff01",
    ];
    for pair in ascending.windows(2) {
        assert!(compare(&unhex(pair[0]), &unhex(pair[1])).is_lt(), "{pair:?}");
        assert!(compare(&unhex(pair[1]), &unhex(pair[0])).is_gt(), "{pair:?}");
    }
    let equal = [
        ("ca3fc00000", "cb3ff8000000000000"),
        ("d4ff00", "01"),
        ("92 01 d4ff00", "93 01 02 03"),
        ("93 c70001 01 02", "92 01 02"),
        ("93 91 d4ff00 05 06", "93 92 01 02 05 06"),
    ];
    for (a, b) in equal {
        assert!(compare(&unhex(a), &unhex(b)).is_eq(), "{a} {b}");
    }
}
