package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"bienban/internal/accounts"
	"bienban/internal/fault"
)

type userCmd struct {
	Add     userAddCmd     `cmd:"" help:"Make an account."`
	Passwd  userPasswdCmd  `cmd:"" help:"Give an account a new password; its sessions end."`
	List    userListCmd    `cmd:"" help:"List the accounts."`
	Disable userDisableCmd `cmd:"" help:"Take away an account's right to sign in; its sessions end at once."`
	Enable  userEnableCmd  `cmd:"" help:"Let an account sign in again."`
}

// storeFlags say which installation's accounts.
type storeFlags struct {
	Data         string `help:"Data folder; default BIENBAN_DATA, else the user's own." placeholder:"DIR"`
	databaseFlag `embed:""`
}

// passwordVar is where a password comes from when nobody is asked for it.
const passwordVar = "BIENBAN_PASSWORD"

// accounts runs f over the installation's accounts, while serve runs or not.
func (e *env) accounts(ctx context.Context, f storeFlags, mayMake bool, do func(*accounts.Service) error) error {
	s, err := e.openBeside(ctx, f.Data, f.databaseFlag, mayMake)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // every commit is on the disk
	return do(accounts.NewService(s))
}

type userAddCmd struct {
	Login         string `arg:"" help:"Name to sign in with."`
	Name          string `help:"Name as others see it; default the sign-in name." placeholder:"NAME"`
	Language      string `help:"Language of the interface: vi or en; default the browser's." placeholder:"vi|en"`
	Administrator bool   `help:"Of the installation: accounts, devices, models, making meetings. Content of meetings needs a role there."`
	storeFlags    `embed:""`
}

// Run makes an account.
func (c *userAddCmd) Run(ctx context.Context, e *env) error {
	login, err := accounts.CheckLogin(c.Login)
	if err != nil {
		return err
	}
	n := accounts.New{Login: login, Name: c.Name, Language: c.Language, Administrator: c.Administrator}
	if n.Name == "" {
		n.Name = login
	}
	return e.accounts(ctx, c.storeFlags, true, func(s *accounts.Service) error {
		if n.Password, err = e.newPassword(login, n.Name); err != nil {
			return err
		}
		a, err := s.Add(ctx, accounts.Terminal, n)
		if err != nil {
			return fmt.Errorf("%s: %w", login, err)
		}
		e.say("account %s is made", a.Login)
		return nil
	})
}

type userPasswdCmd struct {
	Login      string `arg:"" help:"Name to sign in with."`
	storeFlags `embed:""`
}

// Run gives an account a new password.
func (c *userPasswdCmd) Run(ctx context.Context, e *env) error {
	return e.accounts(ctx, c.storeFlags, false, func(s *accounts.Service) error {
		a, err := s.ByLogin(ctx, c.Login)
		if err != nil {
			return err
		}
		password, err := e.newPassword(a.Login, a.Name)
		if err != nil {
			return err
		}
		if err := s.SetPassword(ctx, accounts.Terminal, a.ID, password, ""); err != nil {
			return fmt.Errorf("%s: %w", a.Login, err)
		}
		e.say("account %s has a new password; who was signed in with it no longer is", a.Login)
		return nil
	})
}

type userDisableCmd struct {
	Login      string `arg:"" help:"Name to sign in with."`
	storeFlags `embed:""`
}

// Run disables an account.
func (c *userDisableCmd) Run(ctx context.Context, e *env) error {
	return e.setDisabled(ctx, c.storeFlags, c.Login, true)
}

type userEnableCmd struct {
	Login      string `arg:"" help:"Name to sign in with."`
	storeFlags `embed:""`
}

// Run enables an account.
func (c *userEnableCmd) Run(ctx context.Context, e *env) error {
	return e.setDisabled(ctx, c.storeFlags, c.Login, false)
}

func (e *env) setDisabled(ctx context.Context, f storeFlags, login string, disabled bool) error {
	return e.accounts(ctx, f, false, func(s *accounts.Service) error {
		a, err := s.ByLogin(ctx, login)
		if err != nil {
			return err
		}
		if _, err := s.Change(ctx, accounts.Terminal, a.ID, accounts.Change{Disabled: &disabled}); err != nil {
			return fmt.Errorf("%s: %w", a.Login, err)
		}
		if disabled {
			e.say("account %s is disabled", a.Login)
		} else {
			e.say("account %s can sign in", a.Login)
		}
		return nil
	})
}

type userListCmd struct {
	JSON       bool `help:"Print a list for machines."`
	storeFlags `embed:""`
}

// listedUser is one account of user list --json.
type listedUser struct {
	ID            string `json:"id"`
	Login         string `json:"login"`
	Name          string `json:"name"`
	Administrator bool   `json:"administrator"`
	Disabled      bool   `json:"disabled"`
	Made          string `json:"made"`
}

// Run lists the accounts.
func (c *userListCmd) Run(ctx context.Context, e *env) error {
	return e.accounts(ctx, c.storeFlags, false, func(s *accounts.Service) error {
		all, err := s.Accounts(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			list := make([]listedUser, len(all))
			for i, a := range all {
				list[i] = listedUser{a.ID, a.Login, a.Name, a.Administrator, a.Disabled, a.Made.Format(time.RFC3339)}
			}
			return json.NewEncoder(e.stdout).Encode(list)
		}
		w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
		for _, a := range all {
			state := ""
			if a.Administrator {
				state = "administrator"
			}
			if a.Disabled {
				state += " disabled"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", a.Login, a.Name, a.Made.Local().Format(time.DateOnly), state)
		}
		return w.Flush()
	})
}

// newPassword takes a password from the environment, or asks for it twice on the
// terminal. It is checked before anything is asked of the store.
func (e *env) newPassword(login, name string) (string, error) {
	password, err := e.secret(passwordVar)
	if err != nil {
		return "", err
	}
	if password == "" {
		in, ok := e.stdin.(*os.File)
		if !ok || !term.IsTerminal(int(in.Fd())) {
			return "", fault.New(fault.Invalid, "no password: set %s or %s_FILE, or run this in a terminal", passwordVar, passwordVar)
		}
		if password, err = e.ask(in, "Password for "+login+": "); err != nil {
			return "", err
		}
		again, err := e.ask(in, "The same again: ")
		if err != nil {
			return "", err
		}
		if again != password {
			return "", fault.New(fault.Invalid, "the two passwords differ")
		}
	}
	if _, err := accounts.CheckPassword(password, login, name); err != nil {
		return "", err
	}
	return password, nil
}

func (e *env) ask(in *os.File, what string) (string, error) {
	fmt.Fprint(e.stderr, what)
	defer fmt.Fprintln(e.stderr)
	b, err := term.ReadPassword(int(in.Fd()))
	if err != nil {
		return "", fault.New(fault.Unavailable, "terminal: %w", err)
	}
	return string(b), nil
}
