//! GeoJSON: checked, stored with the cells that cover it, the text unchanged.

use crate::support::{APPEND, Command, Peer, text};

const GEOJSON: u8 = 23;

fn put(json: &str) -> Command {
    Command::write("k").bin("g", (GEOJSON, [&[0, 0, 0], json.as_bytes()].concat()))
}

/// The cells and the text that come back.
fn round_trip(json: &str) -> (Vec<u64>, String) {
    let mut peer = Peer::new();
    assert_eq!(peer.run(&put(json)).code, 0, "{json}");
    let (kind, value) = peer.run(&Command::get("k")).value("g");
    assert_eq!(kind, GEOJSON);
    let count = usize::from(u16::from_be_bytes([value[1], value[2]]));
    let (cells, text) = value[3..].split_at(count * 8);
    let cells = cells.chunks(8).map(|cell| u64::from_be_bytes(cell.try_into().unwrap())).collect();
    (cells, String::from_utf8(text.into()).unwrap())
}

#[test]
fn a_point_has_the_leaf_cell_that_a_server_gives_it() {
    for (json, cell) in [
        (r#"{"type": "Point", "coordinates": [0, 0]}"#, 0x1000_0000_0000_0001),
        (r#"{"type": "Point", "coordinates": [1.0, 1.0]}"#, 0x1001_4415_4080_4bd5),
        (r#"{"type": "Point", "coordinates": [1, 2]}"#, 0x1003_6e17_ca9f_b709),
        (r#"{"type": "Point", "coordinates": [14.5, 7.25]}"#, 0x10ef_6da1_4208_4fb5),
    ] {
        assert_eq!(round_trip(json), (vec![cell], json.to_owned()));
    }
}

#[test]
fn a_region_has_a_covering() {
    for json in [
        r#"{"type":"AeroCircle","coordinates":[[-122.0,37.5],1000]}"#,
        r#"{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,10],[0,10],[0,0]]]}"#,
        r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]]]]}"#,
    ] {
        let (cells, text) = round_trip(json);
        assert!((1..=20).contains(&cells.len()), "{json}: {} cells", cells.len());
        assert!(cells.is_sorted());
        assert_eq!(text, json);
    }
}

#[test]
fn refused() {
    let mut peer = Peer::new();
    for json in [
        "",
        "{",
        "7",
        r#"{"type":"Point"}"#,
        r#"{"type":"Point","coordinates":["x"]}"#,
        r#"{"type":"Point","coordinates":[181,0]}"#,
        r#"{"type":"Point","coordinates":[0,91]}"#,
        r#"{"type":"Line","coordinates":[[0,0],[1,1]]}"#,
        r#"{"type":"Polygon","coordinates":[]}"#,
        r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}"#,
        r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}"#,
        r#"{"type":"AeroCircle","coordinates":[[0,0],-1]}"#,
    ] {
        assert_eq!(peer.run(&put(json)).code, 160, "{json}");
    }
    for bytes in [&b""[..], b"\0\0", b"\0\0\x01{}"] {
        assert_eq!(peer.run(&Command::write("k").bin("g", (GEOJSON, bytes.into()))).code, 160);
    }
}

#[test]
fn sent_cells_are_ignored() {
    let mut peer = Peer::new();
    let json = r#"{"type": "Point", "coordinates": [1, 2]}"#;
    let value = [&[9, 0, 1], &[0xaa; 8][..], json.as_bytes()].concat();
    assert_eq!(peer.run(&Command::write("k").bin("g", (GEOJSON, value))).code, 0);
    let (_, stored) = peer.run(&Command::get("k")).value("g");
    assert_eq!(stored[..11], [0, 0, 1, 0x10, 0x03, 0x6e, 0x17, 0xca, 0x9f, 0xb7, 0x09]);
}

#[test]
fn nothing_can_be_appended() {
    let mut peer = Peer::new();
    peer.run(&put(r#"{"type":"Point","coordinates":[1,2]}"#));
    peer.expect("append", &Command::write("k").op(APPEND, "g", text("x")), 1, 1);
}
