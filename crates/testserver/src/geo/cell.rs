//! Cells of the sphere: the six faces of a cube, each divided into four again and again along a Hilbert curve.
//!
//! Imports points. Source: S2's published cell hierarchy (quadratic projection).

use super::sphere::{Point, crosses};

/// The level of the smallest cells.
const LEAF: u32 = 30;
/// Order of the four parts along the curve, by orientation, and how the orientation goes on in each.
const PLACES: [[u64; 4]; 4] = [[0, 1, 3, 2], [0, 3, 1, 2], [2, 3, 1, 0], [2, 1, 3, 0]];
const TURNS: [usize; 4] = [1, 0, 0, 3];

/// One cell: its face, its level, and its place on the face in units of its own size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    face: usize,
    pub(super) level: u32,
    i: u32,
    j: u32,
}

impl Cell {
    /// The six largest cells.
    pub(super) fn faces() -> [Self; 6] {
        [0, 1, 2, 3, 4, 5].map(|face| Self { face, level: 0, i: 0, j: 0 })
    }

    /// The smallest cell that holds a point.
    pub(super) fn of(point: Point) -> Self {
        let (face, u, v) = project(point);
        let place = |u: f64| {
            let s = if u >= 0.0 { 0.5 * (1.0 + 3.0 * u).sqrt() } else { 1.0 - 0.5 * (1.0 - 3.0 * u).sqrt() };
            ((s * f64::from(1_u32 << LEAF)).floor().max(0.0) as u32).min((1 << LEAF) - 1)
        };
        Self { face, level: LEAF, i: place(u), j: place(v) }
    }

    /// The cell's name.
    pub(super) fn id(self) -> u64 {
        let mut orientation = self.face & 1;
        let mut id = self.face as u64;
        for bit in (0..self.level).rev() {
            let place = PLACES[orientation][(self.i >> bit & 1) as usize * 2 + (self.j >> bit & 1) as usize];
            orientation ^= TURNS[place as usize];
            id = id << 2 | place;
        }
        (id << 1 | 1) << (2 * (LEAF - self.level))
    }

    /// Its four parts.
    pub(super) fn parts(self) -> [Self; 4] {
        [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(i, j)| Self {
            level: self.level + 1,
            i: self.i * 2 + i,
            j: self.j * 2 + j,
            ..self
        })
    }

    /// Its edges on the face: least and most along both axes.
    fn bounds(self) -> [(f64, f64); 2] {
        [self.i, self.j].map(|at| {
            let edge = |at: u32| {
                let s = f64::from(at) / f64::from(1_u32 << self.level);
                if s >= 0.5 { (4.0 * s * s - 1.0) / 3.0 } else { (1.0 - 4.0 * (1.0 - s) * (1.0 - s)) / 3.0 }
            };
            (edge(at), edge(at + 1))
        })
    }

    /// Its corners, around it.
    pub(super) fn corners(self) -> [Point; 4] {
        let [(left, right), (low, high)] = self.bounds();
        [(left, low), (right, low), (right, high), (left, high)].map(|(u, v)| raise(self.face, u, v).unit())
    }

    /// Its four edges.
    pub(super) fn edges(self) -> [(Point, Point); 4] {
        let corners = self.corners();
        [0, 1, 2, 3].map(|at| (corners[at], corners[(at + 1) % 4]))
    }

    pub(super) fn holds(self, point: Point) -> bool {
        let (face, u, v) = project(point);
        let [(left, right), (low, high)] = self.bounds();
        face == self.face && (left..=right).contains(&u) && (low..=high).contains(&v)
    }

    /// Whether an arc goes through it.
    pub(super) fn is_touched(self, a: Point, b: Point) -> bool {
        self.holds(a) || self.holds(b) || self.edges().iter().any(|(c, d)| crosses(a, b, *c, *d))
    }
}

/// The face that a point belongs to, and where on it.
fn project(point: Point) -> (usize, f64, f64) {
    let [x, y, z] = point.0;
    let [width, depth, height] = point.0.map(f64::abs);
    let axis = if width > depth.max(height) { 0 } else { 1 + usize::from(depth <= height) };
    match (axis, point.0[axis] < 0.0) {
        (0, false) => (0, y / x, z / x),
        (0, true) => (3, z / x, y / x),
        (1, false) => (1, -x / y, z / y),
        (1, true) => (4, z / y, -x / y),
        (_, false) => (2, -x / z, -y / z),
        (_, true) => (5, -y / z, -x / z),
    }
}

fn raise(face: usize, u: f64, v: f64) -> Point {
    Point(match face {
        0 => [1.0, u, v],
        1 => [-u, 1.0, v],
        2 => [-u, -v, 1.0],
        3 => [-1.0, -v, -u],
        4 => [v, -1.0, -u],
        _ => [v, u, -1.0],
    })
}
