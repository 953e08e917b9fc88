package natsbus

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// address is where an embedded server listens and what it asks for. The file
// is readable by its owner only.
type address struct {
	URL   string `json:"url"` // without the token
	Token string `json:"token"`
}

// addressFile is the path of one.
type addressFile string

func (f addressFile) read() (address, error) {
	var a address
	b, err := os.ReadFile(string(f))
	if err == nil {
		err = json.Unmarshal(b, &a)
	}
	if err != nil {
		return a, fmt.Errorf("bus address file: %w", err)
	}
	return a, nil
}

// write replaces the file in one step. It need not survive a power cut: a
// server writes it anew whenever it starts.
func (f addressFile) write(a address) error {
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	t, err := os.CreateTemp(filepath.Dir(string(f)), ".address-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = t.Write(b)
	if e := t.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(t.Name(), string(f))
	}
	if err != nil {
		_ = os.Remove(t.Name())
	}
	return err
}
