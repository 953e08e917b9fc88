package natsbus

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/minio/highwayhash"
	"github.com/nats-io/nats-server/v2/server"
)

// repairMeta mends what a server that was killed at the wrong moment leaves.
//
// JetStream (seen in 2.15.2) writes a stream's description and its checksum as two files, each in
// one step, but nothing joins them. Killed in between, the next server does not
// load the stream, with all that it holds. Worse, when the stream is made
// anew over the rest, the checksum stays missing: that stream acknowledges
// messages and is lost at the restart after. So before a server starts, a
// description that is whole, and of the folder that it lies in, gets the
// checksum that belongs to it.
func repairMeta(dir string, log *slog.Logger) error {
	streams, err := filepath.Glob(filepath.Join(globEscape(dir), server.JetStreamStoreDir, "*", "streams", "*"))
	if err != nil {
		return err
	}
	for _, s := range streams {
		name := filepath.Base(s)
		var is server.FileStreamInfo
		if err := repairSum(s, name, &is, func() bool { return is.Name == name }, log); err != nil {
			return err
		}
		consumers, err := filepath.Glob(filepath.Join(globEscape(s), "obs", "*"))
		if err != nil {
			return err
		}
		for _, c := range consumers {
			var is server.FileConsumerInfo
			if err := repairSum(c, name+"/"+filepath.Base(c), &is, func() bool { return is.Name == filepath.Base(c) }, log); err != nil {
				return err
			}
		}
	}
	return nil
}

// globEscape takes the meaning from a path's special characters.
func globEscape(path string) string {
	var b []rune
	for _, r := range path {
		if r == '*' || r == '?' || r == '[' || r == '\\' && os.PathSeparator == '/' {
			b = append(b, '\\')
		}
		b = append(b, r)
	}
	return string(b)
}

// repairSum gives the description in dir its checksum, keyed as the server
// does, unless it has it.
func repairSum(dir, key string, into any, fits func() bool, log *slog.Logger) error {
	meta, err := os.ReadFile(filepath.Join(dir, server.JetStreamMetaFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // not a stream, or killed before there was one
	}
	if err != nil {
		return err
	}
	k := sha256.Sum256([]byte(key))
	h, err := highwayhash.NewDigest64(k[:])
	if err != nil {
		return err
	}
	if _, err := h.Write(meta); err != nil {
		return err
	}
	want := hex.EncodeToString(h.Sum(nil))
	path := filepath.Join(dir, server.JetStreamMetaFileSum)
	is, err := os.ReadFile(path)
	if err == nil && string(is) == want {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if whole := json.Unmarshal(meta, into) == nil && fits(); !whole {
		log.Error("bus: a stream's description is damaged; the server will not load it", "folder", key)
		return nil
	}
	log.Warn("bus: a stream's checksum was missing or old and was mended", "folder", key)
	return writeSynced(path, []byte(want))
}

// writeSynced replaces a file in one step that outlives a power cut.
func writeSynced(path string, data []byte) error {
	t, err := os.CreateTemp(filepath.Dir(path), ".sum-*")
	if err != nil {
		return err
	}
	_, err = t.Write(data)
	if err == nil {
		err = t.Sync()
	}
	if e := t.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(t.Name(), path)
	}
	if err != nil {
		_ = os.Remove(t.Name())
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes the rename last where a folder can be synced.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}
