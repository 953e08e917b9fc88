package minutes_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bienban/internal/fault"
	"bienban/minutes"
)

func TestTheSampleMeetingsAreRead(t *testing.T) {
	for _, name := range []string{"council-demo", "dai-hoi-mau"} {
		m, remarks, err := minutes.ReadMeeting(filepath.Join("..", "internal", "casefile", "cases", name, "meeting.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if len(remarks) != 1 || !strings.Contains(remarks[0], "turns") || !strings.Contains(remarks[0], "of a test case, ignored") {
			t.Errorf("%s: remarks %q: want one, about the test keys", name, remarks)
		}
		if m.Chair() == nil || len(m.Agenda) == 0 || m.Delegates.Present == 0 || len(m.Votes) == 0 {
			t.Errorf("%s: not all was read: %+v", name, m)
		}
	}
}

// base is a good meeting; the tables below change one line of it.
const base = `kind: council
language: en
title: Ordinary meeting
start: 2026-03-12T18:30:00+00:00
end: 2026-03-12T20:00:00+00:00
delegates: {summoned: 9, present: 8, absent: 1}
people:
  - {name: Margaret Doyle, title: Mayor, role: chair, channel: 1}
  - {name: Daniel Osei, title: Town Clerk, role: [secretary, clerk], channel: 2}
  - {name: Helen Fraser, title: Councillor, channel: 3}
agenda:
  - {id: "1", title: Opening}
  - {id: "2", title: Bridge}
votes:
  - {item: "2", subject: Bridge, moved: Helen Fraser, for: 7, against: 1, abstain: 0, present: 8, total: 9, passed: true}
`

func TestABadMeetingIsRefusedInOneLineThatNamesThePlace(t *testing.T) {
	swap := func(old, new string) string {
		if !strings.Contains(base, old) {
			t.Fatalf("base has no %q", old)
		}
		return strings.Replace(base, old, new, 1)
	}
	for _, c := range []struct{ name, yaml, want string }{
		{"an unknown key", base + "venu: Hall\n", `m.yaml:16: venu: unknown key; did you mean "venue"?`},
		{"an unknown key inside", swap("subject: Bridge", "subjet: Bridge"), `m.yaml:15: votes[0].subjet: unknown key; did you mean "subject"?`},
		{"a key twice", base + "title: Again\n", `m.yaml:16: title: is given twice`},
		{"an unknown item in a vote", swap(`{item: "2", subject`, `{item: "9", subject`), `m.yaml:15: votes[0].item: no agenda item "9"; the agenda has 1, 2`},
		{"an unknown item in a mark", base + "marks:\n  - {t: 3, item: \"7\"}\n", `m.yaml:17: marks[0].item: no agenda item "7"`},
		{"an unknown item in a note", base + "notes:\n  - {t: 3, item: x, text: a}\n", `m.yaml:17: notes[0].item: no agenda item "x"`},
		{"an unknown mover", swap("moved: Helen Fraser", "moved: Helen Frasier"), `m.yaml:15: votes[0].moved: no person "Helen Frasier"; did you mean "Helen Fraser"?`},
		{"an unknown signer", base + "signers:\n  - {person: John Smith}\n", `signers[0].person: no person "John Smith"; add the person`},
		{"an unknown presenter", swap("title: Bridge}", "title: Bridge, presenter: John Smith}"), `m.yaml:13: agenda[1].presenter: no person "John Smith"`},
		{"an unknown owner", base + "actions:\n  - {item: \"1\", owner: Trần Văn Công, task: a}\n", `actions[0].owner: no person "Trần Văn Công"`},
		{"an unknown person arriving", base + "attendance_events:\n  - {event: arrive, person: John Smith}\n", `attendance_events[0].person: no person`},
		{"an unknown name in a roll", swap("passed: true", "roll: {for: [John Smith]}"), `votes[0].roll.for[0]: no person "John Smith"`},
		{"an unknown presiding", base + "sessions:\n  - {id: a, presiding: [John Smith]}\n", `sessions[0].presiding[0]: no person`},
		{"an unknown session", base + "marks:\n  - {t: 3, item: \"1\", session: b}\n", `marks[0].session: no session "b"; the meeting has 1`},
		{"two items of one id", swap(`{id: "2", title: Bridge}`, `{id: "1", title: Bridge}`), `m.yaml:13: agenda[1].id: "1" is given twice`},
		{"two people of one name", swap("Helen Fraser, title: C", "Daniel Osei, title: C"), `m.yaml:10: people[2].name: "Daniel Osei" is given twice`},
		{"two chairs", swap("role: [secretary, clerk]", "role: [secretary, chair]"), `m.yaml:9: people[1].role: Daniel Osei is chair, and so is Margaret Doyle: a meeting has one chair`},
		{"votes above presence", swap("for: 7", "for: 8"), `m.yaml:15: votes[0]: for 8 + against 1 + abstain 0 = 9 are more than the 8 present`},
		{"votes above the hall", swap("for: 7, against: 1, abstain: 0, present: 8, total: 9", "for: 9"), `votes[0]: for 9 + against 0 + abstain 0 = 9 are more than the 8 present`},
		{"present above total", swap("present: 8, total: 9, passed", "present: 10, total: 9, passed"), `votes[0].present: 10 present are more than the total, 9`},
		{"present above the hall", swap("present: 8, total: 9, passed", "present: 9, total: 9, passed"), `votes[0].present: 9 present are more than the 8 in the hall`},
		{"votes after somebody left", base + "attendance_events:\n  - {event: leave, person: Daniel Osei, item: \"1\"}\n", `votes[0].present: 8 present are more than the 7`},
		{"passed against the figures", swap("for: 7, against: 1", "for: 1, against: 7"), `votes[0].passed: true, but 1 for are fewer than 7 against`},
		{"a negative count", swap("abstain: 0", "abstain: -1"), `votes[0].abstain: -1: a count cannot be negative`},
		{"a fraction of a vote", swap("abstain: 0", "abstain: 0.5"), `m.yaml:15: votes[0].abstain: must be a whole number, not "0.5"`},
		{"absent above summoned", swap("absent: 1}", "absent: 2}"), `m.yaml:6: delegates: 8 present and 2 absent are more than the 9 summoned`},
		{"a roll unlike its count", swap("passed: true", "roll: {for: [Helen Fraser]}"), `votes[0].roll.for: 1 names, but the count of for is 7`},
		{"an unknown kind", swap("kind: council", "kind: concil"), `m.yaml:1: kind: unknown value "concil"; did you mean "council"?`},
		{"no kind", swap("kind: council\n", ""), `m.yaml: kind: missing; known are dai-hoi`},
		{"an unknown language", swap("language: en", "language: klingon"), `m.yaml:2: language: "klingon" is no language of Whisper`},
		{"an unknown role", swap("role: chair", "role: chairman"), `m.yaml:8: people[0].role: unknown value "chairman"; did you mean "chair"?`},
		{"an unknown secrecy", base + "secrecy: top\n", `m.yaml:16: secrecy: unknown value "top"; known are normal, internal, secret`},
		{"a secret meeting", base + "secrecy: secret\n", `m.yaml:16: secrecy: a secret meeting is refused`},
		{"an unknown side", base + "signers:\n  - {person: Helen Fraser, side: middle}\n", `signers[0].side: unknown value "middle"`},
		{"an unknown event", base + "attendance_events:\n  - {event: sleep, person: Helen Fraser}\n", `attendance_events[0].event: unknown value "sleep"`},
		{"an end before the start", swap("end: 2026-03-12T20", "end: 2026-03-12T17"), `m.yaml:5: end: 2026-03-12T17:00:00Z is before the start`},
		{"a bad time", swap("start: 2026-03-12T18:30:00+00:00", "start: 12 March"), `m.yaml:4: start: "12 March" is not a time`},
		{"a channel too high", swap("channel: 3", "channel: 33"), `m.yaml:10: people[2].channel: 33: microphones are numbered 1 to 32`},
		{"an item under itself", swap(`{id: "2", title: Bridge}`, `{id: "2", title: Bridge, parent: "2"}`), `agenda[1].parent: item "2" is, through its parents, its own parent`},
		{"a parent that is none", swap(`{id: "2", title: Bridge}`, `{id: "2", title: Bridge, parent: "5"}`), `agenda[1].parent: no agenda item "5"`},
		{"a mark without a moment", base + "marks:\n  - {item: \"1\"}\n", `marks[0]: has neither t`},
		{"a negative moment", base + "marks:\n  - {t: -1, item: \"1\"}\n", `marks[0].t: -1: seconds`},
		{"more elected than seats", base + "elections:\n  - {item: \"1\", subject: a, seats: 1, results: [{name: A, votes: 3, elected: true}, {name: B, votes: 3, elected: true}]}\n", `elections[0].results: 2 are elected to 1 seats`},
		{"more valid than returned", base + "elections:\n  - {item: \"1\", subject: a, issued: 8, returned: 7, valid: 7, invalid: 1}\n", `elections[0].valid: 7 valid and 1 invalid`},
		{"more returned than issued", base + "elections:\n  - {item: \"1\", subject: a, issued: 7, returned: 8}\n", `elections[0].returned: 8 ballots are more than the 7 issued`},
		{"more votes than valid", base + "elections:\n  - {item: \"1\", subject: a, issued: 8, returned: 8, valid: 7, invalid: 1, results: [{name: A, votes: 8}]}\n", `elections[0].results[0].votes: 8 votes are more than the 7 valid`},
		{"text where a list belongs", base + "marks: none\n", `m.yaml:16: marks: must be a list, not "none"`},
		{"text where keys belong", base + "notes: [a]\n", `notes[0]: must be keys with values, not "a"`},
		{"no YAML", "kind: [council\n", `m.yaml:`},
		{"no mapping", "- a\n", `m.yaml:1: not a meeting`},
		{"an empty file", "", `m.yaml: empty`},
		{"comments alone", "# nothing\n", `m.yaml: empty`},
		{"two documents", base + "---\nkind: bch\n", `a file holds one meeting`},
		{"not UTF-8", strings.Replace(base, "Ordinary", "Ordin\xe1ry", 1), `m.yaml:3: byte 40 (0xe1) is not UTF-8`},
		{"a register beside nothing", base + "register: list.csv\n", `m.yaml:16: register: "list.csv" must be a file beside the meeting file`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, _, err := minutes.DecodeMeeting("m.yaml", []byte(c.yaml))
			if err == nil {
				t.Fatalf("no error; read %+v", m)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q\nwant  %q", err, c.want)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error of more than one line: %q", err)
			}
			if got := fault.CodeOf(err); got != fault.Invalid {
				t.Errorf("code %q, want invalid", got)
			}
		})
	}
}

func TestWhatAGoodMeetingMayHold(t *testing.T) {
	for name, yaml := range map[string]string{
		"an office as owner":       base + "actions:\n  - {item: \"1\", owner: Works Department, task: a}\n  - {item: \"1\", owner: Phòng Kinh tế, task: a}\n",
		"somebody of the register": base + "register:\n  - {name: John Smith, unit: North, ward: 3}\nsigners:\n  - {person: John Smith}\n",
		"a vote of the hall after an arrival": strings.NewReplacer("for: 7", "for: 8", "present: 8, total: 9, passed", "present: 9, total: 9, passed").Replace(base) +
			"attendance_events:\n  - {event: arrive, item: \"2\", person: Helen Fraser}\n",
		"a key without a value":          base + "notes:\n",
		"an id that looks like a number": strings.ReplaceAll(base, `"2"`, "2"),
		"a byte order mark":              "\ufeff" + base,
	} {
		if _, _, err := minutes.DecodeMeeting("m.yaml", []byte(yaml)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestASecretMeetingNeedsAnInstallationForIt(t *testing.T) {
	if _, _, err := minutes.DecodeMeeting("m.yaml", []byte(base+"secrecy: secret\n"), minutes.AllowSecret()); err != nil {
		t.Error(err)
	}
}

func TestAliasesCannotGrowWithoutLimit(t *testing.T) {
	bomb := "kind: council\nglossary: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 9 {
		bomb += string(rune('b'+i)) + ": &" + string(rune('b'+i)) + " ["
		for range 10 {
			bomb += "*" + string(rune('a'+i)) + ", "
		}
		bomb += "]\n"
	}
	if _, _, err := minutes.DecodeMeeting("m.yaml", []byte(bomb)); err == nil {
		t.Error("a bomb of aliases was read")
	}
	loop := "kind: council\nrecipients: &a [*a]\n"
	if _, _, err := minutes.DecodeMeeting("m.yaml", []byte(loop)); err == nil {
		t.Error("an alias of itself was read")
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	_, _, err := minutes.ReadMeeting(filepath.Join(dir, "none.yaml"))
	if fault.CodeOf(err) != fault.Invalid || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such file: %v (%s)", err, fault.CodeOf(err))
	}
	if _, _, err = minutes.ReadMeeting(dir); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("a folder: %v (%s)", err, fault.CodeOf(err))
	}
	shut := filepath.Join(dir, "shut.yaml")
	if err := os.WriteFile(shut, []byte(base), 0); err != nil {
		t.Fatal(err)
	}
	if f, err := os.Open(shut); err == nil {
		_ = f.Close()
		t.Skip("this user may read every file")
	}
	if _, _, err = minutes.ReadMeeting(shut); fault.CodeOf(err) != fault.Internal || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("no permission: %v (%s)", err, fault.CodeOf(err))
	}
}

func TestARegisterIsReadFromASheet(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("meeting.yaml", "kind: dai-hoi\nregister: ds.csv\n")
	write("ds.csv", "\ufeffHọ và tên;Đơn vị;Giới tính;Ghi chú;Dự khuyết\r\nLê Văn A;Chi bộ 1;Nam;x;\r\n\r\nTrần Thị B;Chi bộ 2;Nữ;;x\r\n")
	m, remarks, err := minutes.ReadMeeting(filepath.Join(dir, "meeting.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Register) != 2 || m.Register[1].Name != "Trần Thị B" || !m.Register[1].Alternate || m.Register[0].Unit != "Chi bộ 1" {
		t.Errorf("register %+v", m.Register)
	}
	if len(remarks) != 1 || !strings.Contains(remarks[0], "Ghi chú") {
		t.Errorf("remarks %q", remarks)
	}
	for name, c := range map[string]struct{ sheet, want string }{
		"no name":      {"đơn vị\nx\n", "ds.csv:1: no column"},
		"not UTF-8":    {"name\n\xff\n", "ds.csv:2: byte 6"},
		"empty":        {"", "ds.csv: empty"},
		"a bad answer": {"name,alternate\nA,maybe\n", `ds.csv:2: alternate: must be yes or no`},
	} {
		write("ds.csv", c.sheet)
		if _, _, err := minutes.ReadMeeting(filepath.Join(dir, "meeting.yaml")); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	write("meeting.yaml", "kind: dai-hoi\nregister: ../ds.csv\n")
	if _, _, err := minutes.ReadMeeting(filepath.Join(dir, "meeting.yaml")); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("a register outside the folder: %v", err)
	}
}
