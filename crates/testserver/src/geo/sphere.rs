//! Points and arcs on the unit sphere.
//!
//! Imports nothing. Source: S2's published geometry (semi-open polygons: of the polygons that meet in a corner exactly
//! one holds it).

use core::ops::{Add, Sub};

/// A point or direction in space.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point(pub(super) [f64; 3]);

impl Point {
    /// Longitude and latitude in degrees.
    pub(super) fn from_degrees(longitude: f64, latitude: f64) -> Self {
        let (longitude, latitude) = (longitude.to_radians(), latitude.to_radians());
        Self([latitude.cos() * longitude.cos(), latitude.cos() * longitude.sin(), latitude.sin()])
    }

    pub(super) fn dot(self, other: Self) -> f64 {
        let ([a, b, c], [x, y, z]) = (self.0, other.0);
        a * x + b * y + c * z
    }

    pub(super) fn cross(self, other: Self) -> Self {
        let ([a, b, c], [x, y, z]) = (self.0, other.0);
        Self([b * z - c * y, c * x - a * z, a * y - b * x])
    }

    pub(super) fn norm(self) -> f64 {
        self.dot(self).sqrt()
    }

    pub(super) fn scaled(self, factor: f64) -> Self {
        Self(self.0.map(|value| value * factor))
    }

    /// The same direction, of length 1.
    pub(super) fn unit(self) -> Self {
        self.scaled(1.0 / self.norm())
    }

    /// Some direction across this one, always the same.
    fn across(self) -> Self {
        let [x, y, z] = self.0.map(f64::abs);
        let axis = if x > y.max(z) { 2 } else { usize::from(y <= z) };
        let mut other = [0.012, 0.0053, 0.00457];
        other[axis] = 1.0;
        self.cross(Self(other)).unit()
    }
}

impl Add for Point {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self([0, 1, 2].map(|axis| self.0[axis] + other.0[axis]))
    }
}

impl Sub for Point {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + other.scaled(-1.0)
    }
}

/// Whether `a`, `b` and `c` turn left.
fn is_left(a: Point, b: Point, c: Point) -> f64 {
    a.cross(b).dot(c)
}

/// Whether the arcs cross, each inside of the other.
pub(super) fn crosses(a: Point, b: Point, c: Point, d: Point) -> bool {
    let (ab, cd) = (a.cross(b), c.cross(d));
    let turn = -ab.dot(c);
    turn * ab.dot(d) > 0.0 && turn * -cd.dot(b) > 0.0 && turn * cd.dot(a) > 0.0
}

/// Whether the arc from `a` to `b` changes sides of the edge from `c` to `d`: so counted that an arc through a corner
/// changes sides once, and `b` may itself be a corner.
pub(super) fn changes_sides(a: Point, b: Point, c: Point, d: Point) -> bool {
    if b == c {
        return is_ordered(b.across(), d, a, b);
    }
    if b == d {
        return is_ordered(b.across(), c, a, b);
    }
    let (ab, cd) = (a.cross(b), c.cross(d));
    let (is_c_left, is_d_left) = (ab.dot(c) >= 0.0, ab.dot(d) >= 0.0);
    if is_c_left == is_d_left {
        return false;
    }
    let (from, to) = (cd.dot(a), cd.dot(b));
    if is_c_left { from < 0.0 && to >= 0.0 } else { from > 0.0 && to <= 0.0 }
}

/// Whether `a`, `b` and `c` stand around `o` in this order, against the clock.
fn is_ordered(a: Point, b: Point, c: Point, o: Point) -> bool {
    let turns = [is_left(b, o, a) >= 0.0, is_left(c, o, b) >= 0.0, is_left(a, o, c) > 0.0];
    turns.into_iter().filter(|turn| *turn).count() >= 2
}
