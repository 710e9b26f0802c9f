//! The codes of faults, for `handover explain CODE`.

/// One kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// `S` and three digits.
    pub code: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What it means and what to do.
    pub about: &'static str,
}

/// The code called `name`, in either case.
pub fn find(name: &str) -> Option<&'static Code> {
    CODES.iter().find(|code| code.code.eq_ignore_ascii_case(name.trim()))
}

const fn row(code: &'static str, title: &'static str, about: &'static str) -> Code {
    Code { code, title, about }
}

/// Every code, in order. S001 to S009: the text; S010 to S019: keys and values; S020 to S029: `--set`; S030 to S039:
/// quantities; S040 to S050: laws; S051 to S059: moments; from S100: what the scenario says; from
/// S200: designs of experiments; from S300: histories.
pub const CODES: &[Code] = &[
    row(
        "S001",
        "the file cannot be read",
        "There is no such file, it is a directory, or permission is missing. Nothing has been read.",
    ),
    row(
        "S002",
        "the file is not UTF-8",
        "Scenarios, histories and tables are UTF-8 text. The message gives the first byte that is not, and what the file looks like: UTF-16, which some \
         editors write by default, or Latin-1, which older spreadsheets do. An editor's \"save with encoding\" mends it.",
    ),
    row(
        "S003",
        "the text is too large",
        "A scenario has at most 16 MiB. Larger files are refused before they are read.",
    ),
    row("S004", "the file is empty", "The file holds nothing but white space. Perhaps it was not saved."),
    row(
        "S005",
        "not valid TOML",
        "The text breaks TOML's rules at the place shown: often a quote or bracket left open, or text without quotes. All such \
         places are shown at once; what the scenario says is looked at when none is left.",
    ),
    row(
        "S006",
        "a key is written twice",
        "A table holds each key once, and each `[header]` opens its table once. Dotted keys cannot reopen a table that a \
         header or an inline table has already written.",
    ),
    row(
        "S007",
        "nested too deep",
        "Tables, arrays and dotted keys may stand 64 deep. No scenario needs more than ten.",
    ),
    row(
        "S008",
        "a number that cannot be held",
        "Whole numbers reach to 9223372036854775807, others from about 1e-307 to 1.7e308.",
    ),
    row(
        "S010",
        "unknown key",
        "This table has no such key, whether to be written or to be removed by `none`. A misspelt key is refused, not \
         ignored: ignoring it would run a scenario other than the one that was meant. Removing a key that the table may \
         have and does not is no fault.",
    ),
    row("S011", "a key is missing", "This table needs the key named, and there is no default for it."),
    row(
        "S012",
        "the wrong kind of value",
        "The key takes another kind of value than the one written, say a table for a number.",
    ),
    row(
        "S013",
        "unknown choice",
        "The key takes one of a few words, which are listed. They are compared exactly.",
    ),
    row("S014", "unknown name", "Something refers to a name that is declared nowhere in the scenario."),
    row(
        "S015",
        "a name that cannot be used",
        "Names stand in reports and in --set paths: they have 1 to 64 bytes, no control characters, and no space at the ends.",
    ),
    row(
        "S020",
        "not PATH=VALUE",
        "--set takes a dotted path, `=`, and a value: mediation.files_at_once=2. A part of the path with dots or spaces in it \
         goes in quotes. The value is TOML, or else is taken as text, and so are dates and times: tranche.1.at=20:00; `none` removes the key.",
    ),
    row(
        "S021",
        "no such item",
        "The path goes into an array, whose items are numbered from 0, at a number it does not have.",
    ),
    row(
        "S022",
        "the path goes through a value",
        "A part of the path is a plain value, so nothing can be inside it.",
    ),
    row("S023", "too many --set arguments", "There may be some 65,000 of them."),
    row(
        "S030",
        "a quantity without its unit",
        "Durations and rates carry their unit in the value, since a bare 3 could be hours or days: \"3h\", \"0.5/day\".",
    ),
    row(
        "S031",
        "not a quantity",
        "The text does not read as a quantity. Durations: \"30s\", \"40m\", \"1.5h\", \"2d\", \"1w\", \"2h30m\", units from large \
         to small. Rates: \"0.5/day\". Probabilities: 0.25 or \"25%\".",
    ),
    row(
        "S032",
        "out of range",
        "The quantity is negative, infinite, not a number, or beyond what it may be; the help says what.",
    ),
    row(
        "S033",
        "unknown unit",
        "Durations take s, m, h, d and w; rates take per second, minute, hour, day and week.",
    ),
    row(
        "S034",
        "not a time of day",
        "Times of day are written \"08:30\", from \"00:00\" to \"24:00\"; windows \"08:30-17:00\".",
    ),
    row("S035", "a window that does not open", "A window of the day ends after it begins, on the same day."),
    row(
        "S036",
        "not a whole number",
        "People, days, files and the like are counted whole, and written as whole numbers: 3, neither 2.5 nor 3.0.",
    ),
    row(
        "S040",
        "one is to be chosen",
        "A law is a table with exactly one name in it: { uniform = { min = \"1h\", max = \"3h\" } }. Some laws are given in one \
         of two ways, such as `median` or `mean`, which exclude each other.",
    ),
    row("S041", "unknown law", "There is no law of this name; those that there are, are listed."),
    row(
        "S042",
        "bounds out of order",
        "The minimum must not be above the mode, nor the mode above the maximum; where both ends are the same the law is that value. Where one of them is drawn, its whole range \
         must keep the order.",
    ),
    row(
        "S043",
        "must be above zero",
        "Shapes, medians and the like are above zero, also wherever they may be drawn.",
    ),
    row(
        "S044",
        "must not be negative",
        "Standard deviations and sigmas are zero or above. One known to be zero makes the law a constant; one that is drawn must stay above zero.",
    ),
    row(
        "S045",
        "weights that choose nothing",
        "At least one weight is above zero, and their sum is a number that can be held.",
    ),
    row(
        "S046",
        "values and weights do not match",
        "There is at least one value, and as many weights as values.",
    ),
    row(
        "S047",
        "a law that reaches too far",
        "A law must not be able to give what its quantity cannot be: a negative duration, a probability above one. A normal law \
         always reaches below zero, so it needs `clip` (values beyond count as the bound) or `truncate` (they are never drawn).",
    ),
    row(
        "S048",
        "uncertainty about uncertainty",
        "A parameter may be drawn once per replication, but the law it is drawn from has plain numbers.",
    ),
    row(
        "S049",
        "a law of the wrong sort",
        "Durations and the like come from laws without gaps, counts from laws over whole numbers.",
    ),
    row(
        "S050",
        "a truncation that leaves nothing",
        "The bounds lie more than 8 standard deviations from the mean, so that nearly no draw would fall within. Usually a unit \
         or a sign is wrong.",
    ),
    row(
        "S051",
        "not a moment",
        "The agreed start is a local date and time with a zone: \"2025-01-19T08:30[Asia/Jerusalem]\".",
    ),
    row("S052", "unknown time zone", "Zones have their IANA names: Asia/Jerusalem, Europe/Belgrade, UTC."),
    row(
        "S053",
        "a time the clocks skip or repeat",
        "When clocks go forward some local times never are; when they go back some are twice. The agreed start must be one \
         moment: an offset says which, \"2025-10-26T01:30+02:00[Asia/Jerusalem]\".",
    ),
    row("S054", "beyond the calendar", "The agreed start lies in the years 1900 to 2200."),
    row(
        "S100",
        "unknown format version",
        "The first key of a scenario is `format`, the version of the file format it is written in. This version of Handover reads format 1.",
    ),
    row(
        "S102",
        "a holder that is on neither side",
        "A cohort is held by a party of the captives' or of the prisoners' side. Guarantors and outside states (`side = \"neither\"`) can own \
         obligations but hold nobody.",
    ),
    row(
        "S103",
        "more people released than held",
        "People are conserved: over all tranches a cohort cannot release more people than it holds, and all tranches together no more captives \
         than there are. Nor can it hold fewer than the key, the bundles and the tranches are sure to oblige to release: what depends on who is alive, \
         on whom a rule picks, on an extension of the term or on a ceiling is counted at its least. Lower what is owed or enlarge the cohort.",
    ),
    row(
        "S104",
        "people of the wrong side",
        "The exchange key and bundles oblige the other side, so they name cohorts that the other side holds. Reciprocal releases are of people held \
         by the prisoners' side; a composition rule fills captive legs.",
    ),
    row(
        "S105",
        "a key for living people on a cohort of remains",
        "`per_person` and `group` apply to people released alive. What each one returned dead obliges to stands under `remains`.",
    ),
    row(
        "S106",
        "violations that would explode",
        "Each violation brings on further ones. If on average one brings on one or more, directly or through the other side, their number grows without \
         bound. The largest eigenvalue of the table of `excites` must stay below 1; numbers drawn once per replication count at the top of their range.",
    ),
    row(
        "S107",
        "a tranche that is not numbered, or not there",
        "Tranches are named by the number the agreement gives them, from 1 up, each once and without leading zeros. References read \"tranche 3\".",
    ),
    row(
        "S108",
        "a tranche that releases nobody",
        "A tranche says who is released: people by cohort under `release`, \"rest\", a number with `people` and `from`, or people of the other side under \
         `reciprocal`.",
    ),
    row(
        "S109",
        "two answers to one question, or none",
        "Some keys exclude each other (a day and a time after an event; a length and an end of the term; a policy and its odds), and of some one is needed. \
         The message names them.",
    ),
    row(
        "S110",
        "something that waits for itself",
        "Tranches and milestones may wait for each other, but not in a circle: then none of them could ever begin.",
    ),
    row(
        "S111",
        "a day off the calendar",
        "Day 1 is the local date of the agreed start. Days before it, and more than a century after it, cannot be placed.",
    ),
    row(
        "S112",
        "a span of time out of range",
        "The term, the horizon and time constants are at least a second and at most a century. A scenario without a term needs a horizon.",
    ),
    row(
        "S113",
        "parameters that make no distribution",
        "The parameters of a law do not fit together. Where they are themselves drawn once per replication, they must fit wherever they may fall.",
    ),
    row(
        "S114",
        "shares that do not add up",
        "Destinations are home, elsewhere and abroad, and their shares add up to at most 1; the rest goes home.",
    ),
    row(
        "S115",
        "an impossible history",
        "Facts are what happened, so they override key and schedule; only the impossible is refused: more people than were held, an end before its beginning, \
         a fact outside the known past, cumulative counts that fall.",
    ),
    row(
        "S116",
        "a key that needs another",
        "Some keys only make sense together: an unknown condition with the chance of being alive, vehicles with their capacity, slowing with by how much. The \
         message names what is missing.",
    ),
    row(
        "S117",
        "no parties",
        "A truce binds parties. Name at least those that hold people: `[party.holders]` with `side = \"captives\"`.",
    ),
    row(
        "S118",
        "a correlation of 1",
        "With a correlation of 1 every day would be the first. Give a value from 0 to below 1.",
    ),
    row(
        "S119",
        "nobody to allege a fault",
        "A fault or violation is alleged by a party, by default the other side's first. Where the other side has none, name one with `claimed_by`. A missed \
         obligation of a party that nobody stands against opens no dispute, so it can have no `missed`.",
    ),
    row("S120", "no answer to give", "A table of odds needs at least one answer with a weight above zero."),
    row(
        "S121",
        "a hold on what is not one's own",
        "A party can hold back only what it owes itself: captives if it holds captives, prisoners if it holds prisoners, movement, aid, talks.",
    ),
    row(
        "S122",
        "mediation without capacity",
        "Mediators handle between 1 and 1000 files at once, at a speed above 0.",
    ),
    row(
        "S123",
        "an unknown variant",
        "Variants are the tables `[variant.NAME]` of the file; the file as it stands is the variant `base`.",
    ),
    row(
        "S124",
        "a mark on nothing",
        "A mark says where a number comes from, by the number's dotted path in the file. The path must exist.",
    ),
    row(
        "S125",
        "a number too large to count",
        "Amounts and counts of people must stay below a million millions, also in the far tail of a law.",
    ),
    row(
        "S126",
        "too many events",
        "A replication holds up to about ten million events of a kind. A scenario that would have more is refused before it runs for hours; usually a unit \
         is wrong.",
    ),
    row(
        "S127",
        "an effect off the scale",
        "Effects act on logarithms of hazards and odds. One of 20 multiplies them by half a billion; more leaves the scale of numbers.",
    ),
    row(
        "S128",
        "a key without effect",
        "What the key says can never matter, since what it belongs to is not there, or comes too late: an hour without a day, a gap between sites without \
         sites, deaths in bursts that never happen, a tranche dated after the truce can last, an event after the simulation stops looking. The message says \
         what it needs. A variant or --set may leave keys without effect that had one before it, since that is how a mechanism is switched off; what is \
         refused is a key without effect from the moment it is written. Each of several changes is judged by what it found.",
    ),
    row(
        "S200",
        "a design of nothing",
        "A design of experiments needs at least one point, one parameter, one variant and one replication. A grid needs two steps or more of each range.",
    ),
    row(
        "S201",
        "a range that is none",
        "A range goes from a lower to a higher quantity of one kind: two durations, two rates, two percentages or two plain numbers. On a logarithmic scale it \
         begins above zero. What is not a quantity is listed in `values`.",
    ),
    row(
        "S202",
        "a key the design has no use for",
        "Each method of choosing points uses some of the keys: `steps` belongs to grids, `points` and `seed` to hypercubes and Sobol points, `scrambles` to Sobol \
         points, `file` and `point` to tables. An unused key is refused, since its writer meant something by it.",
    ),
    row(
        "S203",
        "more than a design holds",
        "A design has at most 100,000 points, and names each variant once. One scramble of Sobol points has at most 65,536 points and 256 parameters.",
    ),
    row(
        "S204",
        "a table of points with a hole",
        "Every point of a table gives a value to the same paths. In CSV the first line names the paths and every other line has one value for each.",
    ),
    row(
        "S205",
        "a path without quotes",
        "In a design a parameter is named by its whole path, in quotes: `\"fault.probability\" = { from = 0.1, to = 0.5 }`. Without quotes TOML takes the dots for \
         tables.",
    ),
    row(
        "S206",
        "a design for another command",
        "Points by `morris` and `sobol indices` are chosen so that `sensitivity` can tell effects apart; a sweep would show them as a table in which nothing can be \
         seen. Points by the other methods are for `sweep`: from them no index can be estimated.",
    ),
    row(
        "S207",
        "an analysis that cannot tell",
        "Intervals come from the spread of trajectories or scrambles, so there are at least two. Trajectories move on an even number of levels. Indices take a power of two \
         points in a scramble, for others are not balanced. All points run on the same random numbers, and one variant at a time.",
    ),
    row(
        "S300",
        "rows that are not whole",
        "A history is CSV as spreadsheets write it (RFC 4180), with commas, not semicolons or tabs: every row has one cell for each column of the first line, text with commas or line breaks \
         stands in double quotes, and quotes inside it are doubled.",
    ),
    row(
        "S301",
        "columns that are not those of a history",
        "The first line names the columns, each once, in any order, from the list in docs/histories.md. The columns `kind`, `confidence` and `source` are always there: a \
         history says what happened, how sure that is, and who says so.",
    ),
    row(
        "S302",
        "a word a history does not know",
        "Kinds of events, sides, levels of confidence and the stages of talks are words of fixed sets. The message lists them or names the nearest.",
    ),
    row(
        "S303",
        "a cell that is missing, or of no use",
        "Each kind of event needs some cells and has no use for others. A cell that would be passed over is refused, since its writer meant something by it; what \
         fits no kind goes into a row of kind `note`.",
    ),
    row(
        "S304",
        "neither a date nor a number",
        "Dates are local: 2025-01-19, or with a time 2025-01-19T17:15. Numbers are digits alone. Spreadsheets like to rewrite both; format the cells as text.",
    ),
    row(
        "S305",
        "a row that cannot be",
        "What the row says contradicts itself: a window that ends before it begins, an end before the beginning, nobody released, more confirmed than handed over.",
    ),
    row(
        "S306",
        "the same event twice",
        "Two rows tell the same event, or bear the same id. Where two sources disagree on a number, one is `count` and the other `other_count`; where two reporters count, each \
         has its own `reporter`.",
    ),
    row(
        "S307",
        "rows out of order",
        "Rows stand in the order of their days. A row out of order is most often one with a wrong date, so it is not put right silently: correct the date, or sort the rows by `when`.",
    ),
    row(
        "S308",
        "rows that contradict each other",
        "Together the rows say what cannot be: something under the truce before it began or after it was over, a leg that goes on after it was complete, more remains replaced than were \
         wrong, a cumulative count that falls, an extension that ends before the term it prolongs.",
    ),
    row(
        "S309",
        "a history that does not fit the scenario",
        "The history is sound by itself but does not fit: another time zone, a cohort of the other side, remains of whom the scenario holds alive or the other way round, more people than the scenario holds. Names that differ are told apart by `--match HISTORY=SCENARIO`; rows of a name are left out by `--match NAME=none`.",
    ),
    row(
        "S310",
        "a day the record does not reach",
        "A forecast is made as of the end of a local day within the record: after the truce began, before it was over, and beyond neither the last day of the history nor the scenario's horizon. It is a day without an hour.",
    ),
    row(
        "S311",
        "a term that is not the scenario's",
        "The record tells of a term, of an extension, or of a term that ran out, that the scenario does not have: a forecast would look to the wrong end. Days may differ by one, and by what the \
         start slipped. Give the scenario the term and the steps that were agreed, or take a history of the exchange it describes. A record without a row of kind `term` says \
         nothing of it, and a scenario without a term passes over it.",
    ),
    row(
        "S312",
        "a date beyond every horizon",
        "A date of the history lies more than five years after the last day that the scenario looks at. A record may go on for longer than what is simulated, but such a date is \
         most often a slip in the year, and a record that seems to reach so far would count everything as never done.",
    ),
    row(
        "S320",
        "nothing to learn",
        "A file of priors names what is to be learnt: parameters with a range or a law in [parameter], probabilities with counts of cases in [share], rates with counts over time \
         in [rate]. Each is named by its whole path, in quotes.",
    ),
    row(
        "S321",
        "a parameter without a prior",
        "A parameter in [parameter] has a range, `from` and `to`, or is left empty and has a law in the scenario, which then is its prior: a number that is drawn once per \
         replication. Laws whose own parameters are drawn, mixtures and laws over whole numbers are not taken; write a range.",
    ),
    row(
        "S322",
        "counts that cannot be",
        "A probability is learnt from `hits` of `of` cases, so there are no more hits than cases; a rate from `count` events in `exposure`, a time above zero. Their priors, Beta and \
         Gamma, have parameters above zero.",
    ),
    row(
        "S323",
        "a parameter learnt twice",
        "A parameter is learnt in one way: by simulation or by counts. A path inside another path is the same number twice.",
    ),
    row(
        "S324",
        "a parameter that is not written",
        "The calibrated scenario is the scenario's text with the values of the parameters replaced, so each has to stand there as one value: a number, a quantity or a law in \
         braces. A default that is not written, or a value that --set gave, has no place in the file.",
    ),
    row(
        "S325",
        "a history that answers nothing",
        "Parameters are fitted to what a history answers: days of legs, people released, collapse, talks, flows, violations, milestones. The dates of the history must be those of \
         the scenario, and the as-of day late enough for something to have happened.",
    ),
];

#[cfg(test)]
#[path = "tests/codes.rs"]
mod tests;
