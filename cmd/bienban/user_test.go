package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bienban/internal/accounts"
	"bienban/internal/sqlstore"
	"bienban/internal/sqlstore/pgtest"
)

const goodPassword = "Chủ tọa điều hành 2026"

func TestAccountsAreMadeFromTheCommandLineOnEitherDatabase(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"SQLite", "PostgreSQL"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			data := filepath.Join(t.TempDir(), "dữ liệu")
			vars := map[string]string{"BIENBAN_DATA": data, "BIENBAN_PASSWORD": goodPassword}
			where := filepath.Join(data, storeFile)
			if kind == "PostgreSQL" {
				where = pgtest.URL(t)
				vars["BIENBAN_DB_FILE"] = write(t, t.TempDir(), "db", []byte(where+"\n"))
			}
			steps := []struct {
				args []string
				code int
				said string
			}{
				{[]string{"user", "list"}, exitUsage, "is this the data folder"},
				{[]string{"user", "passwd", "nguyệt"}, exitUsage, "is this the data folder"},
				{[]string{"user", "add", "Nguyệt", "--name", "Trần Thị Nguyệt", "--administrator"}, exitDone, "nguyệt is made"},
				{[]string{"user", "add", "NGUYỆT"}, exitFailed, "taken"},
				{[]string{"user", "add", "hai từ"}, exitUsage, "no spaces"},
				{[]string{"user", "add", "bình", "--language", "fr"}, exitUsage, "vi or en"},
				{[]string{"user", "add", "bình", "--language", "vi"}, exitDone, ""},
				{[]string{"user", "disable", "nguyệt"}, exitFailed, "At least one administrator"},
				{[]string{"user", "disable", "bình"}, exitDone, "disabled"},
				{[]string{"user", "disable", "ai-đó"}, exitUsage, "not known"},
				{[]string{"user", "passwd", "ai-đó"}, exitUsage, "not known"},
			}
			for _, s := range steps {
				if code, _, said := cmd(t, vars, s.args...); code != s.code || !strings.Contains(said, s.said) || strings.Contains(said, goodPassword) {
					t.Errorf("%v: %d %s", s.args, code, said)
				}
			}
			code, out, said := cmd(t, vars, "user", "list", "--json")
			var list []listedUser
			if err := json.Unmarshal([]byte(out), &list); err != nil || code != exitDone || len(list) != 2 ||
				list[1].Name != "Trần Thị Nguyệt" || !list[1].Administrator || !list[0].Disabled { // by name, as everywhere
				t.Fatalf("%d %s %s", code, out, said)
			}
			if _, out, _ := cmd(t, vars, "user", "list"); strings.Count(out, "\n") != 2 || !strings.Contains(out, "administrator") || strings.Contains(out, "argon2") {
				t.Errorf("%s", out)
			}
			s, err := sqlstore.OpenExisting(t.Context(), where)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			a := accounts.NewService(s)
			if _, err := a.SignIn(t.Context(), "nguyệt", goodPassword, ""); err != nil {
				t.Error(err)
			}
			vars["BIENBAN_PASSWORD"], vars["BIENBAN_PASSWORD_FILE"] = "", write(t, data, "mk", []byte("Một mật khẩu khác hẳn\n"))
			if code, _, said := cmd(t, vars, "user", "passwd", "nguyệt"); code != exitDone {
				t.Errorf("%d %s", code, said)
			}
			if _, err := a.SignIn(t.Context(), "nguyệt", "Một mật khẩu khác hẳn", ""); err != nil {
				t.Error(err)
			}
			if kind == "PostgreSQL" {
				if _, err := os.Stat(filepath.Join(data, storeFile)); err == nil {
					t.Error("there is a file, too")
				}
			}
		})
	}
}

func TestAPasswordNeedsATerminalOrTheEnvironment(t *testing.T) {
	t.Parallel()
	vars := map[string]string{"BIENBAN_DATA": t.TempDir()}
	if code, _, said := cmd(t, vars, "user", "add", "nguyệt"); code != exitUsage || !strings.Contains(said, "BIENBAN_PASSWORD") {
		t.Errorf("%d %s", code, said)
	}
	if code, _, said := cmd(t, vars, "user", "add", "nguyệt", "--password", goodPassword); code != exitUsage || !strings.Contains(said, "unknown flag") {
		t.Errorf("a password as a flag: %d %s", code, said)
	}
	vars["BIENBAN_PASSWORD"] = "ngắn"
	if code, _, said := cmd(t, vars, "user", "add", "nguyệt"); code != exitUsage || !strings.Contains(said, "12 to 256") {
		t.Errorf("%d %s", code, said)
	}
	if code, _, said := cmd(t, map[string]string{"BIENBAN_DATA": t.TempDir(), "BIENBAN_DB": "mysql://x"}, "user", "list"); code != exitUsage || !strings.Contains(said, "postgres://") {
		t.Errorf("%d %s", code, said)
	}
}
