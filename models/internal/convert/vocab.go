package convert

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// endOfText is the first special token; it and all above it are added by
// whisper.cpp itself (whisper.cpp pull request 725).
const endOfText = "<|endoftext|>"

// readVocab reads the byte-level vocabulary of a Hugging Face tokenizer.json:
// the bytes of every ordinary token, in the order of their ids from 0.
func readVocab(r io.Reader) ([][]byte, error) {
	var doc struct {
		Model struct {
			Vocab map[string]int `json:"vocab"`
		} `json:"model"`
	}
	if err := json.NewDecoder(r).Decode(&doc); err != nil {
		return nil, fmt.Errorf("read tokenizer.json: %w", err)
	}
	vocab := doc.Model.Vocab
	delete(vocab, endOfText)
	if len(vocab) == 0 {
		return nil, errors.New("tokenizer.json: model.vocab is empty")
	}
	toByte := byteDecoder()
	out := make([][]byte, len(vocab))
	for text, id := range vocab {
		if id < 0 || id >= len(out) || out[id] != nil {
			return nil, fmt.Errorf("tokenizer.json: token ids are not 0 to %d, each once (found %d)", len(out)-1, id)
		}
		b := make([]byte, 0, len(text))
		for _, c := range text {
			v, ok := toByte[c]
			if !ok {
				return nil, fmt.Errorf("tokenizer.json: token %d holds %q, which is not a byte of a byte-level vocabulary", id, c)
			}
			b = append(b, v)
		}
		out[id] = b
	}
	return out, nil
}

// byteDecoder inverts GPT-2's bytes_to_unicode: printable Latin-1 stands for
// itself, the other bytes for U+0100 onwards.
func byteDecoder() map[rune]byte {
	m := make(map[rune]byte, 256)
	next := rune(256)
	for b := rune(0); b < 256; b++ {
		if (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae {
			m[b] = byte(b)
		} else {
			m[next] = byte(b)
			next++
		}
	}
	return m
}
