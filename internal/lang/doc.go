// Package lang knows how Vietnamese and English write what people say: Unicode
// composition, comparison keys, sentences, and spoken numbers as figures.
//
// It serves three callers. Drafting rewrites a transcript's spoken numbers as
// digits before a language model sees it ([Rewrite]); the checker compares the
// figures of a sentence with those of its evidence ([Quantities]); measuring and
// name matching compare texts by key ([Fold], [FoldPlain], [Words]).
//
// # Invariants
//
//   - Everything returned is valid UTF-8 in NFC (invalid bytes become U+FFFD);
//     [Quantities] alone gives offsets into the text as it was given.
//   - Rewrite changes only spoken numbers: a text without any comes back byte for
//     byte (after NFC), and rewriting twice changes nothing more.
//   - A figure is never guessed. Where a reading is ambiguous ("hai triệu năm
//     trăm": 2,000,500 or 2,500,000; "một trăm hai": 102 or 120; "hai ba người":
//     two or three) the words stay as they are and no firm figure is reported.
//   - Time and memory grow linearly with the text.
//
// # House style
//
// Vietnamese: decimal comma and grouping dots (9,5%; 12.400 dân); years and
// document numbers ungrouped; 30 tháng 9 năm 2025; 7 giờ 30 phút; from a million
// up "2,1 tỷ đồng" where two decimals of the largest scale are exact, else the
// scales in turn ("2 tỷ 135 triệu đồng"), else all digits. A negative keeps its
// word (âm 5 độ). Ordinals keep their words (thứ nhất, lần thứ hai); compound
// ones take digits (thứ 21). "một nửa" and "tháng giêng" stay.
//
// English: decimal point and grouping commas; $54,000, $2.5 million, £20, €5;
// 9.5%; 30 June 2025; 6:30, 7 p.m.; simple ordinals stay words (third reading),
// compound ones take digits (21st); 2/3. "a dozen", "half", "a third" stay.
//
// # Years
//
// A number of 1900 to 2099 that nothing behind it can be counted by is written as a year, 2025 and not
// 2.025 or 2,025; its value is the same. "năm" between one or two digit words and a year is the word year
// ("quý ba năm hai không hai sáu"), two years one behind the other are a term ("2025 - 2030"), and
// "bốn năm đồng chí" (four or five) keeps its words. English decades take digits: 1980s.
//
// # Lone number words
//
// "ba", "năm", "two" are words before they are numbers. One is rewritten only
// before a unit or a countable noun ("hai đồng chí", "six weeks"), after a
// numbering noun ("khóm ba", "Item two") or inside a date, time, amount, ratio or
// tally. "một" and "one" are articles as often as numbers, so they need more: a
// tally ("một đại biểu không biểu quyết", "one against"), a measure or a numbering
// noun. A capitalised number word inside a sentence is a name (Nguyễn Văn Ba).
// What is not rewritten may still be a number; Quantities reports it as Weak.
//
// It does not resolve spoken self-corrections, spell-check, or translate.
package lang
