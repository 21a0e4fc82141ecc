//! Cells and regions against the `s2` crate, on many points.
#![allow(clippy::unwrap_used, reason = "a test that meets what it does not expect ends")]

use s2::cap::Cap;
use s2::cellid::CellID;
use s2::latlng::LatLng;
use s2::s1::{Angle, Rad};

use super::cell::Cell;
use super::region::Region;
use super::sphere::Point;

/// Longitudes and latitudes spread over the sphere, the same in every run.
fn places(count: u64) -> impl Iterator<Item = (f64, f64)> {
    let mut state = 7_u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..count).map(move |_| (next() * 360.0 - 180.0, next() * 180.0 - 90.0))
}

fn other((longitude, latitude): (f64, f64)) -> s2::point::Point {
    s2::point::Point::from(LatLng::from_degrees(latitude, longitude))
}

fn covers(region: &Region, point: (f64, f64)) -> bool {
    let leaf = CellID::from(&other(point));
    region.covering().iter().any(|id| CellID(*id).contains(&leaf))
}

#[test]
fn leaf_cells() {
    let special = [
        (0.0, 0.0),
        (180.0, 0.0),
        (-180.0, 90.0),
        (45.0, 0.0),
        (-135.0, -90.0),
        (90.0, 35.264_389_682_754_654),
    ];
    for place in places(20_000).chain(special) {
        let cell = Cell::of(Point::from_degrees(place.0, place.1));
        assert_eq!(cell.id(), CellID::from(&other(place)).0, "{place:?}");
    }
}

#[test]
fn cells_are_divided_along_the_curve() {
    let mut cell = CellID::from(&other((14.5, 7.25)));
    let mut ours = Cell::faces().into_iter().find(|face| face.id() == cell.parent(0).0).unwrap();
    for level in 1..=20 {
        cell = CellID::from(&other((14.5, 7.25))).parent(level);
        ours = ours.parts().into_iter().find(|part| part.id() == cell.0).unwrap();
        let corners = s2::cell::Cell::from(&cell).vertices();
        for (ours, theirs) in ours.corners().iter().zip(corners) {
            let [x, y, z] = ours.0;
            assert!((x - theirs.0.x).abs() + (y - theirs.0.y).abs() + (z - theirs.0.z).abs() < 1e-14);
        }
    }
}

#[test]
fn circles_hold_and_cover_points() {
    for (longitude, latitude, radius) in
        [(0.0, 0.0, 0.5), (-122.0, 37.5, 0.001), (10.0, 89.0, 0.2), (30.0, -40.0, 2.0)]
    {
        let region = Region::circle(Point::from_degrees(longitude, latitude), radius);
        let cap = Cap::from_center_angle(&other((longitude, latitude)), &Angle::from(Rad(radius)));
        let near = places(300).map(|(x, y)| {
            (longitude + x / 180.0 * radius * 60.0, (latitude + y / 90.0 * radius * 60.0).clamp(-90.0, 90.0))
        });
        let all: Vec<_> = places(300).chain(near).filter(|place| place.0.abs() <= 180.0).collect();
        for place in &all {
            let holds = region.holds(Point::from_degrees(place.0, place.1));
            assert_eq!(holds, cap.contains_point(&other(*place)), "{place:?}");
            assert!(!holds || covers(&region, *place), "{place:?}");
        }
        let cells = region.covering();
        assert!((1..=24).contains(&cells.len()) && cells.is_sorted(), "{} cells", cells.len());
    }
}

#[test]
fn polygons_hold_and_cover_points() {
    let outer = [(0.0, 0.0), (20.0, -5.0), (30.0, 20.0), (10.0, 10.0), (-5.0, 25.0)];
    let hole = [(5.0, 3.0), (10.0, 3.0), (10.0, 6.0), (5.0, 6.0)];
    let ring =
        |corners: &[(f64, f64)]| corners.iter().map(|(x, y)| Point::from_degrees(*x, *y)).collect::<Vec<_>>();
    let region = Region::polygon(vec![ring(&outer), ring(&hole)]).unwrap();
    let holds = |(x, y): (f64, f64)| region.holds(Point::from_degrees(x, y));
    for (place, expected) in [
        ((1.0, 1.0), true),
        ((25.0, 10.0), true),
        ((7.0, 4.0), false),
        ((10.0, 20.0), false),
        ((-4.0, 24.0), true),
        ((-10.0, 0.0), false),
        ((170.0, -10.0), false),
    ] {
        assert_eq!(holds(place), expected, "{place:?}");
        assert!(!expected || covers(&region, place), "{place:?}");
    }
    let inside = places(20_000).filter(|place| holds(*place)).collect::<Vec<_>>();
    assert!(inside.len() > 20, "{} points", inside.len());
    inside.iter().for_each(|place| assert!(covers(&region, *place), "{place:?}"));
    assert!(inside.iter().all(|(x, y)| (-6.0..=31.0).contains(x) && (-6.0..=27.0).contains(y)));
}

#[test]
fn of_neighbours_exactly_one_holds_a_corner() {
    let (a, b, c, d) = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0));
    let middle = (5.0, 5.0);
    let triangles = [[a, b, middle], [b, c, middle], [c, d, middle], [d, a, middle]];
    let regions = triangles.map(|corners| {
        Region::polygon(vec![corners.map(|(x, y)| Point::from_degrees(x, y)).into()]).unwrap()
    });
    let count = |(x, y)| regions.iter().filter(|region| region.holds(Point::from_degrees(x, y))).count();
    assert_eq!(count(middle), 1);
}
