//! A section's ratios as a picture: a dot a subject, a line from its least to its most, on a
//! logarithmic scale. The same record gives the same bytes.

use std::fmt::Write as _;

use crate::ratio::{Spread, ratio, seconds, shown};
use crate::record::{Case, Measured};
use crate::report::duration;

const WIDTH: f64 = 760.0;
/// Where the scale begins and ends.
const LEFT: f64 = 170.0;
const RIGHT: f64 = 560.0;
const ROW: f64 = 20.0;
/// What is marked on the scale, as far as the ratios reach.
const MARKS: [f64; 13] =
    [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0];

const STYLE: &str = "text { font: 13px system-ui, sans-serif; fill: #1f2328 } \
     .small { font-size: 11px; fill: #59636e } .case { font-weight: 600 } .ours { fill: #0969da } \
     .mark { stroke: #d1d9e0 } .one { stroke: #818b98 } .range { stroke: #818b98; stroke-width: 2 } \
     circle { fill: #59636e } circle.ours { fill: #0969da } .range.ours { stroke: #0969da } \
     @media (prefers-color-scheme: dark) { text { fill: #f0f6fc } .small { fill: #9198a1 } \
     .ours, circle.ours { fill: #4493f8 } .range.ours { stroke: #4493f8 } \
     .mark { stroke: #3d444d } circle { fill: #9198a1 } }";

/// The picture of a section's cases, of which there is at least one.
pub fn svg(title: &str, cases: &[&Case]) -> String {
    let rows: usize = cases.iter().map(|case| case.measured.len() + 1).sum();
    let bottom = 50.0 + ROW * rows as f64;
    let scale = Scale::of(cases);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {}\" role=\"img\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n",
        bottom + 12.0,
        escaped(title),
    );
    scale.draw(&mut svg, bottom - ROW);
    let mut y = 24.0;
    for case in cases {
        text(&mut svg, 8.0, y, "case", &case.name);
        y += ROW;
        for measured in &case.measured {
            row(&mut svg, &scale, y, case, measured);
            y += ROW;
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn row(svg: &mut String, scale: &Scale, y: f64, case: &Case, measured: &Measured) {
    let class = if measured.subject.starts_with("strata") { "ours" } else { "" };
    let Spread { median, least, most } = ratio(case, measured);
    let [x, from, to] = [median, least, most].map(|ratio| scale.x(ratio));
    text(svg, 20.0, y, class, &measured.subject);
    let middle = y - 4.5;
    let _ = writeln!(
        svg,
        "<line class=\"range {class}\" x1=\"{from:.1}\" y1=\"{middle}\" x2=\"{to:.1}\" y2=\"{middle}\"/>\
         <circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{middle}\" r=\"4.5\"/>"
    );
    let figures = format!("{} ×, {}", shown(median), duration(seconds(measured).median));
    text(svg, RIGHT + 24.0, y, class, &figures);
}

fn text(svg: &mut String, x: f64, y: f64, class: &str, words: &str) {
    let _ = writeln!(svg, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(words));
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('`', "")
}

/// From ratios to places, by their logarithms.
struct Scale {
    least: f64,
    most: f64,
}

impl Scale {
    /// A scale on which every ratio of the cases, and one, has its place.
    fn of(cases: &[&Case]) -> Self {
        let spreads =
            |case: &&Case| case.measured.iter().map(|m| ratio(case, m)).collect::<Vec<_>>();
        let spreads: Vec<_> = cases.iter().flat_map(spreads).collect();
        let least = spreads.iter().fold(0.8, |least: f64, spread| least.min(spread.least));
        let most = spreads.iter().fold(1.6, |most: f64, spread| most.max(spread.most));
        Self { least: least / 1.1, most: most * 1.1 }
    }

    fn x(&self, ratio: f64) -> f64 {
        let share = (ratio / self.least).ln() / (self.most / self.least).ln();
        LEFT + share * (RIGHT - LEFT)
    }

    fn draw(&self, svg: &mut String, bottom: f64) {
        let seen = |mark: &&f64| (self.least..=self.most).contains(*mark);
        for mark in MARKS.iter().filter(seen) {
            let (x, class) = (self.x(*mark), if *mark == 1.0 { "one" } else { "mark" });
            let _ = writeln!(
                svg,
                "<line class=\"{class}\" x1=\"{x:.1}\" y1=\"12\" x2=\"{x:.1}\" y2=\"{bottom}\"/>\
                 <text class=\"small\" x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{mark} ×</text>",
                bottom + 16.0
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;

    const TEXT: &str = "s\ta & b\tbare\t1.0\t2.0\ns\ta & b\tstrata\t0.5\t4.0\n";

    #[test]
    fn the_same_record_gives_the_same_picture() {
        let draw = || {
            let record = Record::from_text(TEXT);
            svg("s", &record.cases.iter().collect::<Vec<_>>())
        };
        assert_eq!(draw(), draw());
        assert!(draw().contains("a &amp; b"), "{}", draw());
        assert_eq!(draw().matches("<circle").count(), 2);
    }

    #[test]
    fn every_ratio_is_on_the_scale() {
        let record = Record::from_text(TEXT);
        let scale = Scale::of(&record.cases.iter().collect::<Vec<_>>());
        for ratio in [0.5, 1.0, 2.0] {
            assert!((LEFT..=RIGHT).contains(&scale.x(ratio)), "{ratio}");
        }
        assert!(scale.x(0.5) < scale.x(1.0) && scale.x(1.0) < scale.x(2.0));
    }
}
