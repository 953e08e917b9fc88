package lang

// Word tables of spoken English. Keys are folded.

var enUnits = map[string]int64{
	"zero": 0, "nought": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}

var enTeens = map[string]int64{
	"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
	"eighteen": 18, "nineteen": 19,
}

var enTens = map[string]int64{
	"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}

var enScales = map[string]int64{"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}

var enOrdinals = map[string]int64{
	"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
	"eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17,
	"eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50, "sixtieth": 60,
	"seventieth": 70, "eightieth": 80, "ninetieth": 90, "hundredth": 100,
}

// enFractions are the denominators; only the plurals are figures by themselves ("two thirds").
var enFractions = map[string]int64{
	"halves": 2, "thirds": 3, "quarters": 4, "fourths": 4, "fifths": 5, "sixths": 6, "sevenths": 7, "eighths": 8, "ninths": 9, "tenths": 10,
	"third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10,
}

var enMonths = map[string]int{
	"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9,
	"october": 10, "november": 11, "december": 12,
}

var enMonthNames = [...]string{
	"", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
}

// enMonthBefore are the words before a month that stands alone.
var enMonthBefore = setOf(`in, of, by, until, till, since, before, after, during, from, last, next, this, to, late, early, mid, through, for, each, every, and, between, end`)

// enNumbering are the nouns that a number names ("Item two").
var enNumbering = setOf(`item, section, clause, motion, resolution, paragraph, page, ward, room, phase, stage, lot, schedule, article, chapter,
	part, number, route, bylaw, policy, option, question, district, zone, appendix, annex, highway, block, unit, building, version,
	type, level, grade, class, tier, category, year, table, figure, exhibit, amendment, step, area, lane, gate, precinct, proposition, ordinance,
	agenda item, line, row, footnote, attachment, recommendation, priority, objective, goal, target, day, week, bay, pier, station, engine, plan, form, rule, order, standing order`)

// enNumberingOne are those after which even "one" is a number.
var enNumberingOne = setOf(`item, section, clause, paragraph, page, number, phase, stage, schedule, article, chapter, part, option, appendix, annex, ward,
	zone, route, level, tier, day, agenda item, recommendation, priority, objective, step, attachment, resolution, amendment, district, precinct`)

// enSerial are the nouns whose numbers are codes: never grouped, and read digit by digit.
var enSerial = setOf(`number, item, section, resolution, bylaw, ordinance, route, highway, room, page, lot, reference, file, phone, telephone, extension, code,
	account, permit, licence, license, application, project, bus, form, policy, order, motion, case, petition, bill, account number, phone number, block, unit`)

// enTally are the words after the lone number of a vote.
var enTally = setOf(`against, in favour, in favor, abstained, abstaining, abstention, abstentions, opposed, opposing, absent, present, excused,
	dissenting, ayes, nays, noes, yeas, aye, nay, votes for, votes against, voted for, voted against, recused, vote against, vote for, voted in favour, voted in favor`)

// enTallyBefore are the words that a vote's count may follow.
var enTallyBefore = setOf("in favour, in favor, against, abstentions, abstaining, opposed, ayes, nays, noes, absent, present")

// enPlain are countable words without a plural s.
var enPlain = setOf(`people, children, men, women, feet, staff, percent, per, police, sheep, hectare, metre, meter, kilometre, kilometer, pence, households, businesses,
	dollar, dollars, cents, members, out`)

// enFunction are words that cannot stand between a number and its noun.
var enFunction = setOf(`of, the, a, an, and, or, to, in, on, at, by, for, from, with, is, are, was, were, be, been, has, have, had, will, would, who, that,
	which, this, these, those, it, its, he, she, they, we, i, you, not, no, but, if, so, as, than, then, there, when, where, also, may, can, could,
	should, must, shall, said, says, his, her, their, our, your, my, me, us, them, him, because, about, into, over, under, after, before, do, does, did,
	what, why, how, just, very, too, only, ever, never, always, now, here, up, down, out, off, until, since, while, though, although, yes`)

// enNotPlural are words in -s that are no plural nouns.
var enNotPlural = setOf(`is, was, has, its, this, as, us, does, perhaps, always, besides, sometimes, towards, afterwards, whereas, yes, thus, less, plus, minus,
	versus, across, regardless, nevertheless, unless, his, hers, ours, yours, theirs, goes, says, needs, makes, takes, gets, means, seems, comes, wants, whose`)

// enPronounBefore are words before "one" that make a pronoun of it.
var enPronounBefore = setOf(`no, this, that, each, every, any, some, which, the, another, other, next, last, first, only, a, an, old, new, good, big, small, right, wrong, same, every single, for, loved, everyone, square, hole, day`)

// enPronounAfter are words after "one" that make a pronoun or a phrase of it.
var enPronounAfter = setOf(`another, by, more, day, can, could, should, would, must, might, may, has, is, was, who, that, which, way, thing, side, hand, time, moment, last, final, further, and, or, off, stop`)

// enYearBefore are words before a year.
var enYearBefore = setOf(`in, of, since, by, until, till, year, from, during, before, after, early, late, fiscal year, financial year, through, to, for, spring, summer, autumn, winter, fall, and, between, budget`)

// enClockBefore are words before a time of day.
var enClockBefore = setOf("at, from, until, till, by, before, after, around, about, since, between, past, to, and, closed, adjourned, started, starts, opens, closes, resumed, begins, began")

// enVoteBefore are words before the counts of a vote ("carried seven to one").
var enVoteBefore = setOf("of, vote, voted, passed, carried, approved, defeated, lost, agreed, rejected, failed, by, was")

type currency struct{ code, sign string }

var enCurrencies = map[string]currency{
	"dollar": {"USD", "$"}, "dollars": {"USD", "$"}, "pound": {"GBP", "£"}, "pounds": {"GBP", "£"}, "euro": {"EUR", "€"}, "euros": {"EUR", "€"},
}

var enSigns = map[string]string{"$": "USD", "£": "GBP", "€": "EUR"}
