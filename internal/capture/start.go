package capture

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// LogName is where a capture that was started in its own session writes what it would say on a terminal, in Root.
const LogName = "capture.log"

// Start runs a program (bienban capture …) in a session of its own, so that it outlives this process, its process group
// and its terminal. What it says goes to LogName in root. It returns the process's id; the process is waited for in
// the background, so that it leaves no zombie while this one lives. Stop it through its socket or by SIGTERM.
func Start(root, program string, args []string, environ []string) (pid int, err error) {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return 0, fmt.Errorf("start capture: %w", err)
	}
	log, err := os.OpenFile(filepath.Join(root, LogName), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o640)
	if err != nil {
		return 0, fmt.Errorf("start capture: %w", err)
	}
	defer log.Close()
	cmd := exec.CommandContext(context.Background(), program, args...) // it ends with nothing of ours
	cmd.Env = environ
	cmd.Stdout, cmd.Stderr = log, log // and no standard input
	cmd.SysProcAttr = ownSession()
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("start capture: %w", err)
	}
	go func() { _ = cmd.Wait() }()
	return cmd.Process.Pid, nil
}

// Running lists the folders in root in which a capture answers, for adopting it after a restart.
func Running(ctx context.Context, root string) ([]Status, error) {
	list, err := os.ReadDir(root)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for captures: %w", err)
	}
	var all []Status
	for _, e := range list {
		dir := filepath.Join(root, e.Name())
		if _, err := os.Stat(filepath.Join(dir, SocketName)); err != nil {
			continue
		}
		if st, err := ask(ctx, dir); err == nil { // else it died
			all = append(all, st)
		}
	}
	return all, ctx.Err()
}

func ask(ctx context.Context, dir string) (Status, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	c, err := Connect(ctx, dir)
	if err != nil {
		return Status{}, err
	}
	defer c.Close()
	return c.Status(ctx)
}
