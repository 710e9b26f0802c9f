//! Charts of a back-test as files of their own.

use super::document::{Backtest, Tested};
use super::fans::{FanOn, title};
use super::legs;
use crate::report::html::chart::steps::Steps;
use crate::report::html::page::Sign;
use crate::report::html::picture::{Picture, rows_alone};

impl Backtest {
    fn tested(&self, day: i64) -> Option<&Tested> {
        self.days.iter().find(|tested| tested.as_of.day == day)
    }

    /// The fan of a series from an as-of day, with what came.
    pub fn fan_picture(&self, day: i64, series: &str) -> Option<String> {
        let tested = self.tested(day)?;
        let fan = tested.fans.get(series)?;
        let on = FanOn { name: series, fan, today: day };
        let name = format!("{}, from day {day} and observed", title(series, fan));
        let (key, about) = (on.key(), on.told());
        let picture = Picture { title: &name, about: &about, key: &key, size: Steps::SIZE };
        Some(picture.draw(|out| on.chart().inside(out)))
    }

    /// The day of each leg from an as-of day, with what came.
    pub fn legs_picture(&self, day: i64) -> Option<String> {
        let tested = self.tested(day)?;
        let names = legs::names(&tested.labels);
        let mut key = legs::key(&names);
        key.push((Sign::Mark("seen"), "came"));
        let chart = legs::chart(day, &tested.asked())?;
        Some(rows_alone(&format!("Day of each release, from day {day} and observed"), chart, &key))
    }

    /// The transforms of all numbers and events of an as-of day.
    pub fn transforms_picture(&self, day: i64) -> Option<String> {
        let tested = self.tested(day)?;
        let (chart, about) = super::scores::transforms(tested)?;
        let name = "Where what came lay in the forecast";
        let picture = Picture { title: name, about: &about, key: super::scores::KEY, size: chart.size() };
        Some(picture.draw(|out| chart.inside(out)))
    }
}
