//! A polygon on the sphere: rings of corners, of which an even number around a point means outside.
//!
//! Imports `s2`. A ring encloses the smaller of the two parts of the sphere that it divides.

use s2::cap::Cap;
use s2::cell::Cell;
use s2::edge_crossings::edge_or_vertex_crossing;
use s2::edgeutil::simple_crossing;
use s2::point::Point;
use s2::r3::vector::Vector;
use s2::region::Region;

/// Keeps the reference point off the great circles that meet in the antipode.
const NUDGE: f64 = 0.001_234_5;
/// Length below which a sum of corners has no direction.
const MIN_SUM: f64 = 1e-6;

/// Rings of corners.
#[derive(Clone, Debug)]
pub(super) struct Polygon {
    rings: Vec<Vec<Point>>,
    /// A point that no ring encloses.
    outside: Point,
    bound: Cap,
}

impl Polygon {
    /// `None` for corners that lie all around the sphere, so that no part of it is the smaller one.
    pub(super) fn new(rings: Vec<Vec<Point>>) -> Option<Self> {
        let corners = rings.iter().flatten();
        let sum = corners.fold(Vector { x: 0.0, y: 0.0, z: 0.0 }, |sum, corner| sum + corner.0);
        if sum.norm() < MIN_SUM {
            return None;
        }
        let center = Point(sum.normalize());
        let outside = Point::from_coords(-center.0.x + NUDGE, -center.0.y - 2.0 * NUDGE, -center.0.z + NUDGE);
        let bound = rings.iter().flatten().fold(Cap::from(&center), |cap, corner| cap + corner);
        Some(Self { rings, outside, bound })
    }

    /// Whether a point is inside.
    pub(super) fn holds(&self, point: &Point) -> bool {
        self.edges().filter(|(a, b)| edge_or_vertex_crossing(&self.outside, point, a, b)).count() % 2 == 1
    }

    fn edges(&self) -> impl Iterator<Item = (&Point, &Point)> {
        self.rings.iter().flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)))
    }

    /// Whether an edge of the polygon crosses one of the cell's, or a corner lies in the cell.
    fn touches_border(&self, cell: &Cell) -> bool {
        let corners = cell.vertices();
        let crosses = |a: &Point, b: &Point| {
            (0..4).any(|side| simple_crossing(a, b, &corners[side], &corners[(side + 1) % 4]))
        };
        self.edges().any(|(a, b)| cell.contains_point(a) || crosses(a, b))
    }
}

impl Region for Polygon {
    fn cap_bound(&self) -> Cap {
        self.bound.clone()
    }

    fn contains_cell(&self, cell: &Cell) -> bool {
        !self.touches_border(cell) && cell.vertices().iter().all(|corner| self.holds(corner))
    }

    fn intersects_cell(&self, cell: &Cell) -> bool {
        self.touches_border(cell) || cell.vertices().iter().any(|corner| self.holds(corner))
    }
}
