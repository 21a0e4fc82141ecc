//! The chart: for every kind of work, how the clients' rates and processor time compare, as an SVG.

use std::fmt::Write as _;

use super::peers::OURS;
use super::plan::Cell;
use super::report::{Results, Sample};

const WIDTH: f64 = 1040.0;
const LABEL: f64 = 180.0;
const PANEL: f64 = (WIDTH - LABEL) / 2.0;
const BAR: f64 = 14.0;
const TITLE: f64 = 24.0;

/// Draws the chart.
pub(crate) fn draw(results: &Results) -> String {
    let mut body = String::new();
    let mut y = 40.0;
    for cell in results.cells() {
        y = group(&mut body, results, cell, y);
    }
    let middle = LABEL + PANEL;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {h}\" font-family=\"sans-serif\" font-size=\"11\">\n\
         <rect width=\"{WIDTH}\" height=\"{h}\" fill=\"#fff\"/>\n\
         <text x=\"{LABEL}\" y=\"20\" font-weight=\"bold\">operations per second (longer is better)</text>\n\
         <text x=\"{middle}\" y=\"20\" font-weight=\"bold\">CPU µs per operation (shorter is better)</text>\n{body}</svg>\n",
        h = y + 10.0,
    )
}

/// The bars of one kind of work; gives where the next group begins.
fn group(body: &mut String, results: &Results, cell: &Cell, top: f64) -> f64 {
    let _ = writeln!(body, "<text x=\"8\" y=\"{}\" font-weight=\"bold\">{}</text>", top + 14.0, cell.title());
    let mut y = top + TITLE;
    let most = |metric: fn(&Sample) -> f64| {
        results
            .clients_of(cell)
            .map(|client| results.spread(cell, &client.name, metric).median)
            .fold(1e-9, f64::max)
    };
    let (fastest, hungriest) = (most(|s| s.rate), most(|s| s.cpu));
    for client in results.clients_of(cell) {
        let rate = results.spread(cell, &client.name, |s| s.rate).median;
        let cpu = results.spread(cell, &client.name, |s| s.cpu).median;
        let color = if client.is_floor {
            "#bbb"
        } else if client.name.starts_with(OURS) {
            "#d3542c"
        } else {
            "#4a78a8"
        };
        let _ = writeln!(
            body,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            LABEL - 6.0,
            y + 11.0,
            client.name
        );
        bar(body, LABEL, y, rate / fastest, color, &format!("{rate:.0}"));
        bar(body, LABEL + PANEL, y, cpu / hungriest, color, &format!("{cpu:.2}"));
        y += BAR + 3.0;
    }
    y + 10.0
}

fn bar(body: &mut String, x: f64, y: f64, part: f64, color: &str, text: &str) {
    let width = (PANEL - 80.0) * part;
    let _ = writeln!(
        body,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width:.1}\" height=\"{BAR}\" fill=\"{color}\"/><text x=\"{:.1}\" y=\"{}\">{text}</text>",
        x + width + 4.0,
        y + 11.0
    );
}
