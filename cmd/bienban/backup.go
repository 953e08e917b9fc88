package main

import (
	"context"
	"encoding/json"
	"path/filepath"

	"bienban/internal/backup"
	"bienban/internal/fault"
)

type backupCmd struct {
	File       string `arg:"" help:"The file to write: an archive that restore reads, on either database."`
	JSON       bool   `help:"Print a report for machines."`
	storeFlags `embed:""`
}

// Run writes a backup, while serve and captures run or not.
func (c *backupCmd) Run(ctx context.Context, e *env) error {
	data, err := e.dataDir(c.Data)
	if err != nil {
		return err
	}
	path, err := filepath.Abs(c.File)
	if err != nil {
		return fault.New(fault.Invalid, "%s: %w", c.File, err)
	}
	if rel, err := filepath.Rel(data, path); err == nil && filepath.IsLocal(rel) {
		return fault.New(fault.Invalid, "%s: lies in the data folder; a backup belongs elsewhere, best on another disk", c.File)
	}
	if err := canWrite(c.File); err != nil {
		return err
	}
	s, err := e.openBeside(ctx, c.Data, c.databaseFlag, false)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // nothing was written
	r, err := backup.Write(ctx, c.File, backup.Options{Store: s, Data: data, Program: version, Skip: passingInData})
	if err != nil {
		return err
	}
	e.say("%s: written and read again", c.File)
	return e.tellBackup(c.File, r, c.JSON)
}

// passingInData are what serve has only while it runs, or makes again: the
// database's own files (its rows are in the backup), the bus, second passes under
// way.
var passingInData = []string{storeFile, storeFile + "-wal", storeFile + "-shm", storeFile + "-journal", busDir, secondDir}

// tellBackup prints a report; problems are for a person to see.
func (e *env) tellBackup(path string, r backup.Report, machine bool) error {
	if machine {
		if err := json.NewEncoder(e.stdout).Encode(r); err != nil {
			return err
		}
	} else {
		rows := int64(0)
		for _, n := range r.Rows {
			rows += n
		}
		e.say("made %s by bienban %s: %d rows, %d recordings with %.0f s of sound, %.1f MB", r.Made.Local().Format("2006-01-02 15:04:05"), r.Program, rows, r.Recordings, r.Seconds, float64(r.Bytes)/1e6)
		e.say("audit log: %d entries, newest %s", r.Audit, r.AuditHash)
	}
	for _, p := range r.Problems {
		e.log("warn", p)
	}
	if len(r.Problems) > 0 {
		e.log("warn", filepath.Base(path)+": what is listed above is not as it should be")
		return errReview
	}
	return nil
}

type restoreCmd struct {
	File       string `arg:"" help:"A backup."`
	Check      bool   `help:"Only verify it: each byte against its hash, the audit log's chain, each recording."`
	Damaged    bool   `help:"Restore a damaged backup as far as it can be read."`
	JSON       bool   `help:"Print a report for machines."`
	storeFlags `embed:""`
}

// Run restores a backup into an empty data folder and database.
func (c *restoreCmd) Run(ctx context.Context, e *env) error {
	if c.Check {
		if c.Damaged {
			return fault.New(fault.Invalid, "--check and --damaged: choose one")
		}
		r, err := backup.Verify(ctx, c.File)
		if err != nil {
			return err
		}
		return e.tellBackup(c.File, r, c.JSON)
	}
	data, err := e.dataDir(c.Data)
	if err != nil {
		return err
	}
	where, err := e.database(data, c.databaseFlag)
	if err != nil {
		return err
	}
	r, err := backup.Restore(ctx, c.File, backup.Target{Data: data, Store: where, Damaged: c.Damaged})
	if err != nil {
		return err
	}
	e.say("restored into %s; everybody signs in anew", data)
	return e.tellBackup(c.File, r, c.JSON)
}
