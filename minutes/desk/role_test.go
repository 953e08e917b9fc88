package desk_test

import (
	"slices"
	"strings"
	"testing"

	"bienban/minutes/desk"
)

// table is written by hand from the contract: who may do what. Every role and every
// permission stands in it.
const table = `
                clerk secretary archivist chair delegate screen administrator
create_meeting  x     .         .         .     .        .      x
manage_users    .     .         .         .     .        .      x
manage_devices  .     .         .         .     .        .      x
see             x     x         x         x     x        x      .
see_transcript  x     x         x         x     .        .      .
see_closed      x     x         x         x     .        .      .
see_notes       x     x         x         x     .        .      .
see_people      x     x         x         x     .        .      .
see_results     x     x         x         x     .        .      .
see_history     x     x         x         x     .        .      .
see_minutes     x     x         x         x     .        .      .
listen          x     x         x         x     .        .      .
search          x     x         x         x     .        .      .
prepare         x     x         .         .     .        .      .
members         x     .         .         .     .        .      .
run             x     x         .         .     .        .      .
mark            x     x         .         .     .        .      .
note            x     x         .         .     .        .      .
attend          x     x         .         .     .        .      .
record_result   x     x         .         .     .        .      .
publish_result  x     x         .         x     .        .      .
record          x     x         .         .     .        .      .
close_stretch   x     x         .         .     .        .      .
erase           x     x         .         x     .        .      .
edit_text       x     x         .         .     .        .      .
adopt           x     x         .         .     .        .      .
draft           x     x         .         .     .        .      .
approve         x     .         .         x     .        .      .
sign            x     .         .         x     .        .      .
archive         .     .         x         .     .        .      .
export          x     x         x         .     .        .      .
`

func TestEveryRoleMayDoWhatTheTableSaysAndNothingElse(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSpace(table), "\n")
	roles := fields(lines[0])
	var seen []desk.Permission
	for _, line := range lines[1:] {
		cells := fields(line)
		p := desk.Permission(cells[0])
		seen = append(seen, p)
		for i, role := range roles {
			want := cells[i+1] == "x"
			if got := (desk.Roles{desk.Role(role)}).May(p); got != want {
				t.Errorf("%s may %s: %v, want %v", role, p, got, want)
			}
		}
	}
	if all := desk.AllPermissions(); !slices.Equal(all, seen) {
		t.Errorf("the table has %v,\nthe code %v", seen, all)
	}
	for _, r := range desk.MeetingRoles() {
		if !slices.Contains(roles, string(r)) {
			t.Errorf("role %s is not in the table", r)
		}
		for _, p := range r.Permissions() {
			if !slices.Contains(seen, p) {
				t.Errorf("%s has %s, which is not in the table", r, p)
			}
		}
	}
	if desk.Administrator.Known() {
		t.Error("administrator can be given in a meeting")
	}
	if (desk.Roles{desk.Delegate, desk.Clerk}).May(desk.Approve) != true || (desk.Roles{}).May(desk.See) || (desk.Roles{"x"}).May(desk.See) {
		t.Error("several roles add up; no role and an unknown one permit nothing")
	}
}

// allowedKinds names for each kind of act the phases in which it may be done.
// p prepared, l running, recess and closed part, c closed, r in review, f approved, signed, archived.
const allowedKinds = `
head_changed plcr | member_set plcrf | session_set plcr | session_removed plcr | agenda_replaced pl | item_added plcr | item_changed plcr
item_moved plcr | item_skipped plcr | items_merged plcr | item_removed plcr | person_set plcr | person_removed plcr | register_replaced plcr
glossary_changed plcr | channels_set plcr | document_set plcr | document_removed plcr | signers_set plcr
phase_changed plcrf | rehearsal_begun p | rehearsal_discarded plcrf
mark l | mark_changed lcr | mark_removed lcr | speaker l | queue_changed l | note plcr | note_changed plcr | note_removed plcr
paused l | resumed l | point_added plcr | point_closed plcr | recording_filed lcr
attendance lcr | attendance_changed lcr | attendance_removed lcr | vote lcr | vote_all l | vote_changed lcr | vote_removed lcr
election lcr | election_changed lcr | election_removed lcr | result_published lcr | result_withdrawn lcr
appointment_set plcr | appointment_removed plcr | contribution_set plcr | contribution_removed plcr | action_set plcr | action_removed plcr
text lcr | words_replaced lcr | split lcr | merge lcr | segments_speaker lcr | segments_item lcr | segments_dismissed lcr | segments_restored lcr | flags_resolved lcr
stretch_dismissed lcr | layer_adopted lcr | layer_chosen lcr
erasure_asked plcrf | erasure_confirmed plcrf | erasure_refused plcrf
minutes_brought plcr
undo plcrf | conflict_settled plcrf`

func TestEachKindOfActIsAllowedInItsPhasesOnly(t *testing.T) {
	t.Parallel()
	letters := map[desk.Phase]string{desk.Prepared: "p", desk.Running: "l", desk.Recess: "l", desk.ClosedPart: "l", desk.Closed: "c",
		desk.InReview: "r", desk.Approved: "f", desk.Signed: "f", desk.Archived: "f"}
	seen := map[desk.Kind]bool{}
	for _, entry := range strings.Split(strings.ReplaceAll(allowedKinds, "\n", "|"), "|") {
		cells := fields(entry)
		if len(cells) != 2 {
			continue
		}
		k := desk.Kind(cells[0])
		seen[k] = true
		for _, p := range desk.Phases() {
			if got, want := p.Allows(k), strings.Contains(cells[1], letters[p]); got != want {
				t.Errorf("%s while %s: %v, want %v", k, p, got, want)
			}
		}
		if k.Permission() == "" {
			t.Errorf("%s needs no permission", k)
		}
	}
	for _, k := range desk.Kinds() {
		if !seen[k] {
			t.Errorf("%s is not in the test's table", k)
		}
	}
}

func fields(s string) []string { return strings.Fields(s) }
