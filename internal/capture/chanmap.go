package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"bienban/audio"
	"bienban/internal/fault"
)

// Map says what hangs on each channel of the mixer.
type Map struct {
	Channels []Channel `json:"channels"`
}

// Channel is one input of the mixer.
type Channel struct {
	Channel int     `json:"channel"`          // from 1
	Role    string  `json:"role,omitempty"`   // chair, lectern, floor 1, …: free text for people and the speaker's name
	Person  string  `json:"person,omitempty"` // who speaks there
	Gain    float64 `json:"gain"`             // linear, in the mix that is transcribed; the recording keeps what came
	Ignore  bool    `json:"ignore,omitempty"` // recorded, but neither mixed nor watched by alarms
}

// maxGain is 40 dB; more is a mistake of units.
const maxGain = 100

// ParseMap reads a channel map:
//
//	channels:
//	  - {channel: 1, role: chair, person: Nguyễn Văn An, gain: 1.0}
//	  - {channel: 2, use: ignore}
//
// name is the file's, for errors, which are fault.Invalid and name the line. Channels that are not named are used as
// they are.
func ParseMap(name string, data []byte) (*Map, error) {
	d := yaml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	var doc yaml.Node
	if err := d.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, fault.New(fault.Invalid, "%s: the channel map is empty", name)
		}
		return nil, fault.New(fault.Invalid, "%s: %s", name, strings.Join(strings.Fields(err.Error()), " "))
	}
	p := mapParser{name: name, m: &Map{}, seen: map[int]int{}}
	var second yaml.Node
	if err := d.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Invalid, "%s: it holds more than one document", name)
	}
	if len(doc.Content) != 1 {
		return nil, fault.New(fault.Invalid, "%s: the channel map is empty", name)
	}
	if err := p.root(doc.Content[0]); err != nil {
		return nil, err
	}
	return p.m, nil
}

type mapParser struct {
	name string
	m    *Map
	seen map[int]int // channel → line
}

func (p *mapParser) fail(n *yaml.Node, format string, args ...any) error {
	return fault.New(fault.Invalid, "%s:%d: %s", p.name, n.Line, fmt.Sprintf(format, args...))
}

// fields goes through a mapping's keys, each once.
func (p *mapParser) fields(n *yaml.Node, what string, field func(key, value *yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		return p.fail(n, "%s must be a mapping", what)
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if seen[k.Value] {
			return p.fail(k, "%q stands there twice", k.Value)
		}
		seen[k.Value] = true
		if err := field(k, v); err != nil {
			return err
		}
	}
	return nil
}

func (p *mapParser) root(n *yaml.Node) error {
	err := p.fields(n, "the channel map", func(k, v *yaml.Node) error {
		if k.Value != "channels" {
			return p.fail(k, "unknown key %q; there is only channels", k.Value)
		}
		if v.Kind != yaml.SequenceNode {
			return p.fail(v, "channels must be a list")
		}
		for _, c := range v.Content {
			if err := p.channel(c); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && len(p.m.Channels) == 0 {
		return p.fail(n, "channels is missing or empty")
	}
	return err
}

func (p *mapParser) channel(n *yaml.Node) error {
	c := Channel{Gain: 1}
	err := p.fields(n, "a channel", func(k, v *yaml.Node) error {
		if v.Kind != yaml.ScalarNode {
			return p.fail(v, "%s must be one value", k.Value)
		}
		switch k.Value {
		case "channel":
			i, err := strconv.Atoi(v.Value)
			if err != nil || i < 1 || i > audio.MaxChannels {
				return p.fail(v, "channel %q: must be a number from 1 to %d", v.Value, audio.MaxChannels)
			}
			c.Channel = i
		case "role":
			c.Role = strings.TrimSpace(v.Value)
		case "person":
			c.Person = strings.TrimSpace(v.Value)
		case "gain":
			g, err := strconv.ParseFloat(v.Value, 64)
			if err != nil || math.IsNaN(g) || g <= 0 || g > maxGain {
				return p.fail(v, "gain %q: must be a factor above 0, at most %d (1 leaves it as it is)", v.Value, maxGain)
			}
			c.Gain = g
		case "use":
			switch v.Value {
			case "use", "true":
			case "ignore", "false":
				c.Ignore = true
			default:
				return p.fail(v, "use %q: must be use or ignore", v.Value)
			}
		default:
			return p.fail(k, "unknown key %q; there are channel, role, person, gain and use", k.Value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if c.Channel == 0 {
		return p.fail(n, "a channel without its number (channel: 1)")
	}
	if line := p.seen[c.Channel]; line > 0 {
		return p.fail(n, "channel %d stands in line %d already", c.Channel, line)
	}
	p.seen[c.Channel] = n.Line
	p.m.Channels = append(p.m.Channels, c)
	return nil
}

// fit checks a map against an input and gives what is mixed and watched. A nil map uses all channels.
func (m *Map) fit(channels int) (used []int, gain []float64, names []string, err error) {
	gain, names = make([]float64, channels), make([]string, channels)
	ignored := map[int]bool{}
	for i := range gain {
		gain[i] = 1
	}
	if m != nil {
		for _, c := range m.Channels {
			i := c.Channel - 1
			if i >= channels {
				return nil, nil, nil, fault.New(fault.Invalid, "channel map: channel %d: the input has only %d", c.Channel, channels)
			}
			gain[i], ignored[i], names[i] = c.Gain, c.Ignore, c.Person
			if c.Person == "" {
				names[i] = c.Role
			}
		}
	}
	for i := range channels {
		if !ignored[i] {
			used = append(used, i)
		}
	}
	if len(used) == 0 {
		return nil, nil, nil, fault.New(fault.Invalid, "channel map: all %d channels of the input are ignored", channels)
	}
	return used, gain, names, nil
}
