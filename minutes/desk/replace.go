package desk

import (
	"strconv"

	"bienban/transcribe"
)

// WordsReplaced puts other words for some, wherever these stand as whole words in
// the segments named: a name that was misheard everywhere is put right in one act.
type WordsReplaced struct {
	SegmentsNamed
	Was string `json:"was"`
	Now string `json:"now"`
}

// doReplaced changes the segments that have the words, as they stand now: it meets
// nobody's change. One that has the words no more, because somebody was faster, is
// left as it is.
func doReplaced(t *turn) error {
	b, err := body[WordsReplaced](t)
	if err != nil {
		return err
	}
	if b.Was, err = t.segmentText(b.Was); err != nil {
		return err
	}
	if b.Now, err = t.segmentText(b.Now); err != nil {
		return err
	}
	lines := 0
	err = t.each(b.SegmentsNamed, func(id string, g transcribe.Segment, _ *Overlay) error {
		text, n := replaceWords(g.Text, b.Was, b.Now)
		if n == 0 {
			return nil
		}
		if text, err = t.segmentText(text); err != nil {
			return err
		}
		lines++
		t.edit(id, func(o *Overlay) { o.Text = &text })
		return nil
	})
	switch {
	case err != nil:
		return err
	case lines == 0:
		return t.fail("words_none", clip(b.Was))
	}
	n := strconv.Itoa(lines)
	t.out.Text = b.Now
	t.say("Thay “"+b.Was+"” bằng “"+b.Now+"” ở "+n+" đoạn", "Replaced “"+b.Was+"” by “"+b.Now+"” in "+n+" segments")
	return nil
}
