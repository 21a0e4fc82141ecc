//! Regions of the sphere: circles, and polygons made of rings.
//!
//! Imports points and cells. A ring encloses the smaller of the two parts of the sphere that it divides; a point that an
//! even number of rings enclose is outside.

use super::cell::Cell;
use super::sphere::{Point, changes_sides};

/// Keeps the reference point off the great circles that meet in the antipode.
const NUDGE: f64 = 0.001_234_5;
/// Length below which a sum of corners has no direction.
const MIN_SUM: f64 = 1e-6;
/// `geo2dsphere-within`: the settings of a covering.
const MIN_LEVEL: u32 = 1;
const MAX_LEVEL: u32 = 20;
const MAX_CELLS: usize = 12;

/// A part of the sphere.
#[derive(Clone, Debug)]
pub(super) enum Region {
    Circle { center: Point, radius: f64 },
    Polygon { rings: Vec<Vec<Point>>, outside: Point },
}

impl Region {
    /// A radius in radians.
    pub(super) const fn circle(center: Point, radius: f64) -> Self {
        Self::Circle { center, radius: radius.min(core::f64::consts::PI) }
    }

    /// `None` for corners that lie all around the sphere, so that no part of it is the smaller one.
    pub(super) fn polygon(rings: Vec<Vec<Point>>) -> Option<Self> {
        let sum = rings.iter().flatten().fold(Point([0.0; 3]), |sum, corner| sum + *corner);
        if sum.norm() < MIN_SUM {
            return None;
        }
        let [x, y, z] = sum.unit().0;
        let outside = Point([-x + NUDGE, -y - 2.0 * NUDGE, -z + NUDGE]).unit();
        Some(Self::Polygon { rings, outside })
    }

    pub(super) fn holds(&self, point: Point) -> bool {
        match self {
            Self::Circle { center, radius } => is_near(*center, point, *radius),
            Self::Polygon { outside, .. } => {
                let changes = |(a, b): &(Point, Point)| changes_sides(*outside, point, *a, *b);
                self.edges().filter(changes).count() % 2 == 1
            }
        }
    }

    /// The edges of a polygon.
    fn edges(&self) -> impl Iterator<Item = (Point, Point)> {
        let rings: &[Vec<Point>] = if let Self::Polygon { rings, .. } = self { rings } else { &[] };
        rings.iter().flat_map(|ring| ring.iter().copied().zip(ring.iter().copied().cycle().skip(1)))
    }

    /// Whether its border goes through a cell.
    fn borders(&self, cell: Cell) -> bool {
        match self {
            Self::Circle { center, radius } => {
                let is_near_edge = |(a, b): (Point, Point)| is_near_arc(*center, a, b, *radius);
                let is_inside = cell.corners().iter().all(|corner| self.holds(*corner));
                // A circle of more than half the sphere may hold all corners and not what is between them.
                !(is_inside && *radius < core::f64::consts::FRAC_PI_2)
                    && (cell.holds(*center) || cell.edges().into_iter().any(is_near_edge))
            }
            Self::Polygon { .. } => self.edges().any(|(a, b)| cell.is_touched(a, b)),
        }
    }

    /// Names of cells that cover it, ascending: a few, so divided that they fit it.
    pub(super) fn covering(&self) -> Vec<u64> {
        let is_part = |cell: &Cell| self.borders(*cell) || self.holds(cell.corners()[0]);
        let mut cells: Vec<Cell> = Cell::faces().into_iter().filter(is_part).collect();
        loop {
            let divisible =
                |cell: &Cell| cell.level < MIN_LEVEL || cell.level < MAX_LEVEL && self.borders(*cell);
            let largest = cells.iter().filter(|cell| divisible(cell)).map(|cell| cell.level).min();
            let Some(at) = cells.iter().position(|cell| Some(cell.level) == largest && divisible(cell))
            else {
                break;
            };
            let parts: Vec<_> = cells[at].parts().into_iter().filter(is_part).collect();
            if cells.len() - 1 + parts.len() > MAX_CELLS && cells[at].level >= MIN_LEVEL {
                break;
            }
            cells.splice(at..=at, parts);
        }
        let mut ids: Vec<u64> = cells.into_iter().map(Cell::id).collect();
        crate::order::sort(&mut ids, |a, b| a.cmp(&b));
        ids
    }
}

/// Whether two points are no farther apart than an angle.
fn is_near(a: Point, b: Point, angle: f64) -> bool {
    let between = a - b;
    let chord = 2.0 * (angle / 2.0).sin();
    between.dot(between) <= chord * chord
}

/// Whether some point of an arc is no farther away than an angle.
fn is_near_arc(point: Point, a: Point, b: Point, angle: f64) -> bool {
    if is_near(point, a, angle) || is_near(point, b, angle) {
        return true;
    }
    let normal = a.cross(b);
    let is_between = normal.cross(a).dot(point) > 0.0 && b.cross(normal).dot(point) > 0.0;
    let sine = if angle < core::f64::consts::FRAC_PI_2 { angle.sin() } else { 1.0 };
    is_between && normal.dot(point).abs() <= sine * normal.norm()
}
