package main

import (
	"context"
	"path/filepath"

	"bienban/internal/fault"
	"bienban/internal/sqlstore"
)

// databaseFlag is where the store is, for the commands that open it.
type databaseFlag struct {
	DB string `name:"db" help:"A PostgreSQL database: postgres://…; default BIENBAN_DB, else a file in the data folder. Keep a password out of it: PGPASSFILE, or BIENBAN_DB_FILE for all." placeholder:"URL"`
}

// database says where the store is: a URL, or a file in the data folder.
func (e *env) database(data string, f databaseFlag) (string, error) {
	where := f.DB
	if where == "" {
		var err error
		if where, err = e.secret("BIENBAN_DB"); err != nil {
			return "", err
		}
	}
	switch {
	case where == "":
		return filepath.Join(data, storeFile), nil
	case !sqlstore.IsURL(where):
		return "", fault.New(fault.Invalid, "--db or BIENBAN_DB: must be a URL that begins with postgres://; without it a file in the data folder is used")
	}
	return where, nil
}

// openBeside opens the store beside a serve that may be running. mayMake says
// whether to make one that is not there yet.
func (e *env) openBeside(ctx context.Context, asked string, f databaseFlag, mayMake bool) (*sqlstore.Store, error) {
	data, err := e.dataDir(asked)
	if err != nil {
		return nil, err
	}
	where, err := e.database(data, f)
	if err != nil {
		return nil, err
	}
	s, err := sqlstore.OpenExisting(ctx, where)
	if !mayMake || fault.CodeOf(err) != fault.NotFound {
		return s, err
	}
	if err := folderFor(data); err != nil {
		return nil, err
	}
	return sqlstore.Open(ctx, where)
}
