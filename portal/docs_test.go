package portal_test

import (
	"os"
	"strings"
	"testing"

	"bienban/minutes/desk"
)

// permissionTable writes the table role × permission as docs/portal.md has it.
func permissionTable() string {
	roles := []desk.Role{desk.Clerk, desk.Secretary, desk.Archivist, desk.Chair, desk.Delegate, desk.Screen, desk.Administrator}
	var b strings.Builder
	b.WriteString("| permission |")
	for _, r := range roles {
		b.WriteString(" " + string(r) + " |")
	}
	b.WriteString("\n" + strings.Repeat("| --- ", len(roles)+1) + "|\n")
	for _, p := range desk.AllPermissions() {
		b.WriteString("| `" + string(p) + "` |")
		for _, r := range roles {
			if (desk.Roles{r}).May(p) {
				b.WriteString(" ● |")
			} else {
				b.WriteString("  |")
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestTheDocumentsTableOfPermissionsIsTheCodes(t *testing.T) {
	b, err := os.ReadFile("../docs/portal.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := permissionTable(); !strings.Contains(string(b), "\n"+want+"\n") {
		t.Errorf("docs/portal.md must hold this table:\n%s", want)
	}
}
