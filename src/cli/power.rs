//! `doorstep power`: how large a sample must be, and what it will show.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::failure::{Failure, Kind};
use super::say::{count, put, say};
use crate::indicators::exact_percent;
use crate::statistics::{Plan, Size};

/// Plans a sample: how many interviews and clusters a margin of error or a change needs.
#[derive(Debug, Args)]
pub struct Power {
    /// The margin of error to reach, as a share: 0.05 for five points to each side.
    #[arg(long, value_name = "SHARE", conflicts_with = "interviews")]
    margin: Option<f64>,
    /// The interviews that there will be: what margin do they give?
    #[arg(long, value_name = "N")]
    interviews: Option<f64>,
    /// The share that is expected; 0.5 is the most cautious.
    #[arg(long, value_name = "SHARE", default_value_t = 0.5)]
    proportion: f64,
    /// The share of a later round, which is to be told from the expected one.
    #[arg(long, value_name = "SHARE", conflicts_with_all = ["margin", "interviews"])]
    change_to: Option<f64>,
    /// The chance to see a change that is there.
    #[arg(long = "power", value_name = "SHARE", default_value_t = 0.8)]
    chance: f64,
    /// The level of confidence.
    #[arg(long, value_name = "SHARE", default_value_t = 0.95)]
    level: f64,
    /// Interviews in each cluster (village, block).
    #[arg(long, value_name = "N", default_value_t = 10.0)]
    cluster_size: f64,
    /// How alike people of one cluster answer, 0 to 1.
    #[arg(long, value_name = "ICC", default_value_t = 0.05)]
    icc: f64,
    /// What unequal weights cost (Kish's factor), 1 or more.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    weighting: f64,
    /// How many people there are in each group, where it is not many thousands.
    #[arg(long, value_name = "N")]
    population: Option<f64>,
    /// The share of those selected who will answer.
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    response: f64,
    /// How many groups (districts, say) each need that many interviews.
    #[arg(long, value_name = "N", default_value_t = 1)]
    groups: u32,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

impl Power {
    /// Runs the command.
    pub fn run(&self) -> Result<()> {
        self.check()?;
        let plan = Plan {
            proportion: self.proportion,
            level: self.level,
            intra_cluster: self.icc,
            cluster_size: self.cluster_size,
            weighting: self.weighting,
            population: self.population,
            response: self.response,
        };
        match (self.interviews, self.change_to) {
            (Some(interviews), _) => self.say_reach(&plan, interviews),
            (None, Some(other)) => {
                self.say_size(&plan, &plan.size_for_change(other, self.chance), "in each of two rounds")
            }
            (None, None) => {
                self.say_size(&plan, &plan.size_for_margin(self.margin.unwrap_or(0.05)), "in all")
            }
        }
    }

    fn say_size(&self, plan: &Plan, size: &Size, of: &str) -> Result<()> {
        let groups = f64::from(self.groups);
        if let Some(people) = self.population.filter(|people| size.selected > *people) {
            say(format_args!(
                "There are {people} people in a group, but {} would have to be selected: take all of them, or plan for less.",
                size.selected
            ));
        }
        let margin = plan.margin_of(size.interviews);
        if self.json {
            return Ok(put(json!({
                "interviews": size.interviews * groups,
                "clusters": size.clusters * groups,
                "selected": size.selected * groups,
                "interviews_in_each_group": size.interviews,
                "design_effect": plan.design_effect(),
                "margin": margin,
            }))?);
        }
        let each = if self.groups > 1 {
            format!(" ({} in each of {} groups)", size.interviews, self.groups)
        } else {
            String::new()
        };
        put(format_args!("{} {of}{each}", count((size.interviews * groups) as usize, "interview")))?;
        put(format_args!(
            "{} of {}",
            count((size.clusters * groups) as usize, "cluster"),
            self.cluster_size
        ))?;
        if self.response < 1.0 {
            put(format_args!(
                "{} selected, of whom {} answer",
                size.selected * groups,
                exact_percent(self.response)
            ))?;
        }
        if let Some(other) = self.change_to {
            put(format_args!(
                "A change from {} to {} is then seen with a chance of {}.",
                exact_percent(self.proportion),
                exact_percent(other),
                exact_percent(self.chance)
            ))?;
        }
        put(format_args!(
            "margin of error {:.1} points at {} confidence{}; design effect {:.2}",
            100.0 * margin,
            exact_percent(self.level),
            if self.groups > 1 { " in each group" } else { "" },
            plan.design_effect()
        ))?;
        Ok(())
    }

    fn say_reach(&self, plan: &Plan, interviews: f64) -> Result<()> {
        let each = (interviews / f64::from(self.groups)).floor().max(1.0);
        let (margin, change) = (plan.margin_of(each), plan.change_shown_by(each, self.chance));
        if self.json {
            return Ok(put(json!({
                "interviews": interviews,
                "interviews_in_each_group": each,
                "clusters": (interviews / self.cluster_size).ceil(),
                "design_effect": plan.design_effect(),
                "margin": margin,
                "detectable_change": change,
            }))?);
        }
        let of = if self.groups > 1 {
            format!(" in each of {} groups of {each}", self.groups)
        } else {
            String::new()
        };
        put(format_args!(
            "margin of error {:.1} points at {} confidence{of}",
            100.0 * margin,
            exact_percent(self.level)
        ))?;
        put(format_args!(
            "Two such rounds show a change of {:.1} points with a chance of {}.",
            100.0 * change,
            exact_percent(self.chance)
        ))?;
        put(format_args!(
            "design effect {:.2}: as good as {:.0} interviews of a simple random sample",
            plan.design_effect(),
            each / plan.design_effect()
        ))?;
        Ok(())
    }

    /// Numbers that make no sense are refused by their names.
    fn check(&self) -> Result<()> {
        let inside = |n: f64| n > 0.0 && n < 1.0;
        let rules = [
            (inside(self.proportion), "--proportion", "lies between 0 and 1, such as 0.5"),
            (self.margin.is_none_or(inside), "--margin", "lies between 0 and 1: 0.05 for five points"),
            (self.change_to.is_none_or(inside), "--change-to", "lies between 0 and 1, such as 0.4"),
            (inside(self.chance), "--power", "lies between 0 and 1, such as 0.8"),
            (inside(self.level), "--level", "lies between 0 and 1, such as 0.95"),
            ((0.0..=1.0).contains(&self.icc), "--icc", "lies between 0 and 1, such as 0.05"),
            (self.cluster_size >= 1.0 && self.cluster_size.is_finite(), "--cluster-size", "is 1 or more"),
            (self.weighting >= 1.0 && self.weighting.is_finite(), "--weighting", "is 1 or more"),
            (self.response > 0.0 && self.response <= 1.0, "--response", "lies above 0 and is at most 1"),
            (self.population.is_none_or(|n| n >= 1.0 && n.is_finite()), "--population", "is 1 or more"),
            (self.interviews.is_none_or(|n| n >= 1.0 && n.is_finite()), "--interviews", "is 1 or more"),
            (self.groups >= 1, "--groups", "is 1 or more"),
        ];
        if let Some((_, name, rule)) = rules.iter().find(|(holds, ..)| !holds) {
            return Err(Failure::new(Kind::Usage, format!("`{name}` makes no sense"))
                .help(format!("It {rule}."))
                .into());
        }
        if self.change_to == Some(self.proportion) {
            return Err(Failure::new(Kind::Usage, "`--change-to` is the share that is expected already")
                .help("Name another share: `--proportion 0.4 --change-to 0.5`.")
                .into());
        }
        if let (Some(interviews), Some(people)) = (self.interviews, self.population)
            && interviews / f64::from(self.groups) > people
        {
            return Err(Failure::new(Kind::Usage, "there are more interviews than people")
                .help("`--population` counts the people of one group.")
                .into());
        }
        Ok(())
    }
}
