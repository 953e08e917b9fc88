package transcribe

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

func TestEachFormatIsAsItsGoldenFile(t *testing.T) {
	for name, write := range map[string]func(io.Writer, *Transcript) error{
		"full.json": WriteJSON, "full.jsonl": WriteJSONL, "full.srt": WriteSRT, "full.vtt": WriteVTT, "full.txt": WriteTXT,
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := write(&got, full()); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name)
			if *update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got.String(), want)
			}
		})
	}
}

func TestStruckTextIsInNoFormatThatPeopleRead(t *testing.T) {
	for name, write := range map[string]func(io.Writer, *Transcript) error{"srt": WriteSRT, "vtt": WriteVTT, "txt": WriteTXT} {
		var b bytes.Buffer
		if err := write(&b, full()); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "subscribe") {
			t.Errorf("%s holds struck text", name)
		}
		if !strings.Contains(b.String(), "đồng ý") {
			t.Errorf("%s lacks what was said", name)
		}
	}
}

func TestTextIsSpeechOnly(t *testing.T) {
	var b bytes.Buffer
	if err := WriteTXT(&b, full()); err != nil {
		t.Fatal(err)
	}
	for _, no := range []string{"Trần Thị Hòa", "1.25", "00:", "gap", "s1"} {
		if strings.Contains(b.String(), no) {
			t.Errorf("text holds %q", no)
		}
	}
}

func TestATranscriptWithoutSpeechIsWrittenWithAnEmptyList(t *testing.T) {
	var b bytes.Buffer
	if err := WriteJSON(&b, &Transcript{Language: "vi"}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `"segments": []`) {
		t.Errorf("wrote %s", b.String())
	}
	if (&Transcript{}).Speech() != "" {
		t.Error("speech where there is none")
	}
}
