package portal

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed web
var web embed.FS

// assetsAt is where style sheets, scripts and pictures are served.
const assetsAt = "/assets/"

// asset is a file with its content's hash in its name: a browser may keep it
// for ever, and a new version never meets an old page.
type asset struct {
	name       string // style.0123456789abcdef.css
	kind       string
	body       []byte
	compressed []byte // nil where gzip does not help
}

// assets are the files that pages name, by their name in web/.
type assets struct {
	byFile map[string]*asset
	byName map[string]*asset
}

func loadAssets(from fs.FS) (*assets, error) {
	a := &assets{byFile: map[string]*asset{}, byName: map[string]*asset{}}
	err := fs.WalkDir(from, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(file) == ".html" {
			return err
		}
		body, err := fs.ReadFile(from, file)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		ext := path.Ext(file)
		one := &asset{name: strings.TrimSuffix(file, ext) + "." + hex.EncodeToString(sum[:8]) + ext, kind: contentType(ext), body: body}
		if one.kind == "" {
			return fmt.Errorf("portal/web/%s: no content type is known for it", file)
		}
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		_, _ = w.Write(body) // to memory
		_ = w.Close()
		if z.Len() < len(body)*9/10 {
			one.compressed = z.Bytes()
		}
		a.byFile[file], a.byName[one.name] = one, one
		return nil
	})
	return a, err
}

// contentType is fixed here: what the machine has in its own tables must not
// decide what a browser may run.
func contentType(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".png", ".ico":
		return mime.TypeByExtension(".png")
	}
	return ""
}

// path gives where a file of web/ is served.
func (a *assets) path(file string) (string, error) {
	one := a.byFile[file]
	if one == nil {
		return "", fmt.Errorf("portal/web/%s: no such file", file)
	}
	return assetsAt + one.name, nil
}

// serve answers GET /assets/{name...}.
func (a *assets) serve(w http.ResponseWriter, r *http.Request) bool {
	one := a.byName[r.PathValue("name")]
	if one == nil {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", one.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := one.body
	// These files are the same for everybody, so their compressed length tells nothing (unlike a page's).
	if one.compressed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = one.compressed
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a browser that went away is no error
	}
	return true
}
